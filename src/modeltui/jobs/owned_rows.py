"""What a process follows, and others find again: the rows of batches, and those of chains."""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final, Generic, TypeVar

from modeltui.errors import BusyError, NotFoundError, UsageError
from modeltui.jobs.store import JobStore

T = TypeVar("T")
Kept = TypeVar("Kept")
Row = Sequence[Any]

_NAMED: Final = 5


class OwnedRows(ABC, Generic[Kept]):
    """Of one table, with `id`, `started_at`, `state`, `note`, `owner` and `wish` among its columns.

    Safe to use from several threads, as the store it shares a database with.
    """

    TABLE: ClassVar[str]
    COLUMNS: ClassVar[str]
    """Those that are read and written, `id` first."""
    NOUN: ClassVar[str]
    PLURAL: ClassVar[str]
    LISTED_BY: ClassVar[str]
    """The command that lists them."""
    ENDED_BY: ClassVar[str]
    """What ends one that somebody is at work on, as the rest of a sentence."""

    def __init__(self, store: JobStore) -> None:
        self._store = store
        self._database = store.database

    def get(self, prefix: str) -> Kept:
        """By id, or what it begins with. Raises NotFoundError, UsageError naming those that it may be."""
        query = f"SELECT {self.COLUMNS} FROM {self.TABLE} WHERE id >= ? AND id < ? ORDER BY id LIMIT ?"  # noqa: S608
        rows = self._rows(query, (prefix, f"{prefix}\U0010ffff", _NAMED + 1))
        if not rows or not prefix:
            raise self._unknown(prefix)
        if len(rows) > 1 and rows[0][0] != prefix:
            named = ", ".join(row[0] for row in rows[:_NAMED])
            raise UsageError(f"several {self.PLURAL} begin with {prefix!r}", hint=named)
        return self._kept(rows[0])

    def wish(self, row_id: str, what: str) -> bool:
        """Tell whoever follows it what is wanted; False where nobody alive does."""
        with self._database.write() as db:
            row = db.execute(f"SELECT owner FROM {self.TABLE} WHERE id = ?", (row_id,)).fetchone()  # noqa: S608
            if row is None or not self._is_followed(row[0]):
                return False
            db.execute(f"UPDATE {self.TABLE} SET wish = ? WHERE id = ?", (what, row_id))  # noqa: S608
        return True

    def wished(self, row_id: str) -> str | None:
        """What its follower was told, and has not answered with a note."""
        rows = self._rows(f"SELECT wish FROM {self.TABLE} WHERE id = ?", (row_id,))  # noqa: S608
        return rows[0][0] if rows else None

    def _listed(self, where: str, values: Row, limit: int | None) -> tuple[Kept, ...]:
        """Newest first."""
        order = "ORDER BY started_at DESC, rowid DESC LIMIT ?"
        query = f"SELECT {self.COLUMNS} FROM {self.TABLE} {where} {order}"  # noqa: S608
        return tuple(map(self._kept, self._rows(query, (*values, -1 if limit is None else limit))))

    def _inserted(self, db: sqlite3.Connection, row: Row) -> None:
        marks = ", ".join("?" * len(row))
        db.execute(f"INSERT INTO {self.TABLE} ({self.COLUMNS}) VALUES ({marks})", row)  # noqa: S608

    def _noted(self, row_id: str, state: str, note: str, *, is_held: bool) -> None:
        """How it stands. One that is not held is followed no longer."""
        sets = "state = ?, note = ?, owner = CASE WHEN ? THEN owner END, wish = NULL"
        with self._database.write() as db:
            db.execute(f"UPDATE {self.TABLE} SET {sets} WHERE id = ?", (state, note, is_held, row_id))  # noqa: S608

    def _claimed(self, row_id: str, state: str, *, also: str | None = None) -> None:
        """Follow one that nobody follows, `also` this owner's own. Raises BusyError naming who does, NotFoundError."""
        me = self._store.owner.show()
        with self._database.write() as db:
            row = db.execute(f"SELECT owner FROM {self.TABLE} WHERE id = ?", (row_id,)).fetchone()  # noqa: S608
            if row is None:  # somebody forgot it since it was found
                raise self._unknown(row_id)
            (owner,) = row
            if owner != also and self._is_followed(owner):
                told = self._store.owner.told(owner)
                raise BusyError(f"{told} is at work on the {self.NOUN}", hint=f"wait for it, or {self.ENDED_BY}")
            sets = "owner = ?, state = ?, note = '', wish = NULL"
            db.execute(f"UPDATE {self.TABLE} SET {sets} WHERE id = ?", (me, state, row_id))  # noqa: S608

    def _unknown(self, name: str) -> NotFoundError:
        return NotFoundError(f"no {self.NOUN} {name!r}", hint=f"`{self.LISTED_BY}` lists them")

    def _is_followed(self, owner: str | None) -> bool:
        return owner is not None and self._store.owner.is_alive(owner)

    def _rows(self, query: str, values: Row) -> Sequence[Row]:
        return self._read(lambda db: db.execute(query, values).fetchall(), [])

    def _read(self, ask: Callable[[sqlite3.Connection], T], none: T) -> T:
        return self._database.read(ask, none)

    @abstractmethod
    def _kept(self, row: Row) -> Kept:
        """What a row of COLUMNS says."""
