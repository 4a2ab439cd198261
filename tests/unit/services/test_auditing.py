"""Every apply has its entry before it has a file, and the walk holds the log against history and commits."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from modeltui.bootstrap import open_workspace
from modeltui.config import Settings
from modeltui.errors import ApplyError, ConflictError, ModeltuiError
from modeltui.services.workspace import Workspace

A, B = "chat/a", "chat/b"
LOG = ".modeltui/audit.jsonl"


def _whats(workspace: Workspace) -> list[str]:
    return [entry.what for entry in workspace.audit.entries()]


def _apply(workspace: Workspace, order: int) -> str:
    workspace.changes.set_text([A], [("order", str(order))])
    name = workspace.applying.apply("why").id
    assert name is not None
    return name


def test_applies_locks_unlocks_and_roll_backs_are_noted(workspace: Workspace) -> None:
    name = _apply(workspace, 2)
    workspace.changes.lock([A, B], "hold")
    workspace.applying.apply()
    workspace.changes.unlock([A], "free")
    workspace.applying.apply()
    workspace.rollback.roll_back(name)
    workspace.changes.lock([A])
    workspace.applying.apply(keys=[])
    assert _whats(workspace) == ["apply", "lock", "apply", "unlock", "apply", "rollback"]
    first, lock, *_, rollback = workspace.audit.entries()
    assert (first.by, first.host, first.subject, first.detail, first.keys) == ("alice", "here", name, "why", (A,))
    assert lock.keys == (A, B)
    assert (rollback.subject, rollback.keys) == (name, (A,))
    verdict = workspace.audit.verify()
    assert (verdict.broken, verdict.entries, verdict.notes) == (None, 6, ())


def test_a_refused_roll_back_is_noted(workspace: Workspace) -> None:
    name = _apply(workspace, 2)
    _apply(workspace, 3)
    workspace.rollback.roll_back(name)
    last = workspace.audit.entries()[-1]
    assert (last.what, last.subject) == ("refused", f"rollback of {name}")
    assert last.detail.startswith("order: changed later by alice")


def test_an_apply_that_fails_is_noted_with_its_reason(
    root: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.changes.set_text([A], [("order", "2")])
    written = workspace.applying._written

    def late(*arguments: object) -> object:
        (root / f"models/{A}.toml").write_text("# somebody was quicker\n")
        return written(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(workspace.applying, "_written", late)
    with pytest.raises(ConflictError):
        workspace.applying.apply()
    assert _whats(workspace) == ["apply", "apply-failed"]
    assert workspace.audit.verify().broken is None


def test_without_a_log_there_is_no_apply(root: Path, workspace: Workspace) -> None:
    workspace.changes.set_text([A], [("order", "2")])
    before = (root / f"models/{A}.toml").read_bytes()
    (root / f"{LOG}.lock").symlink_to("nowhere")
    with pytest.raises(ApplyError, match="not in the audit log"):
        workspace.applying.apply()
    assert (root / f"models/{A}.toml").read_bytes() == before
    assert workspace.history.entries() == []


def test_the_history_gives_a_log_away_that_was_cut_off_or_begun_anew(root: Path, workspace: Workspace) -> None:
    """Also where the second note of its last entry was made to fit."""
    for order in (2, 3, 4):
        name = _apply(workspace, order)
    log, head = root / LOG, root / ".modeltui/audit.head"
    whole = log.read_bytes().splitlines(keepends=True)
    head.unlink()
    log.write_bytes(b"".join(whole[:2]))
    verdict = workspace.audit.verify()
    assert verdict.number == 3
    assert verdict.broken == f"entry 3 is missing: the history record {name} names entry 3"
    log.unlink()
    assert "begun anew, or emptied" in str(workspace.audit.verify().broken)
    _apply(workspace, 5)
    assert "begun anew, or emptied" in str(workspace.audit.verify().broken)


def test_commits_give_a_log_away_that_was_cut_off(root: Path, settings_for: Callable[[str], Settings]) -> None:
    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True).stdout.strip()

    (root / ".gitignore").write_text(".modeltui/\n")
    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "start")
    workspace = open_workspace(settings_for("alice"))
    _apply(workspace, 2)
    _apply(workspace, 3)
    assert git("log", "-1", "--format=%(trailers:key=Modeltui-Audit,valueonly)").count(".2.") == 1
    assert workspace.audit.verify().broken is None
    log = root / LOG
    log.write_bytes(log.read_bytes().splitlines(keepends=True)[0])
    (root / ".modeltui/audit.head").unlink()
    (root / ".modeltui/history.jsonl").unlink()
    commit = git("rev-parse", "--short=12", "HEAD")
    assert workspace.audit.verify().broken == f"entry 2 is missing: commit {commit} names entry 2"
    log.unlink()
    verdict = workspace.audit.verify()
    assert (verdict.broken, len(verdict.notes)) == (None, 1)


def test_garbage_between_entries_is_named(root: Path, workspace: Workspace) -> None:
    for order in (2, 3):
        _apply(workspace, order)
    log = root / LOG
    first, second = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(first + b"garbage\n" + second)
    assert workspace.audit.verify().broken == "line 2 is damaged"


def test_a_log_that_everybody_may_write_is_not_believed(root: Path, workspace: Workspace) -> None:
    _apply(workspace, 2)
    (root / LOG).chmod(0o666)
    assert "everybody may write it" in str(workspace.audit.verify().broken)


def test_a_recovery_is_noted(root: Path, workspace: Workspace, settings_for: Callable[[str], Settings]) -> None:
    _apply(workspace, 2)
    (root / ".modeltui/journal").write_text("not a journal")
    again = open_workspace(settings_for("bob"))
    again.applying.recover(accepts=True)
    assert again.audit.entries()[-1].what == "recover"
    assert again.audit.entries()[-1].by == "bob"


@pytest.mark.parametrize("name", ["audit.jsonl", "audit.head", "audit.jsonl.lock"])
@pytest.mark.parametrize("kind", ["link", "pipe", "folder", "garbage"])
def test_what_stands_in_the_place_of_the_log_is_not_followed(
    root: Path, workspace: Workspace, name: str, kind: str
) -> None:
    _apply(workspace, 2)
    place, outside = root / ".modeltui" / name, root.parent / "outside"
    place.unlink()
    if kind == "link":
        outside.write_text("keep")
        place.symlink_to(outside)
    elif kind == "pipe":
        os.mkfifo(place)
    elif kind == "folder":
        place.mkdir()
    else:
        place.write_bytes(b"\x00garbage\n{}\n")
    with suppress(ModeltuiError):
        workspace.audit.verify()
    with suppress(ModeltuiError):
        _apply(workspace, 3)
    with suppress(ModeltuiError):
        workspace.audit.entries()
    if kind == "link":
        assert outside.read_text() == "keep"
