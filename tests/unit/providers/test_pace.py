"""What a submit asks before it leaves, each time that it is tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from modeltui.domain.job import JobState
from unit.providers.loopback import Answers, Given, Loopback, Runner, Seen

MODEL: dict[str, Any] = {
    "model_id": "m",
    "inputs": {},
    "request": {"path": "/jobs", "body": {"a": 1}},
    "result": {"kind": "text", "select": "text"},
}


@dataclass
class Noted:
    asked: int = 0
    held: list[float] = field(default_factory=list)

    async def before_submit(self) -> None:
        self.asked += 1

    def held_back(self, seconds: float) -> None:
        self.held.append(seconds)


def provider(api: Loopback) -> dict[str, Any]:
    return {"id": "p", "base_url": api.url, "hosts": [api.host], "loopback": True, "auth": {"scheme": "none"}}


async def test_each_try_asks_and_a_refusal_for_its_rate_is_passed_on(
    serve: Callable[[Answers], Loopback], runner: Runner
) -> None:
    tries: list[Seen] = []

    def answer(seen: Seen) -> Given:
        tries.append(seen)
        return Given(429, {}, {"retry-after": "7"}) if len(tries) < 3 else Given(body={"text": "done"})

    pace = Noted()
    job = await runner.last(MODEL, provider(serve(answer)), {}, pace=pace)
    assert (job.state, pace.asked, pace.held) == (JobState.SUCCEEDED, 3, [7.0, 7.0])


@pytest.mark.parametrize("status", [400, 500])
async def test_another_error_holds_nobody_back(
    serve: Callable[[Answers], Loopback], runner: Runner, status: int
) -> None:
    pace = Noted()
    await runner.last(MODEL, provider(serve(lambda _: Given(status, {}))), {}, pace=pace)
    assert (pace.asked, pace.held) == (1, [])
