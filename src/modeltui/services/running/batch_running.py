"""A batch on its way: its jobs begun, taken up and followed, each by the same road as a single run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, suppress
from typing import Any, Final, TypeAlias

from msgspec.structs import replace

from modeltui.domain.batch import BatchProgress, BatchState
from modeltui.domain.catalog import Catalog
from modeltui.domain.job import Job, JobState
from modeltui.errors import BusyError, ModeltuiError, RefusedError
from modeltui.jobs.batch_budget import Budget
from modeltui.jobs.batch_control import Control, Wish
from modeltui.jobs.batch_lane import Entry
from modeltui.jobs.batch_rows import BatchRows, KeptBatch
from modeltui.jobs.limiter import limits_of
from modeltui.jobs.scheduler import Scheduler
from modeltui.jobs.store import Claim, JobStore
from modeltui.providers.pace import Pace
from modeltui.services.running.runs import RunService

_LOOK_S: Final = 1.0
WISHES: Final[Mapping[str, Wish]] = {
    "pause": Wish.PAUSE,
    "go_on": Wish.GO,
    "stop": Wish.STOP,
    "cancel": Wish.CANCEL,
}
"""By the word that another process leaves in the database."""

_GOING: Final = frozenset({BatchState.RUNNING, BatchState.PAUSED})

Fresh: TypeAlias = Mapping[str, Mapping[str, Any]]
"""The whole inputs of the jobs that this process has just kept, by id."""


class BatchRun:
    """One batch that this process follows. Iterate `progress` once."""

    def __init__(self, rows: BatchRows, store: JobStore, runs: RunService, control: Control, kept: KeptBatch) -> None:
        self._rows = rows
        self._store = store
        self._runs = runs
        self._control = control
        self._kept = kept
        self._fresh: dict[str, Mapping[str, Any]] = {}
        self._begun: set[str] = set()
        """Jobs that are claimed, or about to be, and whose streams have not ended."""

    async def progress(
        self, catalog: Catalog, fresh: Fresh, jobs: Sequence[Job]
    ) -> AsyncGenerator[BatchProgress, None]:
        """`jobs` are all of the batch, as they are kept. The database has what is told before it is told."""
        self._fresh = dict(fresh)
        scheduler = self._scheduler(catalog, jobs)
        watch = asyncio.create_task(self._watched())
        kept_as, state, note = BatchState.RUNNING, BatchState.INTERRUPTED, ""
        try:
            async with aclosing(scheduler.progress()) as stream:
                async for progress in stream:
                    state, note = progress.state, progress.note
                    if state is not kept_as and (state in _GOING or not progress.tally.running):
                        kept_as = state
                        await self._note(state, note)
                    yield progress
        finally:
            watch.cancel()
            if kept_as in _GOING:
                await self._note(BatchState.INTERRUPTED, note)

    def _scheduler(self, catalog: Catalog, jobs: Sequence[Job]) -> Scheduler:
        entries = [_entry(place, job) for place, job in enumerate(jobs) if not is_over(job)]
        return Scheduler(
            self._kept.id,
            sorted(entries, key=lambda entry: not entry.is_submitted),
            [job for job in jobs if is_over(job)],
            lambda provider: limits_of(catalog.providers.get(provider, {})),
            self.follow,
            budget=Budget(self._kept.budget, catalog.units),
            control=self._control,
            concurrency=self._kept.concurrency,
        )

    async def follow(self, entry: Entry, pace: Pace) -> AsyncGenerator[Job, None]:
        """A job from where it was left. One that cannot be sent has FAILED; what holds for all jobs is raised."""
        self._begun.add(entry.id)
        async with aclosing(self._followed(entry, pace)) as jobs:
            async for job in jobs:
                yield job
        self._begun.discard(entry.id)

    async def _followed(self, entry: Entry, pace: Pace) -> AsyncGenerator[Job, None]:
        while (claim := await self._store.in_turn(self._claimed_or_theirs, entry.id)) is None:
            async with aclosing(self._theirs(entry.id)) as theirs:
                async for job in theirs:
                    yield job
        job, is_begun = claim.kept.job, False
        if not claim.is_held:
            yield job
            return
        try:
            async with aclosing(self._runs.take_up(claim, pace)) as jobs:
                async for each in jobs:
                    is_begun = True
                    yield each
        except ModeltuiError as error:
            if is_begun:
                raise
            failed = replace(
                job,
                state=JobState.FAILED,
                detail="",
                error=error.message,
                hint=error.hint,
                is_fetchable=not job.state.is_unsent,
            )
            if await self._store.in_turn(self._store.note, failed) is not None:
                raise
            yield failed

    async def _theirs(self, job_id: str) -> AsyncGenerator[Job, None]:
        """A job that another process took up, as it goes on there, until nobody follows it any more."""
        told: Job | None = None
        while (kept := await self._store.in_turn(self._store.get, job_id)).is_followed:
            if kept.job != told:
                yield (told := kept.job)
            await asyncio.sleep(_LOOK_S)

    def _claimed_or_theirs(self, job_id: str) -> Claim | None:
        """None for one that another process follows. What is raised holds for all jobs."""
        try:
            return self._claimed(job_id)
        except (BusyError, RefusedError):
            kept = self._store.get(job_id)
            if kept.job.state.is_final:
                return Claim(kept, {}, None, is_held=False)
            if kept.is_followed:
                return None
            return self._claimed(job_id)

    def _claimed(self, job_id: str) -> Claim:
        fresh = self._fresh.pop(job_id, None)
        if fresh is not None:
            return Claim(self._store.get(job_id), fresh, None)
        kept = self._store.get(job_id)
        job = kept.job
        if is_over(job):
            return Claim(kept, {}, None, is_held=False)
        is_traceable = False
        if job.state is JobState.SUBMITTING:
            with suppress(ModeltuiError):
                is_traceable = self._runs.is_traceable(job.uid or job.key)
        return self._store.claim(job_id, reopens=is_traceable)

    async def _note(self, state: BatchState, note: str) -> None:
        """How it stands. Where nobody is at work on it any more, what had not begun is free to be taken up."""
        with suppress(ModeltuiError):
            if state not in _GOING:
                left, self._fresh = (*self._fresh, *self._begun), {}
                await self._store.in_turn(self._store.release, *left)
            await self._store.in_turn(self._rows.note, self._kept.id, state, note)

    async def _watched(self) -> None:
        """Hears what another process wants of it."""
        while True:
            await asyncio.sleep(_LOOK_S)
            with suppress(ModeltuiError):
                word = await self._store.in_turn(self._rows.wished, self._kept.id)
                if word is not None and word in WISHES:
                    self._control.say(WISHES[word])


def is_over(job: Job) -> bool:
    """Nothing of it is taken up in a batch: it has ended, and cannot be fetched."""
    return job.state.is_final and not job.is_fetchable


def _entry(place: int, job: Job) -> Entry:
    return Entry(job.id, job.provider, place, job.estimate, is_submitted=not job.state.is_unsent)
