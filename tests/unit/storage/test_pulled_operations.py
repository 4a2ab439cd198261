"""What a pull may write that no other apply may, and what it may not either."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from crash import real, scenario
from modeltui.domain.change import Action
from modeltui.domain.digest import digest
from modeltui.domain.lock_text import lock_digest
from modeltui.errors import BrokenFileError, ConflictError, LockedError, RefusedError
from modeltui.storage.applying.journal import Journal, Move, decoded_journal, encoded_journal
from modeltui.storage.applying.request import ApplyRequest, FileOperation
from modeltui.storage.real_fs import RealFs

A = "models/chat/a.toml"
PULL = {"head": "0" * 40, "commit": "1" * 40}
REST = b"name = 'a'\n"
LOCKED = REST + b"\n[lock]\nlocked = true\nby = 'ann'\n"
LOCKED = LOCKED + f"digest = '{lock_digest(LOCKED)}'\n".encode()


@pytest.fixture
def fs(tmp_path: Path) -> RealFs:
    return real.catalogue(tmp_path / "catalog")


def _request(*operations: FileOperation, of_pull: bool = True) -> ApplyRequest:
    record = {**scenario.request().record, **({"pull": PULL} if of_pull else {})}
    return replace(scenario.request(), operations=operations, change_ids=(), record=record)


def _put(root: Path, path: str, content: bytes) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(content)


@pytest.mark.parametrize("path", ["catalog.toml", "providers/new.toml", "presets/new.toml"])
def test_settings_are_written_by_a_pull_only(fs: RealFs, tmp_path: Path, path: str) -> None:
    root = tmp_path / "catalog"
    (root / path).unlink(missing_ok=True)
    operation = FileOperation(path, path, Action.CREATE, None, b"schema = 1\n", is_pulled=True)
    with pytest.raises(RefusedError):
        scenario.applier(fs).apply(_request(operation, of_pull=False))
    assert not (root / path).exists()
    scenario.applier(fs).apply(_request(operation))
    assert (root / path).read_bytes() == b"schema = 1\n"


@pytest.mark.parametrize("path", ["x.toml", "../x.toml", ".modeltui/x.toml", "providers/a/b.toml", "providers/.x.toml"])
def test_nothing_else_is(fs: RealFs, path: str) -> None:
    with pytest.raises(RefusedError):
        scenario.applier(fs).apply(_request(FileOperation(path, path, Action.CREATE, None, b"", is_pulled=True)))


def test_a_journal_that_names_settings_is_that_of_a_pull() -> None:
    move = Move("catalog.toml", Action.UPDATE, "0" * 64, "1" * 64, ".modeltui/txn-x1/0")
    of_pull = Journal("x1", "ann", (move,), (), (), {"id": "x1", "pull": PULL})
    assert decoded_journal(encoded_journal(of_pull)) == of_pull
    with pytest.raises(BrokenFileError):
        decoded_journal(encoded_journal(replace(of_pull, record={"id": "x1"})))


@pytest.mark.parametrize("new", [LOCKED.replace(b"'a'", b"'b'"), b"broken = \n", None])
def test_what_a_lock_freezes_is_refused_but_where_somebody_chose_it(
    fs: RealFs, tmp_path: Path, new: bytes | None
) -> None:
    _put(tmp_path / "catalog", A, LOCKED)
    action = Action.DELETE if new is None else Action.UPDATE
    operation = FileOperation("chat/a", A, action, digest(LOCKED), new, is_pulled=True)
    with pytest.raises(LockedError):
        scenario.applier(fs).apply(_request(operation))
    scenario.applier(fs).apply(_request(replace(operation, is_chosen=True)))
    assert (fs.read(A, 1000) == new) if new is not None else not (tmp_path / "catalog" / A).exists()


def test_a_lock_that_was_lifted_elsewhere_is_no_obstacle(fs: RealFs, tmp_path: Path) -> None:
    _put(tmp_path / "catalog", A, LOCKED)
    operation = FileOperation("chat/a", A, Action.UPDATE, digest(LOCKED), b"name = 'b'\n")
    with pytest.raises(LockedError):
        scenario.applier(fs).apply(_request(operation))
    scenario.applier(fs).apply(_request(replace(operation, is_pulled=True)))
    assert fs.read(A, 1000) == b"name = 'b'\n"


def test_its_ground_is_looked_at_before_anything_is_staged(fs: RealFs, tmp_path: Path) -> None:
    def moved() -> None:
        assert not list((tmp_path / "catalog/.modeltui").glob("txn-*"))
        raise ConflictError("elsewhere")

    with pytest.raises(ConflictError, match="elsewhere"):
        scenario.applier(fs).apply(replace(scenario.request(), holds=moved))
    assert scenario.outcome(fs) == "old"
