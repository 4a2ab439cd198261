"""The jobs of a batch that go to one provider."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Collection
from typing import Final

from msgspec import Struct

from modeltui.domain.batch import Tally
from modeltui.domain.call import Cost
from modeltui.domain.job import JobState
from modeltui.jobs.batch_eta import Durations
from modeltui.jobs.limiter import Limiter, Ticket

_ENDS: Final = {
    JobState.SUCCEEDED: "succeeded",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "cancelled",
    JobState.UNCERTAIN: "uncertain",
}


class Entry(Struct, frozen=True):
    """One job of a batch that is not at its end."""

    id: str
    provider: str
    position: int
    """In the plan."""
    estimate: Cost | None
    is_submitted: bool = False
    """It was sent before, and is taken up: it takes no place in a rate, and its cost is not to be stopped any more."""


class Lane:
    def __init__(self, limiter: Limiter) -> None:
        self.limiter = limiter
        self.queue: deque[Entry] = deque()
        self.running = 0
        self.durations = Durations()
        self._ended: Counter[str] = Counter()
        self._tally: Tally | None = None

    @property
    def is_full(self) -> bool:
        return self.running >= self.limiter.limits.concurrency

    @property
    def is_ready(self) -> bool:
        """Whether its next job may begin now."""
        if not self.queue or self.is_full:
            return False
        return self.queue[0].is_submitted or self.limiter.wait_s() <= 0

    def why(self) -> str:
        """What its next job waits for, other than the end of those that run."""
        return self.limiter.pause() if self.is_full else self.limiter.why()

    def next(self, fits: Callable[[Cost | None], bool]) -> Entry | None:
        """The first whose estimate fits. One that was sent before is not to be stopped any more."""
        return next((entry for entry in self.queue if entry.is_submitted or fits(entry.estimate)), None)

    def begin(self, entry: Entry) -> Ticket:
        """One of its queue runs, at the pace that is returned."""
        if self.queue[0] is entry:
            self.queue.popleft()
        else:
            self.queue.remove(entry)
        self.running += 1
        self._tally = None
        return self.limiter.pace() if entry.is_submitted else self.limiter.ticket()

    def give_back(self, entry: Entry) -> None:
        """A job that runs no more, and has not ended, is its next again."""
        self.queue.appendleft(entry)
        self.running -= 1
        self._tally = None

    def end(self, state: JobState) -> None:
        self.running -= 1
        self.add_ended(state)

    def add_ended(self, state: JobState) -> None:
        self._ended[_ENDS[state]] += 1
        self._tally = None

    def tally(self) -> Tally:
        if self._tally is None:
            queued, running = len(self.queue), self.running
            total = self._ended.total() + queued + running
            self._tally = Tally(total=total, queued=queued, running=running, **self._ended)
        return self._tally

    def left_s(self, usual_s: float) -> float:
        """Seconds until all of it has ended, by what was seen so far."""
        mean = usual_s if self.durations.mean_s is None else self.durations.mean_s
        jobs = (len(self.queue) + self.running / 2) * mean / self.limiter.limits.concurrency
        waits = ((len(self.queue) / rate.count - 1) * rate.per_s for rate in self.limiter.limits.rates)
        return max(jobs, *waits, 0.0)


def added(tallies: Collection[Tally]) -> Tally:
    """All of them as one."""
    names = Tally.__struct_fields__
    return Tally(**{name: sum(getattr(tally, name) for tally in tallies) for name in names})
