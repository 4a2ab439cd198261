"""The jobs that are kept: looking at them, taking up what was interrupted, cancelling, and what they add up to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from msgspec.structs import replace

from modeltui.domain.job import Job, JobState, KeptJob
from modeltui.domain.run_stats import RunStats
from modeltui.errors import BusyError, ModeltuiError, RefusedError
from modeltui.services.catalog import CatalogService
from modeltui.services.permissions import Deed, Permissions

if TYPE_CHECKING:
    from modeltui.jobs.interrupted import Waiting
    from modeltui.jobs.store import Claim, JobStore
    from modeltui.services.running.runs import RunService

_LOOK_S: Final = 0.25
_PATIENCE_S: Final = 30.0
"""How long another process may take: it hears of it within a second, and its provider has ten."""


_ENDED: Final[Mapping[JobState, str]] = {
    JobState.SUCCEEDED: "it succeeded",
    JobState.FAILED: "it failed",
    JobState.CANCELLED: "it was cancelled",
    JobState.UNCERTAIN: "whether it was taken is not known",
}


class InputsAgain(NamedTuple):
    """The inputs of a job for another run."""

    inputs: Mapping[str, Any]
    lost: tuple[str, ...]
    """Names of those that were too long to be kept whole, and are not among them."""


class JobService:
    """Jobs are named by id, or by what only one id begins with. Reading may wait for the disk, for a moment.

    Whatever reads raises BrokenFileError or RefusedError for a database that cannot be read.
    """

    def __init__(
        self,
        kept_jobs: Callable[[], JobStore],
        catalog: CatalogService,
        permissions: Permissions,
        runs: Callable[[], RunService],
    ) -> None:
        """`kept_jobs` opens what keeps the jobs, when it is first needed."""
        self._kept_jobs = kept_jobs
        self._catalog = catalog
        self._permissions = permissions
        self._runs = runs

    def list(
        self,
        query: str | None = None,
        limit: int | None = None,
        *,
        states: tuple[JobState, ...] = (),
        batch: str | None = None,
        before: str | None = None,
    ) -> tuple[KeptJob, ...]:
        """Newest first: of the models that `query` chooses, in one of `states`, begun before the job `before`.

        Raises QueryError; NotFoundError and UsageError for `before`.
        """
        from modeltui.jobs.store import JobFilter  # noqa: PLC0415  # loads SQLite

        which = JobFilter(
            states=states,
            subjects=None if query is None or not query.strip() else _subjects(self._catalog, query),
            batch=batch,
            before=None if before is None else self._store.get(before).job.id,
        )
        return self._store.list(which, limit)

    def get(self, name: str) -> KeptJob:
        """Raises NotFoundError, UsageError where several begin so."""
        return self._store.get(name)

    def interrupted(self) -> tuple[KeptJob, ...]:
        """Not at their end, and nobody is at work on them; oldest first. Without those that wait in a batch."""
        from modeltui.jobs import interrupted  # noqa: PLC0415  # loads SQLite

        return interrupted.alone(self._store)

    def waiting(self) -> Waiting:
        """How many nobody is at work on, also in batches. Cheap, however many there are."""
        from modeltui.jobs import interrupted  # noqa: PLC0415  # loads SQLite

        return interrupted.count(self._store)

    async def resume(self, name: str, *, send_again: bool = False) -> AsyncGenerator[Job, None]:
        """Take up a job that nobody follows, and yield it after each thing that happens to it.

        What was not sent is sent; what was sent is asked for, never sent. One whose request was on its way is yielded
        once, as UNCERTAIN, unless its provider can be asked for it by our own id; with `send_again`, and only then, it
        is sent as a new job, which is yielded. Closing the stream cancels the job. Raises BusyError naming who follows
        it, RefusedError for one that has ended or waits in a batch, NotPermittedError, NotFoundError.
        """
        await asyncio.to_thread(self._permissions.require, Deed.RUN, f"take up the job {name}")
        store = self._store
        kept = await store.in_turn(store.get, name)
        if kept.waits_in_batch and not kept.is_followed:
            raise _waits(kept)
        reopens = await asyncio.to_thread(self._is_traceable, kept.job)
        claim = await store.in_turn(lambda: store.claim(kept.job.id, reopens=reopens))
        if claim.kept.waits_in_batch:  # let go by its batch meanwhile
            await store.in_turn(store.release, kept.job.id)
            raise _waits(kept)
        stream = self._runs().take_up(claim)
        if not claim.is_held:
            if not send_again:
                await self._finish_batch(kept.job)
                yield claim.kept.job
                return
            stream = self._sent_again(claim)
        try:
            async with aclosing(stream) as jobs:
                async for job in jobs:
                    yield job
        finally:
            await self._finish_batch(kept.job)

    async def cancel(self, name: str) -> KeptJob:
        """Cancel a job, whoever follows it; returns it as it then stands.

        A process that lives is told, and does it within about two seconds; else it is done here: at the provider where
        that can be. Raises RefusedError for one that has ended, BusyError where its process does not obey.
        """
        await asyncio.to_thread(self._permissions.require, Deed.RUN, f"cancel the job {name}")
        store = self._store
        kept = await store.in_turn(store.get, name)
        job_id = kept.job.id
        if kept.job.state.is_final:
            raise RefusedError(f"the job has ended: {_ENDED[kept.job.state]}", hint=kept.job.hint)
        if await store.in_turn(store.wish_cancel, job_id):
            return await self._obeyed(job_id)
        claim = await store.in_turn(store.claim, job_id)
        if claim.is_held:
            await self._cancelled(claim)
        await self._finish_batch(kept.job)
        return await store.in_turn(store.get, job_id)

    def last_inputs(self, key: str) -> Mapping[str, Any] | None:
        """Of the last run of a model, by its key or uid, but for values that were too long to be kept; None: no run."""
        model = self._catalog.snapshot().catalog.find(key)
        return self._store.last_inputs(model.uid or model.key)

    def inputs_again(self, name: str) -> InputsAgain:
        """Of a job, for another run. Raises NotFoundError, UsageError where several begin so."""
        from modeltui.jobs.shortening import is_cut  # noqa: PLC0415  # only kept jobs need it

        kept = self._store.get(name).inputs
        lost = tuple(each for each, value in kept.items() if is_cut(value))
        return InputsAgain({each: value for each, value in kept.items() if each not in lost}, lost)

    def stats(self) -> Mapping[str, RunStats]:
        """Of every model that was run, by uid (by key for one without)."""
        return self._store.stats()

    def stamp(self) -> int:
        """A number that every commit to the database makes another; 0 where there is none. Cheap."""
        return self._store.stamp()

    def trouble(self) -> ModeltuiError | None:
        """Why the database cannot be read, or not in full; None: it is whole, or there is none. Looks at it all."""
        return self._store.database.trouble()

    @property
    def _store(self) -> JobStore:
        return self._kept_jobs()

    async def _finish_batch(self, job: Job) -> None:
        """A batch that nobody follows is through when the last of its jobs has ended, taken up one by one."""
        if job.batch is None:
            return
        from modeltui.jobs.batch_rows import BatchRows  # noqa: PLC0415  # loads SQLite

        with suppress(ModeltuiError):
            await self._store.in_turn(BatchRows(self._store).finish, job.batch)

    def _is_traceable(self, job: Job) -> bool:
        if job.state not in (JobState.SUBMITTING, JobState.UNCERTAIN):
            return False
        try:
            return self._runs().is_traceable(job.uid or job.key)
        except ModeltuiError:
            return False

    async def _sent_again(self, claim: Claim) -> AsyncGenerator[Job, None]:
        old = claim.kept.job
        stream = self._runs().run(old.uid or old.key, claim.inputs, claim.out_dir, resend_of=old.id)
        async with aclosing(stream) as jobs:
            async for job in jobs:
                yield job

    async def _obeyed(self, job_id: str) -> KeptJob:
        """The job once whoever follows it has cancelled it, or ended it otherwise."""
        store, end = self._store, asyncio.get_running_loop().time() + _PATIENCE_S
        while not (kept := await store.in_turn(store.get, job_id)).job.state.is_final:
            if not kept.is_followed:
                return await self.cancel(job_id)
            if asyncio.get_running_loop().time() > end:
                raise BusyError("the process at work on the job was told, and has not obeyed yet", hint="try again")
            await asyncio.sleep(_LOOK_S)
        return kept

    async def _cancelled(self, claim: Claim) -> None:
        """Take it up only to close it, which tells the provider; note it alone where it cannot be taken up."""
        store, job, hint = self._store, claim.kept.job, None
        if not job.state.is_unsent:
            try:
                async with aclosing(self._runs().take_up(claim)) as jobs:
                    await anext(jobs, None)
            except ModeltuiError as error:
                hint = f"the provider was not told: {error.message}; it may finish, and be billed"
            else:
                return
        done = replace(job, state=JobState.CANCELLED, detail="", hint=hint)
        if (fault := await store.in_turn(store.note, done)) is not None:
            raise RefusedError(
                f"the record of the job cannot be written: {fault}", hint="make room, and cancel it again"
            )
        await store.in_turn(store.release, job.id)


def _waits(kept: KeptJob) -> RefusedError:
    batch = str(kept.job.batch)[:8]
    return RefusedError(
        f"the job was not sent, and waits in the batch {batch}",
        hint=f"`modeltui batch --resume {batch}` goes on with it, within its budget",
    )


def _subjects(catalog: CatalogService, query: str) -> list[str]:
    """Of the models that a query chooses; a model that is gone can still be named by its uid."""
    chosen = catalog.select(query, with_drafts=False)
    return [model.uid or model.key for model in chosen] or [query.strip()]
