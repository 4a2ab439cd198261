"""Servers that are closed after the test, a clock that never waits, and a runner on both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from unit.providers.loopback import Answers, FakeTime, Loopback, Runner


@pytest.fixture
def serve() -> Iterator[Callable[[Answers], Loopback]]:
    """Start servers that are closed when the test is over."""
    servers: list[Loopback] = []

    def start(answer: Answers) -> Loopback:
        servers.append(Loopback(answer))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def runner(tmp_path: Path, time: FakeTime) -> Runner:
    return Runner(str(tmp_path / "out"), time)
