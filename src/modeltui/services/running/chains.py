"""Running workflows: a chain of jobs that is kept, and can be gone on with where it stopped."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from modeltui.domain.audit import Audit
from modeltui.domain.call import Cost
from modeltui.domain.chain.progress import ChainProgress, ChainState, ChainStep
from modeltui.domain.document import plain
from modeltui.domain.job import JobState
from modeltui.domain.money import cost_data
from modeltui.domain.price import price_of
from modeltui.domain.units import Units
from modeltui.domain.workflow import Workflow, workflow_of
from modeltui.errors import RefusedError
from modeltui.services.permissions import Deed, Permissions
from modeltui.services.running.costing import units_for_budget

if TYPE_CHECKING:
    from modeltui.jobs.chain_rows import ChainRows, KeptChain
    from modeltui.jobs.store import JobStore
    from modeltui.services.running.jobs import JobService
    from modeltui.services.running.runs import RunService
    from modeltui.services.running.workflows import WorkflowService


class ChainService:
    """Chains are named by id, or by what only one id begins with."""

    def __init__(
        self,
        workflows: WorkflowService,
        runs: Callable[[], RunService],
        jobs: JobService,
        kept_jobs: Callable[[], JobStore],
        *,
        units: Callable[[], Units],
        permissions: Permissions,
        audit: Audit,
        user: str,
        now: Callable[[], datetime],
    ) -> None:
        """`kept_jobs` opens what keeps the jobs, when it is first needed; `now` is the time in UTC."""
        self._workflows = workflows
        self._runs = runs
        self._jobs = jobs
        self._kept_jobs = kept_jobs
        self._units = units
        self._permissions = permissions
        self._audit = audit
        self._user = user
        self._now = now

    async def run(
        self, slug: str, inputs: Mapping[str, Any], out_dir: str | None = None, *, budget: Cost | None = None
    ) -> AsyncGenerator[ChainProgress, None]:
        """Run all steps, one after the other; yields after every thing that happens to one.

        The chain is kept, by the workflow as it is now, before its first step begins. Files come to a folder for each
        step in `out_dir`, or to those of the jobs. Closing the stream cancels the step that is at work. Raises
        NotFoundError, BrokenFileError, NotPermittedError, InvalidValueError for what would surely end before its end,
        and ConfigError for a budget where it is not known what money is worth.
        """
        await asyncio.to_thread(self._permissions.require, Deed.RUN, f"run the workflow {slug}")
        self._refuse_unknown_units(budget)
        workflow = self._workflows.usable(slug)
        given = self._workflows.given(workflow, inputs)
        await asyncio.to_thread(self._workflows.refuse_unsound, workflow, given)
        kept = self._new(workflow, given, out_dir, budget)
        await self._rows.in_turn(self._rows.begin, kept)
        async with aclosing(self._followed(kept, "started")) as stream:
            async for progress in stream:
                yield progress

    async def resume(
        self, name: str, *, send_again: bool = False, budget: Cost | None = None, no_budget: bool = False
    ) -> AsyncGenerator[ChainProgress, None]:
        """Go on with a chain that nobody follows, by the workflow as it was when it began.

        Steps that succeeded are not run again. A job that was sent is asked for; one that failed or was cancelled is
        run anew; one that is uncertain, or whose result can perhaps be fetched, only with `send_again`. Raises
        BusyError naming who follows it, RefusedError for one that succeeded, NotPermittedError, NotFoundError, and
        ConfigError as `run`.
        """
        await asyncio.to_thread(self._permissions.require, Deed.RUN, f"resume the chain {name}")
        found = await self._rows.in_turn(self._rows.get, name)
        if found.state is ChainState.SUCCEEDED:
            raise RefusedError("every step of this chain is done", hint=f"`modeltui workflow runs {found.workflow}`")
        self._refuse_unknown_units(None if no_budget else budget or _budget(found))
        kept = await self._rows.in_turn(self._rows.claim, found.id)
        if no_budget or budget is not None:
            kept = replace(kept, plan={**kept.plan, "budget": cost_data(budget)})
        async with aclosing(self._followed(kept, "resumed", sends_again=send_again)) as stream:
            async for progress in stream:
                yield progress

    async def cancel(self, name: str) -> ChainProgress:
        """No other step begins, and the one that is at work is cancelled. Raises RefusedError for one that ended."""
        await asyncio.to_thread(self._permissions.require, Deed.RUN, f"cancel the chain {name}")
        rows = self._rows
        kept = await rows.in_turn(rows.get, name)
        if kept.state.is_final:
            raise RefusedError(f"the chain has ended: {kept.state}", hint=kept.note or None)
        is_followed = await rows.in_turn(rows.wish, kept.id, "cancel")
        for found in (await rows.in_turn(rows.jobs, kept.id)).values():
            if not found.job.state.is_final:
                await self._jobs.cancel(found.job.id)
        if not is_followed:
            await rows.in_turn(rows.note, kept.id, ChainState.CANCELLED, "cancelled while nobody was at work on it")
        return await asyncio.to_thread(self.get, kept.id)

    def get(self, name: str) -> ChainProgress:
        """How a chain stands. Raises NotFoundError, UsageError where several begin so."""
        return self._progress(self._rows.get(name))

    def list(self, workflow: str | None = None, limit: int | None = None) -> tuple[ChainProgress, ...]:
        """Newest first; of one workflow, or of all."""
        return tuple(map(self._progress, self._rows.list(workflow, limit)))

    def ended(self, days: int, workflow: str | None = None) -> tuple[ChainProgress, ...]:
        """Those that came to an end, and were begun more than `days` days ago; newest first."""
        try:
            before = self._now() - timedelta(days=days)
        except OverflowError:  # before all time
            return ()
        return tuple(map(self._progress, self._rows.ended(before, workflow)))

    def forget(self, chains: Sequence[ChainProgress]) -> int:
        """Take chains that have ended out of what is kept; their jobs, files and statistics stay. Returns how many.

        Raises NotPermittedError, RefusedError in a session that writes nothing.
        """
        self._permissions.require(Deed.RUN, f"forget {len(chains)} chains")
        gone = self._rows.remove([chain.id for chain in chains])
        keys = tuple(dict.fromkeys(step.model for chain in chains for step in chain.steps))
        self._audit.note("workflow", f"{gone} chains", "forgotten", keys)
        return gone

    async def _followed(
        self, kept: KeptChain, begun: str, *, sends_again: bool = False
    ) -> AsyncGenerator[ChainProgress, None]:
        from modeltui.services.running.chain_running import ChainRun  # noqa: PLC0415  # only a run needs it

        workflow = _workflow(kept)
        run = ChainRun(
            self._rows,
            kept,
            workflow,
            self._runs(),
            self._jobs,
            units=self._units(),
            budget=_budget(kept),
            sends_again=sends_again,
        )
        keys = tuple(dict.fromkeys(step.model for step in workflow.steps))
        await asyncio.to_thread(self._audit.note, "workflow", kept.id, f"{begun}, {kept.workflow}", keys)
        before = await self._rows.in_turn(self._rows.jobs, kept.id)
        try:
            async with aclosing(run.progress(before)) as stream:
                async for progress in stream:
                    yield progress
        finally:
            self._audit.note("workflow", kept.id, _end(run.now()), keys)

    def _refuse_unknown_units(self, budget: Cost | None) -> None:
        if budget is not None:
            units_for_budget(self._units())

    def _new(
        self, workflow: Workflow, inputs: Mapping[str, Any], out_dir: str | None, budget: Cost | None
    ) -> KeptChain:
        from modeltui.jobs.chain_rows import KeptChain  # noqa: PLC0415  # loads SQLite

        plan = {
            "path": workflow.path,
            "digest": workflow.digest,
            "document": plain(workflow.document),
            "inputs": plain(inputs),
            "out_dir": None if out_dir is None else os.path.abspath(out_dir),
            "budget": cost_data(budget),
        }
        return KeptChain(
            id=str(uuid.uuid4()),
            workflow=workflow.slug,
            by=self._user,
            started_at=self._now(),
            state=ChainState.RUNNING,
            plan=plan,
        )

    def _progress(self, kept: KeptChain) -> ChainProgress:
        workflow, jobs = _workflow(kept), self._rows.jobs(kept.id)
        steps = (
            ChainStep(step.id, step.model, jobs[step.id].job if step.id in jobs else None) for step in workflow.steps
        )
        return ChainProgress(
            id=kept.id,
            workflow=kept.workflow,
            name=workflow.name,
            state=kept.state,
            steps=tuple(steps),
            by=kept.by,
            started_at=kept.started_at,
            note=kept.note,
            templates=workflow.outputs,
        )

    @property
    def _rows(self) -> ChainRows:
        from modeltui.jobs.chain_rows import ChainRows  # noqa: PLC0415  # loads SQLite

        return ChainRows(self._kept_jobs())


def _workflow(kept: KeptChain) -> Workflow:
    """As it was when the chain began."""
    return workflow_of(str(kept.plan["path"]), str(kept.plan["digest"]), kept.plan["document"])


def _budget(kept: KeptChain) -> Cost | None:
    found = kept.plan.get("budget")
    amount = price_of(found["amount"]) if isinstance(found, Mapping) else None
    return None if amount is None or not isinstance(found, Mapping) else Cost(amount, str(found["currency"]))


def _end(progress: ChainProgress) -> str:
    """How a chain ended, without what was sent."""
    current = progress.current
    where = f", at step {current.id}" if current is not None and current.job is not None else ""
    if progress.state is ChainState.RUNNING:
        return f"broken off{where}"
    is_uncertain = current is not None and current.job is not None and current.job.state is JobState.UNCERTAIN
    return f"{progress.state}{where}{', uncertain' if is_uncertain else ''}"
