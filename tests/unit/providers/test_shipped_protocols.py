"""A model of each protocol that ships, run against a server that answers as its provider does."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from modeltui.domain.job import Job, JobState
from unit.providers.loopback import (
    KEY,
    MP4,
    PNG,
    Answers,
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

Serve = Callable[[Answers], Loopback]
Replies = Mapping[tuple[str, str], list[Any]]
"""What a server answers to a method and a path, one after another; the last stays."""

MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" + b"\x00" * 64
ENCODED = base64.b64encode(PNG).decode()


class Scene:
    """One model on a loopback server that has `replies`, `@` standing for the server and `@media` for its files."""

    def __init__(self, serve: Serve, runner: Runner, key: str, replies: Replies, file: bytes = PNG) -> None:
        self.model = model_file(key)
        self.files = serve(media(file))
        self.left = {asked: list(answers) for asked, answers in replies.items()}
        self.api = serve(self._answer)
        self.provider = on_loopback(provider_file(self.model["provider"]), self.api, self.files)
        self.runner = runner

    async def run(self, **inputs: Any) -> Job:
        return await self.runner.last(self.model, self.provider, {"prompt": "a fox", **inputs})

    def _answer(self, seen: Seen) -> Given:
        answers = self.left.get((seen.method, seen.path))
        if not answers:
            return Given(404, {"detail": f"no {seen.method} {seen.path}"})
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, bytes):
            return Given(body=answer, headers={"content-type": "application/octet-stream"})
        text = json.dumps(answer).replace("@media", self.files.url).replace("@", self.api.url)
        return Given(body=json.loads(text))


async def done(scene: Scene, content: bytes, **inputs: Any) -> list[Seen]:
    """Run to the end: one file with `content`. Returns what the server saw."""
    job = await scene.run(**inputs)
    assert job.state is JobState.SUCCEEDED, job.error
    assert [content_of(file) for file in job.files] == [content]
    assert all("authorization" not in seen.headers for seen in scene.files.seen)
    return scene.api.seen


async def test_stability_takes_a_form_and_answers_json(serve: Serve, runner: Runner) -> None:
    path = "/v2beta/stable-image/generate/sd3"
    replies = {("POST", path): [{"image": ENCODED, "finish_reason": "SUCCESS", "seed": 3}]}
    [seen] = await done(Scene(serve, runner, "prompt_to_image/stable-diffusion-3-5-large-direct", replies), PNG, seed=3)
    assert seen.headers["accept"] == "application/json"
    assert seen.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b'name="model"\r\n\r\nsd3.5-large\r\n' in seen.content
    assert b'name="seed"\r\n\r\n3\r\n' in seen.content


async def test_together(serve: Serve, runner: Runner) -> None:
    replies = {("POST", "/v1/images/generations"): [{"data": [{"index": 0, "b64_json": ENCODED}]}]}
    [seen] = await done(Scene(serve, runner, "prompt_to_image/flux-1-schnell-together", replies), PNG)
    assert seen.json["model"] == "black-forest-labs/FLUX.1-schnell"


async def test_elevenlabs_answers_with_the_sound(serve: Serve, runner: Runner) -> None:
    replies = {("POST", "/v1/text-to-speech/voice-1"): [MP3]}
    [seen] = await done(Scene(serve, runner, "text_to_speech/elevenlabs-v3", replies), MP3, voice="voice-1")
    assert seen.headers["xi-api-key"] == KEY
    assert seen.query == {"output_format": "mp3_44100_128"}
    assert seen.json == {"text": "a fox", "model_id": "eleven_v3"}


async def test_openai_speech(serve: Serve, runner: Runner) -> None:
    [seen] = await done(Scene(serve, runner, "text_to_speech/openai-tts-1", {("POST", "/v1/audio/speech"): [MP3]}), MP3)
    assert seen.json == {"model": "tts-1", "input": "a fox", "voice": "alloy", "response_format": "mp3"}


async def test_openai_video_is_fetched_with_the_key(serve: Serve, runner: Runner) -> None:
    replies: Replies = {
        ("POST", "/v1/videos"): [{"id": "video_1", "status": "queued"}],
        ("GET", "/v1/videos/video_1"): [{"status": "in_progress", "progress": 40}, {"status": "completed"}],
        ("GET", "/v1/videos/video_1/content"): [MP4],
    }
    seen = await done(Scene(serve, runner, "prompt_to_video/openai-sora-2-pro", replies), MP4, seconds=8)
    assert seen[0].headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b'name="seconds"\r\n\r\n8\r\n' in seen[0].content
    assert {each.headers["authorization"] for each in seen} == {f"Bearer {KEY}"}


CHAT = {"choices": [{"message": {"content": "Hello."}}]}
MESSAGE = {"content": [{"type": "text", "text": "Hello."}]}
RESPONSE = {
    "output": [
        {"type": "reasoning", "summary": []},
        {"type": "message", "content": [{"type": "output_text", "text": "Hello."}]},
    ]
}


@pytest.mark.parametrize(
    ("key", "path", "answer"),
    [
        ("glm-4-7", "/v1/chat/completions", CHAT),
        ("gpt-oss-120b-together", "/v1/chat/completions", CHAT),
        ("gpt-5-1-codex", "/v1/responses", RESPONSE),
        ("claude-haiku-4-5-2023-06-01", "/v1/messages", MESSAGE),
    ],
)
async def test_chats(serve: Serve, runner: Runner, key: str, path: str, answer: Any) -> None:
    scene = Scene(serve, runner, f"chat/{key}", {("POST", path): [answer]})
    job = await scene.run()
    assert (job.state, job.text) == (JobState.SUCCEEDED, "Hello."), job.error


async def test_the_gateway_is_told_whom_to_ask_first(serve: Serve, runner: Runner) -> None:
    scene = Scene(serve, runner, "chat/glm-4-7", {("POST", "/v1/chat/completions"): [CHAT]})
    await scene.run()
    assert scene.api.seen[0].json == {
        "model": "zai/glm-4.7",
        "messages": [{"role": "user", "content": "a fox"}],
        "max_tokens": 4096,
        "providerOptions": {"gateway": {"order": ["deepinfra", "fireworks"]}},
    }


async def test_the_older_anthropic_takes_a_temperature_and_another_header(serve: Serve, runner: Runner) -> None:
    scene = Scene(serve, runner, "chat/claude-haiku-4-5-2023-06-01", {("POST", "/v1/messages"): [MESSAGE]})
    await scene.run(temperature=0.5)
    [seen] = scene.api.seen
    assert (seen.headers["anthropic-version"], seen.headers["x-api-key"]) == ("2023-06-01", KEY)
    assert "authorization" not in seen.headers
    assert seen.json["temperature"] == 0.5
