"""Ctrl+c while several jobs are gone on with."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from crash.job_server import Counting, counting
from crash.test_job_kill import done, kill, start, started, store, until


@pytest.fixture
def server() -> Iterator[Counting]:
    with counting() as found:
        yield found


def test_ctrl_c_cancels_the_one_and_leaves_the_rest(tmp_path: Path, server: Counting) -> None:
    root = tmp_path / "catalog"
    server.write_catalog(root)
    server.polls_needed = 10**9
    for prompt in ("one", "two", "three"):
        process = started(root, prompt)
        until(lambda name=prompt: server.polls[name], "a poll")  # type: ignore[misc]
        kill(process)
    polled = server.polls["one"]
    process = start(root, "jobs", "resume")
    until(lambda: server.polls["one"] > polled, "a poll of the first")
    process.send_signal(signal.SIGINT)
    code, _, err = done(process)
    assert (code, server.cancelled) == (130, {"one"}), err
    assert "2 left as they are" in err
    assert [kept.inputs["prompt"] for kept in store(root).interrupted()] == ["two", "three"]
