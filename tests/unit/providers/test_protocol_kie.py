"""KIE.ai: every answer is HTTP 200 with a code inside, the result is JSON in a string, Veo's status a number."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from modeltui.domain.job import Job, JobState
from unit.providers.loopback import (
    KEY,
    PNG,
    Answers,
    FakeTime,
    Given,
    Loopback,
    Runner,
    Seen,
    media,
    model_file,
    on_loopback,
    provider_file,
)

JOBS = "prompt_to_image/seedream-4"
VEO = "image_to_video/veo-3-1-fast"
CREATE, INFO = "/api/v1/jobs/createTask", "/api/v1/jobs/recordInfo"

Serve = Callable[[Answers], Loopback]


def ok(data: Any) -> Given:
    return Given(body={"code": 200, "msg": "success", "data": data})


def bad(code: int, msg: str) -> Given:
    return Given(body={"code": code, "msg": msg, "data": None})


@dataclass
class Kie:
    submits: list[Given] = field(default_factory=list)
    polls: list[Given] = field(default_factory=list)

    def __call__(self, seen: Seen) -> Given:
        if seen.method == "POST":
            return self.submits.pop(0) if self.submits else ok({"taskId": "t-9"})
        return self.polls.pop(0) if len(self.polls) > 1 else self.polls[0]


@dataclass
class Scene:
    server: Kie
    api: Loopback
    media: Loopback
    runner: Runner
    provider: dict[str, Any]

    def finished(self, *names: str) -> Given:
        urls = [f"{self.media.url}/{name}" for name in names]
        return ok({"taskId": "t-9", "state": "success", "resultJson": json.dumps({"resultUrls": urls})})

    async def last(self) -> Job:
        return (await self.jobs())[-1]

    async def jobs(self) -> list[Job]:
        return await self.runner.jobs(model_file(JOBS), self.provider, {"prompt": "a harbour at night"})


@pytest.fixture
def scene(serve: Serve, runner: Runner) -> Scene:
    files, server = serve(media(PNG)), Kie()
    api = serve(server)
    return Scene(server, api, files, runner, on_loopback(provider_file("kie_ai"), api, files))


async def test_the_whole_way(scene: Scene) -> None:
    states = [ok({"state": state}) for state in ("waiting", "queuing", "generating")]
    scene.server.polls = [*states, scene.finished("a.png", "b.png")]
    jobs = await scene.jobs()

    submit, *polls = scene.api.seen
    assert (submit.method, submit.path, submit.headers["authorization"]) == ("POST", CREATE, f"Bearer {KEY}")
    assert submit.json["model"] == "bytedance/seedream-v4-text-to-image"
    assert submit.json["input"]["prompt"] == "a harbour at night"
    assert {(poll.method, poll.path, poll.query["taskId"]) for poll in polls} == {("GET", INFO, "t-9")}

    assert [job.detail for job in jobs[2:5]] == ["waiting", "queuing", "generating"]
    assert jobs[-1].state is JobState.SUCCEEDED
    assert [file.media_type for file in jobs[-1].files] == ["image/png", "image/png"]
    assert all("authorization" not in seen.headers for seen in scene.media.seen)


async def test_a_failure_says_why(scene: Scene) -> None:
    scene.server.polls = [ok({"state": "fail", "failCode": "422", "failMsg": "flagged as sensitive"})]
    assert (await scene.last()).error == "fail: flagged as sensitive"


@pytest.mark.parametrize("code", [404, 422])
async def test_a_task_that_is_not_visible_yet_is_asked_for_again(scene: Scene, code: int) -> None:
    scene.server.polls = [bad(code, "record is null"), scene.finished("a.png")]
    jobs = await scene.jobs()
    assert jobs[2].detail == "not visible yet"
    assert jobs[-1].state is JobState.SUCCEEDED


async def test_a_task_that_stays_invisible_fails_after_the_grace(scene: Scene, time: FakeTime) -> None:
    scene.server.polls = [bad(404, "record is null")]
    last = await scene.last()
    assert (last.state, last.error) == (JobState.FAILED, "answered 200 (404): record is null")
    assert 90 <= sum(time.sleeps) < 100


@pytest.mark.parametrize("code", [429, 455, 500])
async def test_polls_back_off_and_go_on(scene: Scene, code: int) -> None:
    scene.server.polls = [bad(code, "busy"), scene.finished("a.png")]
    assert (await scene.last()).state is JobState.SUCCEEDED


@pytest.mark.parametrize("code", [401, 402, 408, 501])
async def test_polls_stop_at_what_will_not_get_better(scene: Scene, code: int) -> None:
    scene.server.polls = [bad(code, "stop")]
    last = await scene.last()
    assert (last.state, last.error) == (JobState.FAILED, f"answered 200 ({code}): stop")


async def test_a_submit_beyond_the_rate_is_sent_again(scene: Scene) -> None:
    scene.server.submits = [bad(429, "too many"), ok({"taskId": "t-9"})]
    scene.server.polls = [scene.finished("a.png")]
    assert (await scene.last()).state is JobState.SUCCEEDED
    assert len(scene.api.to("POST", CREATE)) == 2


@pytest.mark.parametrize(("code", "state"), [(402, JobState.FAILED), (422, JobState.FAILED), (500, JobState.UNCERTAIN)])
async def test_other_answers_to_a_submit_end_the_job(scene: Scene, code: int, state: JobState) -> None:
    scene.server.submits = [bad(code, "no")]
    assert (await scene.last()).state is state
    assert len(scene.api.seen) == 1


async def test_an_answer_that_is_no_json_is_shown(scene: Scene) -> None:
    scene.server.submits = [Given(body=b"<html>maintenance</html>", headers={"content-type": "text/html"})]
    last = await scene.last()
    assert last.error == "accepted, but without task_id: <html>maintenance</html>"


async def test_a_result_that_is_no_json_text_fails_with_the_answer(scene: Scene) -> None:
    scene.server.polls = [ok({"state": "success", "resultJson": "{broken"})]
    last = await scene.last()
    assert last.state is JobState.FAILED
    assert "holds no result" in (last.error or "")


async def test_veo_says_success_before_it_has_the_film(scene: Scene, serve: Serve, runner: Runner) -> None:
    url = f"{scene.media.url}/film.mp4"
    scene.server.polls = [
        ok({"successFlag": 0}),
        ok({"successFlag": 1, "response": None}),
        ok({"successFlag": 1, "response": {"resultUrls": [url]}}),
    ]
    inputs = {"prompt": "waves", "imageUrls": ["https://example.org/a.png"]}
    jobs = await runner.jobs(model_file(VEO), scene.provider, inputs)
    assert [poll.path for poll in scene.api.seen[1:]] == ["/api/v1/veo/record-info"] * 3
    assert [job.detail for job in jobs[2:4]] == ["0", "1, waiting for the result"]
    assert jobs[-1].state is JobState.SUCCEEDED


@pytest.mark.parametrize("flag", [2, 3])
async def test_veo_fails_by_number(scene: Scene, runner: Runner, flag: int) -> None:
    scene.server.polls = [ok({"successFlag": flag, "errorMessage": "unsafe"})]
    inputs = {"prompt": "waves", "imageUrls": ["https://example.org/a.png"]}
    assert (await runner.last(model_file(VEO), scene.provider, inputs)).error == f"{flag}: unsafe"


async def test_cancelling_says_that_kie_cannot(scene: Scene) -> None:
    scene.server.polls = [ok({"state": "generating"})]
    run = scene.runner.run(model_file(JOBS), scene.provider, {"prompt": "a harbour"})
    events = run.events()
    async for job in events:
        if job.polls:
            break
    await events.aclose()
    assert (run.job.state, run.job.hint is not None) == (JobState.CANCELLED, True)
    assert {seen.method for seen in scene.api.seen[1:]} == {"GET"}
