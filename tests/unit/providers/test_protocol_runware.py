"""Runware alone: one URL, bodies and answers that are arrays, our own id, errors beside results, a status each."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from modeltui.domain.call import Cost
from modeltui.domain.job import JobState
from unit.providers.loopback import JOB_ID, KEY, Runner
from unit.providers.servers.runware import RunwareServer
from unit.providers.servers.scene import Scene, check_done
from unit.providers.servers.valid_inputs import least_inputs

IMAGE = "prompt_to_image/flux-1-dev"
FILM = "prompt_to_video/seedance-1-0-pro-fast"


@pytest.fixture
def server() -> Iterator[RunwareServer]:
    with RunwareServer() as server:
        yield server


@pytest.fixture
def image(server: RunwareServer, runner: Runner) -> Scene:
    return Scene(server, runner, IMAGE)


@pytest.fixture
def film(server: RunwareServer, runner: Runner) -> Scene:
    return Scene(server, runner, FILM)


async def test_a_picture_comes_in_one_call_with_its_cost(image: Scene) -> None:
    jobs = await image.jobs({"positivePrompt": "a red fox in the snow"})
    check_done(image, jobs)
    (seen,) = image.seen
    assert (seen.method, seen.path, seen.headers["authorization"]) == ("POST", "/v1", f"Bearer {KEY}")
    (task,) = seen.json
    assert (task["taskType"], task["taskUUID"], task["model"]) == ("imageInference", JOB_ID, "runware:101@1")
    assert (task["width"], task["height"], task["includeCost"]) == (1024, 1024, True)
    assert jobs[-1].reported == Cost(Decimal("0.0013"), "USD")


async def test_several_results_are_kept_and_their_cost_is_summed_up(server: RunwareServer, runner: Runner) -> None:
    server.takes_older_bodies = True
    scene = Scene(server, runner, "prompt_to_video/seedance-1-0-pro-fast-fixed")
    jobs = await scene.jobs({**least_inputs(scene.model), "numberResults": 3})
    check_done(scene, jobs, files=3)
    assert jobs[-1].reported == Cost(Decimal("0.0039"), "USD")


async def test_a_film_is_polled_with_our_own_id(film: Scene) -> None:
    jobs = await film.jobs()
    check_done(film, jobs)
    _, *polls = film.seen
    assert [(poll.method, poll.path) for poll in polls] == [("POST", "/v1")] * 3
    assert [poll.json for poll in polls] == [[{"taskType": "getResponse", "taskUUID": JOB_ID}]] * 3
    assert jobs[1].remote_id == JOB_ID


async def test_errors_with_http_200_fail_the_job(server: RunwareServer, image: Scene) -> None:
    server.refuse_with_200("invalidModel", "Invalid value for 'model'.")
    last = await image.last()
    assert (last.state, last.error) == (JobState.FAILED, "answered 200 (invalidModel): Invalid value for 'model'.")


async def test_no_credit_is_about_money_whatever_the_http_status(server: RunwareServer, image: Scene) -> None:
    server.refuse_with_200("insufficientCredits", "Top up.")
    last = await image.last()
    assert (last.state, last.hint) == (JobState.FAILED, "the account needs credit or another plan")
    assert server.submits == 0


async def test_a_picture_that_failed_says_why(server: RunwareServer, image: Scene) -> None:
    server.fail("the prompt was refused")
    last = await image.last()
    assert (last.state, last.error) == (JobState.FAILED, "answered 200 (generationFailed): the prompt was refused")


async def test_results_beside_an_error_are_kept(server: RunwareServer, image: Scene) -> None:
    server.errors_beside = [{"code": "x", "message": "one failed"}]
    last = await image.last()
    assert (last.state, len(last.files)) == (JobState.SUCCEEDED, 1)
    assert last.hint == "the answer is not whole: one failed"


ITEM = {"taskUUID": JOB_ID, "taskType": "videoInference"}


@pytest.mark.parametrize(("first", "second"), [("success", "processing"), ("processing", "success")])
async def test_results_are_waited_for_until_the_last_is_over(film: Scene, first: str, second: str) -> None:
    items = [{**ITEM, "status": status} for status in (first, second)]
    film.server.answer({"data": items}, at="poll")
    jobs = await film.jobs()
    assert jobs[2].detail == "processing"
    check_done(film, jobs)


@pytest.mark.parametrize("is_first_bad", [True, False])
async def test_what_came_out_well_is_kept_beside_what_did_not(film: Scene, *, is_first_bad: bool) -> None:
    good = {**ITEM, "status": "success", "videoURL": f"{film.server.files.url}/a.mp4", "cost": 0.4}
    bad = {**ITEM, "status": "error"}
    items = [bad, good] if is_first_bad else [good, bad]
    film.server.answer({"data": items, "errors": [{"code": "x", "message": "one failed"}]}, at="poll")
    last = await film.last()
    assert (last.state, len(last.files)) == (JobState.SUCCEEDED, 1), last.error
    assert last.reported == Cost(Decimal("0.4"), "USD")


@pytest.mark.parametrize("beside", [{"data": [{**ITEM, "status": "error"}]}, {}, {"data": []}])
async def test_a_poll_that_tells_of_an_error_fails_the_job(film: Scene, beside: dict[str, object]) -> None:
    film.server.answer({**beside, "errors": [{"code": "timeout", "message": "it took too long"}]}, at="poll")
    last = await film.last()
    assert last.state is JobState.FAILED
    assert (last.error or "").endswith("it took too long")
    assert len(film.seen) == 2
