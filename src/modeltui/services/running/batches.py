"""Many runs at once: what they would cost, sending them, and what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from modeltui.domain.audit import Audit
from modeltui.domain.batch import BatchPlan, BatchProgress, BatchReport, BatchState, BatchSummary
from modeltui.domain.call import Cost
from modeltui.domain.catalog import Catalog
from modeltui.domain.job import Job, JobState
from modeltui.domain.key import SecretSource
from modeltui.domain.model import Model
from modeltui.errors import NotFoundError, RefusedError
from modeltui.services.current import Current
from modeltui.services.permissions import Deed, Permissions
from modeltui.services.running.batch_planning import Asked, Planner, Spelled, refuse_nothing
from modeltui.services.running.batch_readiness import Readiness
from modeltui.services.running.costing import units_for_budget

if TYPE_CHECKING:
    from modeltui.jobs.batch_control import Control
    from modeltui.jobs.batch_rows import BatchRows, KeptBatch
    from modeltui.jobs.store import JobStore
    from modeltui.services.running.batch_running import Fresh
    from modeltui.services.running.runs import RunService


class BatchService:
    """Batches are named by id, or by what only one id begins with."""

    def __init__(
        self,
        current: Current,
        select: Callable[[str], Sequence[Model]],
        runs: Callable[[], RunService],
        kept_jobs: Callable[[], JobStore],
        *,
        secret: SecretSource,
        changes: Callable[[str], Sequence[str]],
        permissions: Permissions,
        audit: Audit,
        now: Callable[[], datetime],
        today: Callable[[], date],
    ) -> None:
        """`kept_jobs` opens what keeps the jobs, when it is first needed; `now` is the time in UTC.

        `changes` says where the keys of a provider would go elsewhere than before.
        """
        self._current = current
        self._select = select
        self._runs = runs
        self._kept_jobs = kept_jobs
        self._secret = secret
        self._changes = changes
        self._permissions = permissions
        self._audit = audit
        self._now = now
        self._today = today
        self._controls: dict[str, Control] = {}

    def plan(
        self,
        query: str,
        inputs: Mapping[str, Any],
        *,
        models: Sequence[str] | None = None,
        inputs_by_model: Mapping[str, Mapping[str, Any]] | None = None,
        spelled: Spelled | None = None,
        files: Sequence[tuple[str, str]] = (),
        budget: Cost | None = None,
        concurrency: int | None = None,
        repeat: int = 1,
        is_strict: bool = False,
        includes_retired: bool = False,
        allows_unpriced: bool = False,
        is_dry: bool = False,
    ) -> BatchPlan:
        """What would be sent to the models of `query`, or to those named in `models`, with its price. Sends nothing.

        A model gets those of `inputs` that it knows, and over them its own of `inputs_by_model`, by key, uid or
        model_id; `spelled` are common inputs to be read as each model declares them, `files` paths of this machine by
        the name of a common input. `is_dry` keeps what only lacks a key. Raises QueryError, UsageError, NotFoundError,
        and ConfigError for a budget where it is not known what money is worth.
        """
        catalog = self._current.snapshot().catalog
        _refuse_unknown_units(catalog, budget)
        chosen = [catalog.find(name) for name in models] if models is not None else self._select(query)
        if not chosen:
            raise NotFoundError(f"no model matches {query!r}", hint="`modeltui list QUERY` shows what a query chooses")
        asked = Asked(
            query=query if query or models is None else " ".join(model.key for model in chosen),
            inputs=inputs,
            inputs_by_model={catalog.find(name).key: own for name, own in (inputs_by_model or {}).items()},
            spelled=spelled,
            files=files,
            budget=budget,
            concurrency=concurrency,
            repeat=repeat,
            is_strict=is_strict,
            includes_retired=includes_retired,
            allows_unpriced=allows_unpriced,
            is_dry=is_dry,
        )
        return self._planner(catalog).plan(chosen, asked)

    async def run(self, plan: BatchPlan) -> AsyncGenerator[BatchProgress, None]:
        """Keep all jobs of a plan as QUEUED, durably, and then send them; yields after every thing that happens.

        Closing the stream cancels what runs; what had not begun can be resumed. Raises NotPermittedError, RefusedError
        where nothing would begin or no record can be kept, ConfigError as `plan`.

        What is fetched is told first, as progress of the batch that it is of.
        """
        await asyncio.to_thread(self._permissions.require, Deed.RUN, f"run a batch of {len(plan.items)}")
        refuse_nothing(plan)
        _refuse_unknown_units(self._current.snapshot().catalog, plan.budget)
        if plan.fetched_of is not None:
            last: BatchProgress | None = None
            async with aclosing(self._fetched(plan.fetched_of)) as fetching:
                async for last in fetching:
                    yield last
            if not plan.items or last is None or last.state is not BatchState.FINISHED:
                return
        from modeltui.services.running import batch_keeping  # noqa: PLC0415  # loads SQLite

        kept, fresh, queued = await asyncio.to_thread(batch_keeping.keep, plan, self._store, self._runs(), self._now())
        keys = tuple(dict.fromkeys(item.key for item in plan.items))
        await asyncio.to_thread(self._audit.note, "batch", kept.id, f"started, {len(plan.items)} runs", keys[:50])
        async with aclosing(self._followed(kept, fresh, queued)) as stream:
            async for progress in stream:
                yield progress

    async def resume(
        self, name: str, *, budget: Cost | None = None, concurrency: int | None = None
    ) -> AsyncGenerator[BatchProgress, None]:
        """Go on with a batch that nobody follows: begin what is queued, ask for what was sent, send nothing twice.

        A `budget` takes the place of the one that it had, and covers what was spent before too. What was on its way
        when its process ended becomes UNCERTAIN. Raises BusyError naming who follows it, RefusedError where nothing is
        left, NotPermittedError, NotFoundError, ConfigError as `plan`.
        """
        from modeltui.services.running.batch_keeping import rebudget  # noqa: PLC0415  # loads SQLite

        await asyncio.to_thread(self._permissions.require, Deed.RUN, f"resume the batch {name}")
        store, rows = self._store, self._rows
        found = await store.in_turn(rows.get, name)
        _refuse_unknown_units(self._current.snapshot().catalog, budget or found.budget)
        jobs = [each.job for each in await store.in_turn(rows.jobs, found.id)]
        if all(job.state.is_final for job in jobs):
            raise RefusedError("every run of this batch has ended", hint="--retry-failed sees to those that failed")
        kept = await store.in_turn(rows.claim, found.id)
        kept = replace(kept, budget=budget or kept.budget, concurrency=concurrency or kept.concurrency)
        await store.in_turn(rebudget, store, kept)
        await asyncio.to_thread(self._audit.note, "batch", kept.id, "resumed")
        async with aclosing(self._followed(kept, {}, jobs)) as stream:
            async for progress in stream:
                yield progress

    def retry_plan(self, name: str, *, sends_again: bool = False, budget: Cost | None = None) -> BatchPlan:
        """A new batch of the runs that failed; uncertain ones, which may have been billed, only with `sends_again`.

        Those whose result can be fetched are not sent again: `run` asks for them first.

        Raises NotFoundError, RefusedError where none failed, ConfigError as `plan`.
        """
        from modeltui.services.running.batch_keeping import retry_items  # noqa: PLC0415  # loads SQLite

        _refuse_unknown_units(self._current.snapshot().catalog, budget)
        kept = self._rows.get(name)
        wanted = {JobState.FAILED, JobState.UNCERTAIN} if sends_again else {JobState.FAILED}
        found = [each for each in self._rows.jobs(kept.id) if each.job.state in wanted and each.resent_as is None]
        jobs = [each for each in found if not each.job.is_fetchable]
        if not found:
            raise RefusedError("no run of this batch failed", hint="--send-again takes uncertain ones too")
        catalog = self._current.snapshot().catalog
        asked = Asked(query=f"retry of {kept.id}", budget=budget, concurrency=kept.concurrency)
        plan = self._planner(catalog).plan_again(retry_items(kept, jobs), asked)
        fetches = len(found) - len(jobs)
        return replace(plan, fetched_of=kept.id, fetches=fetches) if fetches else plan

    async def retry_failed(self, name: str) -> AsyncGenerator[BatchProgress, None]:
        """New jobs for those of a batch that failed, as a batch of their own; first, what can be fetched is."""
        plan = await asyncio.to_thread(self.retry_plan, name)
        async with aclosing(self.run(plan)) as stream:
            async for progress in stream:
                yield progress

    def pause(self, name: str) -> bool:
        """Nothing new begins; what runs goes on. From any thread; False where nobody is at work on the batch."""
        return self._wish(name, "pause")

    def go_on(self, name: str) -> bool:
        return self._wish(name, "go_on")

    def stop(self, name: str, *, now: bool = False) -> bool:
        """Nothing new begins, and it is over when what runs has ended; `now`: what runs is cancelled."""
        return self._wish(name, "cancel" if now else "stop")

    def list(self, limit: int | None = None) -> tuple[BatchSummary, ...]:
        """Newest first."""
        from modeltui.services.running.batch_keeping import summaries  # noqa: PLC0415  # loads SQLite

        return summaries(self._rows.list(limit), self._store)

    def report(self, name: str) -> BatchReport:
        """How a batch stands, or what came of it. Raises NotFoundError."""
        from modeltui.services.running.batch_keeping import report_of  # noqa: PLC0415  # loads SQLite

        kept = self._rows.get(name)
        return report_of(kept, self._rows.jobs(kept.id), self._now())

    def save(self, path: str, text: str, *, replaces: bool = False) -> None:
        """Write a report to a file. Raises RefusedError where something is there and `replaces` is not said."""
        from modeltui.storage.outside import write_outside  # noqa: PLC0415  # only reports need it

        write_outside(path, text.encode("utf-8", "backslashreplace"), replaces=replaces)

    async def _fetched(self, batch_id: str) -> AsyncGenerator[BatchProgress, None]:
        """Ask for the results of those that failed on our side. What was not sent stays as it is."""
        rows, store = self._rows, self._store
        before = await store.in_turn(rows.get, batch_id)
        jobs = [each.job for each in await store.in_turn(rows.jobs, batch_id)]
        kept = await store.in_turn(rows.claim, batch_id)
        ended = [job for job in jobs if job.state.is_final]
        await asyncio.to_thread(self._audit.note, "batch", kept.id, "results fetched")
        try:
            async with aclosing(self._followed(kept, {}, ended)) as stream:
                async for progress in stream:
                    yield progress
        finally:
            if len(ended) < len(jobs):
                await store.in_turn(rows.note, batch_id, before.state, before.note)

    async def _followed(
        self, kept: KeptBatch, fresh: Fresh, jobs: Sequence[Job]
    ) -> AsyncGenerator[BatchProgress, None]:
        from modeltui.jobs.batch_control import Control  # noqa: PLC0415  # only a batch needs it
        from modeltui.services.running.batch_running import BatchRun  # noqa: PLC0415

        catalog, control = self._current.snapshot().catalog, Control()
        self._controls[kept.id] = control
        run = BatchRun(self._rows, self._store, self._runs(), control, kept)
        last: BatchProgress | None = None
        try:
            async with aclosing(run.progress(catalog, fresh, jobs)) as stream:
                async for last in stream:
                    yield last
        finally:
            self._controls.pop(kept.id, None)
            self._audit.note("batch", kept.id, _end(last))

    def _planner(self, catalog: Catalog) -> Planner:
        return Planner(catalog, self._runs(), Readiness(catalog, self._secret, self._changes), self._today())

    def _wish(self, name: str, word: str) -> bool:
        from modeltui.services.running.batch_running import WISHES  # noqa: PLC0415

        control = self._controls.get(name)
        if control is None:
            self._permissions.require(Deed.RUN, f"{word} the batch {name}")
            return self._rows.wish(self._rows.get(name).id, word)
        control.say(WISHES[word])
        return True

    @property
    def _store(self) -> JobStore:
        return self._kept_jobs()

    @property
    def _rows(self) -> BatchRows:
        from modeltui.jobs.batch_rows import BatchRows  # noqa: PLC0415  # loads SQLite

        return BatchRows(self._store)


def _refuse_unknown_units(catalog: Catalog, budget: Cost | None) -> None:
    if budget is not None:
        units_for_budget(catalog.units)


def _end(last: BatchProgress | None) -> str:
    """How a batch ended, without what was sent."""
    if last is None or last.state in (BatchState.RUNNING, BatchState.PAUSED):
        return "broken off"
    return f"{last.state}, {last.tally.succeeded} of {last.tally.total} succeeded"
