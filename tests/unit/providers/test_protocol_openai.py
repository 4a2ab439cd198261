"""OpenAI: pictures as base64 in one long call, edits as form data, chat as text; money behind a 429."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

from modeltui.domain.job import JobState
from unit.providers.loopback import (
    KEY,
    PNG,
    Answers,
    FakeTime,
    Given,
    Loopback,
    Runner,
    content_of,
    model_file,
    on_loopback,
    provider_file,
)

IMAGES = "prompt_to_image/openai-gpt-image-1-5"
EDITS = "image_editing/openai-gpt-image-1-5-edit"
CHAT = "chat/gpt-5-mini"
ENCODED = base64.b64encode(PNG).decode()

Serve = Callable[[Answers], Loopback]


def pictures(count: int) -> Given:
    return Given(body={"created": 1, "data": [{"b64_json": ENCODED}] * count, "usage": {"total_tokens": 9}})


async def test_pictures_come_in_the_answer(serve: Serve, runner: Runner, time: FakeTime) -> None:
    api = serve(lambda _: pictures(2))
    provider = on_loopback(provider_file("openai"), api)
    jobs = await runner.jobs(model_file(IMAGES), provider, {"prompt": "a lighthouse", "n": 2, "quality": "low"})
    (seen,) = api.seen
    assert (seen.method, seen.path, seen.headers["authorization"]) == (
        "POST",
        "/v1/images/generations",
        f"Bearer {KEY}",
    )
    assert seen.json == {
        "model": "gpt-image-1.5",
        "prompt": "a lighthouse",
        "size": "1024x1024",
        "quality": "low",
        "n": 2,
        "output_format": "png",
    }
    assert [job.state for job in jobs] == [
        JobState.SUBMITTING,
        JobState.DOWNLOADING,
        JobState.DOWNLOADING,
        JobState.SUCCEEDED,
    ]
    assert [content_of(file) for file in jobs[-1].files] == [PNG, PNG]
    assert jobs[-1].cost is not None
    assert str(jobs[-1].cost.amount) == "0.018"
    assert time.sleeps == []


async def test_edits_are_sent_as_form_data(serve: Serve, runner: Runner) -> None:
    api = serve(lambda _: pictures(1))
    given = {"prompt": "make it night", "images": [f"data:image/png;base64,{ENCODED}"]}
    last = await runner.last(model_file(EDITS), on_loopback(provider_file("openai"), api), given)
    (seen,) = api.seen
    assert seen.path == "/v1/images/edits"
    assert seen.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b'name="image[]"; filename="image.png"\r\nContent-Type: image/png\r\n\r\n' + PNG in seen.content
    assert b'name="prompt"\r\n\r\nmake it night\r\n' in seen.content
    assert b'name="n"\r\n\r\n1\r\n' in seen.content
    assert last.state is JobState.SUCCEEDED


async def test_chat_gives_text_and_a_text_file(serve: Serve, runner: Runner) -> None:
    api = serve(lambda _: Given(body={"choices": [{"message": {"content": "Grüße"}}], "usage": {}}))
    last = await runner.last(model_file(CHAT), on_loopback(provider_file("openai"), api), {"prompt": "hello"})
    assert api.seen[0].json == {
        "model": "gpt-5-mini",
        "messages": [{"role": "user", "content": "hello"}],
        "max_completion_tokens": 4096,
    }
    assert (last.text, last.files[0].media_type) == ("Grüße", "text/plain")
    assert content_of(last.files[0]) == "Grüße".encode()


def error(code: str, message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "requests", "param": None, "code": code}}


async def test_a_429_about_money_is_never_sent_again(serve: Serve, runner: Runner) -> None:
    api = serve(lambda _: Given(429, error("insufficient_quota", "You exceeded your current quota.")))
    last = await runner.last(model_file(CHAT), on_loopback(provider_file("openai"), api), {"prompt": "hello"})
    assert (last.state, last.error) == (
        JobState.FAILED,
        "answered 429 (insufficient_quota): You exceeded your current quota.",
    )
    assert last.hint == "the account needs credit or another plan"
    assert len(api.seen) == 1


async def test_a_429_about_the_rate_is(serve: Serve, runner: Runner, time: FakeTime) -> None:
    answers = [Given(429, error("rate_limit_exceeded", "slow"), {"retry-after-ms": "1500"}), pictures(1)]
    api = serve(lambda _: answers.pop(0))
    last = await runner.last(model_file(IMAGES), on_loopback(provider_file("openai"), api), {"prompt": "a fox"})
    assert last.state is JobState.SUCCEEDED
    assert time.sleeps == [1.5]


@pytest.mark.parametrize(
    ("status", "state"), [(400, JobState.FAILED), (409, JobState.FAILED), (500, JobState.UNCERTAIN)]
)
async def test_other_errors_end_the_job_after_one_request(
    serve: Serve, runner: Runner, status: int, state: JobState
) -> None:
    api = serve(lambda _: Given(status, error("nope", "no")))
    last = await runner.last(model_file(IMAGES), on_loopback(provider_file("openai"), api), {"prompt": "a fox"})
    assert last.state is state
    assert len(api.seen) == 1


async def test_base64_that_is_none_fails_the_job(serve: Serve, runner: Runner) -> None:
    api = serve(lambda _: Given(body={"data": [{"b64_json": "%%%"}]}))
    last = await runner.last(model_file(IMAGES), on_loopback(provider_file("openai"), api), {"prompt": "a fox"})
    assert last.state is JobState.UNCERTAIN
    assert last.error == 'the provider sent base64 that cannot be decoded: {"data": [{"b64_json": "%%%"}]}'


async def test_a_redirect_of_the_api_is_not_followed(serve: Serve, runner: Runner) -> None:
    elsewhere = serve(lambda _: pictures(1))
    api = serve(lambda _: Given(307, {}, {"location": f"{elsewhere.url}/v1/images/generations"}))
    last = await runner.last(model_file(IMAGES), on_loopback(provider_file("openai"), api), {"prompt": "a fox"})
    assert last.state is JobState.FAILED
    assert f"answered 307: it points to {elsewhere.url}/v1/images/generations" in (last.error or "")
    assert "base_url" in (last.hint or "")
    assert elsewhere.seen == []
