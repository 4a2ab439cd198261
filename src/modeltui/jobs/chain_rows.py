"""Chains of workflows as they are kept beside the jobs of their steps."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from modeltui.domain.chain.progress import ChainState
from modeltui.domain.job import KeptJob
from modeltui.errors import RefusedError
from modeltui.jobs.owned_rows import OwnedRows
from modeltui.jobs.rows import SELECT, kept_of, moment
from modeltui.jobs.schema import WITH_CHAINS
from modeltui.storage.fs import reason_of

T = TypeVar("T")

_ENDED: Final = "state NOT IN ('running', 'interrupted')"
_RESENDS: Final = 16
"""Jobs in each other's place that are followed: a circle, which only another program writes, comes to an end."""


class KeptChain(Struct, frozen=True, kw_only=True):
    id: str
    workflow: str
    by: str
    started_at: datetime
    state: ChainState
    """INTERRUPTED where its process is gone."""
    note: str = ""
    plan: Mapping[str, Any]
    """JSON of whoever began it: the steps as they were then, and the inputs."""


class ChainRows(OwnedRows[KeptChain]):
    TABLE = "chains"
    COLUMNS = "id, workflow, by, started_at, state, note, plan, owner"
    NOUN, PLURAL = "chain", "chains"
    LISTED_BY = "modeltui workflow runs"
    ENDED_BY = "cancel it"

    async def in_turn(self, call: Callable[..., T], *arguments: Any) -> T:
        """As that of the store."""
        return await self._store.in_turn(call, *arguments)

    def begin(self, chain: KeptChain) -> None:
        """Keep a chain before its first step begins; this process follows it. Raises where it cannot be kept."""
        self._database.refuse_read_only()
        with _told():
            owner = self._store.owner.show()
        row = (
            chain.id,
            chain.workflow,
            chain.by,
            moment(chain.started_at),
            chain.state.value,
            chain.note,
            json.dumps(chain.plan, ensure_ascii=False, default=str),
            owner,
        )
        with self._database.write() as db:
            self._inserted(db, row)

    def link(self, chain_id: str, step: str, job_id: str) -> None:
        """Name the job of a step, before it begins. The last one counts."""
        place = "SELECT ?, ?, coalesce(max(n) + 1, 0), ? FROM chain_jobs WHERE chain = ? AND step = ?"
        insert = f"INSERT INTO chain_jobs {place}"
        with self._database.write() as db:
            db.execute(insert, (chain_id, step, job_id, chain_id, step))

    def note(self, chain_id: str, state: ChainState, note: str = "") -> None:
        """How it stands. One that has ended is followed no longer."""
        self._noted(chain_id, state.value, note, is_held=not state.is_final)

    def claim(self, chain_id: str) -> KeptChain:
        """Take up a chain that nobody follows; it is RUNNING then. Raises BusyError naming who follows it."""
        self._database.refuse_read_only()
        kept = self.get(chain_id)
        with _told():
            self._claimed(kept.id, ChainState.RUNNING.value)
        return replace(kept, state=ChainState.RUNNING, note="")

    def list(self, workflow: str | None = None, limit: int | None = None) -> tuple[KeptChain, ...]:
        """Newest first; of one workflow, or of all."""
        return (
            self._listed("", (), limit) if workflow is None else self._listed("WHERE workflow = ?", (workflow,), limit)
        )

    def ended(self, before: datetime, workflow: str | None = None) -> tuple[KeptChain, ...]:
        """Those that came to an end and were begun before a moment, newest first."""
        where, values = f"WHERE {_ENDED} AND started_at < ?", (moment(before),)
        if workflow is None:
            return self._listed(where, values, None)
        return self._listed(f"{where} AND workflow = ?", (*values, workflow), None)

    def remove(self, chain_ids: Sequence[str]) -> int:
        """Forget chains that have ended, and no others; returns how many. Their jobs stay."""
        delete = f"DELETE FROM chains WHERE {_ENDED} AND id = ?"  # noqa: S608  # constants
        with self._database.write() as db:
            return sum(db.execute(delete, (chain_id,)).rowcount for chain_id in chain_ids)

    def jobs(self, chain_id: str) -> dict[str, KeptJob]:
        """The last job of each step that began, by the id of the step; what was sent in its place, where it was."""
        query = "SELECT step, job FROM chain_jobs WHERE chain = ? ORDER BY step, n"
        found: dict[str, KeptJob] = {}
        for step, job_id in self._rows(query, (chain_id,)):
            if (kept := self._last(job_id)) is not None:
                found[step] = kept
        return found

    def _last(self, job_id: str) -> KeptJob | None:
        kept = self._job(job_id)
        for _ in range(_RESENDS):
            if kept is None or kept.resent_as is None:
                break
            kept = self._job(kept.resent_as) or kept
        return kept

    def _job(self, job_id: str) -> KeptJob | None:
        none: tuple[KeptJob, ...] = ()
        alive = self._store.owner.is_alive
        rows = self._read(lambda db: kept_of(db, db.execute(f"{SELECT} WHERE id = ?", (job_id,)), alive), none)
        return rows[0] if rows else None

    def _kept(self, row: Sequence[Any]) -> KeptChain:
        chain_id, workflow, by, started_at, state, note, plan, owner = row
        found = ChainState(state)
        if found is ChainState.RUNNING and not self._is_followed(owner):
            found = ChainState.INTERRUPTED
        return KeptChain(
            id=chain_id,
            workflow=workflow,
            by=by,
            started_at=datetime.fromisoformat(started_at),
            state=found,
            note=note,
            plan=json.loads(plan),
        )

    def _read(self, ask: Callable[[sqlite3.Connection], T], none: T) -> T:
        """None are kept in a database of before, which is read as it is by who may not write."""
        return super()._read(lambda db: ask(db) if _version(db) >= WITH_CHAINS else none, none)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RefusedError(f"no chain can be followed: {reason_of(error)}", hint="see to the rights") from error


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])
