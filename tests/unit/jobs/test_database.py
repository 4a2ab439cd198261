"""The file of the jobs: its modes, its versions, and what is not ours or cannot be read."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from modeltui.domain.job import JobState
from modeltui.errors import BrokenFileError, ModeltuiError, RefusedError
from modeltui.jobs import schema
from modeltui.storage.fs import Stat
from modeltui.storage.real_fs import RealFs
from unit.jobs.making import job, kept, store

DB = ".modeltui/jobs.db"


def modes(root: Path) -> dict[str, int]:
    return {
        path.name: stat.S_IMODE(path.stat().st_mode) for path in (root / ".modeltui").iterdir() if "jobs" in path.name
    }


@pytest.mark.parametrize(
    ("of_root", "of_files", "of_folder"), [(0o700, 0o600, 0o700), (0o755, 0o644, 0o755), (0o2770, 0o660, 0o2770)]
)
def test_files_have_the_modes_of_the_catalogue(tmp_path: Path, of_root: int, of_files: int, of_folder: int) -> None:
    tmp_path.chmod(of_root)
    before = os.umask(0o077)
    try:
        mine = store(tmp_path)
        mine.begin(kept(job()))
        names = ("jobs.db", "jobs.db-wal", "jobs.db-shm")
        assert modes(tmp_path) == {**dict.fromkeys(names, of_files), "jobs": of_folder}
        (lock,) = (tmp_path / ".modeltui" / "jobs").glob("*.lock")
        assert stat.S_IMODE(lock.stat().st_mode) == of_files
    finally:
        os.umask(before)


def test_every_commit_is_synced_to_a_log(tmp_path: Path) -> None:
    mine = store(tmp_path)
    mine.begin(kept(job()))
    with mine.database.write() as db:
        found = [db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "foreign_keys")]
    assert found == ["wal", 2, 1]


def damaged(root: Path) -> None:
    (root / DB).write_bytes(b"no database at all" * 100)


def foreign(root: Path) -> None:
    with closing(sqlite3.connect(root / DB)) as db:
        db.execute("CREATE TABLE songs (name TEXT)")
        db.commit()


def empty(root: Path) -> None:
    (root / DB).write_bytes(b"")


def newer(root: Path) -> None:
    store(root).begin(kept(job()))
    with closing(sqlite3.connect(root / DB)) as db:
        db.execute(f"PRAGMA user_version = {schema.VERSION + 6}")


def linked(root: Path) -> None:
    (root / "elsewhere").write_bytes(b"")
    (root / DB).symlink_to(root / "elsewhere")


def everybodys(root: Path) -> None:
    store(root).begin(kept(job()))
    (root / DB).chmod(0o666)


@pytest.mark.parametrize(
    ("spoil", "kind", "said"),
    [
        (damaged, BrokenFileError, "is damaged"),
        (foreign, BrokenFileError, "not a database of modeltui"),
        (empty, BrokenFileError, "not a database of modeltui"),
        (
            newer,
            RefusedError,
            f"is of version {schema.VERSION + 6}, and this modeltui knows versions up to {schema.VERSION}",
        ),
        (linked, BrokenFileError, "is a link"),
        (everybodys, RefusedError, "everybody may write it"),
    ],
)
def test_what_is_not_ours_is_named_and_never_written(
    tmp_path: Path, spoil: object, kind: type[ModeltuiError], said: str
) -> None:
    (tmp_path / ".modeltui").mkdir()
    assert callable(spoil)
    spoil(tmp_path)
    before = (tmp_path / DB).read_bytes()
    mine = store(tmp_path)
    for call in (mine.list, mine.stats, lambda: mine.get("x"), lambda: mine.begin(kept(job()))):
        with pytest.raises(kind, match=said) as raised:
            call()
        assert raised.value.hint
    assert mine.stamp() == 0
    assert (tmp_path / DB).read_bytes() == before


def test_a_database_damaged_inside_is_found_by_the_check(tmp_path: Path) -> None:
    mine = store(tmp_path)
    mine.begin_all([kept(job(text="x" * 3000)) for _ in range(50)])
    assert mine.database.trouble() is None
    mine.database.close()
    with (tmp_path / DB).open("r+b") as file:
        file.seek(3 * 4096)
        file.write(b"\xff" * 40960)
    trouble = store(tmp_path).database.trouble()
    assert trouble is not None
    assert "is damaged" in trouble.message
    assert "move .modeltui/jobs.db" in (trouble.hint or "")


def test_an_older_database_goes_forward(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = job()
    store(tmp_path).begin(kept(one))
    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, "ALTER TABLE jobs ADD COLUMN mood TEXT;\n"))
    before = schema.VERSION
    monkeypatch.setattr(schema, "VERSION", before + 1)
    assert store(tmp_path, is_read_only=lambda: True).list()[0].job.id == one.id, "nothing of before has changed"
    monkeypatch.setattr(schema, "READ_FROM", before + 1)
    with pytest.raises(RefusedError, match=f"is of version {before}, and this modeltui reads versions from"):
        store(tmp_path, is_read_only=lambda: True).list()
    again = store(tmp_path)
    assert again.list()[0].job.id == one.id
    with again.database.write() as db:
        assert db.execute("SELECT mood FROM jobs").fetchall() == [(None,)]
        assert db.execute("PRAGMA user_version").fetchone() == (before + 1,)


def test_a_step_forward_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store(tmp_path).begin(kept(job()))
    with monkeypatch.context() as patched:
        patched.setattr(schema, "STEPS", (*schema.STEPS, "CREATE TABLE mood (x);\nNO SQL AT ALL;\n"))
        patched.setattr(schema, "VERSION", schema.VERSION + 1)
        with pytest.raises(RefusedError):
            store(tmp_path).list()
    assert len(store(tmp_path).list()) == 1


def test_a_read_only_session_reads_and_writes_nothing(tmp_path: Path) -> None:
    one = job()
    first = store(tmp_path)
    first.begin(kept(one))
    first.note(replace(one, state=JobState.SUCCEEDED))
    first.database.close()
    first.owner.leave()
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / ".modeltui").rglob("*")}
    mine = store(tmp_path, is_read_only=lambda: True)
    assert mine.get(one.id).job.state is JobState.SUCCEEDED
    assert mine.stats()[one.uid or ""].succeeded == 1
    assert mine.stamp() > 0
    with pytest.raises(RefusedError, match="read-only"):
        mine.begin(kept(job()))
    assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / ".modeltui").rglob("*")} == before


def test_a_read_only_session_sees_what_another_process_has_just_written(tmp_path: Path) -> None:
    first, mine = store(tmp_path), store(tmp_path, is_read_only=lambda: True)
    for number in range(3):
        first.begin(kept(job()))
        assert len(mine.list()) == number + 1


def test_a_database_that_was_moved_away_is_made_anew(tmp_path: Path) -> None:
    mine = store(tmp_path)
    mine.begin(kept(job()))
    for path in (tmp_path / ".modeltui").glob("jobs.db*"):
        path.rename(tmp_path / path.name)
    assert mine.list() == ()
    mine.begin(kept(job()))
    assert len(mine.list()) == 1


def test_two_who_make_it_at_once_share_one(tmp_path: Path) -> None:
    first, second = store(tmp_path), store(tmp_path)
    first.database.make()
    second.database._made()
    first.begin(kept(job()))
    second.begin(kept(job()))
    assert len(first.list()) == len(second.list()) == 2
    assert sorted(path.name for path in (tmp_path / ".modeltui").glob("jobs.db*")) == [
        "jobs.db",
        "jobs.db-shm",
        "jobs.db-wal",
    ]


@pytest.mark.parametrize("name", ["jobs.db-wal", "jobs.db-shm"])
def test_a_log_that_another_process_closes_between_two_looks_is_no_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    other, one = store(tmp_path), kept(job())
    other.begin(one)
    look = RealFs.stat
    closed: list[str] = []

    def look_and_close(fs: RealFs, path: str) -> Stat:
        found = look(fs, path)
        if path.endswith(name) and not closed:
            closed.append(path)
            other.database.close()
        return found

    monkeypatch.setattr(RealFs, "stat", look_and_close)
    assert store(tmp_path).get(one.job.id).job.id == one.job.id
    assert closed


def test_where_there_is_no_room_for_the_index_of_the_log_it_is_still_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = store(tmp_path)
    one = kept(job())
    writer.begin(one)
    writer.database.close()
    connect = sqlite3.connect

    def on_a_full_disk(name: str, **options: Any) -> sqlite3.Connection:
        if "immutable" not in name:
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR
            raise error
        opened: sqlite3.Connection = connect(name, **options)
        return opened

    monkeypatch.setattr(sqlite3, "connect", on_a_full_disk)
    assert [each.job.id for each in store(tmp_path).list()] == [one.job.id]
