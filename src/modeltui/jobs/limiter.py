"""How fast one provider is sent to: its own numbers from `[limits]`, and what it says when it has had enough."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from modeltui.domain.document import Document
from modeltui.providers.clock import Clock

USUAL_CONCURRENCY: Final = 4
"""Jobs at once where the provider file states none."""


class Rate(Struct, frozen=True):
    count: int
    """Submits …"""
    per_s: float
    """… in any stretch of this many seconds."""


class Limits(Struct, frozen=True):
    concurrency: int = USUAL_CONCURRENCY
    """Jobs at once."""
    rates: tuple[Rate, ...] = ()
    """All of them hold."""


def limits_of(provider: Document) -> Limits:
    """What `[limits]` of a provider file says. What cannot be used is a finding of `check`, and left aside here."""
    table = provider.get("limits")
    if not isinstance(table, Mapping):
        return Limits()
    stated, requests = table.get("concurrency"), table.get("requests")
    concurrency = stated if isinstance(stated, int) and stated >= 1 else USUAL_CONCURRENCY
    rates = (_rate(each) for each in requests) if isinstance(requests, list) else ()
    return Limits(concurrency, tuple(rate for rate in rates if rate is not None))


def _rate(table: Any) -> Rate | None:
    count, per_s = (table.get("count"), table.get("per_s")) if isinstance(table, Mapping) else (None, None)
    if not (isinstance(count, int) and isinstance(per_s, int | float)):
        return None
    return Rate(count, per_s) if count >= 1 and 0 < per_s < float("inf") else None


class Limiter:
    """Of one provider, for all jobs of this process's batch. Windows slide: no stretch of time holds too many."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self.limits = limits
        self._clock = clock
        self._sent: deque[float] = deque(maxlen=max((rate.count for rate in limits.rates), default=1))
        self._reserved = 0
        self._held_until = 0.0

    def wait_s(self) -> float:
        """Seconds until one more job may begin; 0 where it may now."""
        now = self._clock.monotonic()
        waits = [self._held_until - now, *(self._until_room(rate, self._reserved, now) for rate in self.limits.rates)]
        return max(0.0, *waits)

    def why(self) -> str:
        """What the wait is for; empty where there is none."""
        if pause := self.pause():
            return pause
        now = self._clock.monotonic()
        for rate in self.limits.rates:
            if (left := self._until_room(rate, self._reserved, now)) > 0:
                return f"{rate.count} in {rate.per_s:g} s are sent; {left:.0f} s"
        return ""

    def pause(self) -> str:
        """How long it still wants nothing; empty where it takes more."""
        left = self._held_until - self._clock.monotonic()
        return f"it asked for a pause; {left:.0f} s" if left > 0 else ""

    def ticket(self) -> Ticket:
        """Takes a place for a job that is about to begin. Close it when the job has ended."""
        self._reserved += 1
        return Ticket(self, is_reserved=True)

    def pace(self) -> Ticket:
        """For a job that was sent before, and takes no place."""
        return Ticket(self, is_reserved=False)

    def held_back(self, seconds: float) -> None:
        self._held_until = max(self._held_until, self._clock.monotonic() + seconds)

    async def turn(self, *, is_reserved: bool) -> None:
        """Returns when a submit may leave, and counts it."""
        while (left := self._until_sent(is_reserved=is_reserved)) > 0:
            await self._clock.sleep(left)
        if is_reserved:
            self.give_back()
        self._sent.append(self._clock.monotonic())

    def give_back(self) -> None:
        self._reserved -= 1

    def _until_sent(self, *, is_reserved: bool) -> float:
        """For a place that was taken before only the windows and a pause count, for another try all of it."""
        now, others = self._clock.monotonic(), 0 if is_reserved else self._reserved
        waits = [self._held_until - now, *(self._until_room(rate, others, now) for rate in self.limits.rates)]
        return max(0.0, *waits)

    def _until_room(self, rate: Rate, reserved: int, now: float) -> float:
        """Seconds until the window has room for one more beside those that are about to be sent."""
        room = rate.count - reserved
        if room < 1:
            return rate.per_s
        return 0.0 if len(self._sent) < room else self._sent[-room] + rate.per_s - now


class Ticket:
    """The place of one job, and the pace that its submits keep."""

    def __init__(self, limiter: Limiter, *, is_reserved: bool) -> None:
        self._limiter = limiter
        self._is_reserved = is_reserved

    async def before_submit(self) -> None:
        await self._limiter.turn(is_reserved=self._is_reserved)
        self._is_reserved = False

    def held_back(self, seconds: float) -> None:
        self._limiter.held_back(seconds)

    def close(self) -> None:
        """A job that never sent leaves its place to another."""
        if self._is_reserved:
            self._limiter.give_back()
            self._is_reserved = False
