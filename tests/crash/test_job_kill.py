"""kill -9 of a run at any moment: it goes on afterwards, and nothing is ever sent twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crash.job_server import Counting, counting
from modeltui.domain.job import JobState
from modeltui.jobs.store import JobStore

MODEL = "prompt_to_image/counting"
SECRET = "sk-very-secret-0123456789"
DEADLINE_S = 120


@pytest.fixture
def server() -> Iterator[Counting]:
    with counting() as found:
        yield found


@pytest.fixture
def root(tmp_path: Path, server: Counting) -> Path:
    server.write_catalog(tmp_path / "catalog")
    return tmp_path / "catalog"


def start(root: Path, *words: str) -> subprocess.Popen[str]:
    env = {
        **os.environ,
        "LOOPBACK_TEST_KEY": SECRET,
        "HOME": str(root.parent),
        "XDG_CONFIG_HOME": str(root.parent / "config"),
        "XDG_STATE_HOME": str(root.parent / "state"),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "modeltui", words[0], "-C", str(root), *words[1:]],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def started(root: Path, prompt: str) -> subprocess.Popen[str]:
    return start(root, "run", MODEL, "-i", f"prompt={prompt}", "--yes")


def done(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=DEADLINE_S)
    return process.returncode, out, err


def until(is_so: Callable[[], object], what: str) -> None:
    end = time.monotonic() + DEADLINE_S
    while not is_so():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.005)


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=DEADLINE_S)


def store(root: Path) -> JobStore:
    return JobStore(str(root), user="test")


def no_secret(root: Path) -> None:
    for path in root.parent.rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path


def test_killed_at_any_moment_it_goes_on_and_is_sent_once(root: Path, server: Counting) -> None:
    dice = random.Random(20)
    for number in range(8):
        prompt = f"p{number}"
        process = started(root, prompt)
        steps = dice.randrange(0, 6)
        if steps:
            polls = steps - 1
            until(
                lambda name=prompt, least=polls: server.submits[name] and server.polls[name] >= least,  # type: ignore[misc]
                f"{prompt}: {polls} polls",
            )
        kill(process)
    resumed = done(start(root, "jobs", "resume", "--format", "json"))
    states: dict[str, Any] = {}
    for kept in store(root).list():
        states[kept.inputs["prompt"]] = kept.job.state
        assert server.submits[kept.inputs["prompt"]] <= 1
        if kept.job.state is JobState.UNCERTAIN:
            assert resumed[0] == 4
        else:
            assert kept.job.state is JobState.SUCCEEDED
            assert kept.job.files
            assert os.path.exists(kept.job.files[0].path)
    assert set(server.submits) <= set(states), "what was sent has a record"
    assert store(root).interrupted() == ()
    assert max(server.submits.values()) == 1
    assert sum(stats.total for stats in store(root).stats().values()) == len(states)
    no_secret(root)


def test_what_was_on_its_way_is_sent_again_only_with_a_yes_and_once(root: Path, server: Counting) -> None:
    with server.guard:  # the provider has the request, and does not answer
        process = started(root, "p")
        until(lambda: [kept for kept in store(root).list() if kept.job.state is JobState.SUBMITTING], "submitting")
        kill(process)
    (kept,) = store(root).list()
    code, _, err = done(start(root, "jobs", "resume"))
    assert (code, store(root).get(kept.job.id).job.state) == (4, JobState.UNCERTAIN)
    assert "--send-again" in err
    sent = server.submits["p"]
    code, _, err = done(start(root, "jobs", "resume", kept.job.id, "--send-again"))
    assert (code, server.submits["p"]) == (2, sent)
    assert "--yes" in err
    code, out, err = done(start(root, "jobs", "resume", kept.job.id[:9], "--send-again", "--yes", "--format", "json"))
    assert code == 0, err
    (new,) = json.loads(out)
    assert (new["state"], server.submits["p"]) == ("succeeded", sent + 1)
    old = store(root).get(kept.job.id)
    assert (old.job.state, old.resent_as) == (JobState.UNCERTAIN, new["id"])
    assert store(root).get(new["id"]).resend_of == kept.job.id
    code, _, err = done(start(root, "jobs", "resume", kept.job.id, "--send-again", "--yes"))
    assert (code, server.submits["p"]) == (1, sent + 1)
    assert f"it was sent again already, as {new['id']}" in err
    no_secret(root)


def test_a_run_that_is_told_to_end_says_how_to_go_on(root: Path, server: Counting) -> None:
    server.polls_needed = 10**9
    process = started(root, "p")
    until(lambda: server.polls["p"], "a poll")
    process.send_signal(signal.SIGTERM)
    code, _, err = done(process)
    (kept,) = store(root).interrupted()
    assert code == -signal.SIGTERM
    assert f"job {kept.job.id}\n" in err
    assert f"`modeltui jobs resume {kept.job.id}` goes on with it" in err
    assert server.cancelled == set()
    server.polls_needed = 0
    code, out, _ = done(start(root, "jobs", "resume", kept.job.id))
    assert (code, server.submits["p"]) == (0, 1)
    assert os.path.exists(out.strip())


def test_ctrl_c_cancels_at_the_provider(root: Path, server: Counting) -> None:
    server.polls_needed = 10**9
    process = started(root, "p")
    until(lambda: server.polls["p"], "a poll")
    process.send_signal(signal.SIGINT)
    code, _, _ = done(process)
    assert (code, server.cancelled) == (130, {"p"})
    assert [kept.job.state for kept in store(root).list()] == [JobState.CANCELLED]


def test_a_run_of_another_process_is_cancelled_and_is_not_taken_up(root: Path, server: Counting) -> None:
    server.polls_needed = 10**9
    process = started(root, "p")
    until(lambda: server.polls["p"], "a poll")
    (kept,) = store(root).list()
    code, _, err = done(start(root, "jobs", "resume", kept.job.id))
    assert code == 3
    assert f"(pid {process.pid}) is at work on the job" in err
    code, _, err = done(start(root, "jobs", "cancel", kept.job.id))
    assert (code, server.cancelled) == (0, {"p"}), err
    assert done(process)[0] == 130
    assert store(root).get(kept.job.id).job.state is JobState.CANCELLED


def test_the_run_of_a_dead_process_is_cancelled_at_its_provider(root: Path, server: Counting) -> None:
    server.polls_needed = 10**9
    process = started(root, "p")
    until(lambda: server.polls["p"], "a poll")
    kill(process)
    (kept,) = store(root).interrupted()
    code, _, err = done(start(root, "jobs", "cancel", kept.job.id))
    assert (code, server.cancelled) == (0, {"p"}), err
    assert store(root).get(kept.job.id).job.state is JobState.CANCELLED
    code, _, err = done(start(root, "jobs", "cancel", kept.job.id))
    assert code == 1
    assert "has ended" in err
