"""A lock on a model with stale changes: taken where nobody touched the lock, and never anything else with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from modeltui.bootstrap import open_workspace
from modeltui.config import Settings
from modeltui.domain.document import ABSENT
from modeltui.errors import ConflictError
from modeltui.services.outcome import Outcome
from modeltui.services.workspace import Workspace
from modeltui.storage.log_file import sealed

A, HELD = "chat/a", "chat/held"
LOCK = '\n[lock]\nlocked = true\nby = "bob"\nreason = "live"\n'


def _change(root: Path, key: str, old: str, new: str) -> None:
    path = root / "models" / f"{key}.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def _by_hand(workspace: Workspace, root: Path, key: str) -> None:
    _change(root, key, 'status = "active"', 'status = "beta"')
    assert workspace.catalog.reload().plan.files[key].is_stale


def test_a_lock_joins_stale_edits_and_leaves_them_stale(workspace: Workspace, root: Path) -> None:
    workspace.changes.set_active([A], False)
    _by_hand(workspace, root, A)
    outcome = workspace.changes.lock([A], "live")
    assert (outcome.changed, outcome.refused) == ((A,), ())
    assert outcome.snapshot.plan.files[A].is_stale
    with pytest.raises(ConflictError):
        workspace.applying.apply("x")
    assert workspace.changes.set_text([A], [("order", "1")]).refused, "only a lock is let in"
    edits = workspace.changes.rebase().snapshot.plan.files[A].edits
    assert [edit.path for edit in edits] == [("active",), ("lock",)]
    workspace.applying.apply("x")
    assert workspace.catalog.snapshot().catalog.models[A].is_locked


def test_an_unlock_that_is_stale_is_made_anew_on_the_file_as_it_is(workspace: Workspace, root: Path) -> None:
    workspace.changes.unlock([HELD], "ticket 5")
    _by_hand(workspace, root, HELD)
    outcome = workspace.changes.unlock([HELD])
    assert outcome.changed == (HELD,)
    assert outcome.snapshot.plan.problems == ()
    assert len(outcome.snapshot.queue.changes) == 1
    assert workspace.changes.undo().plan.files[HELD].is_stale, "one undo step"
    workspace.changes.redo()
    workspace.applying.apply("x")
    assert "[lock]" not in (root / "models" / "chat" / "held.toml").read_text()
    assert workspace.history.entries()[0].reason == "x; ticket 5"


def test_a_stale_unlock_can_become_a_lock_again(workspace: Workspace, root: Path) -> None:
    workspace.changes.unlock([HELD])
    _by_hand(workspace, root, HELD)
    [edit] = workspace.changes.lock([HELD], "mine").snapshot.plan.files[HELD].edits
    assert (edit.path, edit.old["by"], edit.new["by"]) == (("lock",), "ops", "alice")  # type: ignore[index]


def test_a_stale_lock_can_be_taken_back(workspace: Workspace, root: Path) -> None:
    workspace.changes.lock([A])
    _by_hand(workspace, root, A)
    outcome = workspace.changes.unlock([A])
    assert (outcome.changed, outcome.snapshot.queue.changes) == ((A,), ())
    assert [edit.old for edit in workspace.changes.undo().plan.files[A].edits] == [ABSENT]


def _unlock_after_edit(workspace: Workspace, root: Path) -> Outcome:
    workspace.changes.set_active([A], False)
    path = root / "models" / "chat" / "a.toml"
    path.write_text(path.read_text() + LOCK)
    workspace.catalog.reload()
    return workspace.changes.unlock([A])


def _unlock_of_another_lock(workspace: Workspace, root: Path) -> Outcome:
    workspace.changes.unlock([HELD])
    _change(root, HELD, 'by = "ops"', 'by = "bob"')
    workspace.catalog.reload()
    return workspace.changes.unlock([HELD])


def _lock_of_what_is_gone(workspace: Workspace, root: Path) -> Outcome:
    """Known by an older version: which model was meant cannot be told."""
    workspace.changes.set_active([A], False)
    log = root / ".modeltui" / "queue" / "alice.jsonl"
    [entry] = log.read_text().splitlines()
    log.unlink()
    uid = workspace.catalog.snapshot().catalog.models[A].uid
    assert f'"uid":"{uid}"' in entry
    _write_entry(log, entry.replace(f'"uid":"{uid}"', '"uid":null'))
    _change(root, A, 'status = "active"', 'status = "beta"')
    workspace.catalog.reload()
    return workspace.changes.lock([A])


def _write_entry(log: Path, line: str) -> None:

    entry = json.loads(line)
    del entry["sum"]
    log.write_bytes(sealed(entry))


@pytest.mark.parametrize("ask", [_unlock_after_edit, _unlock_of_another_lock, _lock_of_what_is_gone])
def test_a_lock_that_somebody_touched_waits_for_a_decision(
    workspace: Workspace, root: Path, ask: Callable[[Workspace, Path], Outcome]
) -> None:
    outcome = ask(workspace, root)
    assert outcome.changed == ()
    assert "stale" in outcome.refused[0].reason


def test_another_process_sees_the_same(
    workspace: Workspace, root: Path, settings_for: Callable[[str], Settings]
) -> None:
    workspace.changes.unlock([HELD])
    _by_hand(workspace, root, HELD)
    again = open_workspace(settings_for("alice"))
    assert again.changes.unlock([HELD]).snapshot.plan.problems == ()
    assert workspace.catalog.reload().plan.problems == ()
