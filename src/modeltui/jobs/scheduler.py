"""Many jobs at once: which may begin now, and what is told of all of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import aclosing
from functools import cache, partial
from operator import attrgetter
from typing import TypeAlias

from modeltui.domain.batch import BatchProgress, BatchState, Tally
from modeltui.domain.call import Cost
from modeltui.domain.job import Job, JobState
from modeltui.jobs.batch_budget import Budget
from modeltui.jobs.batch_control import Control, Wish
from modeltui.jobs.batch_eta import Durations
from modeltui.jobs.batch_lane import Entry, Lane, added
from modeltui.jobs.limiter import Limiter, Limits, Ticket
from modeltui.providers.clock import SYSTEM_CLOCK, Clock
from modeltui.providers.pace import Pace

Follow: TypeAlias = Callable[[Entry, Pace], AsyncGenerator[Job, None]]
"""Begins a job, or takes it up, and yields it after every thing that happens to it, the last time in a final state.

What it raises (there is no room for its record, say) would hold for every job: it stops the batch.
"""


class Scheduler:
    """Iterate `progress` once. It begins jobs as the limits, the budget and the control let it."""

    def __init__(
        self,
        batch_id: str,
        entries: Iterable[Entry],
        ended: Iterable[Job],
        limits: Callable[[str], Limits],
        follow: Follow,
        *,
        budget: Budget,
        control: Control,
        concurrency: int | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        """`ended` are the jobs of the batch that came to their end before; `limits` are those of a provider.

        concurrency: jobs at once over all providers; None for no limit but theirs.
        """
        self._id = batch_id
        self._limits = limits
        self._follow = follow
        self._budget = budget
        self._control = control
        self._most = concurrency
        self._clock = clock
        self._lanes: dict[str, Lane] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        """By id, of jobs whose end is not booked."""
        self._tasks: set[asyncio.Task[None]] = set()
        """Also of those that have ended, and see to what comes after."""
        self._cancelled: set[str] = set()
        self._sending: set[str] = set()
        self._latest: dict[str, Job] = {}
        self._news: dict[str, None] = {}
        self._woken = asyncio.Event()
        self._timer: asyncio.Task[None] | None = None
        self._durations = Durations()
        self._since = clock.monotonic()
        self._fault: BaseException | None = None
        self._closed = ""
        for job in ended:
            self._lane(job.provider).add_ended(job.state)
            budget.count(job)
        for entry in entries:
            self._lane(entry.provider).queue.append(entry)

    async def progress(self) -> AsyncGenerator[BatchProgress, None]:
        """After every thing that happens to a job; the last in state FINISHED or STOPPED.

        Closing the stream, or cancelling its task, cancels the jobs that run. Raises what `Follow` raised.
        """
        self._control.bind(asyncio.get_running_loop(), self._woken)
        told: BatchState | None = None
        try:
            while True:
                self._woken.clear()
                while self._news:
                    yield self._booked(next(iter(self._news)))
                self._begin()
                state = self._state()
                is_over = not self._running and state in (BatchState.FINISHED, BatchState.STOPPED)
                if is_over or state is not told:
                    told = state
                    yield self._progress(None)
                if is_over:
                    break
                await self._something()
        finally:
            self._control.unbind()
            await self._cancel_all()
        if self._fault is not None:
            raise self._fault

    def _lane(self, provider: str) -> Lane:
        if provider not in self._lanes:
            self._lanes[provider] = Lane(Limiter(self._limits(provider), self._clock))
        return self._lanes[provider]

    def _begin(self) -> None:
        """All that may begin now, in the order of the plan as far as the providers let it."""
        self._closed = ""
        if self._control.wish is Wish.CANCEL:
            self._cancel()
        if self._control.wish is not Wish.GO or self._fault is not None:
            return
        while self._most is None or len(self._running) < self._most:
            fits = cache(lambda estimate: self._budget.refusal(estimate) is None)
            entry = _first(lane.next(fits) for lane in self._lanes.values() if lane.is_ready)
            if entry is None:
                self._close(fits)
                return
            pace = self._lane(entry.provider).begin(entry)
            self._budget.begin(entry.id, entry.estimate)
            task = asyncio.create_task(self._followed(entry, pace))
            self._running[entry.id] = task
            self._tasks.add(task)
            task.add_done_callback(partial(self._over, entry, pace))

    def _close(self, fits: Callable[[Cost | None], bool]) -> None:
        """Nothing begins any more where none of those that are left fits, at whatever provider."""
        left = [lane for lane in self._lanes.values() if lane.queue]
        if left and all(lane.next(fits) is None for lane in left):
            first = _first(lane.queue[0] for lane in left)
            assert first is not None
            self._closed = self._budget.refusal(first.estimate) or ""

    async def _followed(self, entry: Entry, pace: Pace) -> None:
        async with aclosing(self._follow(entry, pace)) as jobs:
            async for job in jobs:
                self._latest[entry.id] = job
                self._news[entry.id] = None
                self._woken.set()

    def _over(self, entry: Entry, pace: Ticket, task: asyncio.Task[None]) -> None:
        """Its task has ended. Where the job has not, it is as it was, for another time."""
        pace.close()
        self._tasks.discard(task)
        if not task.cancelled():
            self._fault = self._fault or task.exception()
        latest = self._latest.get(entry.id)
        if entry.id in self._running and (latest is None or not latest.state.is_final):
            self._news.pop(entry.id, None)
            self._forget(entry.id)
            self._budget.drop(entry.id)
            self._lane(entry.provider).give_back(entry)
            if not task.cancelled():
                self._fault = self._fault or RuntimeError(f"the stream of {entry.id} ended before its job")
        self._woken.set()

    def _forget(self, job_id: str) -> None:
        self._running.pop(job_id, None)
        self._latest.pop(job_id, None)
        self._sending.discard(job_id)

    def _booked(self, job_id: str) -> BatchProgress:
        """What is new of a job, of several things the last."""
        del self._news[job_id]
        job = self._latest[job_id]
        (self._sending.add if job.state is JobState.SUBMITTING else self._sending.discard)(job_id)
        if job.state.is_final:
            self._forget(job_id)
            lane = self._lane(job.provider)
            lane.end(job.state)
            self._budget.end(job)
            if job.state in (JobState.SUCCEEDED, JobState.FAILED):
                lane.durations.add(job.elapsed_s)
                self._durations.add(job.elapsed_s)
            self._begin()
        return self._progress(job)

    def _state(self) -> BatchState:
        if not any(lane.queue for lane in self._lanes.values()):
            return BatchState.RUNNING if self._running else BatchState.FINISHED
        if self._fault is not None or self._control.wish in (Wish.STOP, Wish.CANCEL):
            return BatchState.STOPPED
        if self._control.wish is Wish.PAUSE:
            return BatchState.PAUSED
        return BatchState.STOPPED if self._closed and not self._running else BatchState.RUNNING

    def _note(self) -> str:
        if self._fault is not None:
            return str(self._fault)
        if self._control.wish in (Wish.STOP, Wish.CANCEL):
            return "stopped by its user"
        return "paused" if self._control.wish is Wish.PAUSE else self._closed

    def _progress(self, last: Job | None) -> BatchProgress:
        tallies = {provider: lane.tally() for provider, lane in self._lanes.items()}
        state = self._state()
        return BatchProgress(
            id=self._id,
            state=state,
            tally=added(tallies.values()),
            providers=tallies,
            waiting=self._waiting() if state is BatchState.RUNNING else {},
            spent=dict(self._budget.spent),
            committed=dict(self._budget.committed),
            elapsed_s=round(self._clock.monotonic() - self._since, 3),
            eta_s=self._eta(tallies),
            sending=len(self._sending),
            last=last,
            note=self._note() if state is not BatchState.RUNNING or self._closed else "",
        )

    def _waiting(self) -> dict[str, str]:
        lanes = {provider: lane for provider, lane in self._lanes.items() if lane.queue}
        if self._closed:
            return dict.fromkeys(lanes, self._closed)
        reasons = {provider: lane.why() for provider, lane in lanes.items()}
        is_full = self._most is not None and len(self._running) >= self._most
        usual = f"{self._most} run at once" if is_full else ""
        said = {provider: why or ("" if lanes[provider].is_full else usual) for provider, why in reasons.items()}
        return {provider: why for provider, why in said.items() if why}

    def _eta(self, tallies: Mapping[str, Tally]) -> float | None:
        usual = self._durations.mean_s
        if usual is None:
            return None
        left = max((lane.left_s(usual) for lane in self._lanes.values()), default=0.0)
        if self._most is not None:
            jobs = sum(tally.queued + tally.running / 2 for tally in tallies.values())
            left = max(left, jobs * usual / self._most)
        return round(left, 1)

    async def _something(self) -> None:
        """Until there is news, a wish, or a lane that waited for time may go on."""
        waits = [lane.limiter.wait_s() for lane in self._lanes.values() if lane.queue and not lane.is_full]
        is_waiting = self._control.wish is Wish.GO and not self._closed
        soonest = min((wait for wait in waits if wait > 0), default=None) if is_waiting else None
        if self._timer is not None:
            self._timer.cancel()
        if soonest is not None:
            self._timer = asyncio.create_task(self._ring(soonest))
        await self._woken.wait()

    async def _ring(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
        self._woken.set()

    def _cancel(self) -> None:
        """Once each: a second time would cut off what tells the provider of the first."""
        for job_id, task in self._running.items():
            if job_id not in self._cancelled:
                self._cancelled.add(job_id)
                task.cancel()

    async def _cancel_all(self) -> None:
        self._cancel()
        if self._timer is not None:
            self._timer.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _first(entries: Iterable[Entry | None]) -> Entry | None:
    """In the order of the plan."""
    return min((entry for entry in entries if entry is not None), key=attrgetter("position"), default=None)
