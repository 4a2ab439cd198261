"""What enters the queue, what is refused, and that nothing is written before the apply."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from modeltui.bootstrap import open_workspace
from modeltui.config import Settings
from modeltui.errors import UsageError
from modeltui.services.outcome import Outcome
from modeltui.services.workspace import Workspace

A, B, HELD = "chat/a", "chat/b", "chat/held"


def _bytes(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (root / "models").rglob("*.toml")}


def test_a_bulk_says_what_changed_what_was_so_and_what_is_locked(workspace: Workspace, root: Path) -> None:
    before = _bytes(root)
    workspace.changes.set_active([B], False)
    outcome = workspace.changes.set_active([A, B, HELD], False)
    assert outcome.changed == (A,)
    assert outcome.unchanged == (B,)
    assert [(each.key, each.reason) for each in outcome.refused] == [
        (HELD, "Model HELD is locked by ops (in production)")
    ]
    assert outcome.warnings == ("Model A is the default of chat, and would be inactive",)
    assert set(outcome.snapshot.plan.files) == {A, B}
    assert _bytes(root) == before


def test_toggling_twice_leaves_nothing_pending(workspace: Workspace) -> None:
    workspace.changes.set_active([A], None)
    assert workspace.changes.set_active([A], None).snapshot.plan.files == {}


def test_a_toggle_of_many_switches_all_the_same_way(workspace: Workspace) -> None:
    workspace.changes.set_active([B], False)
    assert workspace.changes.set_active([A, B, HELD], None).changed == (A,), "off, since A is on"
    assert workspace.changes.set_active([A, B, HELD], None).changed == (A, B), "on, since none is that is not locked"


def test_a_bulk_is_one_undo(workspace: Workspace) -> None:
    workspace.changes.set_active([A, B], False)
    assert workspace.changes.undo().plan.files == {}
    assert set(workspace.changes.redo().plan.files) == {A, B}


def test_the_queue_outlives_the_process(workspace: Workspace, settings_for: Callable[[str], Settings]) -> None:
    workspace.changes.set_text([A], [("timing.estimated_seconds", "9")])
    again = open_workspace(settings_for("alice"))
    assert set(again.catalog.snapshot().plan.files) == {A}
    assert again.changes.undo().plan.files == {}


def test_every_user_has_a_queue(workspace: Workspace, settings_for: Callable[[str], Settings]) -> None:
    workspace.changes.set_active([A], False)
    assert open_workspace(settings_for("bob")).catalog.snapshot().plan.files == {}


def test_values_are_read_by_the_type_of_their_field(workspace: Workspace) -> None:
    outcome = workspace.changes.set_text(
        [A], [("name", "true"), ("cost.base", "2.50"), ("order", "3"), ("tags", '["x"]'), ("active", "false")]
    )
    news = {edit.path: edit.new for edit in outcome.snapshot.plan.files[A].edits}
    assert news == {
        ("name",): "true",
        ("cost", "base"): "2.50",
        ("order",): 3,
        ("tags",): ["x"],
        ("active",): False,
    }


@pytest.mark.parametrize(
    ("field", "text"), [("active", "perhaps"), ("order", "many"), ("cost.base", "dear"), ("uid", "x"), ("nmae", "x")]
)
def test_a_value_that_does_not_fit_is_refused(workspace: Workspace, field: str, text: str) -> None:
    outcome = workspace.changes.set_text([A], [(field, text)])
    assert outcome.changed == ()
    assert [each.key for each in outcome.refused] == [A]


def test_what_is_no_field_is_wrong_use(workspace: Workspace) -> None:
    with pytest.raises(UsageError):
        workspace.changes.set_text([A], [("a..b", "1")])


def test_unset_removes_a_field_and_keeps_those_that_are_needed(workspace: Workspace) -> None:
    assert workspace.changes.set_text([A], [], ["tags"]).changed == (A,)
    assert workspace.changes.set_text([A], [], ["provider"]).refused


def test_lock_and_unlock(workspace: Workspace) -> None:
    assert workspace.changes.lock([A, HELD], "live").unchanged == (HELD,)
    assert workspace.changes.unlock([A]).snapshot.plan.files == {}
    assert workspace.changes.unlock([HELD]).changed == (HELD,)
    assert workspace.changes.set_active([HELD], False).refused, "the lock that counts is the file's"
    table = workspace.changes.lock([A]).snapshot.plan.files[A].edits[0].new
    assert isinstance(table, dict)
    assert "reason" not in table


def test_drop_and_its_undo(workspace: Workspace) -> None:
    workspace.changes.set_active([A, B], False)
    assert set(workspace.changes.drop([A]).plan.files) == {B}
    assert set(workspace.changes.undo().plan.files) == {A, B}
    assert workspace.changes.drop().plan.files == {}


def test_the_diff_is_of_the_real_bytes(workspace: Workspace) -> None:
    workspace.changes.set_active([A], False)
    lines = workspace.changes.diff([A]).splitlines()
    assert lines[:2] == ["--- a/models/chat/a.toml", "+++ b/models/chat/a.toml"]
    assert [line for line in lines[2:] if line[0] in "+-"] == [
        "-active = true   # kept",
        "+active = false   # kept",
    ]


def test_a_broken_file_takes_no_edit(workspace: Workspace, root: Path) -> None:
    (root / "models" / "chat" / "b.toml").write_text("name = \n")
    workspace.catalog.reload()
    assert "models/chat/b.toml:1" in workspace.changes.set_active([B], False).refused[0].reason


def test_a_stale_change_is_not_piled_on(workspace: Workspace, root: Path) -> None:
    workspace.changes.set_active([A], False)
    path = root / "models" / "chat" / "a.toml"
    path.write_text(path.read_text() + "# by hand\n")
    snapshot = workspace.catalog.reload()
    assert snapshot.plan.files[A].is_stale
    assert "stale" in workspace.changes.set_text([A], [("order", "1")]).refused[0].reason


def test_fields_that_are_set_together_only_have_to_fit_together(workspace: Workspace) -> None:
    together = [("inputs.prompt.min_length", "20"), ("inputs.prompt.max_length", "30")]
    assert workspace.changes.set_text([A], together).changed == (A,)
    assert workspace.changes.set_text(
        [A], [("inputs.prompt.max_length", "50"), ("inputs.prompt.min_length", "40")]
    ).changed
    assert workspace.changes.set_text([A], [("inputs.prompt.min_length", "60")]).refused


def _toggle(workspace: Workspace, key: str) -> Outcome:
    return workspace.changes.set_active([key, B], False)


def _set(workspace: Workspace, key: str) -> Outcome:
    return workspace.changes.set_text([key, B], [("order", "7")])


def _lock(workspace: Workspace, key: str) -> Outcome:
    return workspace.changes.lock([key, B])


def _unlock(workspace: Workspace, _: str) -> Outcome:
    return workspace.changes.unlock([HELD])


def _relock(workspace: Workspace, _: str) -> Outcome:
    return workspace.changes.relock([HELD])


@pytest.mark.parametrize("ask", [_toggle, _set, _lock, _unlock, _relock])
def test_a_file_with_a_second_name_is_refused_before_it_is_queued(
    workspace: Workspace, root: Path, ask: Callable[[Workspace, str], Outcome]
) -> None:
    key = HELD if ask in {_unlock, _relock} else A
    os.link(root / "models" / f"{key}.toml", root.parent / "elsewhere")
    outcome = ask(workspace, key)
    assert [(each.key, each.reason, each.hint) for each in outcome.refused] == [
        (
            key,
            f"models/{key}.toml has 2 hard links, and replacing it would part them",
            "make it a file of its own",
        )
    ]
    assert outcome.changed == (() if key == HELD else (B,))
    assert key not in outcome.snapshot.plan.files


def test_a_rebase_onto_a_file_with_a_second_name_is_refused_and_moves_nothing(workspace: Workspace, root: Path) -> None:
    workspace.changes.set_active([A], False)
    path = root / "models" / "chat" / "a.toml"
    path.write_text(path.read_text() + "# by hand\n")
    os.link(path, root.parent / "elsewhere")
    outcome = workspace.changes.rebase()
    assert "2 hard links" in outcome.refused[0].reason
    assert outcome.snapshot.plan.files[A].is_stale
