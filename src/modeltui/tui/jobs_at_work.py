"""Kept jobs that this console takes up, sends again or cancels, beside whatever its screens do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from typing import TYPE_CHECKING

from textual.app import App
from textual.message import Message
from textual.message_pump import MessagePump

from modeltui.domain.job import Job, JobState, KeptJob
from modeltui.errors import ModeltuiError
from modeltui.tui.messages import Failed, JobChanged
from modeltui.tui.work_messages import ResumeJob, StopJob, TakenUpEnded

if TYPE_CHECKING:
    from modeltui.services.running.jobs import JobService
    from modeltui.tui.background import Background

_ASKED_FOR = frozenset({JobState.POLLING, JobState.DOWNLOADING})
"""States in which a job that is taken up is asked for, and nothing is sent."""


class JobsAtWork:
    def __init__(self, app: App[None], service: JobService, background: Background, moved: Callable[[], None]) -> None:
        """`moved` is told, on any thread, when one is taken up or let go."""
        self._app = app
        self._service = service
        self._background = background
        self._moved = moved
        self._latest: dict[str, Job | None] = {}
        """Of those that are taken up, how they stand, by id."""

    @property
    def under_way(self) -> int:
        return len(self._latest)

    @property
    def is_sending(self) -> bool:
        """Whether a request is on its way: whether it arrives is not known yet."""
        return any(job is not None and job.state is JobState.SUBMITTING for job in tuple(self._latest.values()))

    def take(self, wish: ResumeJob | StopJob) -> None:
        work = self._stop(wish) if isinstance(wish, StopJob) else self._resume(wish)
        self._background.run(work)

    def take_up(self, found: tuple[KeptJob, ...], user: str) -> int:
        """Go on asking for those of this user that were sent; returns how many. Nothing is sent."""
        wanted = [kept.job.id for kept in found if kept.by == user and kept.job.state in _ASKED_FOR]
        for job_id in wanted:
            self._background.run(self._resume(ResumeJob(self._app, job_id), is_by_itself=True))
        return len(wanted)

    async def _resume(self, wish: ResumeJob, *, is_by_itself: bool = False) -> None:
        last: Job | None = None
        self._latest[wish.id] = None
        self._moved()
        try:
            async with aclosing(self._service.resume(wish.id, send_again=wish.send_again)) as jobs:
                async for last in jobs:
                    self._latest[wish.id] = last
        except ModeltuiError as error:
            self._post(wish.asker, Failed(error))
        finally:
            self._latest.pop(wish.id, None)
            self._moved()
            if last is not None:
                self._post(wish.asker, TakenUpEnded(last) if is_by_itself else JobChanged(last))

    async def _stop(self, wish: StopJob) -> None:
        try:
            kept = await self._service.cancel(wish.id)
        except ModeltuiError as error:
            self._post(wish.asker, Failed(error))
        else:
            self._post(wish.asker, JobChanged(kept.job))

    def _post(self, asker: MessagePump, message: Message) -> None:
        if self._app.is_running:
            (asker if asker.is_running else self._app).post_message(message)


async def interrupted(service: JobService) -> tuple[KeptJob, ...]:
    """None where what keeps the jobs cannot be read: its screen says so."""
    try:
        return await asyncio.to_thread(service.interrupted)
    except ModeltuiError:
        return ()


async def unsent_in_batches(service: JobService) -> int:
    """Runs of batches that nobody is at work on: they are begun by their batches only."""
    try:
        return (await asyncio.to_thread(service.waiting)).in_batches
    except ModeltuiError:
        return 0
