"""The pace of a provider: no window ever holds too much, and what it asks for is kept."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modeltui.jobs.limiter import USUAL_CONCURRENCY, Limiter, Limits, Rate, limits_of
from unit.jobs.virtual import CLOCK, run

_SLACK = 1e-6


def fullest(sent: list[float], per_s: float) -> int:
    """The most in any stretch that is open at its start."""
    return max(sum(at - per_s + _SLACK < other <= at for other in sent) for at in sent)


async def _all_sent(limits: Limits, jobs: int, tries: int = 1) -> list[float]:
    limiter, sent = Limiter(limits, CLOCK), []

    async def job() -> None:
        ticket = limiter.ticket()
        for _ in range(tries):
            await ticket.before_submit()
            sent.append(CLOCK.monotonic())
        ticket.close()

    tasks = set()
    for _ in range(jobs):
        while (wait := limiter.wait_s()) > 0:  # noqa: ASYNC110  # as the scheduler does
            await asyncio.sleep(wait)
        tasks.add(asyncio.create_task(job()))
    await asyncio.gather(*tasks)
    return sent


def test_no_window_holds_more_and_none_is_wasted() -> None:
    rates = (Rate(5, 1.0), Rate(12, 10.0))
    sent = run(_all_sent(Limits(4, rates), 30))
    for rate in rates:
        assert fullest(sent, rate.per_s) == rate.count
    assert sent[-1] == pytest.approx(21.0)  # 12 in the first ten seconds, 12 in the next, the last one second later


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 6), st.sampled_from([0.5, 1.0, 3.0, 10.0])), min_size=1, max_size=3),
    st.integers(1, 25),
    st.integers(1, 3),
)
def test_no_window_is_ever_too_full(rates: list[tuple[int, float]], jobs: int, tries: int) -> None:
    found = tuple(Rate(count, per_s) for count, per_s in rates)
    sent = run(_all_sent(Limits(4, found), jobs, tries))
    assert len(sent) == jobs * tries
    for rate in found:
        assert fullest(sent, rate.per_s) <= rate.count


def test_what_one_job_is_told_holds_for_the_others() -> None:
    async def main() -> float:
        limiter = Limiter(Limits(), CLOCK)
        limiter.ticket().held_back(30)
        assert limiter.why() == "it asked for a pause; 30 s"
        assert limiter.wait_s() == 30
        await limiter.ticket().before_submit()
        return CLOCK.monotonic()

    assert run(main()) >= 30


def test_a_job_that_never_sends_leaves_its_place() -> None:
    async def main() -> tuple[float, float]:
        limiter = Limiter(Limits(4, (Rate(1, 60.0),)), CLOCK)
        ticket = limiter.ticket()
        before = limiter.wait_s()
        ticket.close()
        ticket.close()
        return before, limiter.wait_s()

    assert run(main()) == (60.0, 0.0)


def test_why_it_waits() -> None:
    async def main() -> str:
        limiter = Limiter(Limits(4, (Rate(2, 10.0),)), CLOCK)
        for _ in range(2):
            await limiter.ticket().before_submit()
        return limiter.why()

    assert run(main()) == "2 in 10 s are sent; 10 s"


@pytest.mark.parametrize(
    ("table", "found"),
    [
        (None, Limits()),
        ({"concurrency": 24}, Limits(24)),
        ({"requests": [{"count": 20, "per_s": 10}]}, Limits(USUAL_CONCURRENCY, (Rate(20, 10),))),
        ({"concurrency": 0, "requests": [{"count": 0, "per_s": 1}, {"count": 1}, 7]}, Limits()),
        ({"concurrency": "many", "requests": "often"}, Limits()),
    ],
)
def test_limits_of_a_file(table: Any, found: Limits) -> None:
    assert limits_of({} if table is None else {"limits": table}) == found
