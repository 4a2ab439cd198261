"""A batch whose process is killed at random moments: after it is resumed, no run is lost and none was sent twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crash import batch_ground
from crash.conftest import Tell
from unit.providers.loopback import Loopback

TESTS = Path(__file__).parents[1]
RUNS, KILLS, SEED = 200, 3, 20261121
PATIENCE_S = 180


@pytest.fixture
def provider() -> batch_ground.Counting:
    return batch_ground.Counting()


@pytest.fixture
def server(provider: batch_ground.Counting) -> Iterator[Loopback]:
    found = Loopback(provider.answer)
    yield found
    found.close()


def _begun(root: Path, *words: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(TESTS.parent / "src")}
    command = [sys.executable, "-m", "modeltui", "-C", str(root), "batch", *words, "--yes"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def _said(root: Path, *words: str) -> Any:
    environment = {**os.environ, "PYTHONPATH": str(TESTS.parent / "src")}
    command = [sys.executable, "-m", "modeltui", "-C", str(root), *words, "--format", "json"]
    said = subprocess.run(command, env=environment, capture_output=True, check=False).stdout
    return json.loads(said) if said else None


def _killed_at(process: subprocess.Popen[bytes], provider: batch_ground.Counting, after: int) -> None:
    """Kill it as its `after`-th request from now is on its way: the request came, its answer does not arrive."""
    first: list[int] = []

    def before(number: int) -> None:
        first.append(number)
        if number - first[0] == after:
            process.kill()

    provider.before = before
    process.communicate(timeout=PATIENCE_S)
    provider.before = lambda _: None


def test_killed_and_resumed(tmp_path: Path, provider: batch_ground.Counting, server: Loopback, tell: Tell) -> None:
    batch_ground.build(tmp_path, server)
    moments = random.Random(SEED)
    words: tuple[str, ...] = ("key:*", "--inputs", batch_ground.inputs(), "--repeat", str(RUNS))
    for _ in range(KILLS):
        process = _begun(tmp_path, *words)
        _killed_at(process, provider, moments.randrange(5, RUNS // 2))
        assert process.returncode == -signal.SIGKILL
        (kept,) = _said(tmp_path, "batch", "--list")
        assert (kept["state"], kept["can_resume"], kept["tally"]["total"]) == ("interrupted", True, RUNS)
        words = ("--resume", kept["id"])
    process = _begun(tmp_path, *words)
    _, said = process.communicate(timeout=PATIENCE_S)
    found = _said(tmp_path, "batch", "--show", kept["id"])
    states = Counter(job["state"] for job in found["jobs"])
    tell(states)
    assert found["state"] == "finished", said
    assert states.keys() <= {"succeeded", "uncertain"}
    assert states.total() == RUNS
    assert set(provider.submits.values()) == {1}
    ids = {state: {job["id"] for job in found["jobs"] if job["state"] == state} for state in states}
    assert ids["succeeded"] <= provider.submits.keys() <= ids["succeeded"] | ids.get("uncertain", set())
    assert states["uncertain"] <= KILLS * 8
    assert process.returncode == (1 if states["uncertain"] else 0)
    assert found["spent"] == {"credits": str(2 * RUNS)}


def test_told_to_end_leaves_it_to_be_resumed(tmp_path: Path, provider: batch_ground.Counting, server: Loopback) -> None:
    """SIGTERM waits for what is on its way, cancels nothing, and ends by that signal."""
    batch_ground.build(tmp_path, server)
    process = _begun(tmp_path, "key:*", "--inputs", batch_ground.inputs(), "--repeat", "60")
    provider.before = lambda number: process.terminate() if number == 30 else None
    process.communicate(timeout=PATIENCE_S)
    assert process.returncode == -signal.SIGTERM
    (kept,) = _said(tmp_path, "batch", "--list")
    assert kept["can_resume"]
    assert not kept["tally"]["cancelled"]
    resumed = _begun(tmp_path, "--resume", kept["id"])
    resumed.communicate(timeout=PATIENCE_S)
    found = _said(tmp_path, "batch", "--show", kept["id"])
    tally = found["tally"]
    assert (found["state"], tally["succeeded"] + tally["uncertain"]) == ("finished", 60)
    assert resumed.returncode == (1 if tally["uncertain"] else 0)
    assert set(provider.submits.values()) == {1}


def test_interrupted_it_lets_what_runs_come_to_its_end(
    tmp_path: Path, provider: batch_ground.Counting, server: Loopback
) -> None:
    batch_ground.build(tmp_path, server)
    process = _begun(tmp_path, "key:*", "--inputs", batch_ground.inputs(), "--repeat", "60")
    provider.before = lambda number: process.send_signal(signal.SIGINT) if number == 30 else None
    _, said = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    assert b"nothing new begins" in said
    (kept,) = _said(tmp_path, "batch", "--list")
    tally = kept["tally"]
    assert (kept["state"], tally["running"], tally["cancelled"], tally["uncertain"]) == ("stopped", 0, 0, 0)
    assert tally["queued"]
    assert tally["succeeded"] == len(provider.submits)


def test_interrupted_twice_it_cancels_what_runs(
    tmp_path: Path, provider: batch_ground.Counting, server: Loopback
) -> None:
    """The provider never has a job done, so that only a second ctrl+c ends it."""
    batch_ground.build(tmp_path, server)
    provider.needed_polls = 10**9
    process = _begun(tmp_path, "key:*", "--inputs", batch_ground.inputs(), "--repeat", "60")
    provider.before = lambda number: process.send_signal(signal.SIGINT) if number in (60, 90) else None
    process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    (kept,) = _said(tmp_path, "batch", "--list")
    tally = kept["tally"]
    assert (kept["state"], tally["succeeded"], tally["running"]) == ("stopped", 0, 0)
    assert tally["cancelled"] + tally["queued"] == 60
    assert len(provider.submits) <= tally["cancelled"] <= 8


def test_told_by_another_process_to_stop(tmp_path: Path, provider: batch_ground.Counting, server: Loopback) -> None:
    batch_ground.build(tmp_path, server)
    provider.needed_polls = 10**9
    process = _begun(tmp_path, "key:*", "--inputs", batch_ground.inputs(), "--repeat", "60")
    assert server.was_asked.wait(PATIENCE_S)
    (kept,) = _said(tmp_path, "batch", "--list")
    assert kept["state"] == "running"
    _said(tmp_path, "batch", "--stop", kept["id"], "--now")
    process.communicate(timeout=PATIENCE_S)
    (kept,) = _said(tmp_path, "batch", "--list")
    tally = kept["tally"]
    assert (kept["state"], tally["succeeded"], tally["running"]) == ("stopped", 0, 0)
    assert tally["cancelled"] + tally["queued"] == 60
    assert len(provider.submits) <= tally["cancelled"] <= 8
    assert process.returncode == 1
