"""Replicate, and on it what the engine does with any job: submit, poll, download, cancel, take up again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import aclosing
from decimal import Decimal
from pathlib import Path

import pytest

from modeltui.domain.call import Cost
from modeltui.domain.job import JobState
from modeltui.errors import RefusedError
from unit.providers.loopback import KEY, PNG, Answers, FakeTime, Given, Loopback, Runner, content_of, media
from unit.providers.servers.base import SAMPLES, Fault, Stage
from unit.providers.servers.replicate import ReplicateServer
from unit.providers.servers.scene import Scene

MODEL = "prompt_to_image/replicate-flux-schnell"
SUBMIT = "/v1/models/black-forest-labs/flux-schnell/predictions"
POLL = "/v1/predictions/p1"
FOX = {"prompt": "a fox"}

Serve = Callable[[Answers], Loopback]


@pytest.fixture
def server() -> Iterator[ReplicateServer]:
    with ReplicateServer() as server:
        yield server


@pytest.fixture
def scene(server: ReplicateServer, runner: Runner) -> Scene:
    return Scene(server, runner, MODEL)


def give(server: ReplicateServer, *answers: Given, at: Stage = "submit") -> None:
    """Answer with these, one after another; the requests have no effect."""
    for answer in answers:
        server.put(at, Fault(lambda answer=answer: answer, is_untouched=True))  # type: ignore[misc]


async def test_the_requests_are_those_of_the_official_client(scene: Scene) -> None:
    await scene.last({**FOX, "num_outputs": 2})
    submit, *polls = scene.seen
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
    jobs = await scene.jobs(FOX)
    assert [(job.state, job.detail) for job in jobs] == [
        (JobState.SUBMITTING, "sending"),
        (JobState.POLLING, "submitted"),
        (JobState.POLLING, "starting"),
        (JobState.POLLING, "processing"),
        (JobState.DOWNLOADING, "downloading 1 of 1; the provider keeps it 60 min"),
        (JobState.SUCCEEDED, ""),
    ]
    last = jobs[-1]
    assert (last.remote_id, last.saved, last.polls) == ("p1", {"task_id": "p1"}, 3)
    assert last.cost == Cost(Decimal("0.003"), "USD")
    (file,) = last.files
    assert (content_of(file), file.media_type) == (SAMPLES["image/webp"][1], "image/webp")
    assert Path(file.path).name == "result-1.webp"


async def test_the_id_is_told_before_the_first_poll(scene: Scene) -> None:
    run = scene.runner.run(scene.model, scene.provider, FOX)
    async with aclosing(run.events()) as events:
        async for job in events:
            if job.remote_id is not None:
                assert scene.server.api.to("GET", POLL) == []
                return
    pytest.fail("no id was told")


async def test_an_answer_that_is_not_whole_is_uncertain(scene: Scene) -> None:
    scene.server.break_off(at="submit")
    last = await scene.last(FOX)
    assert last.state is JobState.UNCERTAIN
    assert len(scene.seen) == 1


async def test_an_idempotent_model_is_sent_again_after_a_cut(server: ReplicateServer, scene: Scene) -> None:
    give(server, Given(is_cut=True), Given(503, {}))
    scene.model["request"]["idempotent"] = True
    last = await scene.last(FOX)
    assert last.state is JobState.SUCCEEDED
    assert len(scene.server.api.to("POST", SUBMIT)) == 3


@pytest.mark.parametrize("last_answer", [Given(is_cut=True), Given(409, {"detail": "known already"})])
async def test_an_idempotent_model_stays_uncertain_once_a_try_may_have_arrived(
    server: ReplicateServer, scene: Scene, last_answer: Given
) -> None:
    give(server, *[Given(is_cut=True)] * 4, last_answer)
    scene.model["request"]["idempotent"] = True
    last = await scene.last(FOX)
    assert last.state is JobState.UNCERTAIN
    assert len(scene.seen) == 5


async def test_nobody_listening_is_tried_again_and_then_failed(scene: Scene, time: FakeTime) -> None:
    scene.server.api.close()
    jobs = await scene.jobs(FOX)
    assert time.sleeps == [1, 2, 4, 8]
    assert jobs[-1].state is JobState.FAILED
    assert jobs[1].detail.startswith("waits to be sent again in 1 s: ")
    states = [job.state for job in jobs[:-1]]
    assert states == [JobState.SUBMITTING, JobState.QUEUED] * 4 + [JobState.SUBMITTING]


@pytest.mark.parametrize(
    ("given", "least"),
    [
        (Given(429, {"detail": "slow down"}, {"retry-after": "7"}), 7),
        (Given(429, {"detail": "slow down"}, {"retry-after-ms": "2500"}), 2.5),
        (Given(429, {"detail": "slow down"}, {"retry-after": "Fri, 20 Nov 2026 10:00:20 GMT"}), 20),
        (Given(429, {"detail": "Request was throttled. Your rate limit resets in ~30s."}), 30),
        (Given(429, {"detail": "Request was throttled."}), 1),
    ],
)
async def test_a_throttled_submit_is_sent_again_after_what_was_asked(
    server: ReplicateServer, scene: Scene, time: FakeTime, given: Given, least: float
) -> None:
    give(server, given)
    assert (await scene.last(FOX)).state is JobState.SUCCEEDED
    assert time.sleeps[0] == pytest.approx(least)
    assert len(scene.server.api.to("POST", SUBMIT)) == 2


async def test_what_was_not_taken_waits_as_queued_and_is_noted_before_it_leaves_again(
    server: ReplicateServer, scene: Scene
) -> None:
    give(server, Given(429, {"detail": "slow down"}, {"retry-after": "7"}))
    submits = scene.server.api
    events = scene.runner.run(scene.model, scene.provider, FOX).events()
    seen = [(job.state, job.detail, len(submits.to("POST", SUBMIT))) async for job in events]
    assert seen[:4] == [
        (JobState.SUBMITTING, "sending", 0),
        (JobState.QUEUED, "waits to be sent again in 7 s: answered 429: slow down", 1),
        (JobState.SUBMITTING, "sending again", 1),
        (JobState.POLLING, "submitted", 2),
    ]


async def test_after_a_doubtful_try_it_never_waits_as_queued(server: ReplicateServer, scene: Scene) -> None:
    give(server, Given(is_cut=True), Given(429, {"detail": "slow down"}))
    scene.model["request"]["idempotent"] = True
    jobs = await scene.jobs(FOX)
    assert jobs[-1].state is JobState.SUCCEEDED
    assert JobState.QUEUED not in {job.state for job in jobs}


async def test_one_that_waited_is_begun_again_by_who_takes_it_up(server: ReplicateServer, scene: Scene) -> None:
    give(server, Given(429, {"detail": "slow down"}))
    events = scene.runner.run(scene.model, scene.provider, FOX).events()
    waiting = [await anext(events) for _ in range(2)][-1]
    again = await scene.runner.last(scene.model, scene.provider, FOX, resume=waiting)
    assert (waiting.state, again.state, again.id) == (JobState.QUEUED, JobState.SUCCEEDED, waiting.id)
    assert len(scene.server.api.to("POST", SUBMIT)) == 2
    await events.aclose()


async def test_an_answer_without_an_id_is_shown_with_a_hint(server: ReplicateServer, scene: Scene) -> None:
    give(server, Given(201, {"status": "\x1b[31mstarting"}))
    last = await scene.last(FOX)
    assert last.state is JobState.UNCERTAIN
    assert (last.error or "").startswith("accepted, and may be billed, but without task_id: ")
    assert "\x1b" not in (last.error or "")
    assert "not sent again by itself" in (last.hint or "")


async def test_a_result_on_a_strange_host_is_not_fetched(server: ReplicateServer, scene: Scene, serve: Serve) -> None:
    strange = serve(media(PNG))
    give(server, Given(200, {"id": "p1", "status": "succeeded", "output": [f"{strange.url}/out.png"]}), at="poll")
    last = await scene.last(FOX)
    assert last.state is JobState.FAILED
    assert strange.seen == []
    assert "media_hosts" in (last.hint or "")


async def test_closing_the_stream_cancels_too(server: ReplicateServer, scene: Scene) -> None:
    server.tell("processing")
    run = scene.runner.run(scene.model, scene.provider, FOX)
    events = run.events()
    async for job in events:
        if job.polls:
            break
    await events.aclose()
    assert run.job.state is JobState.CANCELLED
    assert len(scene.server.api.to("POST", f"{POLL}/cancel")) == 1


async def test_cancelling_while_the_submit_is_on_its_way_says_that_it_may_be_billed(
    server: ReplicateServer, scene: Scene
) -> None:
    server.hang()
    run = scene.runner.run(scene.model, scene.provider, FOX)

    async def follow() -> None:
        async for _ in run.events():
            pass

    task = asyncio.create_task(follow())
    assert await asyncio.to_thread(scene.server.api.was_asked.wait, 60)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert run.job.state is JobState.CANCELLED
    assert "may have been taken, and billed" in (run.job.hint or "")


@pytest.mark.parametrize("is_listening", [True, False])
async def test_cancelling_before_anything_was_taken_has_cost_nothing(
    server: ReplicateServer, scene: Scene, *, is_listening: bool
) -> None:
    give(server, Given(429, {"detail": "slow down"}))
    if not is_listening:
        scene.server.api.close()
    run = scene.runner.run(scene.model, scene.provider, FOX)
    events = run.events()
    assert "waits to be sent again" in [await anext(events) for _ in range(2)][-1].detail
    await events.aclose()
    assert (run.job.state, run.job.hint) == (JobState.CANCELLED, None)


async def test_cancelling_an_idempotent_submit_that_was_cut_may_have_cost_something(
    server: ReplicateServer, scene: Scene
) -> None:
    give(server, Given(is_cut=True))
    scene.model["request"]["idempotent"] = True
    run = scene.runner.run(scene.model, scene.provider, FOX)
    events = run.events()
    assert "trying again" in [await anext(events) for _ in range(2)][-1].detail
    await events.aclose()
    assert "may have been taken" in (run.job.hint or "")


async def test_a_job_that_was_submitted_before_is_taken_up_without_a_second_submit(
    server: ReplicateServer, scene: Scene
) -> None:
    server.tell("processing")
    first = scene.runner.run(scene.model, scene.provider, FOX)
    events = first.events()
    known = [await anext(events) for _ in range(2)][-1]
    scene.remote.left = ["succeeded"]
    last = await scene.runner.last(scene.model, scene.provider, FOX, resume=known)
    assert (last.state, last.started_at) == (JobState.SUCCEEDED, known.started_at)
    assert len(scene.server.api.to("POST", SUBMIT)) == 1
    await events.aclose()


async def test_a_job_whose_submit_was_not_answered_is_not_taken_up(scene: Scene) -> None:
    first = scene.runner.run(scene.model, scene.provider, FOX)
    with pytest.raises(RefusedError, match="a job that is submitting cannot be taken up"):
        scene.runner.run(scene.model, scene.provider, FOX, resume=first.job)


async def test_a_broken_download_is_fetched_again(server: ReplicateServer, scene: Scene, time: FakeTime) -> None:
    give(server, Given(503, {}), at="media")
    server.break_off()
    jobs = await scene.jobs(FOX)
    assert jobs[-1].state is JobState.SUCCEEDED
    assert time.sleeps[-2:] == [1, 2]
    assert [Path(file.path).name for file in jobs[-1].files] == ["result-1.webp"]


async def test_each_file_has_tries_of_its_own(server: ReplicateServer, scene: Scene, time: FakeTime) -> None:
    good = Given(body=PNG, headers={"content-type": "image/png"})
    give(server, *[*[Given(503, {})] * 3, good] * 2, at="media")
    assert (await scene.last({**FOX, "num_outputs": 2})).state is JobState.SUCCEEDED
    assert time.sleeps[-6:] == [1, 2, 4] * 2


async def test_a_download_that_never_works_fails_the_job(server: ReplicateServer, scene: Scene) -> None:
    give(server, *[Given(503, {})] * 9, at="media")
    last = await scene.last(FOX)
    assert (last.state, last.error) == (JobState.FAILED, "the download answered 503")
    assert len(server.files.seen) == 5
