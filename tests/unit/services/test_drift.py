"""Locked files that were changed behind the lock: what is told, and the two ways out."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from modeltui.domain.snapshot import Snapshot
from modeltui.services.current import Current
from modeltui.services.workspace import Workspace

A, B = "chat/a", "chat/b"


def _file(root: Path, key: str) -> Path:
    return root / "models" / f"{key}.toml"


def _change(root: Path, key: str, old: str, new: str) -> None:
    text = _file(root, key).read_text()
    assert old in text
    _file(root, key).write_text(text.replace(old, new))


@pytest.fixture
def in_git(root: Path) -> None:
    for words in (["init", "-q"], ["add", "models", "providers", "catalog.toml"], ["commit", "-qm", "start"]):
        subprocess.run(["git", "-C", root, *words], check=True, capture_output=True)


@pytest.fixture
def locked(workspace: Workspace) -> Workspace:
    """chat/a and chat/b are locked by an apply of ours."""
    workspace.changes.set_text([A], [("order", "7")])
    workspace.changes.lock([A, B], "live")
    workspace.applying.apply("go live")
    return workspace


def test_a_lock_that_holds_is_no_drift(locked: Workspace) -> None:
    assert locked.drift.find() == ()
    assert locked.drift.relock([A]).unchanged == (A,)
    assert locked.drift.restore([A]).unchanged == (A,)


@pytest.mark.usefixtures("in_git")
def test_git_tells_every_field_that_changed(locked: Workspace, root: Path) -> None:
    _change(root, A, 'base = "1"', 'base = "9"')
    _change(root, A, 'tags = ["test"]\n', "")
    [drift] = locked.drift.find()
    assert (drift.key, drift.is_complete, drift.lock.by) == (A, True, "alice")
    assert {field.path: field.now for field in drift.fields}[("cost", "base")] == "9"
    assert {field.path: field.was for field in drift.fields}[("tags",)] == ["test"]
    assert drift.commit == locked.history.entries()[0].commit
    assert drift.restored is not None


@pytest.mark.usefixtures("in_git")
def test_a_change_of_a_comment_is_drift_without_fields(locked: Workspace, root: Path) -> None:
    _change(root, A, "# kept", "# not kept")
    [drift] = locked.drift.find([A])
    assert (drift.fields, drift.is_complete) == ((), True)


def test_without_git_the_history_tells_what_it_knows(locked: Workspace, root: Path) -> None:
    _change(root, A, "order = 7", "order = 8")
    _change(root, A, 'base = "1"', 'base = "9"')
    [drift] = locked.drift.find()
    assert (drift.is_complete, drift.restored) == (False, None)
    assert [(field.path, field.was, field.now) for field in drift.fields] == [(("order",), 7, 8)]
    [refusal] = locked.drift.restore([A]).refused
    assert "not known" in refusal.reason


def test_locking_anew_takes_the_file_as_it_is(locked: Workspace, root: Path) -> None:
    _change(root, A, "order = 7", "order = 8")
    outcome = locked.drift.relock([A, B], "the price was right")
    assert (outcome.changed, outcome.unchanged) == ((A,), (B,))
    locked.applying.apply("checked")
    assert locked.drift.find() == ()
    lock = locked.catalog.snapshot().catalog.models[A].lock
    assert lock is not None
    assert lock.reason == "the price was right"
    assert "order = 8" in _file(root, A).read_text()


@pytest.mark.usefixtures("in_git")
def test_a_restoration_is_planned_without_a_problem_and_undone_in_one(locked: Workspace, root: Path) -> None:
    before = _file(root, A).read_bytes()
    _change(root, A, "order = 7", "order = 8")
    locked.catalog.reload()
    locked.changes.unlock([A])
    outcome = locked.drift.restore([A])
    planned = outcome.snapshot.plan.files[A]
    assert (outcome.changed, planned.problem) == ((A,), None)
    assert planned.text == before.decode()
    assert "-order = 8" in locked.changes.diff().splitlines()
    assert locked.changes.undo().plan.files[A].edits[0].path == ("lock",), "the unlock that it took the place of"


@pytest.mark.usefixtures("in_git")
def test_a_restoration_is_applied(locked: Workspace, root: Path) -> None:
    before = _file(root, A).read_bytes()
    _change(root, A, "order = 7", "order = 8")
    locked.drift.restore([A])
    locked.applying.apply("back to what was locked")
    assert _file(root, A).read_bytes() == before
    assert locked.drift.find() == ()


@pytest.fixture
def loads(locked: Workspace, monkeypatch: pytest.MonkeyPatch) -> list[Snapshot]:
    """What comes of reading the whole catalogue, from now on."""
    locked.catalog.snapshot()
    made: list[Snapshot] = []
    reload = Current.reload

    def counted(current: Current) -> Snapshot:
        made.append(reload(current))
        return made[-1]

    monkeypatch.setattr(Current, "reload", counted)
    return made


def test_one_model_is_looked_at_without_reading_the_others(
    locked: Workspace, root: Path, loads: list[Snapshot]
) -> None:
    before = locked.catalog.snapshot()
    _change(root, A, "order = 7", "order = 8")
    [drift] = locked.drift.find([A])
    assert [(field.path, field.was, field.now) for field in drift.fields] == [(("order",), 7, 8)]
    assert locked.drift.find([B]) == ()
    assert loads == []
    assert locked.catalog.snapshot() is before
    assert locked.drift.find() == (drift,)
    assert len(loads) == 1


def test_what_happened_to_the_lock_since_the_snapshot_counts(
    locked: Workspace, root: Path, loads: list[Snapshot]
) -> None:
    path = _file(root, A)
    path.write_text(path.read_text().partition("[lock]")[0] + "order2 = 1\n")
    assert locked.drift.find([A]) == (), "no lock, no drift"
    path.unlink()
    assert locked.drift.find([A]) == ()
    _file(root, B).write_text("name = ")
    assert locked.drift.find([B]) == (), "what cannot be parsed is a finding, no drift"
    assert loads == []


def test_a_model_that_is_newer_than_the_snapshot_is_found(locked: Workspace, root: Path, loads: list[Snapshot]) -> None:
    _file(root, "chat/new").write_text(_file(root, A).read_text().replace("order = 7", "order = 8"))
    [drift] = locked.drift.find(["chat/new", "chat/none"])
    assert drift.key == "chat/new"
    assert len(loads) == 1
