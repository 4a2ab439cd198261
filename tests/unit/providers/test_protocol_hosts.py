"""What only one provider does: another host to poll at, signed tokens, downloads with the key, names with slashes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from modeltui.domain.job import JobState
from modeltui.errors import RefusedError
from unit.providers.loopback import JOB_ID, KEY, MP4, PNG, FakeTime, Given, Runner, Seen, content_of
from unit.providers.servers.base import ProtocolServer
from unit.providers.servers.bfl import BflServer
from unit.providers.servers.fal import FalServer
from unit.providers.servers.fleet import server_for
from unit.providers.servers.google import GoogleServer
from unit.providers.servers.kling import claims_of
from unit.providers.servers.replicate import ReplicateServer
from unit.providers.servers.scene import Scene, check_done

BFL = "prompt_to_image/flux-1-1-pro-ultra-bfl"
FAL = "prompt_to_image/flux-1-1-pro-ultra-fal"
FILM = "prompt_to_video/seedance-1-0-pro-fast"
KLING = "prompt_to_video/kling-2-5-turbo-direct"
REPLICATE = "prompt_to_image/replicate-flux-schnell"
VEO = "prompt_to_video/veo-3-1-google"

Stage = Callable[[str], Scene]


@pytest.fixture
def stage(runner: Runner) -> Iterator[Stage]:
    running: list[ProtocolServer] = []
    providers = {BFL: "bfl", FAL: "fal", KLING: "kling", FILM: "runware", REPLICATE: "replicate"}

    def begin(key: str) -> Scene:
        running.append(server_for(providers.get(key, "luma" if "luma" in key else "google")))
        return Scene(running[-1], runner, key)

    yield begin
    for server in running:
        server.close()


async def test_bfl_is_polled_at_the_region_that_it_names(stage: Stage) -> None:
    scene = stage(BFL)
    assert isinstance(scene.server, BflServer)
    check_done(scene, await scene.jobs({"prompt": "a fox"}))
    (submit,) = scene.seen
    assert (submit.method, submit.path, submit.headers["x-key"]) == ("POST", "/v1/flux-pro-1.1-ultra", KEY)
    assert submit.json == {"prompt": "a fox", "aspect_ratio": "16:9", "raw": False, "output_format": "jpeg"}
    polls = scene.server.regional.seen
    assert [(poll.method, poll.path, poll.query) for poll in polls] == [("GET", "/v1/get_result", {"id": "b1"})] * 3
    assert {poll.headers["x-key"] for poll in polls} == {KEY}


async def test_bfl_is_not_polled_where_nobody_listed_it(stage: Stage) -> None:
    scene = stage(BFL)
    assert isinstance(scene.server, BflServer)
    scene.server.polled_at = scene.server.stranger
    last = await scene.last()
    assert last.state is JobState.FAILED
    assert "nothing was sent there" in (last.error or "")
    assert "`hosts`" in (last.hint or "")
    assert scene.server.stranger.seen == []


async def test_fal_is_followed_by_the_urls_that_it_gave(stage: Stage) -> None:
    scene = stage(FAL)
    check_done(scene, await scene.jobs({"prompt": "a fox"}))
    base = "/fal-ai/flux-pro/v1.1-ultra"
    job = f"{base}/requests/f1"
    assert [(seen.method, seen.path) for seen in scene.seen] == [
        ("POST", base),
        *[("GET", f"{job}/status")] * 3,
        ("GET", job),
    ]
    assert {seen.headers["authorization"] for seen in scene.seen} == {f"Key {KEY}"}
    assert scene.seen[0].json == {"prompt": "a fox", "aspect_ratio": "16:9", "num_images": 1, "output_format": "jpeg"}


async def test_fal_answers_202_while_pending_and_200_when_over(stage: Stage) -> None:
    scene = stage(FAL)
    given: list[Given] = []
    answer = scene.server.api.answer

    def listen(seen: Seen) -> Given:
        given.append(answer(seen))
        return given[-1]

    scene.server.api.answer = listen
    await scene.last()
    assert [each.status for each in given] == [200, 202, 202, 200, 200]


@pytest.mark.parametrize("status", ["ALREADY_COMPLETED", "NOT_FOUND"])
async def test_fal_may_be_too_far_to_cancel(stage: Stage, status: str) -> None:
    scene = stage(FAL)
    assert isinstance(scene.server, FalServer)
    scene.server.cancel_status = status
    scene.server.tell("IN_PROGRESS")
    run = scene.runner.run(scene.model, scene.provider, {"prompt": "a fox"})
    events = run.events()
    async for job in events:
        if job.polls:
            break
    await events.aclose()
    assert scene.seen[-1].method == "PUT"
    assert "may finish, and be billed" in (run.job.hint or "")


@pytest.mark.parametrize("detail", ["not this", [{"loc": ["body", "prompt"], "msg": "not this", "type": "value"}]])
async def test_fal_has_two_shapes_of_detail(stage: Stage, detail: Any) -> None:
    scene = stage(FAL)
    scene.server.answer({"detail": detail}, status=422)
    last = await scene.last()
    assert last.state is JobState.FAILED
    assert "not this" in (last.error or "")


async def test_kling_signs_each_request_with_a_token_of_half_an_hour(stage: Stage, time: FakeTime) -> None:
    scene = stage(KLING)
    check_done(scene, await scene.jobs())
    issued = []
    for seen in scene.seen:
        header, claims = claims_of(seen)
        assert header == {"alg": "HS256", "typ": "JWT"}
        assert sorted(claims) == ["exp", "iss", "nbf"]
        assert claims["iss"] == KEY
        assert claims["exp"] - claims["nbf"] == 1800 + 5
        issued.append(claims["nbf"])
    assert issued == sorted(issued)
    assert issued[-1] - issued[0] == sum(time.sleeps)
    assert scene.seen[0].json["external_task_id"] == JOB_ID


async def test_kling_is_asked_by_our_own_id(stage: Stage) -> None:
    scene = stage(KLING)
    jobs = await scene.jobs()
    assert {seen.path for seen in scene.seen[1:]} == {f"/v1/videos/text2video/{JOB_ID}"}
    assert jobs[-1].remote_id == "k1"


@pytest.mark.parametrize("key", [KLING, FILM])
async def test_a_submit_without_an_answer_is_found_by_our_own_id(stage: Stage, key: str) -> None:
    """Only where the id is ours; the others stay uncertain."""
    scene = stage(key)
    scene.server.cut(times=5)
    lost = await scene.last()
    assert lost.state is JobState.UNCERTAIN
    sent = len(scene.server.api.to("POST", scene.seen[0].path))
    last = await scene.last(resume=lost)
    assert last.state is JobState.SUCCEEDED, last.error
    assert scene.server.submits == 1
    if key == KLING:
        assert len(scene.server.api.to("POST", scene.seen[0].path)) == sent == 1


@pytest.mark.parametrize("key", [BFL, FAL, REPLICATE, VEO, "prompt_to_video/luma-ray-2-direct"])
async def test_a_submit_without_an_answer_is_not_taken_up_where_the_id_is_theirs(stage: Stage, key: str) -> None:
    scene = stage(key)
    scene.server.cut()
    lost = await scene.last()
    with pytest.raises(RefusedError):
        await scene.last(resume=lost)


@pytest.mark.parametrize("code", [1000, 1102, 1201, 5000])
async def test_kling_tells_errors_in_an_answer_that_looks_well(stage: Stage, code: int) -> None:
    """Its codes are no HTTP codes: 1102 is not trouble of a server."""
    scene = stage(KLING)
    scene.server.answer({"code": code, "message": "no resource pack"})
    last = await scene.last()
    assert (last.state, last.error) == (JobState.FAILED, f"answered 200 ({code}): no resource pack")


@pytest.mark.parametrize("key", ["prompt_to_image/luma-photon-1", "prompt_to_video/luma-ray-2-direct"])
async def test_luma_has_an_asset_of_each_kind(stage: Stage, key: str) -> None:
    scene = stage(key)
    check_done(scene, await scene.jobs())
    kind = "image" if "image" in key else "video"
    base = "/dream-machine/v1/generations"
    assert [(seen.method, seen.path) for seen in scene.seen] == [
        ("POST", f"{base}/{kind}"),
        *[("GET", f"{base}/l1")] * 3,
    ]
    assert scene.seen[0].json["model"] == scene.model["model_id"]


async def test_google_is_polled_by_a_name_with_slashes_and_the_film_needs_the_key(stage: Stage) -> None:
    scene = stage(VEO)
    jobs = await scene.jobs({"prompt": "waves"})
    last = jobs[-1]
    assert last.state is JobState.SUCCEEDED, last.error
    assert [content_of(file) for file in last.files] == [MP4]
    model = "/v1beta/models/veo-3.1-generate-preview"
    assert [(seen.method, seen.path) for seen in scene.seen] == [
        ("POST", f"{model}:predictLongRunning"),
        *[("GET", f"{model}/operations/o1")] * 3,
        ("GET", "/v1beta/files/o1:download"),
    ]
    assert scene.seen[-1].query == {"alt": "media"}
    assert {seen.headers["x-goog-api-key"] for seen in scene.seen} == {KEY}
    assert scene.seen[0].json == {
        "instances": [{"prompt": "waves"}],
        "parameters": {"aspectRatio": "16:9", "resolution": "720p", "durationSeconds": 8},
    }
    assert scene.server.files.seen == []


@pytest.mark.parametrize("name", ["models/../../keys", "models//x", "../x"])
async def test_a_name_cannot_lead_out_of_its_path(stage: Stage, name: str) -> None:
    scene = stage(VEO)
    scene.server.answer({"name": name})
    assert (await scene.last()).state is JobState.FAILED
    assert len(scene.seen) == 1


async def test_google_gives_pictures_among_words_and_thoughts(stage: Stage) -> None:
    scene = stage("chat/gemini-2-5-flash-image")
    last = await scene.last({"prompt": "a fox"})
    assert last.state is JobState.SUCCEEDED, last.error
    assert [content_of(file) for file in last.files] == [PNG]
    assert last.text == "Hello."
    assert scene.seen[0].path == "/v1beta/models/gemini-2.5-flash-image:generateContent"


@pytest.mark.parametrize("key", ["chat/gemini-2-5-flash", "chat/gemini-2-5-flash-image"])
async def test_a_prompt_that_google_blocks_says_why(stage: Stage, key: str) -> None:
    scene = stage(key)
    assert isinstance(scene.server, GoogleServer)
    scene.server.moderate()
    last = await scene.last()
    assert last.state is JobState.FAILED
    assert "PROHIBITED_CONTENT" in (last.error or "")


async def test_words_that_google_cut_off_are_kept_with_a_hint(stage: Stage) -> None:
    scene = stage("chat/gemini-2-5-flash")
    content = {"parts": [{"text": "Once upon"}]}
    scene.server.answer({"candidates": [{"content": content, "finishReason": "MAX_TOKENS"}]})
    last = await scene.last()
    assert (last.state, last.text) == (JobState.SUCCEEDED, "Once upon")
    assert last.hint == "the answer is not whole: MAX_TOKENS"


async def test_an_interaction_is_begun_in_the_background(stage: Stage) -> None:
    scene = stage("chat/gemini-3-flash-interactions")
    last = await scene.last({"prompt": "hello"})
    assert (last.state, last.text) == (JobState.SUCCEEDED, "Hello.")
    assert [(seen.method, seen.path) for seen in scene.seen] == [
        ("POST", "/v1beta/interactions"),
        *[("GET", "/v1beta/interactions/i1")] * 3,
    ]
    assert scene.seen[0].json == {"model": "gemini-3-flash-preview", "input": "hello", "background": True}


async def test_replicate_tells_the_seconds_in_words(stage: Stage, time: FakeTime) -> None:
    scene = stage(REPLICATE)
    assert isinstance(scene.server, ReplicateServer)
    scene.server.throttle_in_words(30)
    check_done(scene, await scene.jobs())
    assert time.sleeps[0] == 30


@pytest.mark.parametrize("is_single", [True, False])
async def test_replicate_has_one_url_or_several(stage: Stage, *, is_single: bool) -> None:
    scene = stage(REPLICATE)
    assert isinstance(scene.server, ReplicateServer)
    scene.server.is_single = is_single
    files = 1 if is_single else 3
    jobs = await scene.jobs({"prompt": "a fox", "num_outputs": files})
    check_done(scene, jobs, files=files)
    assert scene.seen[0].path == "/v1/models/black-forest-labs/flux-schnell/predictions"
    assert {seen.path for seen in scene.seen[1:]} == {"/v1/predictions/p1"}
