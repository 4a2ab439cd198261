"""Many jobs at once: what begins when, what holds them back, and how they end."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from modeltui.domain.batch import BatchProgress, BatchState
from modeltui.domain.call import Cost
from modeltui.domain.job import Job, JobState
from modeltui.domain.units import NO_UNITS, Units
from modeltui.errors import RefusedError
from modeltui.jobs.batch_budget import Budget, fitting
from modeltui.jobs.batch_control import Control, Wish
from modeltui.jobs.batch_lane import Entry
from modeltui.jobs.limiter import Limits, Rate
from modeltui.jobs.scheduler import Scheduler
from modeltui.providers.pace import Pace
from unit.jobs.virtual import CLOCK, run

AT = datetime(2026, 11, 20, tzinfo=UTC)


def cost(amount: str, currency: str = "credits") -> Cost:
    return Cost(Decimal(amount), currency)


@dataclass
class Ground:
    """Jobs that take `takes_s` each, and what happened."""

    takes_s: float = 1.0
    limits: Mapping[str, Limits] = field(default_factory=dict)
    reported: Mapping[str, Cost] = field(default_factory=dict)
    ends: Mapping[str, JobState] = field(default_factory=dict)
    throttled: set[str] = field(default_factory=set)
    raises: set[str] = field(default_factory=set)
    begun: list[tuple[str, float]] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    running: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)

    async def follow(self, entry: Entry, pace: Pace) -> AsyncGenerator[Job, None]:
        job = Job(id=entry.id, key=f"chat/{entry.id}", uid=None, provider=entry.provider, state=JobState.SUBMITTING,
                  started_at=AT, estimate=entry.estimate)  # fmt: skip
        if entry.id in self.raises:
            raise RefusedError("the disk is full")
        self.running[entry.provider] += 1
        self.most[entry.provider] = max(self.most[entry.provider], self.running[entry.provider])
        try:
            yield job
            await pace.before_submit()
            self.begun.append((entry.id, CLOCK.monotonic()))
            if entry.id in self.throttled:
                pace.held_back(20)
                yield replace(job, state=JobState.QUEUED, detail="waits to be sent again in 20 s")
                await asyncio.sleep(20)
                await pace.before_submit()
                yield job
            job = replace(job, state=JobState.POLLING, remote_id="r")
            yield job
            await asyncio.sleep(self.takes_s)
            state = self.ends.get(entry.id, JobState.SUCCEEDED)
            yield replace(job, state=state, reported=self.reported.get(entry.id), elapsed_s=self.takes_s)
        except asyncio.CancelledError:
            self.cancelled.append(entry.id)
            await asyncio.sleep(0.5)
            yield replace(job, state=JobState.CANCELLED)
            raise
        finally:
            self.running[entry.provider] -= 1

    def scheduler(self, entries: list[Entry], **options: Any) -> Scheduler:
        known: dict[str, Any] = {"budget": Budget(None, NO_UNITS), "control": Control(), "ended": [], "clock": CLOCK}
        known |= options
        ended = known.pop("ended")
        return Scheduler(
            "b", entries, ended, lambda name: self.limits.get(name, Limits()), self.follow, **known
        )  # fmt: skip


def entries(count: int, provider: str = "p", price: str | None = "1", first: int = 0) -> list[Entry]:
    estimate = None if price is None else cost(price)
    return [Entry(f"{provider}{n}", provider, first + n, estimate) for n in range(count)]


def told(
    scheduler: Callable[[], Scheduler], then: Callable[[BatchProgress], None] = lambda _: None
) -> list[BatchProgress]:
    async def main() -> list[BatchProgress]:
        found = []
        async for progress in scheduler().progress():
            found.append(progress)
            then(progress)
        return found

    return run(main())


def test_each_provider_has_its_own_pace() -> None:
    ground = Ground(limits={"slow": Limits(1), "fast": Limits(5, (Rate(3, 10.0),))})
    wanted = [*entries(4, "slow"), *entries(7, "fast", first=4)]
    last = told(lambda: ground.scheduler(wanted))[-1]
    assert (last.state, last.tally.succeeded) == (BatchState.FINISHED, 11)
    assert ground.most == {"slow": 1, "fast": 3}
    fast = [at for name, at in ground.begun if name.startswith("fast")]
    assert fast == pytest.approx([0, 0, 0, 10, 10, 10, 20])
    assert last.providers["fast"].succeeded == 7


def test_a_limit_over_all_holds_too() -> None:
    ground = Ground()
    found = told(lambda: ground.scheduler([*entries(4, "a"), *entries(4, "b", first=4)], concurrency=3))
    assert max(progress.tally.running for progress in found) == 3
    assert any(progress.waiting.get("b") == "3 run at once" for progress in found)


def test_a_pause_that_one_job_is_told_holds_back_the_next() -> None:
    ground = Ground(limits={"p": Limits(2)}, throttled={"p0"})
    found = told(lambda: ground.scheduler(entries(4)))
    begun = dict(ground.begun)
    assert begun.pop("p0") == 0
    assert min(begun.values()) >= 20
    assert found[-1].tally.succeeded == 4
    waits = [each for each in found if each.last and each.last.state is JobState.QUEUED]
    assert waits, "it was told"
    assert all(each.tally.running == 2 and each.tally.queued == 2 for each in waits), "it holds its place"
    assert all(each.sending <= 1 for each in waits)
    assert any("asked for a pause" in progress.waiting.get("p", "") for progress in found)


def test_the_budget_stops_it_before_it_is_passed() -> None:
    ground = Ground()
    last = told(lambda: ground.scheduler(entries(10, price="3"), budget=Budget(cost("10"), NO_UNITS)))[-1]
    assert (last.state, last.tally.succeeded, last.tally.queued) == (BatchState.STOPPED, 3, 7)
    assert last.spent == {"credits": Decimal(9)}
    assert last.note == "the budget is 10 credits: 9 credits taken, the next needs 3 credits"


def test_what_runs_counts_before_it_has_ended() -> None:
    ground = Ground(limits={"p": Limits(10)})
    found = told(lambda: ground.scheduler(entries(10, price="3"), budget=Budget(cost("10"), NO_UNITS)))
    assert max(progress.tally.running for progress in found) == 3
    assert any(progress.committed == {"credits": Decimal(9)} for progress in found)


def test_nothing_new_begins_when_estimates_did_not_hold() -> None:
    ground = Ground(limits={"p": Limits(1)}, reported={"p0": cost("50")})
    last = told(lambda: ground.scheduler(entries(10, price="3"), budget=Budget(cost("20"), NO_UNITS)))[-1]
    assert (last.state, last.tally.done) == (BatchState.STOPPED, 1)
    assert last.spent == {"credits": Decimal(50)}


def test_a_budget_in_another_currency_is_converted() -> None:
    ground = Ground()
    budget = Budget(cost("0.10", "USD"), Units(Decimal(50)))
    assert told(lambda: ground.scheduler(entries(10), budget=budget))[-1].tally.succeeded == 5


def test_a_budget_holds_for_runs_of_a_currency_that_has_a_rate() -> None:
    budget = Budget(cost("2"), Units(Decimal(50), rates={"EUR": Decimal("1.08")}))
    assert budget.refusal(cost("0.03", "EUR")) is None
    assert budget.refusal(cost("0.04", "EUR")) is not None


def test_a_run_that_was_not_taken_costs_nothing() -> None:
    job = Job(id="a", key="k", uid=None, provider="p", state=JobState.FAILED, started_at=AT, estimate=cost("1"))
    budget = Budget(cost("5"), NO_UNITS)
    for each in (job, replace(job, state=JobState.CANCELLED)):
        budget.count(each)
    assert budget.spent == {}
    for each in (replace(job, reported=cost("3")), replace(job, state=JobState.UNCERTAIN)):
        budget.count(each)
    assert budget.spent == {"credits": Decimal(4)}


def test_pause_and_go_on_from_another_thread() -> None:
    ground, control, seen = Ground(limits={"p": Limits(1)}), Control(), []

    def say(wish: Wish) -> None:
        speaker = threading.Thread(target=control.say, args=(wish,))
        speaker.start()
        speaker.join()

    def then(progress: BatchProgress) -> None:
        seen.append((progress.state, progress.tally.running))
        if progress.tally.done == 1 and progress.state is BatchState.RUNNING and len(seen) < 8:
            say(Wish.PAUSE)
        elif progress.state is BatchState.PAUSED and not progress.tally.running:
            say(Wish.GO)

    last = told(lambda: ground.scheduler(entries(4), control=control), then)[-1]
    assert (BatchState.PAUSED, 0) in seen
    assert (last.state, last.tally.succeeded) == (BatchState.FINISHED, 4)


def test_a_stop_lets_what_runs_come_to_its_end() -> None:
    ground, control = Ground(limits={"p": Limits(2)}), Control()
    last = told(lambda: ground.scheduler(entries(6), control=control), lambda _: control.say(Wish.STOP))[-1]
    assert (last.state, last.tally.succeeded, last.tally.queued) == (BatchState.STOPPED, 2, 4)
    assert not ground.cancelled


def test_a_cancel_is_said_once_to_each() -> None:
    ground, control = Ground(takes_s=100, limits={"p": Limits(2)}), Control()

    def then(progress: BatchProgress) -> None:
        if len(ground.begun) == 2:
            control.say(Wish.CANCEL)

    last = told(lambda: ground.scheduler(entries(6), control=control), then)[-1]
    assert (last.state, last.tally.cancelled, last.tally.queued) == (BatchState.STOPPED, 2, 4)
    assert sorted(ground.cancelled) == ["p0", "p1"]


def test_what_holds_for_every_job_stops_it() -> None:
    ground = Ground(limits={"p": Limits(1)}, raises={"p2"})

    async def main() -> BatchProgress:
        stream, found = ground.scheduler(entries(5)).progress(), []
        while True:
            try:
                found.append(await anext(stream))
            except RefusedError as error:
                assert error.message == "the disk is full"  # noqa: PT017  # what came before it is wanted too
                return found[-1]

    last = run(main())
    assert (last.state, last.tally.succeeded, last.tally.queued) == (BatchState.STOPPED, 2, 3)
    assert last.note == "the disk is full"


def test_what_ended_before_counts() -> None:
    ground = Ground()
    before = Job(id="x", key="k", uid=None, provider="p", state=JobState.SUCCEEDED, started_at=AT, estimate=cost("9"))
    found = told(lambda: ground.scheduler(entries(3, price="3"), ended=[before], budget=Budget(cost("15"), NO_UNITS)))
    assert (found[-1].tally.total, found[-1].tally.succeeded) == (4, 3)
    assert found[-1].state is BatchState.STOPPED


def test_what_was_submitted_before_is_followed_whatever_the_budget_says() -> None:
    ground = Ground()
    taken_up = replace(entries(1, price="100")[0], is_submitted=True)
    assert told(lambda: ground.scheduler([taken_up], budget=Budget(cost("1"), NO_UNITS)))[-1].tally.succeeded == 1


def test_how_long_it_still_takes() -> None:
    ground = Ground(takes_s=10, limits={"p": Limits(2)})
    found = told(lambda: ground.scheduler(entries(10)))
    assert found[0].eta_s is None
    known = {progress.tally.done: progress.eta_s for progress in found if progress.last and progress.last.elapsed_s}
    assert known[2] == pytest.approx(40, abs=11)
    assert found[-1].eta_s == 0


def test_ten_thousand() -> None:
    ground = Ground(limits={"p": Limits(50)})
    count = 0

    async def main() -> BatchProgress:
        nonlocal count
        async for progress in ground.scheduler(entries(10_000)).progress():
            count, last = count + 1, progress
        return last

    assert run(main()).tally.succeeded == 10_000
    assert ground.most == {"p": 50}


def test_one_that_is_too_dear_holds_up_no_other() -> None:
    """Neither at its own provider nor at another."""
    ground = Ground(limits={"p": Limits(1), "q": Limits(1)})
    wanted = [*entries(1, "p", "50"), *entries(2, "q", "50", first=1), *entries(2, "q", "2", first=3)]
    wanted += [replace(each, id="late") for each in entries(1, "p", "3", first=5)]
    last = told(lambda: ground.scheduler(wanted, budget=Budget(cost("10"), NO_UNITS)))[-1]
    assert (last.state, last.tally.succeeded, last.tally.queued) == (BatchState.STOPPED, 3, 3)
    assert last.spent == {"credits": Decimal(7)}
    assert last.note == "the budget is 10 credits: 7 credits taken, the next needs 50 credits"
    assert fitting((each.estimate for each in wanted), cost("10"), NO_UNITS) == 3


def test_what_fits_and_waits_for_its_provider_is_waited_for() -> None:
    ground = Ground(limits={"p": Limits(1, (Rate(1, 10.0),)), "q": Limits(1)})
    wanted = [*entries(2, "p", "2"), *entries(1, "q", "50", first=2)]
    last = told(lambda: ground.scheduler(wanted, budget=Budget(cost("10"), NO_UNITS)))[-1]
    assert (last.state, last.tally.succeeded, last.tally.queued) == (BatchState.STOPPED, 2, 1)
