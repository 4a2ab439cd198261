"""Stale changes: three sides by field, and where a rebase takes them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from modeltui.bootstrap import open_workspace
from modeltui.config import Settings
from modeltui.domain.change import Action, Change
from modeltui.domain.merging.conflict import Conflict, Fate
from modeltui.domain.pending.queue import Step
from modeltui.errors import ConflictError
from modeltui.services.workspace import Workspace
from modeltui.storage.queue_file import QueueFile

A, B, HELD = "chat/a", "chat/b", "chat/held"
LOCK = '\n[lock]\nlocked = true\nby = "bob"\nreason = "live"\n'


def _file(root: Path, key: str) -> Path:
    return root / "models" / f"{key}.toml"


def _change(root: Path, key: str, old: str, new: str) -> None:
    path = _file(root, key)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def _states(conflict: Conflict) -> dict[str, str]:
    return {".".join(map(str, field.path)): field.state.value for field in conflict.fields}


def _queue(root: Path, change: Change) -> None:
    QueueFile(str(root), "alice").take(Step("by hand", added=(change,)))


def _whole(workspace: Workspace, key: str, action: Action, text: str | None) -> Change:
    model = workspace.catalog.snapshot().catalog.models.get(key)
    base = None if action is Action.CREATE or model is None else model.digest
    at = workspace.changes._identity.now()
    return Change(id="0-0", key=key, path=f"models/{key}.toml", action=action, base=base, text=text, by="alice", at=at)


def _git(root: Path, *words: str) -> None:
    subprocess.run(["git", "-C", root, *words], check=True, capture_output=True)


@pytest.fixture
def in_git(root: Path) -> None:
    _git(root, "init", "-q")
    _git(root, "add", "models", "providers", "catalog.toml")
    _git(root, "commit", "-qm", "start")


def test_each_field_has_three_sides_and_a_state(workspace: Workspace, root: Path) -> None:
    workspace.changes.set_text([A], [("active", "false"), ("name", "Mine"), ("status", "beta")])
    _change(root, A, 'name = "Model A"', 'name = "Theirs"')
    _change(root, A, 'status = "active"', 'status = "beta"')
    workspace.catalog.reload()
    [conflict] = workspace.changes.conflicts()
    assert (conflict.key, conflict.fate, conflict.problem) == (
        A,
        Fate.CHANGED,
        "the file changed since the edit was queued",
    )
    assert _states(conflict) == {"active": "clean", "name": "conflict", "status": "same"}
    [clash] = conflict.clashes
    assert (clash.base, clash.theirs, clash.mine) == ("Model A", "Theirs", "Mine")


def test_a_rebase_keeps_my_clean_fields_and_drops_what_they_did_too(workspace: Workspace, root: Path) -> None:
    workspace.changes.set_text([A], [("active", "false"), ("status", "beta")])
    _change(root, A, 'status = "active"', 'status = "beta"   # theirs')
    with pytest.raises(ConflictError, match="stale"):
        workspace.applying.apply("x")
    outcome = workspace.changes.rebase()
    assert (outcome.changed, outcome.refused) == ((A,), ())
    workspace.applying.apply("x")
    text = _file(root, A).read_text()
    assert "active = false   # kept" in text
    assert 'status = "beta"   # theirs' in text
    assert [change.field for change in workspace.history.entries()[0].changes] == [("active",)]


def test_a_field_that_both_changed_refuses_unless_mine(workspace: Workspace, root: Path) -> None:
    workspace.changes.set_text([A], [("name", "Mine"), ("active", "false")])
    _change(root, A, 'name = "Model A"', 'name = "Theirs"')
    outcome = workspace.changes.rebase()
    assert outcome.changed == ()
    assert [(each.key, each.reason) for each in outcome.refused] == [(A, "both sides changed name")]
    assert outcome.snapshot.plan.files[A].is_stale, "a refusal moves nothing"
    outcome = workspace.changes.rebase([A], mine=True)
    assert outcome.changed == (A,)
    assert {edit.path: (edit.old, edit.new) for edit in outcome.snapshot.plan.files[A].edits} == {
        ("name",): ("Theirs", "Mine"),
        ("active",): (True, False),
    }


def test_a_rebase_is_durable_and_one_undo(
    workspace: Workspace, root: Path, settings_for: Callable[[str], Settings]
) -> None:
    workspace.changes.set_active([A, B], False)
    for key in (A, B):
        _change(root, key, 'status = "active"', 'status = "beta"')
    assert workspace.changes.rebase().changed == (A, B)
    again = open_workspace(settings_for("alice"))
    assert again.catalog.snapshot().plan.problems == ()
    assert [file.key for file in again.changes.undo().plan.problems] == [A, B]
    assert again.changes.redo().plan.problems == ()


def test_where_nothing_is_left_to_do_the_change_goes(workspace: Workspace, root: Path) -> None:
    workspace.changes.set_active([A], False)
    _change(root, A, "active = true", "active = false")
    outcome = workspace.changes.rebase()
    assert (outcome.changed, outcome.unchanged) == ((), (A,))
    assert outcome.snapshot.queue.changes == ()


def test_a_rebase_onto_a_locked_file_is_refused_with_the_lock(workspace: Workspace, root: Path) -> None:
    workspace.changes.set_active([A], False)
    _file(root, A).write_text(_file(root, A).read_text() + LOCK)
    for mine in (False, True):
        [refusal] = workspace.changes.rebase(mine=mine).refused
        assert refusal.reason == "Model A is locked by bob (live)"


def test_a_lock_that_somebody_else_set_too_is_the_same(workspace: Workspace, root: Path) -> None:
    workspace.changes.lock([A], "mine")
    _file(root, A).write_text(_file(root, A).read_text() + LOCK)
    assert workspace.changes.rebase().unchanged == (A,)


def test_an_unlock_stays_when_the_file_changed_and_clashes_with_another_lock(workspace: Workspace, root: Path) -> None:
    workspace.changes.unlock([HELD])
    _change(root, HELD, 'status = "active"', 'status = "beta"')
    assert workspace.changes.rebase().changed == (HELD,)
    _change(root, HELD, 'by = "ops"', 'by = "bob"')
    assert workspace.changes.rebase().refused[0].reason == "both sides changed lock"


def test_my_value_has_to_fit_their_file(workspace: Workspace, root: Path) -> None:
    workspace.changes.set_text([A], [("inputs.prompt.min_length", "20")])
    _change(root, A, "required = true", "required = true\nmax_length = 10")
    [refusal] = workspace.changes.rebase().refused
    assert "min_length" in refusal.reason or "max_length" in refusal.reason


def test_a_renamed_file_is_followed_only_when_asked(workspace: Workspace, root: Path) -> None:
    workspace.changes.set_active([A], False)
    _file(root, A).rename(_file(root, "chat/z"))
    [refusal] = workspace.changes.rebase().refused
    assert refusal.reason == "the file is gone; the same model is chat/z now"
    assert workspace.changes.conflicts()[0].moved_to == "chat/z"
    assert workspace.changes.rebase(follow=True).changed == ("chat/z",)
    assert workspace.applying.apply("x").files == ("models/chat/z.toml",)


@pytest.mark.usefixtures("in_git")
def test_a_file_that_was_renamed_and_edited_is_found_by_its_uid(workspace: Workspace, root: Path) -> None:
    workspace.changes.set_active([A], False)
    _file(root, A).rename(_file(root, "chat/z"))
    _change(root, "chat/z", 'name = "Model A"', 'name = "Model Z"')
    workspace.catalog.reload()
    [conflict] = workspace.changes.conflicts()
    assert (conflict.fate, conflict.moved_to) == (Fate.MOVED, "chat/z")
    assert workspace.changes.rebase(follow=True).changed == ("chat/z",)


@pytest.mark.usefixtures("in_git")
def test_another_model_in_the_place_takes_nothing(workspace: Workspace, root: Path) -> None:
    workspace.changes.set_active([A], False)
    _file(root, A).write_text(_file(root, "chat/c").read_text())
    _file(root, "chat/c").unlink()
    for mine in (False, True):
        [refusal] = workspace.changes.rebase(mine=mine, follow=True).refused
        assert refusal.reason == "another model is in its place"


def test_a_file_that_is_gone_or_broken_is_refused(workspace: Workspace, root: Path) -> None:
    workspace.changes.set_active([A, B], False)
    _file(root, A).unlink()
    _file(root, B).write_text("name = \n")
    reasons = [each.reason for each in workspace.changes.rebase(mine=True).refused]
    assert reasons == ["the file is gone", "the file cannot be read any more"]


@pytest.mark.usefixtures("in_git")
def test_a_rewrite_is_rebased_field_by_field(workspace: Workspace, root: Path) -> None:
    text = (
        _file(root, A).read_text().replace("Model A", "Mine").replace("estimated_seconds = 2", "estimated_seconds = 9")
    )
    _queue(root, _whole(workspace, A, Action.UPDATE, text))
    _change(root, A, 'status = "active"', 'status = "beta"')
    workspace.catalog.reload()
    assert _states(workspace.changes.conflicts()[0]) == {"name": "clean", "timing.estimated_seconds": "clean"}
    outcome = workspace.changes.rebase()
    assert outcome.warnings == (f"{A}: the values of the new text are kept, its comments and order are not",)
    assert [edit.path for edit in outcome.snapshot.plan.files[A].edits] == [("name",), ("timing", "estimated_seconds")]
    workspace.applying.apply("x")
    assert 'status = "beta"' in _file(root, A).read_text()


def test_without_the_base_every_difference_of_a_rewrite_is_in_conflict(workspace: Workspace, root: Path) -> None:
    _queue(root, _whole(workspace, A, Action.UPDATE, _file(root, A).read_text().replace("Model A", "Mine")))
    _change(root, A, 'status = "active"', 'status = "beta"')
    workspace.catalog.reload()
    [conflict] = workspace.changes.conflicts()
    assert not conflict.is_base_known
    assert _states(conflict) == {"name": "conflict", "status": "conflict"}


@pytest.mark.usefixtures("in_git")
def test_a_removal_clashes_with_what_they_changed(workspace: Workspace, root: Path) -> None:
    _queue(root, _whole(workspace, A, Action.DELETE, None))
    _change(root, A, "# kept", "# a comment")
    workspace.catalog.reload()
    assert workspace.changes.conflicts()[0].fields == ()
    assert workspace.changes.rebase().changed == (A,)
    _change(root, A, 'name = "Model A"', 'name = "Theirs"')
    assert workspace.changes.rebase().refused[0].reason == "both sides changed name"
    outcome = workspace.changes.rebase(mine=True)
    assert outcome.snapshot.plan.files[A].action is Action.DELETE
    assert outcome.snapshot.plan.files[A].problem is None


def test_a_creation_whose_name_is_taken_is_never_forced(workspace: Workspace, root: Path) -> None:
    text = _file(root, A).read_text().replace("Model A", "Mine")
    _queue(root, _whole(workspace, "chat/new", Action.CREATE, text))
    _file(root, "chat/new").write_text(_file(root, A).read_text())
    for mine in (False, True):
        assert workspace.changes.rebase(mine=mine).refused[0].reason == "a file of this name is there now"
    _file(root, "chat/new").write_text(text)
    assert workspace.changes.rebase().unchanged == ("chat/new",)


def test_others_are_seen_and_left_alone(workspace: Workspace, settings_for: Callable[[str], Settings]) -> None:
    bob = open_workspace(settings_for("bob"))
    bob.changes.set_active([A, B], False)
    snapshot = workspace.catalog.reload()
    assert snapshot.others == {"bob": 2}
    assert snapshot.plan.files == {}
    assert list(workspace.changes.others()["bob"].files) == [A, B]
    bob.changes.drop()
    assert workspace.catalog.reload().others == {}
