"""Batches as they are kept beside their jobs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from modeltui.domain.batch import BatchState
from modeltui.domain.call import Cost
from modeltui.domain.job import KeptJob
from modeltui.jobs.owned_rows import OwnedRows
from modeltui.jobs.rows import SELECT, kept_of, moment
from modeltui.jobs.store import UNDER_WAY


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


class BatchRows(OwnedRows[KeptBatch]):
    TABLE = "batches"
    COLUMNS = "id, query, by, started_at, budget_amount, budget_currency, concurrency, state, note, owner, plan"
    NOUN, PLURAL = "batch", "batches"
    LISTED_BY = "modeltui batch --list"
    ENDED_BY = "stop it"

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
        self._store.begin_all(jobs, out_dir, first=lambda db: self._inserted(db, row))

    def note(self, batch_id: str, state: BatchState, note: str = "") -> None:
        """How it stands. One that is finished, stopped or interrupted is followed no longer."""
        self._noted(batch_id, state.value, note, is_held=state in (BatchState.RUNNING, BatchState.PAUSED))

    def finish(self, batch_id: str) -> bool:
        """Note that it is FINISHED where nobody follows it and all of its jobs have ended; whether that is so."""
        left = f"SELECT 1 FROM jobs WHERE batch = ? AND {UNDER_WAY} LIMIT 1"  # noqa: S608  # constants
        with self._database.write() as db:
            row = db.execute("SELECT owner, state FROM batches WHERE id = ?", (batch_id,)).fetchone()
            if row is None or self._is_followed(row[0]):
                return False
            if row[1] == BatchState.FINISHED.value or db.execute(left, (batch_id,)).fetchone() is not None:
                return False
            sets = "UPDATE batches SET state = ?, note = '', owner = NULL, wish = NULL WHERE id = ?"
            db.execute(sets, (BatchState.FINISHED.value, batch_id))
        return True

    def list(self, limit: int | None = None) -> tuple[KeptBatch, ...]:
        """Newest first."""
        return self._listed("", (), limit)

    def jobs(self, batch_id: str) -> tuple[KeptJob, ...]:
        """In the order of the plan."""
        none: tuple[KeptJob, ...] = ()
        query = f"{SELECT} WHERE batch = ? ORDER BY position, n"
        alive = self._store.owner.is_alive
        return self._read(lambda db: kept_of(db, db.execute(query, (batch_id,)), alive), none)

    def claim(self, batch_id: str) -> KeptBatch:
        """Take up a batch that nobody follows; it is RUNNING then. Its jobs are claimed one by one, by the store.

        Raises BusyError naming who follows it, NotFoundError.
        """
        kept = self.get(batch_id)
        self._claimed(kept.id, BatchState.RUNNING.value, also=self._store.owner.id)
        return replace(kept, state=BatchState.RUNNING, note="")

    def _kept(self, row: Sequence[Any]) -> KeptBatch:
        batch_id, query, by, started_at, amount, currency, concurrency, state, note, owner, plan = row
        found = BatchState(state)
        if found in (BatchState.RUNNING, BatchState.PAUSED) and not self._is_followed(owner):
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
