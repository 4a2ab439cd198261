"""Contents that are made while others are written: the same apply, and the same nothing where one is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from crash import real, scenario
from modeltui.domain.change import Action
from modeltui.domain.digest import digest
from modeltui.errors import ConflictError, EditRefusedError, RefusedError
from modeltui.history.repository import HistoryRepository
from modeltui.services.recording import with_digests
from modeltui.storage import state_dir
from modeltui.storage.applying.applier import ApplyRequest, FileOperation
from modeltui.storage.log_file import LogFile
from modeltui.storage.real_fs import RealFs

A, B = "models/chat/a.toml", "models/chat/b.toml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "catalog"


@pytest.fixture
def fs(root: Path) -> RealFs:
    return real.catalogue(root)


def _late(path: str, make: Callable[[], bytes | None]) -> FileOperation:
    old = digest(scenario.OLD[path])
    return FileOperation(path[7:-5], path, Action.UPDATE, old, None, late=make)


def _request(*operations: FileOperation) -> ApplyRequest:
    known = scenario.request()
    files = [
        {"key": each.key, "path": each.path, "action": "update", "before": each.old_digest, "after": None}
        for each in operations
    ]
    record = {**known.record, "changes": [], "files": files}
    return replace(known, operations=operations, change_ids=(), record=record, complete=with_digests)


def _contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.glob("models/**/*") if path.is_file()}


def _left(fs: RealFs) -> list[str]:
    return [name for name in fs.list(state_dir.STATE) if name.startswith(("journal", "txn-"))]


def test_each_is_made_once_written_and_recorded(fs: RealFs, root: Path) -> None:
    made: list[str] = []

    def make(path: str) -> bytes:
        made.append(path)
        return scenario.NEW[path]

    applied = scenario.applier(fs).apply(_request(*(_late(path, lambda path=path: make(path)) for path in (A, B))))  # type: ignore[misc]
    assert applied.paths == (A, B)
    assert made == [A, B]
    assert [(root / path).read_bytes() for path in (A, B)] == [scenario.NEW[A], scenario.NEW[B]]
    (record,) = HistoryRepository(LogFile(fs, state_dir.HISTORY)).entries()
    assert [(file.path, file.after) for file in record.files] == [(path, digest(scenario.NEW[path])) for path in (A, B)]


def test_what_turns_out_to_change_nothing_is_not_touched(fs: RealFs, root: Path) -> None:
    before = (root / A).stat()
    applied = scenario.applier(fs).apply(_request(_late(A, lambda: scenario.OLD[A]), _late(B, lambda: scenario.NEW[B])))
    assert applied.paths == (B,)
    assert (root / A).stat().st_ino == before.st_ino
    (record,) = HistoryRepository(LogFile(fs, state_dir.HISTORY)).entries()
    assert record.files[0].after == digest(scenario.OLD[A])


def test_a_refusal_after_others_were_staged_leaves_nothing(fs: RealFs, root: Path) -> None:
    before = _contents(root)
    staged: list[int] = []

    def refuse() -> bytes:
        staged.extend(len(fs.list(f"{state_dir.STATE}/{name}")) for name in _left(fs))
        raise EditRefusedError("chat/b: not to be proved; nothing was written")

    with pytest.raises(EditRefusedError, match="chat/b: not to be proved"):
        scenario.applier(fs).apply(_request(_late(A, lambda: scenario.NEW[A]), _late(B, refuse)))
    assert staged == [2]  # the first file, and the mark of its generation
    assert _contents(root) == before
    assert _left(fs) == []
    assert scenario.applier(fs).status().state == "idle"
    assert scenario.outcome(fs) == "old"


def test_none_is_made_where_another_file_changed(fs: RealFs, root: Path) -> None:
    (root / B).write_bytes(b"name = 'other'\n")
    with pytest.raises(ConflictError, match=r"b\.toml changed"):
        scenario.applier(fs).apply(_request(_late(A, lambda: pytest.fail("made")), _late(B, lambda: b"")))


def test_a_lock_in_the_file_holds_for_what_is_made_late(fs: RealFs, root: Path) -> None:
    locked = b"name = 'a'\n\n[lock]\nlocked = true\nby = 'alice'\nreason = 'in production'\n"
    (root / A).write_bytes(locked)
    operation = FileOperation("chat/a", A, Action.UPDATE, digest(locked), None, late=lambda: locked + b"# more\n")
    with pytest.raises(RefusedError, match="locked"):
        scenario.applier(fs).apply(_request(operation))
    assert (root / A).read_bytes() == locked


@pytest.mark.parametrize("action", [Action.CREATE, Action.DELETE])
def test_a_plan_that_contradicts_itself_is_refused(fs: RealFs, action: Action) -> None:
    base = digest(scenario.OLD[A])
    with pytest.raises(RefusedError, match="contradicts itself"):
        scenario.applier(fs).apply(_request(FileOperation("chat/a", A, action, base, None, late=lambda: b"")))
