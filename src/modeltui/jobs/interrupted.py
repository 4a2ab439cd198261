"""The jobs that are not at their end, and that nobody is at work on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from modeltui.domain.job import KeptJob
from modeltui.jobs.rows import SELECT, kept_of
from modeltui.jobs.store import UNDER_WAY, JobStore

_IN_BATCH: Final = "(batch IS NOT NULL AND state IN ('queued', 'preparing'))"
"""As `KeptJob.waits_in_batch`."""


class Waiting(NamedTuple):
    """How many jobs nobody is at work on."""

    alone: int
    """They are taken up one by one."""
    in_batches: int
    """They are begun by their batches, which hold the budget and the limits."""


def alone(store: JobStore) -> tuple[KeptJob, ...]:
    """Those that are taken up one by one, oldest first."""
    query = f"{SELECT} INDEXED BY jobs_under_way WHERE {UNDER_WAY} AND NOT {_IN_BATCH} ORDER BY n"
    none: tuple[KeptJob, ...] = ()
    found = store.database.read(lambda db: kept_of(db, db.execute(query), store.owner.is_alive), none)
    return tuple(kept for kept in found if kept.is_interrupted)


def count(store: JobStore) -> Waiting:
    """Without reading any of them."""
    query = (
        f"SELECT owner, {_IN_BATCH} AS waits, count(*) FROM jobs INDEXED BY jobs_under_way "  # noqa: S608  # constants
        f"WHERE {UNDER_WAY} GROUP BY owner, waits"
    )
    none: Sequence[tuple[Any, ...]] = []
    found = [0, 0]
    for owner, waits, number in store.database.read(lambda db: db.execute(query).fetchall(), none):
        if owner is None or not store.owner.is_alive(owner):
            found[waits] += number
    return Waiting(*found)
