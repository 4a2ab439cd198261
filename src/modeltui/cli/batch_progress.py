"""How a batch goes on: live lines on a terminal, elsewhere a line for each run that has ended; and what signals do."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, suppress
from shutil import get_terminal_size
from typing import Final, NamedTuple

from modeltui.cli import report
from modeltui.cli.layout import shortened
from modeltui.cli.outcome import counted
from modeltui.domain.batch import BatchProgress, BatchState, Tally
from modeltui.domain.job import Job
from modeltui.domain.money import amount_text, totals_text
from modeltui.domain.text import safe
from modeltui.services.running.batches import BatchService

_EVERY_S: Final = 0.1
_BAR: Final = 20
_GRACE_S: Final = 5.0
"""In which requests on their way are to be answered, when the process is told to end."""
_OVER: Final = frozenset({BatchState.STOPPED, BatchState.FINISHED})


class Followed(NamedTuple):
    last: BatchProgress | None
    """How it stood at its end."""
    is_interrupted: bool
    """By ctrl+c."""


def follow(batches: BatchService, stream: AsyncGenerator[BatchProgress, None]) -> Followed:
    """To the end, said on the way. Ctrl+c lets what runs come to its end; a second one cancels it.

    SIGTERM and SIGHUP leave it as it is, to be resumed.
    """
    return asyncio.run(_followed(batches, stream))


async def _followed(batches: BatchService, stream: AsyncGenerator[BatchProgress, None]) -> Followed:
    shown = _Shown()
    signals = _Signals(batches, shown.say)
    async with aclosing(stream) as told, aclosing(signals.heard()) as hearing:
        await anext(hearing)
        async for progress in told:
            if signals.last is None:
                report.say(f"batch {progress.id}")
            signals.told(progress)
            shown.show(progress)
    return Followed(signals.last, signals.interruptions > 0)


class _Signals:
    def __init__(self, batches: BatchService, say: Callable[[str], None]) -> None:
        self._batches = batches
        self._say = say
        self.interruptions = 0
        self._end: signal.Signals | None = None
        self.last: BatchProgress | None = None

    async def heard(self) -> AsyncGenerator[None, None]:
        """While it is open, signals are ours."""
        loop, taken = asyncio.get_running_loop(), []
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is signal.SIG_IGN:
                continue
            act = (self._interrupted,) if number is signal.SIGINT else (self._ended, number)
            with suppress(ValueError, RuntimeError):  # elsewhere than in the main thread they are not ours
                loop.add_signal_handler(number, *act)
                taken.append(number)
        try:
            yield
        finally:
            for number in taken:
                loop.remove_signal_handler(number)

    def told(self, progress: BatchProgress) -> None:
        self.last = progress
        if self._end is not None and not progress.sending:
            self._die()

    def _interrupted(self) -> None:
        if self.last is None:
            return
        self.interruptions += 1
        running = self.last.tally.running
        if self.interruptions == 1:
            self._say(f"nothing new begins; {counted(running, 'run')} go on to their end (ctrl+c again cancels them)")
        else:
            self._say(f"cancelling {counted(running, 'run')}")
        self._batches.stop(self.last.id, now=self.interruptions > 1)

    def _ended(self, number: signal.Signals) -> None:
        """Nothing is cancelled: what is sent is paid for, and a later process asks for it."""
        self._end = number
        if self.last is None or not self.last.sending:
            self._die()
            return
        self._batches.pause(self.last.id)
        asyncio.get_running_loop().call_later(_GRACE_S, self._die)

    def _die(self) -> None:
        if self.last is not None:
            self._say(f"`modeltui batch --resume {self.last.id[:8]}` goes on")
        assert self._end is not None
        signal.signal(self._end, signal.SIG_DFL)
        os.kill(os.getpid(), self._end)


class _Shown:
    def __init__(self) -> None:
        self._is_live = report.is_terminal()
        self._drawn = 0
        self._at = 0.0
        self._state = BatchState.RUNNING

    def show(self, progress: BatchProgress) -> None:
        if self._is_live:
            self._draw(progress)
        else:
            self._tell(progress)

    def say(self, message: str) -> None:
        """Between the lines: those that are drawn stay above it."""
        report.say(message)
        self._drawn = 0

    def _tell(self, progress: BatchProgress) -> None:
        job, tally = progress.last, progress.tally
        if job is not None and job.state.is_final:
            report.say(f"{tally.done}/{tally.total}  {_words(job)}")
        if progress.state is not self._state:
            self._state = progress.state
            report.say(f"{progress.state}{f': {progress.note}' if progress.note else ''}")

    def _draw(self, progress: BatchProgress) -> None:
        now = time.monotonic()
        if now - self._at < _EVERY_S and progress.state not in _OVER:
            return
        self._at = now
        size = get_terminal_size()
        lines = list(_lines(progress))
        kept = [*lines[: max(size.lines - 3, 1)], lines[-1]] if len(lines) > size.lines - 2 else lines
        self._drawn = report.redraw([shortened(safe(line), size.columns - 1, "…") for line in kept], self._drawn)


def _lines(progress: BatchProgress) -> Iterator[str]:
    width = max((len(name) for name in progress.providers), default=5)
    for name, tally in progress.providers.items():
        why = progress.waiting.get(name, "")
        yield f"{name:<{width}}  {_bar(tally)}  {_counts(tally)}{f'  waits: {why}' if why else ''}"
    eta = "" if progress.eta_s is None or progress.state in _OVER else f", about {_time(progress.eta_s)} left"
    spent = totals_text(progress.spent)
    running = f" (+ {totals_text(progress.committed)} running)" if progress.committed else ""
    note = f"  {progress.note}" if progress.note else ""
    total = f"{'total':<{width}}  {_bar(progress.tally)}  {_counts(progress.tally)}"
    yield f"{total}  {progress.state}, {_time(progress.elapsed_s)}{eta}, {spent} spent{running}{note}"


def _bar(tally: Tally) -> str:
    done = _BAR * tally.done // tally.total if tally.total else _BAR
    running = min(-(-_BAR * tally.running // tally.total), _BAR - done) if tally.total else 0
    return f"[{'#' * done}{'>' * running}{'.' * (_BAR - done - running)}]"


def _counts(tally: Tally) -> str:
    names = ("running", "failed", "cancelled", "uncertain")
    parts = [f"{number} {name}" for name in names if (number := getattr(tally, name))]
    return ", ".join((f"{tally.done}/{tally.total}", *parts))


def _words(job: Job) -> str:
    cost = "" if job.cost is None else f", {amount_text(job.cost.amount, job.cost.currency)}"
    why = f": {job.error}" if job.error else ""
    return f"{job.key} {job.state} ({job.elapsed_s:.1f} s{cost}){why}"


def _time(seconds: float) -> str:
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60}:{whole % 60:02d} min" if whole < 3600 else f"{whole // 3600}:{whole // 60 % 60:02d} h"
