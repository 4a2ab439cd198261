"""Batches as they are kept beside their jobs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from modeltui.domain.batch import BatchState
from modeltui.domain.call import Cost
from modeltui.domain.job import KeptJob
from modeltui.errors import BusyError, NotFoundError, UsageError
from modeltui.jobs.rows import SELECT, kept_of, moment
from modeltui.jobs.store import UNDER_WAY, JobStore

_COLUMNS: Final = "id, query, by, started_at, budget_amount, budget_currency, concurrency, state, note, owner, plan"
_NAMED: Final = 5


class KeptBatch(Struct, frozen=True, kw_only=True):
    """A batch as it is kept."""

    id: str
    query: str
    by: str
    started_at: datetime
    budget: Cost | None
    concurrency: int | None
    state: BatchState
    """INTERRUPTED where its process is gone."""
    note: str
    """Why it stopped, or is paused."""
    plan: Mapping[str, Any]
    """JSON of whoever began it: what its jobs were made from."""


class BatchRows:
    """Safe to use from several threads, as the store it shares a database with."""

    def __init__(self, store: JobStore) -> None:
        self._store = store
        self._database = store.database

    def begin(self, batch: KeptBatch, jobs: Sequence[KeptJob], out_dir: str | None = None) -> None:
        """Keep a batch with all its jobs, whose `batch` is its id, in one commit; raises as `JobStore.begin` does."""
        budget = batch.budget
        row = (
            batch.id,
            batch.query,
            batch.by,
            moment(batch.started_at),
            None if budget is None else str(budget.amount),
            None if budget is None else budget.currency,
            batch.concurrency,
            batch.state.value,
            batch.note,
            self._store.owner.show(),
            json.dumps(batch.plan, ensure_ascii=False, default=str),
        )
        insert = f"INSERT INTO batches ({_COLUMNS}) VALUES ({', '.join('?' * len(row))})"  # noqa: S608  # constants
        self._store.begin_all(jobs, out_dir, first=lambda db: db.execute(insert, row))

    def note(self, batch_id: str, state: BatchState, note: str = "") -> None:
        """How it stands. One that is finished, stopped or interrupted is followed no longer."""
        is_held = state in (BatchState.RUNNING, BatchState.PAUSED)
        with self._database.write() as db:
            db.execute(
                "UPDATE batches SET state = ?, note = ?, owner = CASE WHEN ? THEN owner END, wish = NULL WHERE id = ?",
                (state.value, note, is_held, batch_id),
            )

    def finish(self, batch_id: str) -> bool:
        """Note that it is FINISHED where nobody follows it and all of its jobs have ended; whether that is so."""
        left = f"SELECT 1 FROM jobs WHERE batch = ? AND {UNDER_WAY} LIMIT 1"  # noqa: S608  # constants
        with self._database.write() as db:
            row = db.execute("SELECT owner, state FROM batches WHERE id = ?", (batch_id,)).fetchone()
            if row is None or (row[0] is not None and self._store.owner.is_alive(row[0])):
                return False
            if row[1] == BatchState.FINISHED.value or db.execute(left, (batch_id,)).fetchone() is not None:
                return False
            sets = "UPDATE batches SET state = ?, note = '', owner = NULL, wish = NULL WHERE id = ?"
            db.execute(sets, (BatchState.FINISHED.value, batch_id))
        return True

    def get(self, prefix: str) -> KeptBatch:
        """By id, or what it begins with. Raises NotFoundError, UsageError naming those that it may be."""
        query = f"SELECT {_COLUMNS} FROM batches WHERE id >= ? AND id < ? ORDER BY id LIMIT ?"  # noqa: S608
        values = (prefix, f"{prefix}\U0010ffff", _NAMED + 1)
        rows: Sequence[Sequence[Any]] = self._database.read(lambda db: db.execute(query, values).fetchall(), [])
        if not rows or not prefix:
            raise NotFoundError(f"no batch {prefix!r}", hint="`modeltui batch --list` lists them")
        if len(rows) > 1 and rows[0][0] != prefix:
            raise UsageError(f"several batches begin with {prefix!r}", hint=", ".join(row[0] for row in rows[:_NAMED]))
        return self._kept(rows[0])

    def list(self, limit: int | None = None) -> tuple[KeptBatch, ...]:
        """Newest first."""
        query = f"SELECT {_COLUMNS} FROM batches ORDER BY started_at DESC, rowid DESC LIMIT ?"  # noqa: S608
        values = (-1 if limit is None else limit,)
        rows: Sequence[Sequence[Any]] = self._database.read(lambda db: db.execute(query, values).fetchall(), [])
        return tuple(map(self._kept, rows))

    def jobs(self, batch_id: str) -> tuple[KeptJob, ...]:
        """In the order of the plan."""
        none: tuple[KeptJob, ...] = ()
        query = f"{SELECT} WHERE batch = ? ORDER BY position, n"
        alive = self._store.owner.is_alive
        return self._database.read(lambda db: kept_of(db, db.execute(query, (batch_id,)), alive), none)

    def claim(self, batch_id: str) -> KeptBatch:
        """Take up a batch that nobody follows; it is RUNNING then. Its jobs are claimed one by one, by the store.

        Raises BusyError naming who follows it, NotFoundError.
        """
        kept, me = self.get(batch_id), self._store.owner.show()
        with self._database.write() as db:
            (owner,) = db.execute("SELECT owner FROM batches WHERE id = ?", (kept.id,)).fetchone()
            if owner is not None and owner != me and self._store.owner.is_alive(owner):
                raise BusyError(
                    f"{self._store.owner.told(owner)} is at work on the batch", hint="wait for it, or stop it"
                )
            db.execute(
                "UPDATE batches SET owner = ?, state = ?, note = '', wish = NULL WHERE id = ?",
                (me, BatchState.RUNNING.value, kept.id),
            )
        return replace(kept, state=BatchState.RUNNING, note="")

    def wish(self, batch_id: str, what: str) -> bool:
        """Tell whoever follows it to `pause`, `go_on` or `stop`; False where nobody alive does."""
        with self._database.write() as db:
            row = db.execute("SELECT owner FROM batches WHERE id = ?", (batch_id,)).fetchone()
            if row is None or row[0] is None or not self._store.owner.is_alive(row[0]):
                return False
            db.execute("UPDATE batches SET wish = ? WHERE id = ?", (what, batch_id))
        return True

    def wished(self, batch_id: str) -> str | None:
        """What its follower was told and has not answered with a note."""
        query = "SELECT wish FROM batches WHERE id = ?"
        row = self._database.read(lambda db: db.execute(query, (batch_id,)).fetchone(), None)
        return None if row is None else row[0]

    def _kept(self, row: Sequence[Any]) -> KeptBatch:
        batch_id, query, by, started_at, amount, currency, concurrency, state, note, owner, plan = row
        found = BatchState(state)
        if found in (BatchState.RUNNING, BatchState.PAUSED) and not (owner and self._store.owner.is_alive(owner)):
            found = BatchState.INTERRUPTED
        return KeptBatch(
            id=batch_id,
            query=query,
            by=by,
            started_at=datetime.fromisoformat(started_at),
            budget=None if amount is None else Cost(Decimal(amount), currency or ""),
            concurrency=concurrency,
            state=found,
            note=note,
            plan=json.loads(plan),
        )
