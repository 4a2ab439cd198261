"""Chains of workflows as they are kept beside the jobs of their steps."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from modeltui.domain.chain.progress import ChainState
from modeltui.domain.job import KeptJob
from modeltui.errors import BusyError, NotFoundError, RefusedError, UsageError
from modeltui.jobs.rows import SELECT, kept_of, moment
from modeltui.jobs.store import JobStore
from modeltui.storage.fs import reason_of

T = TypeVar("T")

_COLUMNS: Final = "id, workflow, by, started_at, state, note, plan, owner"
_NAMED: Final = 5
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


class ChainRows:
    """Safe to use from several threads, as the store it shares a database with."""

    def __init__(self, store: JobStore) -> None:
        self._store = store
        self._database = store.database

    async def in_turn(self, call: Callable[..., T], *arguments: Any) -> T:
        """As that of the store."""
        return await self._store.in_turn(call, *arguments)

    def begin(self, chain: KeptChain) -> None:
        """Keep a chain before its first step begins; this process follows it. Raises where it cannot be kept."""
        self._database.refuse_read_only()
        row = (
            chain.id,
            chain.workflow,
            chain.by,
            moment(chain.started_at),
            chain.state.value,
            chain.note,
            json.dumps(chain.plan, ensure_ascii=False, default=str),
            self._owner(),
        )
        with self._database.write() as db:
            marks = ", ".join("?" * len(row))
            db.execute(f"INSERT INTO chains ({_COLUMNS}) VALUES ({marks})", row)  # noqa: S608  # constants

    def link(self, chain_id: str, step: str, job_id: str) -> None:
        """Name the job of a step, before it begins. The last one counts."""
        place = "SELECT ?, ?, coalesce(max(n) + 1, 0), ? FROM chain_jobs WHERE chain = ? AND step = ?"
        insert = f"INSERT INTO chain_jobs {place}"
        with self._database.write() as db:
            db.execute(insert, (chain_id, step, job_id, chain_id, step))

    def note(self, chain_id: str, state: ChainState, note: str = "") -> None:
        """How it stands. One that has ended is followed no longer."""
        with self._database.write() as db:
            db.execute(
                "UPDATE chains SET state = ?, note = ?, owner = CASE WHEN ? THEN NULL ELSE owner END, wish = NULL "
                "WHERE id = ?",
                (state.value, note, state.is_final, chain_id),
            )

    def claim(self, chain_id: str) -> KeptChain:
        """Take up a chain that nobody follows; it is RUNNING then. Raises BusyError naming who follows it."""
        self._database.refuse_read_only()
        kept, me = self.get(chain_id), self._owner()
        with self._database.write() as db:
            (owner,) = db.execute("SELECT owner FROM chains WHERE id = ?", (kept.id,)).fetchone()
            if owner is not None and self._store.owner.is_alive(owner):
                raise BusyError(
                    f"{self._store.owner.told(owner)} is at work on the chain", hint="wait for it, or cancel it"
                )
            db.execute(
                "UPDATE chains SET owner = ?, state = ?, note = '', wish = NULL WHERE id = ?",
                (me, ChainState.RUNNING.value, kept.id),
            )
        return replace(kept, state=ChainState.RUNNING, note="")

    def wish_cancel(self, chain_id: str) -> bool:
        """Tell whoever follows it to begin no other step; False where nobody alive does."""
        with self._database.write() as db:
            row = db.execute("SELECT owner FROM chains WHERE id = ?", (chain_id,)).fetchone()
            if row is None or row[0] is None or not self._store.owner.is_alive(row[0]):
                return False
            db.execute("UPDATE chains SET wish = 'cancel' WHERE id = ?", (chain_id,))
        return True

    def is_wished(self, chain_id: str) -> bool:
        query = "SELECT wish FROM chains WHERE id = ?"
        row = self._database.read(lambda db: db.execute(query, (chain_id,)).fetchone(), None)
        return row is not None and row[0] is not None

    def get(self, prefix: str) -> KeptChain:
        """By id, or what it begins with. Raises NotFoundError, UsageError naming those that it may be."""
        query = f"SELECT {_COLUMNS} FROM chains WHERE id >= ? AND id < ? ORDER BY id LIMIT ?"  # noqa: S608
        values = (prefix, f"{prefix}\U0010ffff", _NAMED + 1)
        rows: Sequence[Sequence[Any]] = self._database.read(lambda db: db.execute(query, values).fetchall(), [])
        if not rows or not prefix:
            raise NotFoundError(f"no chain {prefix!r}", hint="`modeltui workflow runs` lists them")
        if len(rows) > 1 and rows[0][0] != prefix:
            raise UsageError(f"several chains begin with {prefix!r}", hint=", ".join(row[0] for row in rows[:_NAMED]))
        return self._kept(rows[0])

    def list(self, workflow: str | None = None, limit: int | None = None) -> tuple[KeptChain, ...]:
        """Newest first; of one workflow, or of all."""
        where = "" if workflow is None else "WHERE workflow = ? "
        query = f"SELECT {_COLUMNS} FROM chains {where}ORDER BY started_at DESC, rowid DESC LIMIT ?"  # noqa: S608
        values = (*(() if workflow is None else (workflow,)), -1 if limit is None else limit)
        rows: Sequence[Sequence[Any]] = self._database.read(lambda db: db.execute(query, values).fetchall(), [])
        return tuple(map(self._kept, rows))

    def jobs(self, chain_id: str) -> dict[str, KeptJob]:
        """The last job of each step that began, by the id of the step; what was sent in its place, where it was."""
        query = "SELECT step, job FROM chain_jobs WHERE chain = ? ORDER BY step, n"
        links: Sequence[Sequence[str]] = self._database.read(lambda db: db.execute(query, (chain_id,)).fetchall(), [])
        found: dict[str, KeptJob] = {}
        for step, job_id in links:
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
        rows = self._database.read(lambda db: kept_of(db, db.execute(f"{SELECT} WHERE id = ?", (job_id,)), alive), none)
        return rows[0] if rows else None

    def _owner(self) -> str:
        try:
            return self._store.owner.show()
        except OSError as error:
            raise RefusedError(f"no chain can be followed: {reason_of(error)}", hint="see to the rights") from error

    def _kept(self, row: Sequence[Any]) -> KeptChain:
        chain_id, workflow, by, started_at, state, note, plan, owner = row
        found = ChainState(state)
        if found is ChainState.RUNNING and not (owner and self._store.owner.is_alive(owner)):
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
