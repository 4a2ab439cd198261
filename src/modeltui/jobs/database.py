"""`.modeltui/jobs.db`: opened as needed, one transaction at a time, and never put in the place of what is not ours.

Write-ahead log, every commit synced. SQLite gives the log and its index the mode of the database itself, so that a
catalogue shared by a group stays so.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import uuid
import weakref
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Final, NamedTuple, TypeAlias, TypeVar
from urllib.parse import quote

from modeltui.errors import BrokenFileError, BusyError, ModeltuiError, RefusedError
from modeltui.jobs import schema
from modeltui.storage import state_dir
from modeltui.storage.fs import Stat, reason_of
from modeltui.storage.real_fs import RealFs

JOBS_DB: Final = f"{state_dir.STATE}/jobs.db"
_LOG: Final = f"{JOBS_DB}-wal"
_BUSY_S: Final = 30.0
_LOOKS: Final = 3
_CODE: Final = "jobs-unreadable"
_NO_ROOM: Final = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN})
_REMEDY: Final = f"move {JOBS_DB}, with its -wal and -shm, away; the next run makes a new one"

T = TypeVar("T")
Seed: TypeAlias = Callable[[sqlite3.Connection], None]


class _Opened(NamedTuple):
    connection: sqlite3.Connection
    inode: tuple[int, int]


class Database:
    """Safe to use from several threads: each connection is used under its own lock. A call may wait for the disk."""

    def __init__(self, root: str, *, is_read_only: Callable[[], bool] = bool, seed: Seed = lambda _: None) -> None:
        """`seed` fills a database that is new, in the transaction that makes it."""
        self._fs = RealFs(root)
        self._path = os.path.join(root, JOBS_DB)
        self._is_read_only = is_read_only
        self._seed = seed
        self._writing = threading.RLock()
        self._reading = threading.RLock()
        self._writer: _Opened | None = None
        self._reader: _Opened | None = None

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction, durable when the block has ended, undone when it raises. Makes the database as needed.

        Raises RefusedError (read-only, disk full, no rights, newer), BrokenFileError (damaged, not ours), BusyError.
        """
        self.refuse_read_only()
        with self._writing, _told():
            connection = self._for_writing()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("UPDATE meta SET stamp = stamp + 1")
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def read(self, ask: Callable[[sqlite3.Connection], T], none: T) -> T:
        """What `ask` answers on one consistent state; `none` where there is no database. May call `ask` again.

        Writes nothing where nothing may be written. Raises as `write` does.
        """
        with self._reading, _told():
            found = self._stat(JOBS_DB)
            if found is None:
                return none
            self._check(found)
            if self._is_read_only() or not os.access(self._path, os.W_OK):
                return self._read_only(ask)
            try:
                return _asked(self._for_reading(found), ask)
            except sqlite3.OperationalError as error:
                if _code(error) not in _NO_ROOM:
                    raise
                return self._read_only(ask)  # the index of the log needs room, too

    def refuse_read_only(self) -> None:
        """Raises RefusedError in a session that writes nothing."""
        if self._is_read_only():
            raise RefusedError("this session is read-only, and keeps no jobs", hint="start without --read-only")

    def stamp(self) -> int:
        """A number that another commit, of any process, makes another; 0 where nothing can be read."""
        try:
            return self.read(lambda db: int(db.execute("SELECT stamp FROM meta").fetchone()[0]), 0)
        except ModeltuiError:
            return 0

    def trouble(self) -> ModeltuiError | None:
        """Why it cannot be read, or not in full. Looks at all of it."""
        try:
            said = self.read(lambda db: str(db.execute("PRAGMA quick_check(1)").fetchone()[0]), "ok")
        except ModeltuiError as error:
            return error
        return None if said == "ok" else BrokenFileError(f"{JOBS_DB} is damaged: {said}", code=_CODE, hint=_REMEDY)

    def make(self) -> None:
        """Make the database where there is none yet and one may be made."""
        with self._writing, _told():
            if self._stat(JOBS_DB) is None and not self._is_read_only():
                self._made()

    def close(self) -> None:
        for opened in (self._writer, self._reader):
            if opened is not None:
                opened.connection.close()
        self._writer = self._reader = None

    def _for_writing(self) -> sqlite3.Connection:
        found = self._stat(JOBS_DB)
        if found is None:
            self._made()
            found = self._fs.stat(JOBS_DB)
        self._check(found)
        opened = self._writer
        if opened is None or opened.inode != (found.device, found.inode):
            opened = self._writer = self._open("rw", found)
            _migrate(opened.connection)
        return opened.connection

    def _for_reading(self, found: Stat) -> sqlite3.Connection:
        opened = self._reader
        if opened is None or opened.inode != (found.device, found.inode):
            if _known(self._path) < schema.VERSION:
                with self._writing:
                    self._for_writing()
            opened = self._reader = self._open("rw", found)
            opened.connection.execute("PRAGMA query_only = 1")
            _refuse_other(opened.connection, is_read=True)
        return opened.connection

    def _read_only(self, ask: Callable[[sqlite3.Connection], T]) -> T:
        """Without a log nobody writes now, and the file is read as it stands; with one, through the log.

        The first makes no file at all. That nobody began to write meanwhile is looked at afterwards.
        """
        for look in range(_LOOKS):
            has_log = self._stat(_LOG) is not None
            before = self._fs.stat(JOBS_DB)
            uri = "mode=ro" if has_log and look < _LOOKS - 1 else "mode=ro&immutable=1"
            try:
                with closing(_connect(self._path, uri)) as connection:
                    _refuse_other(connection, is_read=True)
                    answer = _asked(connection, ask)
            except sqlite3.OperationalError:
                if look == _LOOKS - 1:
                    raise
                continue
            if has_log or (self._stat(_LOG) is None and self._fs.stat(JOBS_DB) == before):
                return answer
        return answer

    def _open(self, mode: str, found: Stat) -> _Opened:
        connection = _connect(self._path, f"mode={mode}")
        weakref.finalize(self, connection.close)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        return _Opened(connection, (found.device, found.inode))

    def _made(self) -> None:
        """Make it beside, whole, and give it its name then: nobody ever finds half of one."""
        state_dir.ensure(self._fs)
        draft = f"{JOBS_DB}.{uuid.uuid4().hex}.tmp"
        self._fs.create(draft, b"", state_dir.file_mode(self._fs))
        try:
            with closing(_connect(f"{self._path}{draft.removeprefix(JOBS_DB)}", "mode=rw")) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
                _migrate(connection, self._seed)
            self._fs.sync_file(draft)
            with suppress(FileExistsError):
                self._fs.link(draft, JOBS_DB)
        finally:
            for path in (draft, f"{draft}-wal", f"{draft}-shm"):
                with suppress(OSError):
                    self._fs.unlink(path)
        self._fs.sync_directory(state_dir.STATE)

    def _check(self, found: Stat) -> None:
        """Raises BrokenFileError for what is no file of the database, RefusedError for one that is not believed."""
        for path in (JOBS_DB, _LOG, f"{JOBS_DB}-shm"):
            there = found if path == JOBS_DB else self._stat(path)
            if there is not None and there.kind != "file":
                raise BrokenFileError(f"{path} is a {there.kind}, not a file", code=_CODE, hint=_REMEDY)
            if there is not None and (why := state_dir.distrust(self._fs, path, there)) is not None:
                raise RefusedError(f"{path} is not believed: {why}", hint="look at it, and move it away")

    def _stat(self, path: str) -> Stat | None:
        """One look: whoever closes the database last takes the log away, at any moment."""
        try:
            return self._fs.stat(path)
        except (FileNotFoundError, NotADirectoryError):
            return None


def _connect(path: str, options: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"file:{quote(path)}?{options}", uri=True, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
    )


def _asked(connection: sqlite3.Connection, ask: Callable[[sqlite3.Connection], T]) -> T:
    connection.execute("BEGIN")
    try:
        return ask(connection)
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _known(path: str) -> int:
    with closing(_connect(path, "mode=rw")) as connection:
        return _refuse_other(connection)


def _refuse_other(connection: sqlite3.Connection, *, is_read: bool = False) -> int:
    """The version. Raises BrokenFileError for a database of another program, RefusedError for one that is newer."""
    ours = int(connection.execute("PRAGMA application_id").fetchone()[0])
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if ours != schema.APPLICATION_ID:
        raise BrokenFileError(f"{JOBS_DB} is not a database of modeltui", code=_CODE, hint=_REMEDY)
    if version > schema.VERSION:
        raise RefusedError(
            f"{JOBS_DB} is of version {version}, and this modeltui knows versions up to {schema.VERSION}",
            hint="use the newer modeltui that wrote it",
        )
    if is_read and version < schema.READ_FROM:
        raise RefusedError(
            f"{JOBS_DB} is of version {version}, and this modeltui reads versions from {schema.READ_FROM}",
            hint="any command that may write brings it up to date",
        )
    return version


def _migrate(connection: sqlite3.Connection, seed: Seed | None = None) -> None:
    """Take it forward to our version, all steps or none. `seed` is given for one that is new."""
    if seed is None and _refuse_other(connection) == schema.VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = 0 if seed is not None else _refuse_other(connection)
        for step in schema.STEPS[version:]:
            for statement in step.split(";\n"):
                connection.execute(statement)
        if seed is not None:
            connection.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
            connection.execute("INSERT INTO meta (stamp) VALUES (?)", (time.time_ns(),))
            seed(connection)
        connection.execute(f"PRAGMA user_version = {len(schema.STEPS)}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


@contextmanager
def _told() -> Iterator[None]:
    """What SQLite and the system say, in our errors."""
    try:
        yield
    except sqlite3.Error as error:
        raise _as_ours(error) from error
    except OSError as error:
        raise RefusedError(
            f"{JOBS_DB} cannot be used: {reason_of(error)}", hint="see to the rights and the room"
        ) from error


def _code(error: sqlite3.Error) -> int:
    return int(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)) & 0xFF


def _as_ours(error: sqlite3.Error) -> ModeltuiError:
    match _code(error):
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return BusyError(f"another process keeps {JOBS_DB} busy", hint="try again in a moment")
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return BrokenFileError(f"{JOBS_DB} is damaged: {error}", code=_CODE, hint=_REMEDY)
        case sqlite3.SQLITE_FULL:
            return RefusedError(f"{JOBS_DB} cannot be written: the disk is full", hint="make room")
    return RefusedError(f"{JOBS_DB} cannot be used: {error}", hint="see to the rights and the room")
