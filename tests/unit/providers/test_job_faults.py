"""What goes wrong on the way, in every protocol: refusals, rates, cuts, silence, nonsense, dead links, cancelling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest

from modeltui.domain.job import Job, JobState
from unit.providers.loopback import KEY, FakeTime, Runner
from unit.providers.servers.base import ProtocolServer
from unit.providers.servers.fleet import server_for
from unit.providers.servers.scene import Scene, check_done
from unit.providers.servers.valid_inputs import least_inputs

MODELS = {
    "kie-jobs": ("kie_ai", "prompt_to_image/seedream-4"),
    "kie-suno": ("kie_ai", "prompt_to_audio/suno-5"),
    "runware": ("runware", "prompt_to_video/seedance-1-0-pro-fast"),
    "replicate": ("replicate", "prompt_to_image/replicate-flux-schnell"),
    "fal": ("fal", "prompt_to_image/flux-1-1-pro-ultra-fal"),
    "luma": ("luma", "prompt_to_video/luma-ray-2-direct"),
    "kling": ("kling", "prompt_to_video/kling-2-5-turbo-direct"),
    "bfl": ("bfl", "prompt_to_image/flux-1-1-pro-ultra-bfl"),
    "google-operation": ("google", "prompt_to_video/veo-3-1-google"),
    "google-interactions": ("google", "chat/gemini-3-flash-interactions"),
}
IDEMPOTENT = ("runware",)
"""A request that is known again by our own id."""
SENT_ONCE = [name for name in MODELS if name not in IDEMPOTENT]
DOWNLOADED = [name for name in MODELS if name != "google-interactions"]
OPEN = [name for name in DOWNLOADED if name != "google-operation"]
"""Results are on a media host, and the key stays away from there."""
CANCELLABLE = ("replicate", "fal", "luma", "google-interactions")
HTTP_CODES = {
    "kie-jobs": (401, 402, 422, 501, 505),
    "kie-suno": (401, 402, 422),
    "runware": (400, 401, 402),
    "replicate": (400, 401, 402, 403, 422),
    "fal": (401, 403, 422),
    "luma": (400, 401, 403, 422),
    "kling": (400, 401, 403, 1102, 1201),
    "bfl": (402, 403, 422),
    "google-operation": (400, 401, 403),
    "google-interactions": (400, 401, 403),
}
REFUSALS = [(name, code) for name, codes in HTTP_CODES.items() for code in codes if (name, code) != ("kie-jobs", 505)]


@pytest.fixture
def stage(runner: Runner) -> Iterator[Callable[[str], Scene]]:
    running: list[ProtocolServer] = []

    def begin(name: str) -> Scene:
        provider, key = MODELS[name]
        running.append(server_for(provider))
        return Scene(running[-1], runner, key)

    yield begin
    for server in running:
        server.close()


@pytest.mark.parametrize(("name", "code"), REFUSALS, ids=[f"{name}-{code}" for name, code in REFUSALS])
async def test_a_refusal_fails_at_once_with_the_providers_words(
    stage: Callable[[str], Scene], name: str, code: int
) -> None:
    scene = stage(name)
    scene.server.refuse(code, "not like this")
    last = await scene.last()
    assert last.state is JobState.FAILED
    assert (last.error or "").startswith("answered ")
    assert "not like this" in (last.error or "")
    assert (last.hint == "the account needs credit or another plan") == (code == 402)
    assert (len(scene.seen), scene.server.submits) == (1, 0)


@pytest.mark.parametrize("name", MODELS)
async def test_a_wrong_key_is_refused_and_never_shown(stage: Callable[[str], Scene], name: str) -> None:
    scene = stage(name)
    scene.server.refuse(401, f"the key {KEY} is not known")
    last = await scene.last()
    assert last.state is JobState.FAILED
    assert KEY not in repr(last)
    assert "***" in (last.error or "")


@pytest.mark.parametrize("name", MODELS)
async def test_a_throttled_submit_is_sent_again_after_what_was_asked(
    stage: Callable[[str], Scene], time: FakeTime, name: str
) -> None:
    scene = stage(name)
    scene.server.throttle(7, times=2)
    jobs = await scene.jobs()
    assert jobs[-1].state is JobState.SUCCEEDED, jobs[-1].error
    assert time.sleeps[:2] == [7, 7]
    assert scene.server.submits == 1


@pytest.mark.parametrize("name", MODELS)
async def test_a_submit_that_is_always_throttled_fails_unbilled(stage: Callable[[str], Scene], name: str) -> None:
    scene = stage(name)
    scene.server.throttle(times=9)
    last = await scene.last()
    assert last.state is JobState.FAILED
    assert (len(scene.seen), scene.server.submits) == (5, 0)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 529, 408])
@pytest.mark.parametrize("name", [name for name in SENT_ONCE if not name.startswith("kie")])
async def test_a_submit_in_trouble_is_uncertain_and_sent_once(
    stage: Callable[[str], Scene], name: str, status: int
) -> None:
    scene = stage(name)
    scene.server.refuse(status, "oh dear", times=9)
    last = await scene.last()
    assert last.state is JobState.UNCERTAIN
    assert "may have been taken, and billed" in (last.error or "")
    assert len(scene.seen) == 1


@pytest.mark.parametrize("name", SENT_ONCE)
async def test_a_submit_that_is_cut_is_uncertain_and_sent_once(stage: Callable[[str], Scene], name: str) -> None:
    scene = stage(name)
    scene.server.cut(times=9)
    last = await scene.last()
    assert last.state is JobState.UNCERTAIN
    assert (len(scene.seen), scene.server.submits) == (1, 1)


@pytest.mark.parametrize("name", IDEMPOTENT)
async def test_a_submit_with_our_own_id_is_sent_again_and_taken_once(stage: Callable[[str], Scene], name: str) -> None:
    scene = stage(name)
    scene.server.cut(times=2)
    check_done(scene, await scene.jobs())
    assert scene.seen[0].content == scene.seen[1].content == scene.seen[2].content


@pytest.mark.parametrize("name", SENT_ONCE)
async def test_a_submit_without_an_answer_in_time_is_uncertain(stage: Callable[[str], Scene], name: str) -> None:
    scene = stage(name)
    scene.server.hang(times=9)
    scene.model["request"]["timeout_s"] = 0.2
    last = await scene.last()
    assert (last.state, last.error) == (
        JobState.UNCERTAIN,
        "the request may have been taken, and billed: no whole answer in time",
    )
    assert len(scene.seen) <= 1


@pytest.mark.parametrize("name", MODELS)
async def test_a_slow_answer_is_waited_for(stage: Callable[[str], Scene], name: str) -> None:
    scene = stage(name)
    scene.server.slow(0.05)
    assert (await scene.last()).state is JobState.SUCCEEDED


@pytest.mark.parametrize("name", [name for name in SENT_ONCE if name != "kling"])
async def test_an_answer_that_makes_no_sense_is_shown(stage: Callable[[str], Scene], name: str) -> None:
    scene = stage(name)
    scene.server.nonsense()
    last = await scene.last()
    assert last.state in (JobState.FAILED, JobState.UNCERTAIN)
    assert "Bad gateway" in (last.error or "")
    assert "billed" in f"{last.error} {last.hint}"
    assert len(scene.seen) == 1


@pytest.mark.parametrize("name", MODELS)
async def test_polls_go_on_through_every_trouble(stage: Callable[[str], Scene], time: FakeTime, name: str) -> None:
    scene = stage(name)
    scene.server.refuse(503, "busy", at="poll")
    scene.server.cut(at="poll")
    scene.server.throttle(33, at="poll")
    scene.server.nonsense(at="poll", status=502)
    jobs = await scene.jobs()
    assert jobs[-1].state is JobState.SUCCEEDED, jobs[-1].error
    assert 33 in time.sleeps
    assert scene.server.submits == 1


@pytest.mark.parametrize("name", [name for name in MODELS if name not in ("kie-jobs", "kie-suno")])
async def test_a_poll_that_is_refused_ends_the_job(stage: Callable[[str], Scene], name: str) -> None:
    scene = stage(name)
    scene.server.refuse(401, "the key was taken back", at="poll")
    last = await scene.last()
    assert last.state is JobState.FAILED
    assert "taken back" in (last.error or "")


@pytest.mark.parametrize("name", OPEN)
async def test_the_key_never_goes_to_the_media_host(stage: Callable[[str], Scene], name: str) -> None:
    scene = stage(name)
    check_done(scene, await scene.jobs())
    assert scene.server.files.seen
    header, _ = scene.server.auth
    assert all(header not in seen.headers and KEY not in str(seen) for seen in scene.server.files.seen)
    assert all(header in seen.headers for seen in scene.seen)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
@pytest.mark.parametrize("name", DOWNLOADED)
async def test_a_link_that_has_died_says_so(stage: Callable[[str], Scene], name: str, status: int) -> None:
    scene = stage(name)
    scene.server.expire_media(status)
    last = await scene.last()
    assert (last.state, last.error) == (JobState.FAILED, f"the download answered {status}: the link may have expired")
    assert scene.server.submits == 1


@pytest.mark.parametrize("name", OPEN)
async def test_a_download_that_breaks_off_is_fetched_again(stage: Callable[[str], Scene], name: str) -> None:
    scene = stage(name)
    scene.server.cut(at="media")
    scene.server.break_off()
    check_done(scene, await scene.jobs())
    assert len(scene.server.files.seen) == 3


async def cancelled(scene: Scene) -> Job:
    """Cancel while the job is being polled."""
    run = scene.runner.run(scene.model, scene.provider, least_inputs(scene.model))
    polled = asyncio.Event()

    async def follow() -> None:
        async for job in run.events():
            if job.polls == 1:
                polled.set()

    task = asyncio.create_task(follow())
    await polled.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    return run.job


@pytest.mark.parametrize("name", CANCELLABLE)
async def test_cancelling_is_told_to_the_provider(stage: Callable[[str], Scene], name: str) -> None:
    scene = stage(name)
    job = await cancelled(scene)
    assert (job.state, job.hint) == (JobState.CANCELLED, None)
    assert scene.remote.is_cancelled
    assert scene.server.problems == []


@pytest.mark.parametrize("name", [name for name in MODELS if name not in CANCELLABLE])
async def test_a_provider_that_cannot_cancel_is_asked_nothing_and_the_job_says_so(
    stage: Callable[[str], Scene], name: str
) -> None:
    scene = stage(name)
    job = await cancelled(scene)
    assert job.state is JobState.CANCELLED
    assert "it may finish, and be billed" in (job.hint or "")
    assert len(scene.seen) <= job.polls + 2


@pytest.mark.parametrize("name", CANCELLABLE)
async def test_a_cancel_that_fails_there_says_that_it_may_be_billed(stage: Callable[[str], Scene], name: str) -> None:
    scene = stage(name)
    scene.server.refuse(500, "no", at="cancel")
    job = await cancelled(scene)
    assert job.state is JobState.CANCELLED
    assert "may finish, and be billed" in (job.hint or "")
