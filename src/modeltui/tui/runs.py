"""Runs of models, beside the screens: they go on when theirs is closed, and it finds them again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from textual.app import App
from textual.message import Message
from textual.message_pump import MessagePump

from modeltui.domain.job import Job, JobState
from modeltui.errors import ModeltuiError
from modeltui.services.running.chosen_files import sendable
from modeltui.tui.messages import CancelRun, Failed, JobChanged, StartRun, WatchRun

if TYPE_CHECKING:
    from modeltui.services.running.runs import RunService
    from modeltui.tui.background import Background


@dataclass
class _Run:
    """The last run of a model in this session."""

    asker: MessagePump
    task: asyncio.Task[None] | None = None
    """Of the background."""
    said: JobChanged | Failed | None = None
    """What was told last."""
    is_unwanted: bool = False
    is_over: bool = False

    @property
    def is_sending(self) -> bool:
        """Whether it is on its way out, so that nobody knows yet whether it arrives."""
        job = self.said.job if isinstance(self.said, JobChanged) else None
        return not self.is_over and (job is None or job.state is JobState.SUBMITTING)


class Runs:
    """Wishes come on the event loop of the app; each run is followed on that of the background."""

    def __init__(self, app: App[None], service: RunService, background: Background, moved: Callable[[], None]) -> None:
        """`moved` is told, on any thread, when a run begins or ends."""
        self._app = app
        self._service = service
        self._background = background
        self._moved = moved
        self._runs: dict[str, _Run] = {}

    @property
    def under_way(self) -> int:
        return sum(not run.is_over for run in tuple(self._runs.values()))

    @property
    def is_sending(self) -> bool:
        return any(run.is_sending for run in tuple(self._runs.values()))

    def take(self, wish: StartRun | WatchRun | CancelRun) -> None:
        """Start the run of a model, follow it from elsewhere, or stop it. A model has one run at a time."""
        run = self._runs.get(wish.key)
        if isinstance(wish, StartRun):
            if run is None or run.is_over:
                started = self._runs[wish.key] = _Run(wish.asker)
                self._background.run(self._follow(wish, started))
                self._moved()
        elif run is not None and isinstance(wish, WatchRun):
            run.asker = wish.asker
            if run.said is not None:
                wish.asker.post_message(_again(run.said))
        elif run is not None and not run.is_over:
            run.is_unwanted = True
            if run.task is not None:
                self._background.cancel(run.task)

    # On the thread of the background

    async def _follow(self, wish: StartRun, run: _Run) -> None:
        run.task = asyncio.current_task()
        last: Job | None = None
        steps: tuple[tuple[JobState, float], ...] = ()
        try:
            inputs = await asyncio.to_thread(self._with_files, wish)
            if run.is_unwanted:
                return
            async with aclosing(self._service.run(wish.key, inputs)) as jobs:
                async for job in jobs:
                    if last is None or last.state is not job.state:
                        steps = (*steps, (job.state, job.elapsed_s))
                    last = job
                    self._tell(run, JobChanged(job, steps, monotonic()))
                    run.is_over = job.state.is_final
        except ModeltuiError as error:
            self._tell(run, Failed(error))
        except asyncio.CancelledError:
            if last is not None and not last.state.is_final:
                self._tell(run, JobChanged(_stopped(last), steps, monotonic()))
            raise
        finally:
            run.is_over = True
            self._moved()

    def _with_files(self, wish: StartRun) -> Mapping[str, Any]:
        """The inputs with the local files that they name."""
        return sendable(self._service.inputs(wish.key), wish.inputs)

    def _tell(self, run: _Run, message: JobChanged | Failed) -> None:
        run.said = message
        if self._app.is_running:
            (run.asker if run.asker.is_running else self._app).post_message(_again(message))


def _again(message: JobChanged | Failed) -> Message:
    """A message is posted once; what it says can be told again."""
    if isinstance(message, Failed):
        return Failed(message.error)
    return JobChanged(message.job, message.steps, message.heard)


def _stopped(job: Job) -> Job:
    """A run that was stopped, where the engine could not say itself what became of it."""
    if job.state.is_unsent:
        hint = "it was not sent, so nothing is billed"
    else:
        hint = "it may have been sent: what the provider did until it stopped may be billed"
    return replace(job, state=JobState.CANCELLED, detail="", hint=hint)
