"""Statistics of runs: read when somebody asks, again when a job ended, and never in the way where they cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from modeltui.domain.catalog import Catalog
from modeltui.domain.pending.queue import Queue
from modeltui.domain.run_stats import RunStats
from modeltui.errors import BrokenFileError
from modeltui.services.current import Current
from modeltui.services.run_figures import Figures, RunFigures, say_the_same

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ONE, TWO = RunStats(total=1), RunStats(total=2)


@dataclass
class Kept:
    """Jobs that are kept somewhere, and how often somebody looked."""

    stats: Mapping[str, RunStats] = field(default_factory=lambda: {"A": ONE})
    stamp: int = 1
    loads: int = 0
    stamps: int = 0
    is_broken: bool = False

    def load(self) -> Mapping[str, RunStats]:
        self.loads += 1
        if self.is_broken:
            raise BrokenFileError("the database is damaged")
        return self.stats

    def look(self) -> int:
        self.stamps += 1
        return self.stamp

    def ended(self, stats: Mapping[str, RunStats]) -> None:
        self.stats, self.stamp = stats, self.stamp + 1


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def current(kept: Kept) -> Current:
    return Current(
        "alice",
        lambda *, fresh=False, seen=None: Catalog("/c", {}, {}),
        Queue,
        lambda: None,
        figures=RunFigures(kept.load, kept.look),
        now=lambda: NOW,
    )


def test_nobody_asks_and_nothing_is_read(kept: Kept, current: Current) -> None:
    current.snapshot()
    current.reload()
    assert (kept.loads, kept.stamps, current.run_trouble) == (0, 0, None)


def test_they_are_read_once_and_found_in_any_case(kept: Kept, current: Current) -> None:
    runs = current.snapshot().catalog.runs
    assert (runs.get("a"), runs.get("A"), runs.get("b"), len(runs), list(runs)) == (ONE, ONE, None, 1, ["a"])
    assert kept.loads == 1
    assert current.reload().catalog.runs is runs
    assert current.snapshot().catalog.as_of == NOW


def test_a_reload_has_what_ended_since(kept: Kept, current: Current) -> None:
    before = current.snapshot().catalog.runs
    assert before["a"] is ONE
    kept.ended({"A": TWO})
    assert current.reload().catalog.runs["a"] is TWO
    assert before["a"] is ONE, "a snapshot is frozen"


def test_looking_at_runs_gives_a_new_snapshot_only_where_something_ended(kept: Kept, current: Current) -> None:
    first = current.look_at_runs()
    assert current.look_at_runs() is first
    kept.ended({"A": ONE})
    assert current.look_at_runs() is first, "a poll was noted, and no job ended"
    kept.ended({"A": TWO, "B": ONE})
    second = current.look_at_runs()
    assert second is not first
    assert second is current.snapshot()
    assert second.catalog.runs["b"] is ONE
    assert (second.queue, second.plan) == (first.queue, first.plan)
    assert not say_the_same(first.catalog.runs, second.catalog.runs)


def test_what_cannot_be_read_is_said_and_everything_else_works(kept: Kept, current: Current) -> None:
    kept.is_broken = True
    snapshot = current.look_at_runs()
    assert dict(snapshot.catalog.runs) == {}
    assert snapshot.notice == "the statistics of runs cannot be read: the database is damaged"
    assert current.run_trouble == snapshot.notice
    assert current.look_at_runs() is snapshot, "said once"
    kept.is_broken = False
    kept.ended({"A": ONE})
    mended = current.look_at_runs()
    assert (mended.notice, dict(mended.catalog.runs)) == (None, {"a": ONE})


def test_what_nobody_looked_into_cannot_have_changed(kept: Kept) -> None:
    figures = RunFigures(kept.load, kept.look)
    before = figures.now()
    kept.ended({})
    assert say_the_same(before, {"a": TWO})
    assert kept.loads == 0


def test_numbers_that_are_none_are_left_out(kept: Kept) -> None:
    spend = {"USD": Decimal("nan"), "EUR": Decimal(2), "credits": Decimal("inf")}
    kept.stats = {"A": RunStats(total=1, spend=spend, tested_at=datetime(2026, 1, 1))}  # noqa: DTZ001  # what is meant
    found = RunFigures(kept.load, kept.look).now()["a"]
    assert (found.spend, found.tested_at) == ({"EUR": Decimal(2)}, datetime(2026, 1, 1, tzinfo=UTC))


def test_rows_that_make_no_sense_are_damage_and_not_the_end(current: Current, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RunFigures, "now", lambda _: Figures(lambda: {"a": int("no number")}, int))  # type: ignore[dict-item]
    runs = current.reload().catalog.runs
    assert dict(runs) == {}
    assert isinstance(runs, Figures)
    assert runs.trouble is not None
    assert runs.trouble.startswith("the statistics of runs are damaged: ")
