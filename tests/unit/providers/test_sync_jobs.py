"""The jobs among the protocols that mostly answer at once: every state, late results, the key, cancelling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import aclosing
from typing import Any

import pytest

from modeltui.domain.job import Job, JobState
from modeltui.domain.run_spec import compile_run
from modeltui.providers.engine import JobRun
from unit.providers.loopback import KEY, FakeTime, Runner
from unit.providers.servers.base import ProtocolServer
from unit.providers.servers.fleet import server_for
from unit.providers.servers.openai import OpenAIServer
from unit.providers.servers.openrouter import OpenRouterServer
from unit.providers.servers.scene import Scene, check_done
from unit.providers.servers.stability import StabilityServer
from unit.providers.servers.valid_inputs import least_inputs
from unit.providers.test_every_sync_model import as_file

MODELS = {
    "openai": ("openai", "prompt_to_video/openai-sora-2-pro"),
    "together": ("together", "prompt_to_video/hailuo-02-together"),
    "openrouter": ("openrouter", "prompt_to_video/veo-3-1-openrouter"),
    "openrouter-content": ("openrouter", "prompt_to_video/seedance-1-5-pro-openrouter"),
    "stability": ("stability", "image_editing/stable-creative-upscale"),
}
PENDING = {
    "openai": ("queued", "in_progress"),
    "together": ("queued", "in_progress"),
    "openrouter": ("pending", "in_progress"),
    "openrouter-content": ("pending", "in_progress"),
    "stability": (202,),
}
BAD_ENDS = [
    ("openai", "failed"),
    ("together", "failed"),
    ("together", "cancelled"),
    *(("openrouter", state) for state in ("failed", "cancelled", "expired")),
    *(("openrouter-content", state) for state in ("failed", "cancelled", "expired")),
    *(("stability", state) for state in (400, 403, 404)),
]
FINAL = {"stability": 200}
OPEN = ("together",)
"""Results are on a media host, and the key stays away from there."""

Stage = Callable[[str], Scene]


@pytest.fixture
def stage(runner: Runner) -> Iterator[Stage]:
    running: list[ProtocolServer] = []

    def begin(name: str) -> Scene:
        provider, key = MODELS[name]
        running.append(server_for(provider))
        return Scene(running[-1], runner, key)

    yield begin
    for server in running:
        server.close()


def inputs(scene: Scene) -> dict[str, Any]:
    return {name: as_file(value) for name, value in least_inputs(scene.model).items()}


async def run(scene: Scene) -> list[Job]:
    return await scene.jobs(inputs(scene))


@pytest.mark.parametrize("name", MODELS)
async def test_every_pending_state_is_polled_through(stage: Stage, name: str) -> None:
    scene = stage(name)
    scene.server.tell(*PENDING[name], *PENDING[name], FINAL.get(name, "completed"))
    jobs = await run(scene)
    check_done(scene, jobs)
    details = {job.detail for job in jobs if job.state is JobState.POLLING}
    assert {str(state) for state in PENDING[name]} <= details
    assert not [detail for detail in details if "unknown" in detail]


@pytest.mark.parametrize(("name", "state"), BAD_ENDS)
async def test_every_bad_end_says_why(stage: Stage, name: str, state: Any) -> None:
    scene = stage(name)
    scene.server.fail("the reason of it", state)
    last = (await run(scene))[-1]
    assert (last.state, last.files) == (JobState.FAILED, ())
    if (name, state) != ("together", "cancelled"):
        assert "the reason of it" in str(last.error)
    assert scene.server.submits == 1


@pytest.mark.parametrize("name", [name for name in MODELS if name != "stability"])
async def test_an_unknown_state_is_never_success(stage: Stage, name: str) -> None:
    scene = stage(name)
    scene.server.tell("halfway")
    jobs = await run(scene)
    assert jobs[-1].state is JobState.FAILED
    assert "unknown status 'halfway'" in {job.detail for job in jobs}
    assert "the last status was 'halfway'" in str(jobs[-1].error)


@pytest.mark.parametrize("name", MODELS)
async def test_polls_go_on_through_trouble(stage: Stage, name: str) -> None:
    scene = stage(name)
    for code in (500, 502, 503, 429):
        scene.server.refuse(code, at="poll")
    scene.server.cut(at="poll")
    check_done(scene, await run(scene))


@pytest.mark.parametrize("name", ["openai", "openrouter-content"])
async def test_the_answer_that_is_the_file_is_fetched_again(stage: Stage, name: str) -> None:
    scene = stage(name)
    scene.server.refuse(503, at="fetch")
    scene.server.break_off(at="fetch")
    check_done(scene, await run(scene))
    assert [seen.headers["authorization"] for seen in scene.seen] == [f"Bearer {KEY}"] * len(scene.seen)


async def test_openai_says_when_to_ask_again(stage: Stage, time: FakeTime) -> None:
    scene = stage("openai")
    assert isinstance(scene.server, OpenAIServer)
    scene.server.poll_after_ms = 12_000
    check_done(scene, await run(scene))
    assert time.sleeps == [5, 12, 12]


async def test_openai_tells_how_far_it_is(stage: Stage) -> None:
    jobs = await run(stage("openai"))
    assert [job.progress for job in jobs if job.detail == "in_progress"] == [0.4]


@pytest.mark.parametrize("name", ["openai"])
async def test_cancelling_deletes_the_video(stage: Stage, name: str) -> None:
    scene = stage(name)
    scene.server.tell("queued")
    prepared = compile_run(scene.model).prepare(inputs(scene), job_uuid="u")
    job_run: JobRun = scene.runner.run(scene.model, scene.provider, prepared.inputs)
    async with aclosing(job_run.events()) as events:
        async for job in events:
            if job.state is JobState.POLLING:
                break
    assert (job_run.job.state, job_run.job.hint) == (JobState.CANCELLED, None)
    assert scene.remote.is_cancelled


@pytest.mark.parametrize("is_relative", [True, False], ids=["path", "url"])
async def test_openrouter_gives_a_path_or_a_url_to_poll(stage: Stage, is_relative: bool) -> None:
    scene = stage("openrouter")
    assert isinstance(scene.server, OpenRouterServer)
    scene.server.is_relative = is_relative
    jobs = await run(scene)
    check_done(scene, jobs)
    assert jobs[-1].reported is not None
    assert str(jobs[-1].reported.amount) == "0.64"


async def test_openrouters_results_want_the_key(stage: Stage) -> None:
    scene = stage("openrouter")
    check_done(scene, await run(scene))
    content = [seen for seen in scene.seen if seen.path.endswith("/content")]
    assert [(seen.query, seen.headers["authorization"]) for seen in content] == [({"index": "0"}, f"Bearer {KEY}")]


async def test_openrouter_polls_nowhere_else(stage: Stage) -> None:
    scene = stage("openrouter")
    scene.server.answer({"id": "v1", "polling_url": f"{scene.server.files.url}/v1", "status": "pending"}, 202)
    last = (await run(scene))[-1]
    assert last.state is JobState.FAILED
    assert scene.server.files.seen == []


async def test_openrouter_may_have_its_result_late(stage: Stage) -> None:
    scene = stage("openrouter")
    scene.server.be_late()
    jobs = await run(scene)
    check_done(scene, jobs)
    assert "completed, waiting for the result" in {job.detail for job in jobs}


async def test_together_tells_what_it_took_and_its_files_get_no_key(stage: Stage) -> None:
    scene = stage("together")
    jobs = await run(scene)
    check_done(scene, jobs)
    assert jobs[-1].reported is not None
    assert str(jobs[-1].reported.amount) == "0.49"
    assert [seen for seen in scene.server.files.seen if "authorization" in seen.headers] == []
    assert scene.seen[0].json["seconds"] == "6"


@pytest.mark.parametrize("status", [403, 404, 410])
async def test_a_link_that_has_died_says_so(stage: Stage, status: int) -> None:
    scene = stage("together")
    scene.server.expire_media(status)
    last = (await run(scene))[-1]
    assert last.state is JobState.FAILED
    assert "may have expired" in str(last.error)


async def test_a_moderated_upscale_is_not_kept(stage: Stage) -> None:
    scene = stage("stability")
    assert isinstance(scene.server, StabilityServer)
    scene.server.moderate()
    last = (await run(scene))[-1]
    assert (last.state, last.error, last.files) == (JobState.FAILED, "answered 200: CONTENT_FILTERED", ())


@pytest.mark.parametrize("name", MODELS)
async def test_a_submit_without_an_answer_in_time_is_uncertain(stage: Stage, name: str) -> None:
    scene = stage(name)
    scene.model["request"]["timeout_s"] = 1.0  # it has to have arrived by then, however much the machine has to do
    scene.server.hang()
    last = await asyncio.wait_for(scene.last(inputs(scene)), 60)
    assert last.state is JobState.UNCERTAIN
    assert len(scene.seen) == 1
