"""All files or none, one record for each apply, and only the touched lines."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from modeltui.bootstrap import open_workspace
from modeltui.domain.lock_text import lock_digest
from modeltui.errors import ConflictError, LockedError, UsageError
from modeltui.services.workspace import Workspace

A, B, HELD = "chat/a", "chat/b", "chat/held"


def _file(root: Path, key: str) -> Path:
    return root / "models" / f"{key}.toml"


def test_an_apply_writes_records_and_empties_the_queue(workspace: Workspace, root: Path) -> None:
    before = _file(root, A).read_bytes()
    workspace.changes.set_active([A, B], False)
    outcome = workspace.applying.apply("not good enough")
    assert outcome.files == ("models/chat/a.toml", "models/chat/b.toml")
    assert _file(root, A).read_bytes() == before.replace(b"active = true ", b"active = false ")
    assert outcome.snapshot.plan.files == {}
    assert not outcome.snapshot.catalog.models[A].active
    [entry] = workspace.history.entries()
    assert (entry.id, entry.by, entry.reason) == (outcome.id, "alice", "not good enough")
    assert [(c.key, c.field, c.old, c.new) for c in entry.changes] == [
        (A, ("active",), True, False),
        (B, ("active",), True, False),
    ]
    assert workspace.changes.undo().plan.files == {}, "what is applied is not undone by undo"


def test_who_ends_with_an_apply_need_not_have_the_files_read_again(workspace: Workspace, root: Path) -> None:
    workspace.changes.set_active([A], False)
    outcome = workspace.applying.apply("x", looks_again=False)
    assert (outcome.files, outcome.warnings) == (("models/chat/a.toml",), ())
    assert A in outcome.snapshot.plan.files, "as it was before"
    assert b"active = false" in _file(root, A).read_bytes()
    after = workspace.catalog.reload()
    assert (after.plan.files, after.catalog.models[A].active) == ({}, False)


def test_nothing_to_apply(workspace: Workspace) -> None:
    assert workspace.applying.apply("x").id is None
    assert workspace.history.entries() == []


def test_a_stale_file_stops_all(workspace: Workspace, root: Path) -> None:
    workspace.changes.set_active([A, B], False)
    _file(root, B).write_text(_file(root, B).read_text() + "# by hand\n")
    before = _file(root, A).read_bytes()
    with pytest.raises(ConflictError, match=r"models/chat/b\.toml"):
        workspace.applying.apply("x")
    assert _file(root, A).read_bytes() == before
    assert set(workspace.catalog.snapshot().plan.files) == {A, B}


def test_a_file_locked_behind_the_queue_stops_all(workspace: Workspace, root: Path) -> None:
    workspace.changes.unlock([HELD])
    assert workspace.applying.apply("open").id is not None
    workspace.changes.set_active([HELD], False)
    _file(root, HELD).write_text(_file(root, HELD).read_text() + "\n[lock]\nlocked = true\n")
    with pytest.raises((LockedError, ConflictError)):
        workspace.applying.apply("x")


def test_a_lock_holds_a_digest_of_the_rest_of_the_file(workspace: Workspace, root: Path) -> None:
    workspace.changes.set_text([A], [("order", "7")])
    workspace.changes.lock([A], "live")
    workspace.applying.apply("go live")
    model = workspace.catalog.snapshot().catalog.models[A]
    assert model.lock is not None
    assert (model.lock.by, model.lock.reason) == ("alice", "live")
    assert model.lock.digest == lock_digest(_file(root, A).read_bytes())
    assert model.order == 7


def test_some_models_can_be_applied_and_the_rest_stays(workspace: Workspace) -> None:
    workspace.changes.set_active([A, B], False)
    assert workspace.applying.apply("x", [A]).files == ("models/chat/a.toml",)
    assert set(workspace.catalog.snapshot().plan.files) == {B}


def test_a_catalogue_may_want_a_reason(workspace: Workspace, root: Path) -> None:
    (root / "catalog.toml").write_text("schema = 1\n\n[policy]\nreason_required = true\n")
    workspace.changes.set_active([A], False)
    with pytest.raises(UsageError):
        workspace.applying.apply("  ")
    assert workspace.applying.apply("why not").id is not None


def test_in_git_one_commit_of_our_paths_only(workspace: Workspace, root: Path) -> None:
    def git(*arguments: str) -> str:
        return subprocess.run(["git", "-C", root, *arguments], check=True, capture_output=True, text=True).stdout

    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "start")
    (root / "notes.txt").write_text("mine")
    git("add", "notes.txt")
    workspace.changes.set_active([A, B], False)
    outcome = workspace.applying.apply("winter")
    assert outcome.commit == git("rev-parse", "HEAD").strip()
    assert git("show", "--format=%s", "--name-only", "HEAD").split() == [
        "winter",
        "models/chat/a.toml",
        "models/chat/b.toml",
    ]
    assert git("diff", "--cached", "--name-only").split() == ["notes.txt"]
    assert workspace.history.entries()[0].commit == outcome.commit


def test_edits_by_hand_that_the_commit_would_take_along_are_named(workspace: Workspace, root: Path) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(["git", "-C", root, *arguments], check=True, capture_output=True)

    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "start")
    _file(root, A).write_text(_file(root, A).read_text() + "# by hand\n")
    workspace.catalog.reload()
    workspace.changes.set_active([A, B], False)
    assert workspace.applying.swept() == ("models/chat/a.toml",)


def test_a_damaged_queue_is_told_and_kept_aside(workspace: Workspace, root: Path, settings_for: Any) -> None:
    workspace.changes.set_active([A, B], False)
    [log] = (root / ".modeltui" / "queue").glob("*.jsonl")
    log.write_bytes(b"garbage\n" + log.read_bytes())
    assert open_workspace(settings_for("alice")).catalog.snapshot().notice


def test_nothing_to_recover(workspace: Workspace) -> None:
    assert workspace.applying.recover().message is None
