"""Rolling back: the old values come into the queue, as one step, and nothing that came later is lost unseen."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from modeltui.bootstrap import open_workspace
from modeltui.config import Settings
from modeltui.domain.change import Action, Edit
from modeltui.domain.document import ABSENT
from modeltui.errors import NotFoundError, UsageError
from modeltui.services.changing.reversing import Wanted, reversal_of
from modeltui.services.outcome import Outcome
from modeltui.services.workspace import Workspace

A, B, C, HELD = "chat/a", "chat/b", "chat/c", "chat/held"


def _apply(workspace: Workspace, reason: str = "") -> str:
    outcome = workspace.applying.apply(reason)
    assert outcome.id is not None
    return outcome.id


def _pending(outcome: Outcome) -> dict[str, list[tuple[str, object]]]:
    files = outcome.snapshot.plan.files.values()
    return {file.key: [(".".join(map(str, edit.path)), edit.new) for edit in file.edits] for file in files}


def _git(root: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True).stdout.strip()


def _file(root: Path, key: str) -> Path:
    return root / f"models/{key}.toml"


def test_a_whole_apply_comes_back_as_one_step(workspace: Workspace) -> None:
    workspace.changes.set_text([A, B], [("order", "7"), ("limits.context", "3")], ["description"])
    name = _apply(workspace)
    outcome = workspace.rollback.roll_back(name)
    assert (outcome.changed, outcome.refused) == ((A, B), ())
    assert [file.problem for file in outcome.snapshot.plan.files.values()] == [None, None]
    assert len(outcome.snapshot.queue.done) == 1
    assert workspace.changes.undo().plan.files == {}
    workspace.changes.redo()
    _apply(workspace, "back")
    documents = workspace.catalog.reload().catalog.documents
    assert "limits" not in documents[A]
    assert "order" not in documents[A]
    assert documents[A]["description"] == "A model for tests."
    again = workspace.rollback.roll_back(name)
    assert (again.changed, again.unchanged, again.refused) == ((), (A, B), ())


def test_one_model_or_one_field_comes_back_alone(workspace: Workspace) -> None:
    workspace.changes.set_text([A, B], [("name", "New"), ("timing.estimated_seconds", "9")])
    name = _apply(workspace)
    assert _pending(workspace.rollback.roll_back(name, key=A, field="name")) == {A: [("name", "Model A")]}
    workspace.changes.undo()
    assert _pending(workspace.rollback.roll_back(name, field="timing")) == {
        A: [("timing.estimated_seconds", 2)],
        B: [("timing.estimated_seconds", 2)],
    }
    workspace.changes.undo()
    assert workspace.rollback.roll_back(name, key=B).changed == (B,)
    with pytest.raises(UsageError, match="did not touch"):
        workspace.rollback.roll_back(name, key=C)
    with pytest.raises(UsageError, match="did not touch"):
        workspace.rollback.roll_back(name, field="order")
    with pytest.raises(NotFoundError):
        workspace.rollback.roll_back("20300101-000000-abcdef")


def test_what_was_changed_later_is_refused_by_field_and_the_rest_goes_on(workspace: Workspace) -> None:
    workspace.changes.set_text([A], [("name", "Two"), ("order", "2")])
    first = _apply(workspace)
    workspace.changes.set_text([A], [("order", "3")])
    second = _apply(workspace)
    outcome = workspace.rollback.roll_back(first)
    assert _pending(outcome) == {A: [("name", "Model A")]}
    [refusal] = outcome.refused
    assert refusal.reason.startswith("order: changed later by alice at ")
    assert second in refusal.reason
    assert "--even-if-changed" in str(refusal.hint)
    workspace.changes.undo()
    forced = workspace.rollback.roll_back(first, even_if_changed=True)
    assert _pending(forced) == {A: [("name", "Model A"), ("order", ABSENT)]}


def test_a_pending_change_and_an_edit_by_hand_count_as_later(root: Path, workspace: Workspace) -> None:
    workspace.changes.set_text([A, B], [("order", "2")])
    name = _apply(workspace)
    workspace.changes.set_text([A], [("order", "3")])
    _file(root, B).write_text(_file(root, B).read_text().replace("order = 2", "order = 4"))
    workspace.catalog.reload()
    outcome = workspace.rollback.roll_back(name)
    assert outcome.changed == ()
    assert [refusal.reason for refusal in outcome.refused] == [
        "order: a pending change of yours is on it",
        "order: changed since, by hand",
    ]


def test_locked_models_are_refused_and_locks_are_not_rolled_back(workspace: Workspace) -> None:
    workspace.changes.set_text([A, B], [("order", "2")])
    name = _apply(workspace)
    workspace.changes.lock([A])
    locking = _apply(workspace)
    outcome = workspace.rollback.roll_back(name, even_if_changed=True)
    assert outcome.changed == (B,)
    assert [refusal.key for refusal in outcome.refused] == [A]
    assert "locked by alice" in outcome.refused[0].reason
    assert workspace.rollback.roll_back(locking, even_if_changed=True).changed == ()
    workspace.changes.unlock([A])
    workspace.applying.apply(keys=[A])
    unlocking = workspace.history.entries()[0].id
    [refusal] = workspace.rollback.roll_back(unlocking).refused
    assert refusal.reason == "a lock is not rolled back"


def test_an_old_value_that_no_longer_fits_is_refused(root: Path, workspace: Workspace) -> None:
    workspace.changes.set_text([A], [("order", "2")])
    name = _apply(workspace)
    records = root / ".modeltui/history.jsonl"
    assert '"old":{"$absent":true}' in records.read_text()
    [record] = workspace.history.entries()
    assert record.changes[0].action is Action.UPDATE
    _file(root, A).unlink()
    workspace.catalog.reload()
    [refusal] = workspace.rollback.roll_back(name).refused
    assert refusal.reason == "the model is gone"


@pytest.fixture
def in_git(root: Path, settings_for: Callable[[str], Settings]) -> Workspace:
    (root / ".gitignore").write_text(".modeltui/\n")
    _git(root, "init", "-q")
    _git(root, "add", "-A")
    _git(root, "commit", "-qm", "start")
    return open_workspace(settings_for("alice"))


def test_a_commit_by_hand_comes_back_byte_by_byte(root: Path, in_git: Workspace) -> None:
    before = {key: _file(root, key).read_bytes() for key in (A, B, C)}
    _file(root, A).write_text(_file(root, A).read_text().replace("# kept", "# lost").replace("Model A", "Other"))
    _file(root, B).unlink()
    new = _file(root, C).read_text().replace("chat/c", "x").replace('uid = "', 'uid = "0').replace('"0', '"', 1)
    _file(root, "chat/d").write_text(new.replace(_uid(new), "3f0c2a9e-5a53-4d0c-9a51-2f6a4c1d0009"))
    _git(root, "add", "-A")
    _git(root, "commit", "-qm", "by hand")
    in_git.catalog.reload()
    preview = in_git.rollback.preview("HEAD")
    assert (sorted(preview.keys), preview.refused) == (["chat/a", "chat/b", "chat/d"], [])
    outcome = in_git.rollback.roll_back("HEAD")
    files = outcome.snapshot.plan.files
    assert {key: file.action for key, file in files.items()} == {
        A: Action.UPDATE,
        B: Action.CREATE,
        "chat/d": Action.DELETE,
    }
    assert len(outcome.snapshot.queue.done) == 1
    name = _apply(in_git, "as it was")
    assert {key: _file(root, key).read_bytes() for key in (A, B, C)} == before
    assert not _file(root, "chat/d").exists()
    [first, second, third] = in_git.history.entries()
    assert (first.id, first.commit) == (name, _git(root, "rev-parse", "HEAD"))
    assert [second.reason, third.reason] == ["by hand", "start"]
    in_git.rollback.roll_back(name)
    _apply(in_git)
    assert "# lost" in _file(root, A).read_text()
    assert not _file(root, B).exists()
    assert _file(root, "chat/d").exists()


def test_what_was_made_and_then_changed_is_not_removed(root: Path, in_git: Workspace) -> None:
    text = _file(root, C).read_text()
    _file(root, "chat/d").write_text(text.replace(_uid(text), "3f0c2a9e-5a53-4d0c-9a51-2f6a4c1d0009"))
    _git(root, "add", "-A")
    _git(root, "commit", "-qm", "new")
    in_git.catalog.reload()
    in_git.changes.set_text(["chat/d"], [("order", "3")])
    _apply(in_git)
    [refusal] = in_git.rollback.roll_back("HEAD~1").refused
    assert refusal.reason.startswith("it was made, and then changed later by alice")
    assert in_git.rollback.roll_back("HEAD~1", even_if_changed=True).changed == ("chat/d",)


def test_a_model_that_is_there_again_is_not_made_twice(root: Path, in_git: Workspace) -> None:
    text = _file(root, B).read_text()
    _git(root, "rm", "-q", f"models/{B}.toml")
    _git(root, "commit", "-qm", "gone")
    _file(root, B).write_text(text)
    in_git.catalog.reload()
    [refusal] = in_git.rollback.roll_back("HEAD", even_if_changed=True).refused
    assert refusal.reason == "a model of this key is there again"


def _uid(text: str) -> str:
    return text.partition('uid = "')[2].partition('"')[0]


def test_a_commit_that_only_set_values_comes_back_by_field(root: Path, in_git: Workspace) -> None:
    text = _file(root, A).read_text()
    _file(root, A).write_text(text.replace("Model A", "Other"))
    _git(root, "commit", "-qam", "by hand")
    in_git.catalog.reload()
    assert _pending(in_git.rollback.roll_back("HEAD")) == {A: [("name", "Model A")]}
    _apply(in_git)
    assert _file(root, A).read_text() == text


def test_a_table_and_a_field_in_it_of_an_older_record_come_back_as_one(workspace: Workspace) -> None:
    workspace.changes.set_text([A], [("rollout.percent", "50")])
    _apply(workspace)
    [record] = workspace.history.entries()
    [change] = record.changes
    table = replace(change, field=("rollout",), new={"percent": 10})
    older = replace(record, changes=(table, replace(change, old=10)))
    snapshot = workspace.catalog.snapshot()
    found = reversal_of(older, snapshot, Wanted(), lambda *_: "somebody", lambda _: b"")
    assert found.refused == []
    assert found.edits == {A: (Edit(("rollout",), {"percent": 50}, ABSENT),)}
    alone = reversal_of(older, snapshot, Wanted(field=("rollout", "percent")), lambda *_: "", lambda _: b"")
    assert alone.edits == {
        A: (Edit(("rollout", "percent"), 50, ABSENT), Edit(("rollout",), {}, ABSENT)),
    }, "the table had nothing else"


def test_the_first_field_of_a_table_that_needs_it_comes_back(root: Path, workspace: Workspace) -> None:
    before = _file(root, A).read_bytes()
    workspace.changes.set_text([A], [("rollout.percent", "50")])
    name = _apply(workspace)
    outcome = workspace.rollback.roll_back(name)
    assert (outcome.changed, outcome.refused) == ((A,), ())
    _apply(workspace)
    assert _file(root, A).read_bytes() == before


def test_what_a_model_names_that_stays_stays_as_well(root: Path, workspace: Workspace) -> None:
    """A workflow came to need the one, and that one names the other: neither goes."""
    new, successor = "chat/new", "chat/successor"
    for key in (successor, new):
        workspace.creating.create(workspace.creating.copy(A, key))
    workspace.changes.set_text([new], [("replaced_by", successor)])
    name = _apply(workspace)
    (root / "workflows").mkdir()
    step = f'[[steps]]\nid = "one"\nmodel = "{new}"\ninputs = {{ prompt = "x" }}\n'
    (root / "workflows/flow.toml").write_text(f'schema = 1\nname = "Flow"\n\n{step}')
    workspace.catalog.reload()
    outcome = workspace.rollback.roll_back(name)
    assert (outcome.changed, {refusal.key for refusal in outcome.refused}) == ((), {new, successor})
