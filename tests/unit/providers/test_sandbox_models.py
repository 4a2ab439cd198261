"""The sandbox models as they ship, through the engine that real providers use."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
from typing import Any

import pytest

from modeltui.domain.job import Job, JobState
from modeltui.providers.sandbox.picture import png
from modeltui.providers.sandbox.server import Sandbox
from modeltui.providers.sandbox.ticket import ticket
from unit.providers.loopback import FakeTime, Runner, content_of, model_file, provider_file

IMAGE = "prompt_to_image/sandbox-image"
ANIMATE = "image_to_video/sandbox-animate"
POLLED = {
    IMAGE: "image/png",
    "prompt_to_video/sandbox-video": "image/webp",
    "prompt_to_audio/sandbox-music": "audio/wav",
    "text_to_speech/sandbox-speech": "audio/wav",
}
DIRECT = {"prompt_to_image/sandbox-instant": "image/png", "chat/sandbox-chat": "text/plain"}


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the sandbox opened a socket")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "create_connection", refuse)


async def ended(runner: Runner, key: str, **inputs: Any) -> list[Job]:
    given = {"prompt": "a red fox at dawn", **inputs}
    return await runner.jobs(model_file(key), provider_file("sandbox"), given, secrets=lambda _: None)


@pytest.mark.parametrize(("key", "media_type"), POLLED.items())
async def test_a_job_is_polled_and_downloaded(runner: Runner, key: str, media_type: str) -> None:
    short = {"seconds": 1} if key.endswith("music") else {}
    jobs = await ended(runner, key, **short)
    assert [job.detail for job in jobs] == [
        "sending",
        "submitted",
        "queued",
        "rendering",
        "downloading 1 of 1",
        "",
    ]
    assert [job.progress for job in jobs[2:4]] == pytest.approx([1 / 3, 2 / 3])
    assert (jobs[-1].state, jobs[-1].polls) == (JobState.SUCCEEDED, 3)
    assert [file.media_type for file in jobs[-1].files] == [media_type]


@pytest.mark.parametrize(("key", "media_type"), DIRECT.items())
async def test_an_answer_may_come_at_once(runner: Runner, key: str, media_type: str) -> None:
    last = (await ended(runner, key))[-1]
    assert (last.state, last.polls, last.files[0].media_type) == (JobState.SUCCEEDED, 0, media_type)


async def test_the_facts_of_the_media_are_told(runner: Runner) -> None:
    film = (await ended(runner, "prompt_to_video/sandbox-video", format="gif"))[-1].files[0]
    assert (film.media_type, film.facts) == ("image/gif", "320 × 180, 3.8 s, 48 frames")
    tune = (await ended(runner, "prompt_to_audio/sandbox-music", seconds=2))[-1].files[0]
    assert tune.facts == "2.0 s, 22,050 Hz"
    wide = (await ended(runner, IMAGE, aspect_ratio="16:9"))[-1].files[0]
    assert wide.facts == "1024 × 576"


@pytest.mark.parametrize("key", [*POLLED, *DIRECT])
async def test_the_same_prompt_gives_the_same_bytes(runner: Runner, key: str) -> None:
    short = {"seconds": 1} if key.endswith("music") else {}
    one, other = [content_of((await ended(runner, key, **short))[-1].files[0]) for _ in range(2)]
    assert one == other


async def test_another_prompt_gives_another_picture(runner: Runner) -> None:
    one, other = [(await ended(runner, IMAGE, prompt=prompt))[-1].files[0] for prompt in ("a fox", "a hare")]
    assert content_of(one) != content_of(other)


async def test_several_pictures_differ_and_cost_more(runner: Runner) -> None:
    last = (await ended(runner, IMAGE, count=3))[-1]
    assert len({content_of(file) for file in last.files}) == 3
    assert last.cost is not None
    assert str(last.cost.amount) == "3"


async def test_a_seed_changes_the_picture(runner: Runner) -> None:
    plain, seeded = [(await ended(runner, IMAGE, **given))[-1].files[0] for given in ({}, {"seed": 7})]
    assert content_of(plain) != content_of(seeded)


@pytest.mark.parametrize(
    ("mode", "state", "error"),
    [
        ("slow", JobState.SUCCEEDED, None),
        ("429_then_ok", JobState.SUCCEEDED, None),
        ("unknown_status", JobState.SUCCEEDED, None),
        ("fail", JobState.FAILED, "failed: the sandbox was asked to fail"),
        ("moderated", JobState.FAILED, "moderated: the prompt was refused"),
        ("5xx", JobState.UNCERTAIN, "the request may have been taken, and billed: answered 503: "),
        ("hang", JobState.FAILED, "no result within 120 s; the last status was 'rendering'"),
        ("expired_url", JobState.FAILED, "the download answered 410: the link may have expired"),
    ],
)
async def test_every_way_to_end_can_be_seen(runner: Runner, mode: str, state: JobState, error: str | None) -> None:
    last = (await ended(runner, IMAGE, sandbox_mode=mode))[-1]
    assert last.state is state
    assert (last.error or "").startswith(error or "")
    assert (last.error is None) is (error is None)


async def test_the_modes_take_their_time(runner: Runner, time: FakeTime) -> None:
    await ended(runner, IMAGE, sandbox_mode="slow")
    assert sum(time.sleeps) == pytest.approx(30 * 0.4)
    time.sleeps.clear()
    jobs = await ended(runner, IMAGE, sandbox_mode="429_then_ok")
    assert (time.sleeps[0], jobs[1].detail) == (1, "waits to be sent again in 1 s: answered 429: too many requests")
    jobs = await ended(runner, IMAGE, sandbox_mode="unknown_status")
    assert jobs[2].detail == "unknown status 'reticulating'"


async def test_the_number_of_polls_is_asked_for(runner: Runner) -> None:
    assert (await ended(runner, IMAGE, sandbox_polls=0))[-1].polls == 1
    assert (await ended(runner, IMAGE, sandbox_polls=7))[-1].polls == 7


async def test_a_cancelled_job_is_cancelled_in_the_sandbox(runner: Runner) -> None:
    run = runner.run(model_file(IMAGE), provider_file("sandbox"), {"prompt": "a", "sandbox_mode": "hang"})
    events = run.events()
    async for job in events:
        if job.polls == 2:
            break
    await events.aclose()
    assert (run.job.state, run.job.hint) == (JobState.CANCELLED, None)


async def test_moderation_of_a_direct_answer_is_a_refusal(runner: Runner) -> None:
    last = (await ended(runner, "chat/sandbox-chat", sandbox_mode="moderated"))[-1]
    assert (last.state, last.error) == (JobState.FAILED, "answered 422: the prompt was refused")


async def test_chat_is_cut_to_the_words_asked_for(runner: Runner) -> None:
    last = (await ended(runner, "chat/sandbox-chat", max_tokens=5))[-1]
    assert last.text == "You asked: “a red fox …"


@pytest.mark.parametrize("state", [JobState.POLLING, JobState.DOWNLOADING])
async def test_a_job_outlives_the_process_that_began_it(runner: Runner, state: JobState) -> None:
    """Every run has a sandbox of its own, which knows nothing of those before it."""
    document, provider = model_file(IMAGE), provider_file("sandbox")
    given = {"prompt": "a red fox", "count": 2}
    jobs = await runner.jobs(document, provider, given)
    left = next(job for job in jobs if job.state is state)
    last = await runner.last(document, provider, given, resume=left)
    assert (last.state, last.error) == (JobState.SUCCEEDED, None)
    contents = [[content_of(file) for file in job.files] for job in (jobs[-1], last)]
    assert contents[0] == contents[1]


async def test_an_id_that_says_nothing_is_not_known() -> None:
    for name in ("a-1", "a-1.", "a-1.AAAA", "a-1.%%", f"a-1.{ticket('teapots', {})}"):
        assert (await Sandbox().answer("GET", f"https://sandbox.invalid/v1/jobs/{name}", b"")).status == 404
    assert ticket("images", {"prompt": "".join(map(chr, range(0x4E00, 0x4E00 + 9000)))}) == ""


async def test_a_film_is_made_of_the_picture_that_is_given(runner: Runner) -> None:
    pictures = [content_of((await ended(runner, IMAGE, prompt=prompt))[-1].files[0]) for prompt in ("a fox", "a hare")]
    links = [f"data:image/png;base64,{base64.b64encode(each).decode()}" for each in (*pictures, pictures[0])]
    films = [content_of((await ended(runner, ANIMATE, prompt="x", image=link))[-1].files[0]) for link in links]
    assert films[0] == films[2] != films[1]


@pytest.mark.parametrize("image", ["https://example.com/a.png", "data:image/png;base64,AAAA"])
async def test_what_is_no_picture_makes_no_film(runner: Runner, image: str) -> None:
    last = (await ended(runner, ANIMATE, image=image))[-1]
    assert last.state is JobState.FAILED
    assert "image:" in (last.error or "")


async def test_a_film_of_a_large_picture_outlives_the_process_that_began_it() -> None:
    link = f"data:image/png;base64,{base64.b64encode(png('x' * 400, 'a', 2048, 2048)).decode()}"
    order = {"image": link, "prompt": "x", "width": 320, "height": 180, "sandbox_polls": 0}
    url = "https://sandbox.invalid/v1/animations"
    submitted = json.loads((await Sandbox().answer("POST", url, json.dumps(order).encode())).body)
    assert len(submitted["id"]) < 5000, "it stands in a URL"
    known = await Sandbox().answer("GET", f"https://sandbox.invalid/v1/jobs/{submitted['id']}", b"")
    (film,) = json.loads(known.body)["output"]
    assert (await Sandbox().answer("GET", film, b"")).body.startswith(b"RIFF")
