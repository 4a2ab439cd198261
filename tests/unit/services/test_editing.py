"""A model edited as a whole: what becomes edits of fields, what a new text, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from modeltui.bootstrap import open_workspace
from modeltui.config import Settings
from modeltui.domain.change import Action
from modeltui.domain.document import with_value
from modeltui.errors import (
    BrokenFileError,
    ConflictError,
    InvalidValueError,
    LockedError,
    NotFoundError,
    NotPermittedError,
    RefusedError,
)
from modeltui.services.changing.editing import Opened
from modeltui.services.changing.queueing import Creation
from modeltui.services.workspace import Workspace

A, B, HELD = "chat/a", "chat/b", "chat/held"


def _file(root: Path, key: str = A) -> Path:
    return root / f"models/{key}.toml"


def _replaced(opened: Opened, old: str, new: str) -> bytes:
    text = opened.content.decode()
    assert old in text
    return text.replace(old, new).encode()


def test_a_change_of_values_is_queued_by_fields(workspace: Workspace, root: Path) -> None:
    opened = workspace.editing.open(A)
    assert opened.content == _file(root).read_bytes()
    content = _replaced(opened, "active = true", "active = false").replace(
        b"estimated_seconds = 2", b"estimated_seconds = 9"
    )
    outcome = workspace.editing.queue_text(opened, content)
    planned = outcome.snapshot.plan.files[A]
    assert planned.text is None
    assert [(edit.path, edit.new) for edit in planned.edits] == [
        (("active",), False),
        (("timing", "estimated_seconds"), 9),
    ]
    workspace.applying.apply("")
    assert _file(root).read_bytes() == content


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("active = true   # kept", "active = false   # by hand"),
        ("[timing]", "# how long\n[timing]"),
        ('tags = ["test"]', 'tags = [\n  "test",\n]'),
        ("active = true ", "active  =  true "),
    ],
)
def test_what_values_do_not_say_is_queued_as_text_and_kept_byte_for_byte(
    workspace: Workspace, root: Path, old: str, new: str
) -> None:
    opened = workspace.editing.open(A)
    content = _replaced(opened, old, new)
    planned = workspace.editing.queue_text(opened, content).snapshot.plan.files[A]
    assert (planned.text, planned.edits) == (content.decode(), ())
    workspace.applying.apply("")
    assert _file(root).read_bytes() == content


def test_nothing_changed_is_nothing_queued(workspace: Workspace) -> None:
    opened = workspace.editing.open(A)
    outcome = workspace.editing.queue_text(opened, opened.content)
    assert (outcome.changed, outcome.unchanged) == ((), (A,))
    assert workspace.editing.queue_fields(opened, opened.document).unchanged == (A,)
    assert workspace.catalog.snapshot().queue.done == ()


def test_what_is_pending_is_edited_on(workspace: Workspace, root: Path) -> None:
    workspace.changes.set_text([A], [("cost.base", "7")])
    opened = workspace.editing.open(A)
    assert b'base = "7"' in opened.content
    content = _replaced(opened, "active = true", "active = false")
    planned = workspace.editing.queue_text(opened, content).snapshot.plan.files[A]
    assert planned.text is None
    assert {edit.path: edit.new for edit in planned.edits} == {("cost", "base"): "7", ("active",): False}
    again = workspace.editing.open(A)
    content = b"# mine\n" + again.content
    assert workspace.editing.queue_text(again, content).snapshot.plan.files[A].text == content.decode()
    workspace.applying.apply("")
    assert _file(root).read_bytes() == content


def test_putting_back_by_hand_what_was_pending_leaves_nothing(workspace: Workspace) -> None:
    workspace.changes.set_text([A], [("cost.base", "7")])
    opened = workspace.editing.open(A)
    outcome = workspace.editing.queue_text(opened, _replaced(opened, 'base = "7"', 'base = "1"'))
    assert outcome.snapshot.plan.files == {}


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("active = true", "active = yes", 8, "yes is not TOML"),
        ("active = true", 'active = "on"', 8, "`active` is text"),
        ("[timing]", "[timing]\nfoo = 1", 15, "`timing.foo` is not a field"),
        ('base = "1"', 'base = "1"\nminimum = "x"', 34, "`cost.minimum`"),
        ("${inputs.prompt}", "${inputs.promt}", 27, "promt"),
        ("schema = 1", "schema = 2", 1, "`schema` never changes"),
        ('content_type = "chat"', 'content_type = "code"', 6, "`content_type` never changes"),
        ("[timing]", "[lock]\nlocked = true\n\n[timing]", 14, "a lock is not set as a field"),
    ],
)
def test_a_fault_is_told_with_its_line_and_refused(
    workspace: Workspace, old: str, new: str, line: int, said: str
) -> None:
    opened = workspace.editing.open(A)
    content = _replaced(opened, old, new)
    first = workspace.editing.faults(opened, content)[0]
    assert said in first.message
    assert abs((first.line or 0) - line) <= 1, first.line
    with pytest.raises(InvalidValueError, match=r"models/chat/a\.toml"):
        workspace.editing.queue_text(opened, content)
    assert workspace.catalog.snapshot().plan.files == {}


def test_the_uid_stays(workspace: Workspace) -> None:
    opened = workspace.editing.open(A)
    content = _replaced(opened, str(opened.document["uid"]), "00000000-0000-4000-8000-000000000000")
    (fault,) = workspace.editing.faults(opened, content)
    assert (fault.line, fault.message) == (2, "`uid` never changes")


def test_faults_that_were_there_before_do_not_stand_in_the_way(workspace: Workspace, root: Path) -> None:
    _file(root).write_text(_file(root).read_text() + "\n[limits]\nodd = 1\n")
    opened = workspace.editing.open(A)
    content = _replaced(opened, "active = true", "active = false")
    assert workspace.editing.faults(opened, content) == ()
    assert workspace.editing.queue_text(opened, content).changed == (A,)


@pytest.mark.parametrize("content", [b"\xff", b"a = 1\n" * 60_000, b"x = " + b"[" * 90, b"\0"])
def test_limits_hold_for_what_comes_back(workspace: Workspace, content: bytes) -> None:
    opened = workspace.editing.open(A)
    assert workspace.editing.faults(opened, content)[0].severity == "error"


def test_locked_and_broken_models_are_not_opened(workspace: Workspace, root: Path) -> None:
    with pytest.raises(LockedError, match="locked by ops"):
        workspace.editing.open(HELD)
    shown = workspace.editing.look(HELD)
    assert isinstance(shown.refusal, LockedError)
    assert shown.document["name"] == "Model HELD"
    _file(root).write_text("name = \n")
    with pytest.raises(BrokenFileError):
        workspace.editing.look(A)
    with pytest.raises(NotFoundError):
        workspace.editing.look("chat/none")


def test_a_file_that_changed_meanwhile_makes_a_stale_change_with_both_sides(workspace: Workspace, root: Path) -> None:
    opened = workspace.editing.open(A)
    _file(root).write_text(_file(root).read_text().replace("estimated_seconds = 2", "estimated_seconds = 3"))
    outcome = workspace.editing.queue_text(opened, _replaced(opened, "estimated_seconds = 2", "estimated_seconds = 9"))
    assert outcome.snapshot.plan.files[A].is_stale
    assert "stale" in outcome.warnings[0]
    (conflict,) = workspace.changes.conflicts()
    (field,) = conflict.fields
    assert (field.base, field.theirs, field.mine) == (2, 3, 9)
    with pytest.raises(ConflictError):
        workspace.applying.apply("")
    assert workspace.changes.rebase(mine=True).changed == (A,)
    workspace.applying.apply("")
    assert "estimated_seconds = 9" in _file(root).read_text()


def test_a_whole_text_on_a_file_that_changed_keeps_its_base(workspace: Workspace, root: Path) -> None:
    opened = workspace.editing.open(A)
    _file(root).write_text(_file(root).read_text().replace('base = "1"', 'base = "2"'))
    content = b"# mine\n" + _replaced(opened, "estimated_seconds = 2", "estimated_seconds = 9")
    assert workspace.editing.queue_text(opened, content).snapshot.plan.files[A].is_stale
    assert workspace.changes.rebase().changed == (A,)
    planned = workspace.catalog.snapshot().plan.files[A]
    assert [(edit.path, edit.new) for edit in planned.edits] == [(("timing", "estimated_seconds"), 9)]


def test_a_file_that_was_locked_meanwhile_refuses(workspace: Workspace, root: Path) -> None:
    opened = workspace.editing.open(A)
    _file(root).write_text(_file(root).read_text() + '\n[lock]\nlocked = true\nby = "ops"\n')
    with pytest.raises(LockedError):
        workspace.editing.queue_text(opened, _replaced(opened, "active = true", "active = false"))


def test_a_new_text_beside_a_lock_that_waits_is_refused_and_values_are_not(workspace: Workspace, root: Path) -> None:
    workspace.changes.lock([A], "frozen")
    opened = workspace.editing.open(A)
    with pytest.raises(RefusedError, match="about to be locked"):
        workspace.editing.queue_text(opened, b"# mine\n" + opened.content)
    workspace.editing.queue_text(opened, _replaced(opened, "active = true", "active = false"))
    workspace.applying.apply("")
    model = workspace.catalog.reload().catalog.models[A]
    assert (model.active, model.is_locked, model.is_drifted) == (False, True, False)


def test_a_model_that_waits_to_be_created_is_edited(
    workspace: Workspace, root: Path, settings_for: Callable[[str], Settings]
) -> None:
    text = _file(root, B).read_text().replace("Model B", "Model N").replace('uid = "', 'uid = "0')
    text = text.replace('uid = "0', 'uid = "', 1)
    uid = workspace.catalog.snapshot().catalog.models[B].uid or ""
    text = text.replace(uid, uid[:-4] + "0000")
    workspace.exchange._queueing.queue(
        "new", [], lambda *_: (), creations=[Creation("chat/n", "models/chat/n.toml", text)]
    )
    opened = workspace.editing.open("chat/n")
    assert opened.content == text.encode()
    content = b"# mine\n" + _replaced(opened, "active = true", "active = false")
    planned = workspace.editing.queue_text(opened, content).snapshot.plan.files["chat/n"]
    assert (planned.action, planned.text) == (Action.CREATE, content.decode())
    again = open_workspace(settings_for("alice"))
    opened = again.editing.open("chat/n")
    again.editing.queue_fields(opened, with_value(opened.document, ("order",), 3))
    again.applying.apply("")
    written = _file(root, "chat/n").read_text()
    assert written.startswith("# mine\n")
    assert "order = 3" in written


def test_fields_of_a_form_go_to_all_as_one_step(workspace: Workspace) -> None:
    opened = workspace.editing.open(A)
    document = with_value(with_value(opened.document, ("cost", "base"), "4"), ("limits", "rpm"), 60)
    outcome = workspace.editing.queue_fields(opened, document, [A, B, HELD])
    assert outcome.changed == (A, B)
    assert [refusal.key for refusal in outcome.refused] == [HELD]
    assert outcome.snapshot.queue.done[-1].label == "edit cost.base, limits.rpm"
    for key in (A, B):
        assert {edit.path: edit.new for edit in outcome.snapshot.plan.files[key].edits} == {
            ("cost", "base"): "4",
            ("limits", "rpm"): 60,
        }
    assert workspace.changes.undo().plan.files == {}


def test_a_table_that_another_model_has_too_is_merged_into_and_not_replaced(workspace: Workspace) -> None:
    workspace.changes.set_text([B], [("limits.context", "9")])
    opened = workspace.editing.open(A)
    outcome = workspace.editing.queue_fields(opened, with_value(opened.document, ("limits", "rpm"), 60), [A, B])
    assert outcome.changed == (A, B)
    merged = outcome.snapshot.plan.files[B].edits
    assert {edit.path: edit.new for edit in merged} == {("limits", "context"): 9, ("limits", "rpm"): 60}


def test_a_value_that_does_not_fit_is_refused(workspace: Workspace) -> None:
    opened = workspace.editing.open(A)
    with pytest.raises(InvalidValueError):
        workspace.editing.queue_fields(opened, with_value(opened.document, ("order",), -1))
    with pytest.raises(InvalidValueError, match="lock"):
        workspace.editing.queue_fields(opened, with_value(opened.document, ("lock", "locked"), True))
    with pytest.raises(InvalidValueError, match="never changes"):
        workspace.editing.queue_fields(opened, with_value(opened.document, ("uid",), "x"))


def test_a_form_on_a_file_that_changed_is_stale_too(workspace: Workspace, root: Path) -> None:
    opened = workspace.editing.open(A)
    _file(root).write_text(_file(root).read_text().replace('base = "1"', 'base = "2"'))
    document = with_value(opened.document, ("order",), 4)
    with pytest.raises(ConflictError, match="changed on disk"):
        workspace.editing.queue_fields(opened, document, [A, B])
    assert workspace.editing.queue_fields(opened, document).snapshot.plan.files[A].is_stale


def test_the_diff_is_that_of_the_text(workspace: Workspace) -> None:
    opened = workspace.editing.open(A)
    diff = workspace.editing.diff(opened, with_value(opened.document, ("active",), False))
    assert [line for line in diff.splitlines() if line[:1] in "+-"] == [
        "--- a/models/chat/a.toml",
        "+++ b/models/chat/a.toml",
        "-active = true   # kept",
        "+active = false   # kept",
    ]


def test_who_may_not_queue_does_not_get_an_editor(workspace: Workspace, root: Path) -> None:
    (root / "catalog.toml").write_text('schema = 1\n[policy.roles]\nviewer = ["alice"]\nadmin = ["root"]\n')
    with pytest.raises(NotPermittedError):
        workspace.editing.open(A)
    assert isinstance(workspace.editing.look(A).refusal, NotPermittedError)
