"""Runware: one URL, bodies and answers that are arrays, our own id, errors beside results."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from modeltui.domain.call import Cost
from modeltui.domain.job import JobState
from unit.providers.loopback import (
    JOB_ID,
    KEY,
    MP4,
    PNG,
    Answers,
    Given,
    Loopback,
    Runner,
    media,
    model_file,
    on_loopback,
    provider_file,
)

IMAGE = "prompt_to_image/flux-1-dev"

Serve = Callable[[Answers], Loopback]


def answering(*answers: Given) -> Answers:
    left = list(answers)
    return lambda _: left.pop(0)


def video_model() -> dict[str, Any]:
    """A polled Runware model, whatever the catalogue has of them."""
    return {
        "schema": 1,
        "provider": "runware",
        "inputs": {"prompt": {"type": "string", "required": True}},
        "request": {
            "path": "/v1",
            "idempotent": True,
            "body": [{"taskType": "videoInference", "taskUUID": "${job.uuid}", "positivePrompt": "${inputs.prompt}"}],
        },
        "poll": {
            "method": "POST",
            "path": "/v1",
            "body": [{"taskType": "getResponse", "taskUUID": "${job.uuid}"}],
            "status": "data[0].status",
            "pending": ["processing"],
            "success": ["success"],
            "failure": ["error"],
        },
        "result": {"kind": "url", "select": "data[].videoURL", "media": "video/mp4", "cost": "sum(data[].cost)"},
        "cost": {"currency": "USD", "base": "0.5"},
    }


async def test_a_picture_comes_in_one_call_with_its_cost(serve: Serve, runner: Runner) -> None:
    files = serve(media(PNG))
    found = {"taskType": "imageInference", "taskUUID": JOB_ID, "imageURL": f"{files.url}/a.png", "cost": 0.0013}
    api = serve(lambda _: Given(body={"data": [found]}))
    provider = on_loopback(provider_file("runware"), api, files)
    last = await runner.last(model_file(IMAGE), provider, {"positivePrompt": "a red fox in the snow"})

    (seen,) = api.seen
    assert (seen.method, seen.path, seen.headers["authorization"]) == ("POST", "/v1", f"Bearer {KEY}")
    (task,) = seen.json
    assert (task["taskType"], task["taskUUID"], task["model"]) == ("imageInference", JOB_ID, "runware:101@1")
    assert (task["width"], task["height"], task["includeCost"]) == (1024, 1024, True)

    assert (last.state, last.reported) == (JobState.SUCCEEDED, Cost(Decimal("0.0013"), "USD"))
    assert last.files[0].media_type == "image/png"
    assert "authorization" not in files.seen[0].headers


async def test_errors_with_http_200_fail_the_job(serve: Serve, runner: Runner) -> None:
    error = {"code": "invalidModel", "message": "Invalid value for 'model'.", "taskUUID": JOB_ID}
    api = serve(lambda _: Given(body={"errors": [error]}))
    last = await runner.last(
        model_file(IMAGE), on_loopback(provider_file("runware"), api), {"positivePrompt": "a red fox"}
    )
    assert (last.state, last.error) == (JobState.FAILED, "answered 200 (invalidModel): Invalid value for 'model'.")


async def test_results_beside_an_error_are_kept(serve: Serve, runner: Runner) -> None:
    files = serve(media(PNG))
    body = {
        "data": [{"imageURL": f"{files.url}/a.png", "cost": 0.1}],
        "errors": [{"code": "x", "message": "one failed"}],
    }
    api = serve(lambda _: Given(body=body))
    provider = on_loopback(provider_file("runware"), api, files)
    last = await runner.last(model_file(IMAGE), provider, {"positivePrompt": "a red fox"})
    assert (last.state, len(last.files)) == (JobState.SUCCEEDED, 1)


async def test_a_film_is_polled_with_our_own_id(serve: Serve, runner: Runner) -> None:
    files = serve(media(MP4))
    api = serve(
        answering(
            Given(body={"data": [{"taskType": "videoInference", "taskUUID": JOB_ID}]}),
            Given(body={"data": [{"taskUUID": JOB_ID, "status": "processing"}]}),
            Given(body={"data": [{"status": "success", "videoURL": f"{files.url}/a.mp4", "cost": 0.45}]}),
        )
    )
    jobs = await runner.jobs(video_model(), on_loopback(provider_file("runware"), api, files), {"prompt": "waves"})
    submit, *polls = api.seen
    assert submit.json == [{"taskType": "videoInference", "taskUUID": JOB_ID, "positivePrompt": "waves"}]
    assert [poll.json for poll in polls] == [[{"taskType": "getResponse", "taskUUID": JOB_ID}]] * 2
    assert jobs[1].remote_id == JOB_ID
    last = jobs[-1]
    assert (last.state, last.reported, last.files[0].media_type) == (
        JobState.SUCCEEDED,
        Cost(Decimal("0.45"), "USD"),
        "video/mp4",
    )


async def test_a_lost_submit_is_sent_again_because_the_id_is_ours(serve: Serve, runner: Runner) -> None:
    files = serve(media(MP4))
    done = {"data": [{"status": "success", "videoURL": f"{files.url}/a.mp4"}]}
    api = serve(answering(Given(is_cut=True), Given(body={"data": [{"taskUUID": JOB_ID}]}), Given(body=done)))
    last = await runner.last(video_model(), on_loopback(provider_file("runware"), api, files), {"prompt": "waves"})
    assert last.state is JobState.SUCCEEDED
    assert api.seen[0].json == api.seen[1].json


@pytest.mark.parametrize(
    "body",
    [
        {"data": [{"status": "error"}], "errors": [{"code": "timeout", "message": "it took too long"}]},
        {"errors": [{"code": "timeout", "message": "it took too long"}]},
    ],
)
async def test_a_poll_that_tells_of_an_error_fails_the_job(serve: Serve, runner: Runner, body: dict[str, Any]) -> None:
    api = serve(answering(Given(body={"data": [{"taskUUID": JOB_ID}]}), Given(body=body)))
    last = await runner.last(video_model(), on_loopback(provider_file("runware"), api), {"prompt": "waves"})
    assert last.state is JobState.FAILED
    assert (last.error or "").endswith("it took too long")
