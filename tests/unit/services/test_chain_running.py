"""A step whose job somebody else took up: it is watched, and cancelled only by whoever leaves."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest
from msgspec.structs import replace

from modeltui.domain.job import Job, JobState
from modeltui.errors import BrokenFileError, BusyError, ModeltuiError, RefusedError
from modeltui.services.running.chain_running import ChainRun
from unit.jobs.making import job, kept

BEFORE = job(state=JobState.POLLING)


class Jobs:
    def __init__(self, refusal: ModeltuiError, *found: Job | ModeltuiError, is_followed: bool = True) -> None:
        self._refusal = refusal
        self._found = list(found)
        self._is_followed = is_followed
        self.cancelled: list[str] = []

    async def resume(self, _: str, *, send_again: bool) -> AsyncGenerator[Job, None]:
        raise self._refusal
        yield BEFORE

    def get(self, _: str) -> Any:
        found = self._found.pop(0) if len(self._found) > 1 else self._found[0]
        if isinstance(found, ModeltuiError):
            raise found
        return kept(found, is_followed=self._is_followed)

    async def cancel(self, name: str) -> None:
        self.cancelled.append(name)


def again(jobs: Jobs) -> AsyncGenerator[Job, None]:
    async def at_once(call: Callable[..., Any], *arguments: Any) -> Any:
        return call(*arguments)

    run = object.__new__(ChainRun)
    run.__dict__.update(_jobs=jobs, _sends_again=False, _off_loop=at_once)
    return run._again(BEFORE)


async def test_trouble_with_reading_cancels_no_job_of_somebody_else() -> None:
    jobs = Jobs(BusyError("bob is at work on it"), BEFORE, BrokenFileError("no database"))
    with pytest.raises(BrokenFileError):
        _ = [each async for each in again(jobs)]
    assert jobs.cancelled == []


async def test_who_leaves_cancels_it() -> None:
    jobs = Jobs(BusyError("bob is at work on it"), BEFORE)
    watched = again(jobs)
    assert await anext(watched) == BEFORE
    await watched.aclose()
    assert jobs.cancelled == [BEFORE.id]


async def test_what_is_refused_for_another_reason_is_not_asked_for_ever() -> None:
    moved = replace(BEFORE, state=JobState.DOWNLOADING)
    jobs = Jobs(RefusedError("you may not"), moved, is_followed=False)
    with pytest.raises(RefusedError, match="you may not"):
        _ = [each async for each in again(jobs)]
