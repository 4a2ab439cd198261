"""Replicate: submit, poll, download, cancel, against a server that keeps state; every fault on demand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from modeltui.domain.call import Cost
from modeltui.domain.job import Job, JobState
from modeltui.errors import RefusedError
from unit.providers.loopback import (
    KEY,
    PNG,
    Answers,
    FakeTime,
    Given,
    Loopback,
    Runner,
    Seen,
    content_of,
    media,
    model_file,
    on_loopback,
    provider_file,
)

MODEL = "prompt_to_image/replicate-flux-schnell"
SUBMIT = "/v1/models/black-forest-labs/flux-schnell/predictions"
POLL = "/v1/predictions/p-1"

Serve = Callable[[Answers], Loopback]


@dataclass
class Replicate:
    """The prediction goes through `states`, one a poll, and stays in the last."""

    states: list[str] = field(default_factory=lambda: ["starting", "processing", "succeeded"])
    output: Any = None
    error: str | None = None
    submits: list[Given] = field(default_factory=list)
    """What the first submits get instead of a prediction."""
    polls: list[Given] = field(default_factory=list)
    """What the first polls get instead of the state."""

    def __call__(self, seen: Seen) -> Given:
        match seen.method, seen.path:
            case "POST", path if path == SUBMIT:
                return self.submits.pop(0) if self.submits else Given(201, self._prediction("starting"))
            case "POST", path if path == f"{POLL}/cancel":
                return Given(200, self._prediction("canceled"))
            case "GET", path if path == POLL:
                return self.polls.pop(0) if self.polls else Given(200, self._prediction(self._next()))
        return Given(404, {"title": "Not Found", "detail": f"no {seen.path}", "status": 404})

    def _next(self) -> str:
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]

    def _prediction(self, state: str) -> dict[str, Any]:
        output = self.output if state == "succeeded" else None
        return {"id": "p-1", "status": state, "output": output, "error": self.error, "logs": ""}


@dataclass
class Scene:
    server: Replicate
    api: Loopback
    media: Loopback
    runner: Runner
    provider: dict[str, Any]

    async def last(self, **inputs: Any) -> Job:
        return (await self.jobs(**inputs))[-1]

    async def jobs(self, **inputs: Any) -> list[Job]:
        return await self.runner.jobs(model_file(MODEL), self.provider, {"prompt": "a fox", **inputs})


@pytest.fixture
def scene(serve: Serve, runner: Runner) -> Scene:
    files = serve(media(PNG))
    server = Replicate(output=[f"{files.url}/out-0.png"])
    api = serve(server)
    return Scene(server, api, files, runner, on_loopback(provider_file("replicate"), api, files))


async def test_the_requests_are_those_of_the_official_client(scene: Scene) -> None:
    await scene.last(num_outputs=2)
    submit, *polls = scene.api.seen
    assert (submit.method, submit.path, submit.query) == ("POST", SUBMIT, {})
    assert submit.headers["authorization"] == f"Bearer {KEY}"
    assert submit.headers["content-type"] == "application/json"
    assert submit.json == {
        "input": {
            "prompt": "a fox",
            "aspect_ratio": "1:1",
            "num_outputs": 2,
            "megapixels": "1",
            "num_inference_steps": 4,
            "output_format": "webp",
            "output_quality": 80,
        }
    }
    assert [(poll.method, poll.path, poll.content) for poll in polls] == [("GET", POLL, b"")] * 3
    assert all(poll.headers["authorization"] == f"Bearer {KEY}" for poll in polls)


async def test_a_job_goes_through_its_states_to_a_file_on_disk(scene: Scene) -> None:
    jobs = await scene.jobs()
    assert [(job.state, job.detail) for job in jobs] == [
        (JobState.SUBMITTING, "sending"),
        (JobState.POLLING, "submitted"),
        (JobState.POLLING, "starting"),
        (JobState.POLLING, "processing"),
        (JobState.DOWNLOADING, "downloading 1 of 1"),
        (JobState.SUCCEEDED, ""),
    ]
    last = jobs[-1]
    assert (last.remote_id, last.saved, last.polls) == ("p-1", {"task_id": "p-1"}, 3)
    assert last.cost == Cost(Decimal("0.003"), "USD")
    (file,) = last.files
    assert (content_of(file), file.media_type, file.facts) == (PNG, "image/png", "2 × 3")
    assert Path(file.path).name == "result-1.png"


async def test_the_id_is_told_before_the_first_poll(scene: Scene) -> None:
    run = scene.runner.run(model_file(MODEL), scene.provider, {"prompt": "a fox"})
    async with aclosing(run.events()) as events:
        async for job in events:
            if job.remote_id is not None:
                assert scene.api.to("GET", POLL) == []
                return
    pytest.fail("no id was told")


async def test_the_key_never_reaches_the_media_host(scene: Scene) -> None:
    await scene.last()
    (download,) = scene.media.seen
    assert "authorization" not in download.headers
    assert KEY not in str(download)


async def test_several_results_and_a_single_text_are_both_taken(scene: Scene) -> None:
    scene.server.output = [f"{scene.media.url}/{number}.png" for number in range(3)]
    assert [Path(file.path).name for file in (await scene.last()).files] == [
        "result-1.png",
        "result-2.png",
        "result-3.png",
    ]
    scene.server.states, scene.server.output = ["succeeded"], f"{scene.media.url}/one.png"
    assert len((await scene.last()).files) == 1


@pytest.mark.parametrize("state", ["failed", "canceled", "aborted"])
async def test_every_bad_end_fails_the_job_with_the_reason(scene: Scene, state: str) -> None:
    scene.server.states, scene.server.error = ["starting", state], "NSFW content detected"
    last = await scene.last()
    assert (last.state, last.error, last.files) == (JobState.FAILED, f"{state}: NSFW content detected", ())


async def test_an_unknown_status_is_shown_and_polled_to_the_deadline(scene: Scene, time: FakeTime) -> None:
    scene.server.states = ["reticulating"]
    model = model_file(MODEL)
    model["poll"]["timeout_s"] = 20
    jobs = await scene.runner.jobs(model, scene.provider, {"prompt": "a fox"})
    assert jobs[3].detail == "unknown status 'reticulating'"
    assert jobs[-1].state is JobState.FAILED
    assert jobs[-1].error == "no result within 20 s; the last status was 'reticulating'"
    assert "p-1 may still be running" in (jobs[-1].hint or "")
    assert sum(time.sleeps) == pytest.approx(20)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 529, 408])
async def test_a_submit_that_may_have_arrived_is_uncertain_and_sent_once(scene: Scene, status: int) -> None:
    scene.server.submits = [Given(status, {"detail": "oh dear"})]
    last = await scene.last()
    assert last.state is JobState.UNCERTAIN
    assert last.error == f"the request may have been taken, and billed: answered {status}: oh dear"
    assert len(scene.api.to("POST", SUBMIT)) == 1


@pytest.mark.parametrize("given", [Given(is_cut=True), Given(201, {"id": "p-1"}, missing=3)])
async def test_a_cut_connection_is_uncertain(scene: Scene, given: Given) -> None:
    scene.server.submits = [given]
    last = await scene.last()
    assert last.state is JobState.UNCERTAIN
    assert len(scene.api.seen) == 1


async def test_a_timeout_is_uncertain(scene: Scene) -> None:
    scene.server.submits = [Given(delay_s=0.3, body={})]
    model = model_file(MODEL)
    model["request"]["timeout_s"] = 0.05
    last = await scene.runner.last(model, scene.provider, {"prompt": "a fox"})
    assert (last.state, last.error) == (
        JobState.UNCERTAIN,
        "the request may have been taken, and billed: no whole answer in time",
    )


async def test_an_idempotent_model_is_sent_again_after_a_cut(scene: Scene) -> None:
    scene.server.submits = [Given(is_cut=True), Given(503, {})]
    model = model_file(MODEL)
    model["request"]["idempotent"] = True
    last = await scene.runner.last(model, scene.provider, {"prompt": "a fox"})
    assert last.state is JobState.SUCCEEDED
    assert len(scene.api.to("POST", SUBMIT)) == 3


@pytest.mark.parametrize("last_answer", [Given(is_cut=True), Given(409, {"detail": "known already"})])
async def test_an_idempotent_model_stays_uncertain_once_a_try_may_have_arrived(
    scene: Scene, last_answer: Given
) -> None:
    scene.server.submits = [Given(is_cut=True)] * 4 + [last_answer]
    model = model_file(MODEL)
    model["request"]["idempotent"] = True
    last = await scene.runner.last(model, scene.provider, {"prompt": "a fox"})
    assert last.state is JobState.UNCERTAIN
    assert len(scene.api.seen) == 5


async def test_nobody_listening_is_tried_again_and_then_failed(scene: Scene, time: FakeTime) -> None:
    scene.api.close()
    jobs = await scene.jobs()
    assert time.sleeps == [1, 2, 4, 8]
    assert jobs[-1].state is JobState.FAILED
    assert jobs[1].detail.endswith("trying again in 1 s")


@pytest.mark.parametrize(
    ("headers", "body", "least"),
    [
        ({"retry-after": "7"}, {"detail": "slow down"}, 7),
        ({"retry-after-ms": "2500"}, {"detail": "slow down"}, 2.5),
        ({"retry-after": "Fri, 20 Nov 2026 10:00:20 GMT"}, {"detail": "slow down"}, 20),
        ({}, {"detail": "Request was throttled. Your rate limit resets in ~30s."}, 30),
        ({}, {"detail": "Request was throttled."}, 1),
    ],
)
async def test_a_throttled_submit_is_sent_again_after_what_was_asked(
    scene: Scene, time: FakeTime, headers: dict[str, str], body: dict[str, str], least: float
) -> None:
    scene.server.submits = [Given(429, body, headers)]
    assert (await scene.last()).state is JobState.SUCCEEDED
    assert time.sleeps[0] == pytest.approx(least)
    assert len(scene.api.to("POST", SUBMIT)) == 2


@pytest.mark.parametrize(
    ("status", "detail"), [(402, "Insufficient credit"), (422, "input: prompt is required"), (401, "Invalid token")]
)
async def test_a_refusal_fails_at_once(scene: Scene, status: int, detail: str) -> None:
    scene.server.submits = [Given(status, {"title": "No", "detail": detail})]
    last = await scene.last()
    assert (last.state, last.error) == (JobState.FAILED, f"answered {status}: {detail}")
    assert len(scene.api.seen) == 1


async def test_a_key_that_the_answer_echoes_is_blotted_out(scene: Scene) -> None:
    scene.server.submits = [Given(401, {"detail": f"the token {KEY} is wrong"})]
    last = await scene.last()
    assert last.error == "answered 401: the token *** is wrong"


async def test_polls_go_on_after_trouble(scene: Scene, time: FakeTime) -> None:
    scene.server.polls = [Given(503, {}), Given(is_cut=True), Given(429, {}, {"retry-after": "9"})]
    last = await scene.last()
    assert last.state is JobState.SUCCEEDED
    assert time.sleeps[:4] == [1, 1, 2, 9]


async def test_an_answer_without_an_id_is_shown_with_a_hint(scene: Scene) -> None:
    scene.server.submits = [Given(201, {"status": "\x1b[31mstarting"})]
    last = await scene.last()
    assert last.state is JobState.FAILED
    assert (last.error or "").startswith("accepted, but without task_id: ")
    assert "\x1b" not in (last.error or "")
    assert "may be running and billed" in (last.hint or "")


async def test_a_result_on_a_strange_host_is_not_fetched(scene: Scene, serve: Serve) -> None:
    strange = serve(media(PNG))
    scene.server.output = [f"{strange.url}/out.png"]
    last = await scene.last()
    assert last.state is JobState.FAILED
    assert strange.seen == []
    assert "media_hosts" in (last.hint or "")


async def test_a_cancelled_task_cancels_at_the_provider_and_ends_cancelled(scene: Scene) -> None:
    scene.server.states = ["processing"]
    jobs: list[Job] = []
    polled = asyncio.Event()

    async def follow() -> None:
        run = scene.runner.run(model_file(MODEL), scene.provider, {"prompt": "a fox"})
        async for job in run.events():
            jobs.append(job)
            if job.polls == 2:
                polled.set()

    task = asyncio.create_task(follow())
    await polled.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (jobs[-1].state, jobs[-1].hint) == (JobState.CANCELLED, None)
    (cancel,) = scene.api.to("POST", f"{POLL}/cancel")
    assert cancel.headers["authorization"] == f"Bearer {KEY}"


async def test_closing_the_stream_cancels_too(scene: Scene) -> None:
    scene.server.states = ["processing"]
    run = scene.runner.run(model_file(MODEL), scene.provider, {"prompt": "a fox"})
    events = run.events()
    async for job in events:
        if job.polls:
            break
    await events.aclose()
    assert run.job.state is JobState.CANCELLED
    assert len(scene.api.to("POST", f"{POLL}/cancel")) == 1


async def test_cancelling_while_the_submit_is_on_its_way_says_that_it_may_be_billed(scene: Scene) -> None:
    scene.server.submits = [Given(delay_s=0.3, body={})]
    run = scene.runner.run(model_file(MODEL), scene.provider, {"prompt": "a fox"})

    async def follow() -> None:
        async for _ in run.events():
            pass

    task = asyncio.create_task(follow())
    assert await asyncio.to_thread(scene.api.was_asked.wait, 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert run.job.state is JobState.CANCELLED
    assert "may have been taken, and billed" in (run.job.hint or "")


@pytest.mark.parametrize("is_listening", [True, False])
async def test_cancelling_before_anything_was_taken_has_cost_nothing(scene: Scene, *, is_listening: bool) -> None:
    scene.server.submits = [Given(429, {"detail": "slow down"})]
    if not is_listening:
        scene.api.close()
    run = scene.runner.run(model_file(MODEL), scene.provider, {"prompt": "a fox"})
    events = run.events()
    assert "trying again" in [await anext(events) for _ in range(2)][-1].detail
    await events.aclose()
    assert (run.job.state, run.job.hint) == (JobState.CANCELLED, None)


async def test_cancelling_an_idempotent_submit_that_was_cut_may_have_cost_something(scene: Scene) -> None:
    scene.server.submits = [Given(is_cut=True)]
    model = model_file(MODEL)
    model["request"]["idempotent"] = True
    run = scene.runner.run(model, scene.provider, {"prompt": "a fox"})
    events = run.events()
    assert "trying again" in [await anext(events) for _ in range(2)][-1].detail
    await events.aclose()
    assert "may have been taken" in (run.job.hint or "")


async def test_a_job_that_was_submitted_before_is_taken_up_without_a_second_submit(scene: Scene) -> None:
    scene.server.states = ["processing"]
    first = scene.runner.run(model_file(MODEL), scene.provider, {"prompt": "a fox"})
    events = first.events()
    known = [await anext(events) for _ in range(2)][-1]
    scene.server.states = ["succeeded"]
    last = await scene.runner.last(model_file(MODEL), scene.provider, {"prompt": "a fox"}, resume=known)
    assert (last.state, last.started_at) == (JobState.SUCCEEDED, known.started_at)
    assert len(scene.api.to("POST", SUBMIT)) == 1
    await events.aclose()


async def test_a_job_whose_submit_was_not_answered_is_not_taken_up(scene: Scene) -> None:
    first = scene.runner.run(model_file(MODEL), scene.provider, {"prompt": "a fox"})
    with pytest.raises(RefusedError, match="a job that is submitting cannot be taken up"):
        scene.runner.run(model_file(MODEL), scene.provider, {"prompt": "a fox"}, resume=first.job)


async def test_a_broken_download_is_fetched_again(scene: Scene, time: FakeTime) -> None:
    answers = [Given(503, {}), Given(body=PNG, missing=2), Given(body=PNG)]
    scene.media.answer = lambda _: answers.pop(0)
    jobs = await scene.jobs()
    assert jobs[-1].state is JobState.SUCCEEDED
    assert time.sleeps[-2:] == [1, 2]
    assert [Path(file.path).name for file in jobs[-1].files] == ["result-1.png"]


async def test_each_file_has_tries_of_its_own(scene: Scene, time: FakeTime) -> None:
    scene.server.output = [f"{scene.media.url}/{number}.png" for number in range(2)]
    answers = [*[Given(503, {})] * 3, Given(body=PNG)] * 2
    scene.media.answer = lambda _: answers.pop(0)
    assert (await scene.last()).state is JobState.SUCCEEDED
    assert time.sleeps[-6:] == [1, 2, 4] * 2


async def test_a_download_that_never_works_fails_the_job(scene: Scene) -> None:
    scene.media.answer = lambda _: Given(503, {})
    last = await scene.last()
    assert (last.state, last.error) == (JobState.FAILED, "the download answered 503")
    assert len(scene.media.seen) == 5
