"""Single fields leave the queue; what else is pending for the model stays, on the bytes it was made on."""

from __future__ import annotations

from pathlib import Path

import pytest

from modeltui.domain.document import ABSENT
from modeltui.errors import UsageError
from modeltui.services.workspace import Workspace

A, B, C = "chat/a", "chat/b", "chat/c"


def _fields(workspace: Workspace, key: str) -> list[tuple[str | int, ...]]:
    return [edit.path for edit in workspace.catalog.snapshot().plan.files[key].edits]


def test_a_field_is_dropped_from_all_the_steps_that_set_it(workspace: Workspace) -> None:
    workspace.changes.set_text([A], [("order", "3"), ("cost.base", "2")])
    workspace.changes.set_text([A], [("order", "4")])
    outcome = workspace.changes.drop_fields([A, B], ["order"])
    assert (outcome.changed, outcome.unchanged) == ((A,), (B,))
    assert _fields(workspace, A) == [("cost", "base")]
    assert outcome.snapshot.queue.done[-1].label == "drop order"
    workspace.changes.undo()
    assert _fields(workspace, A) == [("cost", "base"), ("order",)]


def test_a_table_is_dropped_with_what_is_inside(workspace: Workspace) -> None:
    workspace.changes.set_text([A], [("cost.base", "2"), ("timing.estimated_seconds", "9")])
    workspace.changes.drop_fields([A], ["cost"])
    assert _fields(workspace, A) == [("timing", "estimated_seconds")]


def test_with_its_last_field_a_model_is_not_pending(workspace: Workspace) -> None:
    workspace.changes.set_text([A, B], [("order", "3")])
    outcome = workspace.changes.drop_fields([A, B], ["order"])
    assert outcome.snapshot.plan.files == {}
    assert outcome.snapshot.queue.changes == ()
    assert set(workspace.changes.undo().plan.files) == {A, B}, "of both, as one step"


def test_what_remains_is_applied_and_nothing_else(workspace: Workspace, root: Path) -> None:
    before = (root / "models/chat/a.toml").read_text()
    workspace.changes.set_text([A], [("cost.base", "2"), ("timing.estimated_seconds", "9")])
    workspace.changes.drop_fields([A], ["cost.base"])
    workspace.applying.apply("why")
    after = before.replace("estimated_seconds = 2", "estimated_seconds = 9")
    assert (root / "models/chat/a.toml").read_text() == after


def test_what_is_stale_stays_stale(workspace: Workspace, root: Path) -> None:
    workspace.changes.set_text([A], [("cost.base", "2"), ("timing.estimated_seconds", "9")])
    file = root / "models/chat/a.toml"
    file.write_text(file.read_text() + "# theirs\n")
    workspace.catalog.reload()
    outcome = workspace.changes.drop_fields([A], ["cost.base"])
    assert outcome.changed == (A,)
    assert outcome.snapshot.plan.files[A].is_stale
    (conflict,) = workspace.changes.conflicts()
    assert conflict.is_base_known
    workspace.changes.rebase([A])
    assert _fields(workspace, A) == [("timing", "estimated_seconds")]


def test_a_field_of_a_whole_new_text_goes_back_to_what_it_was(workspace: Workspace, root: Path) -> None:
    opened = workspace.editing.open(A)
    text = opened.content.decode().replace('base = "1"', 'base = "5"  # dearer').replace('name = "', 'name = "New ')
    workspace.editing.queue_text(opened, f"# rewritten\n{text}".encode())
    assert workspace.catalog.snapshot().plan.files[A].text is not None
    outcome = workspace.changes.drop_fields([A], ["cost.base"])
    assert outcome.changed == (A,)
    workspace.applying.apply("why")
    written = (root / "models/chat/a.toml").read_text()
    assert 'base = "1"  # dearer' in written
    assert 'name = "New ' in written
    assert written.startswith("# rewritten\n")


def test_a_field_of_a_removal_is_refused(workspace: Workspace) -> None:
    workspace.lifecycle.remove([C], hard=True)
    (refusal,) = workspace.changes.drop_fields([C], ["order"]).refused
    assert "removed" in refusal.reason


def test_a_field_that_is_none_is_wrong_use(workspace: Workspace) -> None:
    with pytest.raises(UsageError):
        workspace.changes.drop_fields([A], ["no field"])


def test_a_field_that_was_added_is_taken_out_again(workspace: Workspace) -> None:
    workspace.changes.set_text([A], [("order", "3"), ("cost.base", "4")])
    (order, _) = workspace.catalog.snapshot().plan.files[A].edits
    assert order.old is ABSENT
    workspace.changes.drop_fields([A], ["order"])
    assert _fields(workspace, A) == [("cost", "base")]
