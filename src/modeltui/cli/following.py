"""A job on its way, said on stderr; and what to type when it is broken off."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager, suppress
from typing import Final

from modeltui.cli import report
from modeltui.cli.job_report import Progress
from modeltui.domain.job import Job, JobState

_LEAVING: Final = (signal.SIGTERM, signal.SIGHUP)
_GRACE_S: Final = 5.0
"""In which a request on its way is to be answered, when the process is told to end."""


class Leaving:
    """What signals want of a job that is followed."""

    def __init__(self) -> None:
        self.is_interrupted = False
        """By ctrl+c: the job was cancelled."""
        self.again = ""
        """The command that goes on, of a job that is part of something larger."""
        self._last: Job | None = None
        self._by: signal.Signals | None = None

    def told(self, job: Job) -> None:
        self._last = job
        if self._by is not None and job.state is not JobState.SUBMITTING:
            self._die(self._by)

    def leave(self, number: signal.Signals) -> None:
        """End as the signal would have ended us, once it is known whether the request arrived; told twice, at once."""
        is_first, self._by = self._by is None, number
        if is_first and self._last is not None and self._last.state is JobState.SUBMITTING:
            report.say(f"the request is on its way: its answer is waited for, at most {_GRACE_S:.0f} s")
            asyncio.get_running_loop().call_later(_GRACE_S, self._die, number)
        else:
            self._die(number)

    def _die(self, number: signal.Signals) -> None:
        """All that is known of the job is on the disk already."""
        job = self._last
        if job is not None and job.state is JobState.SUBMITTING:
            report.say(
                f"the job is uncertain: its request was not answered; `modeltui jobs resume {job.id}` tells more"
            )
        elif job is not None and not job.state.is_final:
            report.say(f"the job is left as it is; `modeltui {self.again or f'jobs resume {job.id}'}` goes on with it")
        elif job is not None:
            report.say(f"{job.id} {job.state}; `modeltui jobs show {job.id}` tells what came of it")
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)


async def follow(jobs: AsyncGenerator[Job, None], leaving: Leaving | None = None) -> Job | None:
    """The job as it was at its end. An interruption cancels it first; SIGTERM and SIGHUP leave it to be resumed."""
    last: Job | None = None
    progress, leaving = Progress(), leaving or Leaving()
    try:
        with left_on_signal(leaving):
            async with aclosing(jobs) as stream:
                async for job in stream:
                    if last is None and not job.state.is_final:
                        report.say(f"job {job.id}")
                    last = job
                    leaving.told(job)
                    progress.show(job)
    except asyncio.CancelledError:
        leaving.is_interrupted = True
        if last is None or not last.state.is_final:
            raise
        report.say(f"`modeltui jobs show {last.id}` tells what is known of it")
    return last


@contextmanager
def left_on_signal(leaving: Leaving) -> Iterator[None]:
    """SIGTERM and SIGHUP end the process as `leaving` has it. A signal that is ignored, as under nohup, stays so."""
    loop = asyncio.get_running_loop()
    taken = [number for number in _LEAVING if signal.getsignal(number) is signal.SIG_DFL]
    for number in taken:
        with suppress(ValueError, RuntimeError):  # not in the main thread
            loop.add_signal_handler(number, leaving.leave, number)
    try:
        yield
    finally:
        for number in taken:
            with suppress(ValueError, RuntimeError):
                loop.remove_signal_handler(number)
