"""Every word that the job providers have for a job: pending ones are polled through, bad ones fail it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from modeltui.domain.job import JobState
from unit.providers.loopback import FakeTime, Runner
from unit.providers.servers.base import ProtocolServer
from unit.providers.servers.fleet import server_for
from unit.providers.servers.scene import Scene, check_done


class Protocol(NamedTuple):
    provider: str
    key: str
    pending: tuple[Any, ...]
    done: Any
    bad: tuple[Any, ...]


FLAGGED = ((0,), 1, (2, 3))
PROTOCOLS = {
    "kie-jobs": Protocol(
        "kie_ai", "prompt_to_image/seedream-4", ("waiting", "queuing", "generating"), "success", ("fail",)
    ),
    "kie-veo": Protocol("kie_ai", "prompt_to_video/veo-3-1-fast", *FLAGGED),
    "kie-gpt4o": Protocol("kie_ai", "prompt_to_image/chatgpt-4o-image", *FLAGGED),
    "kie-kontext": Protocol("kie_ai", "prompt_to_image/flux-1-kontext-pro", *FLAGGED),
    "kie-mj": Protocol("kie_ai", "prompt_to_image/midjourney", *FLAGGED),
    "kie-suno": Protocol(
        "kie_ai",
        "prompt_to_audio/suno-5",
        ("PENDING", "TEXT_SUCCESS", "FIRST_SUCCESS"),
        "SUCCESS",
        ("CREATE_TASK_FAILED", "GENERATE_AUDIO_FAILED", "CALLBACK_EXCEPTION", "SENSITIVE_WORD_ERROR"),
    ),
    "kie-runway": Protocol(
        "kie_ai", "prompt_to_video/runway", ("wait", "queueing", "generating"), "success", ("fail",)
    ),
    "runware": Protocol("runware", "prompt_to_video/seedance-1-0-pro-fast", ("processing",), "success", ("error",)),
    "replicate": Protocol(
        "replicate",
        "prompt_to_image/replicate-flux-schnell",
        ("starting", "processing"),
        "succeeded",
        ("failed", "canceled", "aborted"),
    ),
    "fal": Protocol(
        "fal",
        "prompt_to_image/flux-1-1-pro-ultra-fal",
        ("IN_QUEUE", "IN_PROGRESS"),
        "COMPLETED",
        ("COMPLETED with an error",),
    ),
    "luma": Protocol("luma", "prompt_to_video/luma-ray-2-direct", ("queued", "dreaming"), "completed", ("failed",)),
    "kling": Protocol(
        "kling", "prompt_to_video/kling-2-5-turbo-direct", ("submitted", "processing"), "succeed", ("failed",)
    ),
    "bfl": Protocol(
        "bfl",
        "prompt_to_image/flux-1-1-pro-ultra-bfl",
        ("Pending",),
        "Ready",
        ("Error", "Task not found", "Request Moderated", "Content Moderated"),
    ),
    "google-interactions": Protocol(
        "google",
        "chat/gemini-3-flash-interactions",
        ("queued", "in_progress", "requires_action", "requires_continuation"),
        "completed",
        ("failed", "cancelled", "incomplete", "budget_exceeded"),
    ),
    "google-operation": Protocol(
        "google", "prompt_to_video/veo-3-1-google", ("in_progress",), "completed", ("failed",)
    ),
}
SHOWN: dict[str, dict[Any, str]] = {
    "fal": {"COMPLETED with an error": "FAILED"},
    "google-operation": {"in_progress": "running"},
}
"""Words that the file puts in place of what the provider tells."""
BAD = [(name, state) for name, protocol in PROTOCOLS.items() for state in protocol.bad]
REASON = "the reason of the day"
REASONS = {"bfl": json.dumps({"reason": REASON})}
"""How it is told where it is no plain text."""
UNEXPLAINED = ("cancelled", "incomplete", "budget_exceeded")
"""States without a reason of their own; the whole answer is shown."""
NO_STATES = ("google-operation",)
"""A boolean has no unknown state."""
LIES_LATE = ("kie-veo",)
"""What tells of success before it has the result."""


@pytest.fixture
def stage(runner: Runner) -> Iterator[Callable[[str], Scene]]:
    running: list[ProtocolServer] = []

    def begin(name: str) -> Scene:
        running.append(server_for(PROTOCOLS[name].provider))
        return Scene(running[-1], runner, PROTOCOLS[name].key)

    yield begin
    for server in running:
        server.close()


def shown(name: str, state: Any) -> str:
    return SHOWN.get(name, {}).get(state, str(state))


@pytest.mark.parametrize("name", PROTOCOLS)
async def test_every_pending_state_is_told_and_polled_through(stage: Callable[[str], Scene], name: str) -> None:
    scene, protocol = stage(name), PROTOCOLS[name]
    scene.server.tell(*protocol.pending, protocol.done)
    jobs = await scene.jobs()
    details = [job.detail for job in jobs if job.state is JobState.POLLING and job.polls]
    told = [shown(name, state) for state in protocol.pending]
    assert list(dict.fromkeys(details)) == told
    assert jobs[-1].state is JobState.SUCCEEDED, jobs[-1].error
    assert len(jobs[-1].files) == 1
    assert jobs[-1].polls == len(protocol.pending) + 1


@pytest.mark.parametrize(("name", "state"), BAD, ids=[f"{name}-{state}" for name, state in BAD])
async def test_every_bad_end_fails_the_job_and_says_why(stage: Callable[[str], Scene], name: str, state: Any) -> None:
    scene = stage(name)
    scene.server.fail(REASON, state)
    last = await scene.last()
    assert (last.state, last.files) == (JobState.FAILED, ())
    assert last.error == f"{shown(name, state)}: {REASONS.get(name, REASON)}" or state in UNEXPLAINED
    assert (last.error or "").startswith(f"{shown(name, state)}: ")
    assert scene.server.files.seen == []


@pytest.mark.parametrize("name", [name for name in PROTOCOLS if name not in NO_STATES])
async def test_an_unknown_state_is_shown_and_polled_to_the_deadline(
    stage: Callable[[str], Scene], time: FakeTime, name: str
) -> None:
    scene = stage(name)
    scene.server.tell("reticulating")
    scene.model["poll"]["timeout_s"] = 30
    jobs = await scene.jobs()
    assert "unknown status 'reticulating'" in [job.detail for job in jobs]
    assert jobs[-1].state is JobState.FAILED
    assert (jobs[-1].error or "").startswith("no result within 30 s; the last status was 'reticulating'")
    assert "may still be running there" in (jobs[-1].hint or "")
    assert sum(time.sleeps) == pytest.approx(30)


@pytest.mark.parametrize("name", PROTOCOLS)
async def test_what_is_moderated_fails_with_the_providers_words(stage: Callable[[str], Scene], name: str) -> None:
    scene = stage(name)
    scene.server.moderate()
    if name == "google-interactions":
        scene.server.fail("the prompt goes against the rules")
    last = await scene.last()
    assert (last.state, last.files) == (JobState.FAILED, ())
    assert any(word in (last.error or "") for word in ("flagged", "rules", "Moderated", "Invalid content"))


@pytest.mark.parametrize("name", [name for name in PROTOCOLS if name != "google-interactions"])
async def test_a_job_that_is_done_at_once_is_fetched(stage: Callable[[str], Scene], name: str) -> None:
    scene = stage(name)
    scene.server.tell(PROTOCOLS[name].done)
    last = await scene.last()
    assert (last.state, last.polls) == (JobState.SUCCEEDED, 1)


@pytest.mark.parametrize("name", LIES_LATE)
async def test_success_before_the_result_is_waited_out(stage: Callable[[str], Scene], name: str) -> None:
    scene = stage(name)
    scene.server.be_late()
    jobs = await scene.jobs()
    assert "1, waiting for the result" in [job.detail for job in jobs]
    check_done(scene, jobs)


@pytest.mark.parametrize("name", LIES_LATE)
async def test_success_without_a_result_ends_in_the_end(
    stage: Callable[[str], Scene], time: FakeTime, name: str
) -> None:
    scene = stage(name)
    scene.server.tell(1)
    scene.server.results = 0
    last = await scene.last()
    assert last.state is JobState.FAILED
    assert "holds no result" in (last.error or "")
    assert 60 <= sum(time.sleeps) < 80
