"""Locks that are gone from their file without a record of it: said, and no apply edits such a model."""

from __future__ import annotations

import errno
import re
import subprocess
from pathlib import Path

import pytest

from modeltui.domain.lock_text import lock_digest
from modeltui.errors import ApplyError, LockedError
from modeltui.history.repository import HistoryRepository
from modeltui.services.workspace import Workspace

A, B, HELD = "chat/a", "chat/b", "chat/held"


def _file(root: Path, key: str) -> Path:
    return root / "models" / f"{key}.toml"


def _rewrite(root: Path, key: str, pattern: str, new: str) -> None:
    text = _file(root, key).read_text()
    changed, count = re.subn(pattern, new, text, flags=re.DOTALL)
    assert count == 1
    _file(root, key).write_text(changed)


def _take_away(root: Path, key: str = A) -> None:
    _rewrite(root, key, r"\[lock\].*?(?=\n\[|\Z)", "")


def _git(root: Path, *words: str) -> None:
    subprocess.run(["git", "-C", root, *words], check=True, capture_output=True)


@pytest.fixture
def in_git(root: Path) -> None:
    for words in (["init", "-q", "-b", "main"], ["add", "models", "providers", "catalog.toml"], ["commit", "-qm", "x"]):
        _git(root, *words)


@pytest.fixture
def locked(workspace: Workspace) -> Workspace:
    """chat/a and chat/b are locked by an apply of ours; chat/held was so by hand."""
    workspace.changes.lock([A, B], "live")
    workspace.applying.apply("go live")
    return workspace


def _lost(workspace: Workspace) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = [(lost.key, lost.way) for lost in workspace.drift.lost()]
    codes = [finding.path for finding in workspace.catalog.check() if finding.code == "lock-lost"]
    assert sorted(codes) == sorted(f"models/{key}.toml" for key, _ in found)
    return found


def test_locks_that_hold_are_not_lost(locked: Workspace) -> None:
    assert _lost(locked) == []


def test_a_lock_of_no_record_is_not_missed(locked: Workspace, root: Path) -> None:
    _take_away(root, HELD)
    assert _lost(locked) == []


def test_a_lock_that_was_taken_away_is_said_and_edits_are_refused(locked: Workspace, root: Path) -> None:
    _take_away(root)
    locked.catalog.reload()
    assert _lost(locked) == [(A, "unlocked")]
    [lost] = locked.drift.lost([A])
    assert lost.message == "locked by alice (live), and its lock was taken away by hand"
    assert locked.drift.lost([B]) == ()
    locked.changes.set_text([A], [("order", "9")])
    before = _file(root, A).read_bytes()
    with pytest.raises(LockedError, match=r"chat/a: locked by alice \(live\), and its lock was taken away") as caught:
        locked.applying.apply("cheaper")
    assert "`modeltui lock`" in (caught.value.hint or "")
    assert _file(root, A).read_bytes() == before
    assert A in locked.catalog.snapshot().plan.files


def test_locked_false_by_hand_is_the_same(locked: Workspace, root: Path) -> None:
    _rewrite(root, A, "locked = true", "locked = false")
    assert _lost(locked) == [(A, "unlocked")]


@pytest.mark.parametrize(("pattern", "new"), [('by = "alice"', 'by = "bob"'), ('reason = "live"', 'reason = "test"')])
def test_a_forged_lock_is_said(locked: Workspace, root: Path, pattern: str, new: str) -> None:
    _rewrite(root, A, pattern, new)
    assert _lost(locked) == [(A, "rewritten")]


def test_a_digest_made_to_fit_is_said(locked: Workspace, root: Path) -> None:
    _rewrite(root, A, 'base = "1"', 'base = "9"')
    [drift] = locked.drift.find()
    assert (drift.key, _lost(locked)) == (A, [])
    _rewrite(root, A, r"sha256:[0-9a-f]{64}", lock_digest(_file(root, A).read_bytes()))
    locked.catalog.reload()
    assert (locked.drift.find(), _lost(locked)) == ((), [(A, "rewritten")])


def test_a_locked_file_that_was_removed_is_said(locked: Workspace, root: Path) -> None:
    _file(root, A).unlink()
    assert _lost(locked) == [(A, "removed")]


def test_a_broken_file_has_its_own_fault(locked: Workspace, root: Path) -> None:
    _file(root, A).write_text("= =\n")
    assert _lost(locked) == []


def test_to_accept_it_is_a_lock_and_an_unlock(locked: Workspace, root: Path) -> None:
    _take_away(root)
    locked.catalog.reload()
    assert locked.changes.lock([A], "as it is").changed == (A,)
    locked.applying.apply("seen")
    assert _lost(locked) == []
    locked.changes.unlock([A], "accepted")
    locked.applying.apply("accepted")
    assert _lost(locked) == []
    locked.changes.set_text([A], [("order", "9")])
    assert locked.applying.apply("edit").files == (f"models/{A}.toml",)


def test_an_edit_of_another_model_goes_through(locked: Workspace, root: Path) -> None:
    _take_away(root)
    locked.changes.set_text(["chat/c"], [("order", "9")])
    assert locked.applying.apply("edit").files == ("models/chat/c.toml",)


@pytest.mark.usefixtures("in_git")
def test_a_commit_by_hand_explains_nothing(locked: Workspace, root: Path) -> None:
    _take_away(root)
    _git(root, "commit", "-qam", "no lock any more")
    assert _lost(locked) == [(A, "unlocked")]


@pytest.mark.usefixtures("in_git")
def test_an_unlock_of_another_clone_explains_it(locked: Workspace, root: Path) -> None:
    _take_away(root)
    _git(root, "commit", "-qam", "unlock\n\nModeltui-Txn: 20300101-elsewhere")
    assert _lost(locked) == []


@pytest.mark.usefixtures("in_git")
def test_another_branch_has_no_such_lock(locked: Workspace, root: Path) -> None:
    _git(root, "checkout", "-q", "-b", "older", "HEAD~1")
    assert _lost(locked) == []
    _git(root, "checkout", "-q", "main")
    assert _lost(locked) == []


def test_a_history_that_cannot_be_read_is_said_and_holds_an_edit_up(
    locked: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: object) -> None:
        raise OSError(errno.EIO, "no", ".modeltui/history.jsonl")

    locked.changes.set_text(["chat/c"], [("order", "9")])
    monkeypatch.setattr(HistoryRepository, "entries", fails)
    assert ("unreadable", ".modeltui/history.jsonl") in {(each.code, each.path) for each in locked.catalog.check()}
    with pytest.raises(ApplyError, match="the history cannot be read"):
        locked.applying.apply("edit")
