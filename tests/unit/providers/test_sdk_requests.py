"""What the official clients put on the wire, recorded on a loopback server, and that we send the same.

Recorded on 2026-11-21 with openai 3.54.0, anthropic 2.12.0 (version 2026-10-21) and 0.125.0 (version 2023-06-01),
elevenlabs 2.78.0, together 3.1.1, openrouter 1.3.84, replicate 1.0.7, fal-client 1.0.3 and lumaai 1.21.0. What they say
of themselves (user agents, `x-stainless-*`, `x-fern-*`, `accept`) is left out, and two defaults that change nothing:
`stream: false` of openrouter, and `?logs=false` that fal-client adds to the status URL.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from unit.providers.loopback import (
    KEY,
    PNG,
    Answers,
    Given,
    Loopback,
    Runner,
    Seen,
    model_file,
    on_loopback,
    provider_file,
)
from unit.providers.servers.fleet import server_for
from unit.providers.servers.form import form_of
from unit.providers.servers.scene import Scene

Serve = Callable[[Answers], Loopback]

PICTURE = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
BEARER = {"authorization": f"Bearer {KEY}"}
XI = {"xi-api-key": KEY}
JSON, FORM = "application/json", "multipart/form-data; boundary="
_AUTH = ("authorization", "x-api-key", "xi-api-key", "anthropic-version", "idempotency-key", "prefer")


@dataclass(frozen=True)
class Sent:
    """A request of an official client, for the inputs of ours that mean the same call."""

    client: str
    key: str
    inputs: Mapping[str, Any]
    path: str
    body: Any
    """JSON; of a form its texts, and its files as `(name, media type, bytes)`."""
    headers: Mapping[str, str] = field(default_factory=lambda: BEARER)
    """Those that show the key or choose a version: all of them."""
    query: Mapping[str, str] = field(default_factory=dict)
    files: tuple[tuple[str, str, bytes], ...] = ()
    content_type: str = JSON


HI = [{"role": "user", "content": "hi"}]
FORMAT = {"output_format": "mp3_44100_128"}
PHOTO = {"size": "1024x1024", "quality": "low", "n": 1, "output_format": "png"}
SENT = [
    Sent(
        "openai",
        "chat/gpt-5-mini",
        {"prompt": "hi", "max_tokens": 10},
        "/v1/chat/completions",
        {"model": "gpt-5-mini", "messages": HI, "max_completion_tokens": 10},
    ),
    Sent(
        "openai",
        "chat/gpt-5-1-codex",
        {"prompt": "hi", "max_tokens": 5, "reasoning_effort": "low"},
        "/v1/responses",
        {"model": "gpt-5.1-codex", "input": "hi", "max_output_tokens": 5, "reasoning": {"effort": "low"}},
    ),
    Sent(
        "openai",
        "prompt_to_image/openai-gpt-image-1-5",
        {"prompt": "a", **PHOTO},
        "/v1/images/generations",
        {"model": "gpt-image-1.5", "prompt": "a", **PHOTO},
    ),
    Sent(
        "openai",
        "image_editing/openai-gpt-image-1-5-edit",
        {"prompt": "a", "images": [PICTURE, PICTURE], "n": 1, "input_fidelity": "high", "quality": "low"},
        "/v1/images/edits",
        {
            "model": "gpt-image-1.5",
            "prompt": "a",
            "n": "1",
            "size": "1024x1024",
            "quality": "low",
            "output_format": "png",
            "input_fidelity": "high",
        },
        files=(("image[]", "image/png", PNG),) * 2,
        content_type=FORM,
    ),
    Sent(
        "openai",
        "text_to_speech/openai-tts-1",
        {"prompt": "a", "voice": "alloy"},
        "/v1/audio/speech",
        {"model": "tts-1", "input": "a", "voice": "alloy", "response_format": "mp3"},
    ),
    Sent(
        "openai, a form even without a file",
        "prompt_to_video/openai-sora-2-pro",
        {"prompt": "a", "seconds": 8},
        "/v1/videos",
        {"model": "sora-2-pro", "prompt": "a", "seconds": "8", "size": "720x1280"},
        content_type=FORM,
    ),
    Sent(
        "openai",
        "prompt_to_video/openai-sora-2-pro",
        {"prompt": "a", "seconds": 8, "image": PICTURE},
        "/v1/videos",
        {"model": "sora-2-pro", "prompt": "a", "seconds": "8", "size": "720x1280"},
        files=(("input_reference", "image/png", PNG),),
        content_type=FORM,
    ),
    Sent(
        "anthropic 2.12.0",
        "chat/claude-haiku-4-5",
        {"prompt": "hi", "system": "s", "max_tokens": 10},
        "/v1/messages",
        {"model": "claude-haiku-4-5", "max_tokens": 10, "system": "s", "messages": HI},
        headers={**BEARER, "anthropic-version": "2026-10-21"},
    ),
    Sent(
        "anthropic 0.125.0",
        "chat/claude-haiku-4-5-2023-06-01",
        {"prompt": "hi", "system": "s", "max_tokens": 10, "temperature": 0.5},
        "/v1/messages",
        {"model": "claude-haiku-4-5", "max_tokens": 10, "system": "s", "temperature": 0.5, "messages": HI},
        headers={"x-api-key": KEY, "anthropic-version": "2023-06-01"},
    ),
    Sent(
        "elevenlabs",
        "text_to_speech/elevenlabs-v3",
        {"prompt": "a", "voice": "voice-1"},
        "/v1/text-to-speech/voice-1",
        {"text": "a", "model_id": "eleven_v3"},
        headers=XI,
        query=FORMAT,
    ),
    Sent(
        "elevenlabs",
        "text_to_audio/elevenlabs-sound-effect-direct",
        {"prompt": "a", "duration_seconds": 2.0, "prompt_influence": 0.3},
        "/v1/sound-generation",
        {"text": "a", "model_id": "eleven_text_to_sound_v2", "duration_seconds": 2.0, "prompt_influence": 0.3},
        headers=XI,
        query=FORMAT,
    ),
    Sent(
        "elevenlabs",
        "prompt_to_audio/elevenlabs-music-direct",
        {"prompt": "a", "music_length_ms": 10000},
        "/v1/music",
        {"prompt": "a", "music_length_ms": 10000, "model_id": "music_v1"},
        headers=XI,
        query=FORMAT,
    ),
    Sent(
        "together",
        "prompt_to_image/flux-1-schnell-together",
        {"prompt": "a"},
        "/v1/images/generations",
        {
            "model": "black-forest-labs/FLUX.1-schnell",
            "prompt": "a",
            "width": 1024,
            "height": 1024,
            "steps": 4,
            "response_format": "base64",
        },
    ),
    Sent(
        "together",
        "text_to_speech/kokoro-together",
        {"prompt": "a", "voice": "af_heart"},
        "/v1/audio/speech",
        {"model": "hexgrad/Kokoro-82M", "input": "a", "voice": "af_heart", "response_format": "mp3"},
    ),
    Sent(
        "together",
        "prompt_to_video/hailuo-02-together",
        {"prompt": "a", "seconds": 6},
        "/v2/videos",
        {"model": "minimax/hailuo-02", "prompt": "a", "width": 1366, "height": 768, "seconds": "6"},
    ),
    Sent(
        "openrouter",
        "chat/kimi-k2-5",
        {"prompt": "hi", "max_tokens": 5},
        "/api/v1/chat/completions",
        {"model": "moonshotai/kimi-k2.5", "messages": HI, "max_tokens": 5},
    ),
    Sent(
        "openrouter",
        "prompt_to_video/veo-3-1-openrouter",
        {"prompt": "a", "duration": 8},
        "/api/v1/videos",
        {"model": "google/veo-3.1", "prompt": "a", "duration": 8, "resolution": "720p", "aspect_ratio": "16:9"},
    ),
    Sent(
        "replicate",
        "prompt_to_image/replicate-flux-schnell",
        {"prompt": "a", "num_outputs": 1},
        "/v1/models/black-forest-labs/flux-schnell/predictions",
        None,
    ),
    Sent(
        "fal-client",
        "prompt_to_image/flux-1-1-pro-ultra-fal",
        {"prompt": "a"},
        "/fal-ai/flux-pro/v1.1-ultra",
        {"prompt": "a", "aspect_ratio": "16:9", "num_images": 1, "output_format": "jpeg"},
        headers={"authorization": f"Key {KEY}"},
    ),
    Sent(
        "lumaai",
        "prompt_to_video/luma-ray-2-direct",
        {"prompt": "a", "loop": False},
        "/dream-machine/v1/generations/video",
        {
            "model": "ray-2",
            "prompt": "a",
            "aspect_ratio": "16:9",
            "resolution": "720p",
            "duration": "5s",
            "loop": False,
        },
    ),
    Sent(
        "lumaai",
        "prompt_to_image/luma-photon-1",
        {"prompt": "a", "aspect_ratio": "16:9"},
        "/dream-machine/v1/generations/image",
        {"model": "photon-1", "prompt": "a", "aspect_ratio": "16:9"},
    ),
]


@pytest.mark.parametrize("sent", SENT, ids=[f"{each.client}: {each.path}" for each in SENT])
async def test_a_request_equals_that_of_the_official_client(serve: Serve, runner: Runner, sent: Sent) -> None:
    api = serve(lambda _: Given(400, {}))
    document = model_file(sent.key)
    await runner.last(document, on_loopback(provider_file(document["provider"]), api), sent.inputs)
    [seen] = api.seen
    assert (seen.method, seen.path, seen.query) == ("POST", sent.path, sent.query)
    assert {name: value for name, value in seen.headers.items() if name in _AUTH} == sent.headers
    assert seen.headers["content-type"].startswith(sent.content_type)
    if sent.content_type == FORM:
        _check_form(seen, sent)
    elif sent.client == "replicate":
        assert seen.json.keys() == {"input"}
        assert seen.json["input"]["prompt"] == "a"
    else:
        assert seen.json == sent.body


def _check_form(seen: Seen, sent: Sent) -> None:
    form = form_of(seen, tuple(sent.body), tuple(name for name, _, _ in sent.files))
    assert form.texts() == sent.body
    assert [(each.name, each.content_type, each.content) for each in form.fields if each.file_name] == list(sent.files)


FOLLOWED = [
    ("openai", "prompt_to_video/openai-sora-2-pro", ["GET /v1/videos/ID", "GET /v1/videos/ID/content"]),
    ("together", "prompt_to_video/hailuo-02-together", ["GET /v2/videos/ID"]),
    (
        "openrouter",
        "prompt_to_video/seedance-1-5-pro-openrouter",
        ["GET /api/v1/videos/ID", "GET /api/v1/videos/ID/content?index=0"],
    ),
    ("replicate", "prompt_to_image/replicate-flux-schnell", ["GET /v1/predictions/ID"]),
    ("lumaai", "prompt_to_video/luma-ray-2-direct", ["GET /dream-machine/v1/generations/ID"]),
]


@pytest.mark.parametrize(("client", "key", "expected"), FOLLOWED, ids=[client for client, _, _ in FOLLOWED])
async def test_what_follows_equals_that_of_the_official_client(
    runner: Runner, client: str, key: str, expected: list[str]
) -> None:
    with server_for(model_file(key)["provider"]) as server:
        scene = Scene(server, runner, key)
        await scene.jobs()
    found = [_line(seen).replace(scene.remote.id, "ID") for seen in scene.seen[1:]]
    assert list(dict.fromkeys(found)) == expected, client
    assert [seen.content for seen in scene.seen[1:]] == [b""] * len(found)


def _line(seen: Seen) -> str:
    query = "&".join(f"{name}={value}" for name, value in seen.query.items())
    return f"{seen.method} {seen.path}{'?' if query else ''}{query}"


NO_SAMPLING = ("temperature", "top_p", "top_k")


def test_the_newer_anthropic_is_never_sent_what_its_client_does_not_take() -> None:
    """`messages.create` of anthropic 2.12.0 has no parameter of these names, and its API refuses them."""
    for slug in ("claude-haiku-4-5", "claude-opus-4-5", "claude-sonnet-4-5"):
        document = model_file(f"chat/{slug}")
        assert document["provider"] == "anthropic"
        assert not document["inputs"].keys() & set(NO_SAMPLING)
        assert not document["request"]["body"].keys() & set(NO_SAMPLING)
