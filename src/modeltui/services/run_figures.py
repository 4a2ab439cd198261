"""What became of test generations, read when somebody first asks, and again when jobs ended since."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC
from typing import TYPE_CHECKING

from msgspec.structs import replace

from modeltui.errors import ModeltuiError

if TYPE_CHECKING:
    from modeltui.domain.run_stats import RunStats
    from modeltui.jobs.store import JobStore


class Figures(Mapping[str, "RunStats"]):
    """Statistics by uid, in whatever case; read at the first look into them. Thread-safe, and fixed once they are read.

    None where they cannot be read: see `trouble`.
    """

    def __init__(self, load: Callable[[], Mapping[str, RunStats]], stamp: Callable[[], object]) -> None:
        self._load = load
        self._stamp = stamp
        self._guard = threading.Lock()
        self._found: Mapping[str, RunStats] | None = None
        self.stamp: object = None
        """That of what was read: it is taken before, so that what ends meanwhile is seen the next time."""
        self.trouble: str | None = None

    @property
    def is_read(self) -> bool:
        return self._found is not None

    def __eq__(self, other: object) -> bool:
        """To be compared is no look into them: what was not read is like nothing but itself."""
        if self is other or not isinstance(other, Figures):
            return self is other
        return self.is_read and other.is_read and self._found == other._found

    __hash__ = None  # type: ignore[assignment]  # two that are read later may then be equal

    def __getitem__(self, key: str) -> RunStats:
        return self._all()[key.casefold()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> Mapping[str, RunStats]:
        if self._found is not None:
            return self._found
        with self._guard:
            if self._found is None:
                self.stamp = self._stamp()
                self._found = self._read()
            return self._found

    def _read(self) -> Mapping[str, RunStats]:
        try:
            return {uid.casefold(): _sound(stats) for uid, stats in self._load().items()}
        except ModeltuiError as error:
            self.trouble = f"the statistics of runs cannot be read: {error.message}"
        except (ValueError, ArithmeticError) as error:
            self.trouble = f"the statistics of runs are damaged: {error}"
        return {}


class RunFigures:
    """The Figures of one catalogue as they are now."""

    def __init__(
        self, load: Callable[[], Mapping[str, RunStats]] = dict, stamp: Callable[[], object] = lambda: None
    ) -> None:
        """stamp: something cheap that is another one when a job ended."""
        self._load = load
        self._stamp = stamp
        self._last = Figures(load, stamp)

    @classmethod
    def of(cls, jobs: Callable[[], JobStore], is_any_kept: Callable[[], bool] = lambda: True) -> RunFigures:
        """Of kept jobs, whose database is opened at the first look, and is not even loaded where none can be kept."""

        def load() -> Mapping[str, RunStats]:
            return jobs().stats() if is_any_kept() else {}

        def stamp() -> int:
            return jobs().database.stamp() if is_any_kept() else 0

        return cls(load, stamp)

    @property
    def trouble(self) -> str | None:
        """Why there are none, once somebody asked."""
        return self._last.trouble

    def now(self) -> Figures:
        """Those of the last time where nobody has looked into them, or nothing ended since; else new ones."""
        last = self._last
        if last.is_read and last.stamp != self._stamp():
            fresh = Figures(self._load, self._stamp)
            self._last = last if dict(fresh) == dict(last) and fresh.trouble == last.trouble else fresh
            last.stamp = fresh.stamp
        return self._last


def say_the_same(one: Mapping[str, RunStats], other: Mapping[str, RunStats]) -> bool:
    """Whether nobody can have seen a difference."""
    return one is other or (isinstance(one, Figures) and not one.is_read) or dict(one) == dict(other)


def _sound(stats: RunStats) -> RunStats:
    """Without what nothing can be counted with: amounts that are no numbers, a moment without a time zone."""
    spend = {name: amount for name, amount in stats.spend.items() if amount.is_finite()}
    at = stats.tested_at
    if at is not None and at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return stats if (spend, at) == (stats.spend, stats.tested_at) else replace(stats, spend=spend, tested_at=at)
