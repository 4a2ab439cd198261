"""Every shipped model of the providers that run jobs: what it sends is taken, and its result comes to the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from modeltui.domain.document import Document
from modeltui.domain.job import JobState
from unit.providers.loopback import CATALOG, FakeTime, Runner
from unit.providers.servers.base import SAMPLES, ProtocolServer
from unit.providers.servers.fleet import server_for, servers
from unit.providers.servers.kie import KieServer
from unit.providers.servers.outputs import shipped
from unit.providers.servers.runware import RunwareServer
from unit.providers.servers.scene import Scene, check_done
from unit.providers.servers.valid_inputs import full_inputs, least_inputs

PROVIDERS = ("kie_ai", "runware", "replicate", "fal", "luma", "kling", "bfl", "google", "leonardo")
MODELS = [(provider, key) for provider in PROVIDERS for key in shipped(provider)]
OLDER = frozenset(
    {
        "image_editing/google-image-upscale",
        "image_editing/recraft-crisp-upscale",
        "image_editing/recraft-remove-background",
        "image_to_video/seedance-1-0-pro-fast-fixed",
        "image_to_video/sora-2-watermarked",
        "image_to_video/wan-2-2-turbo-basic",
        "prompt_to_image/flux-1-1-pro",
        "prompt_to_image/flux-1-dev-fixed",
        "prompt_to_image/flux-1-pro-fixed",
        "prompt_to_image/flux-1-schnell-fixed",
        "prompt_to_image/flux-1-schnell-simple",
        "prompt_to_image/ideogram-character",
        "prompt_to_image/ideogram-v2-plus",
        "prompt_to_image/jasper-text-to-image",
        "prompt_to_image/stable-diffusion-3",
        "prompt_to_image/stable-diffusion-xl",
        "prompt_to_image/ultra-detail",
        "prompt_to_video/kling-2-1-pro",
        "prompt_to_video/kling-2-1-standard",
        "prompt_to_video/seedance-1-0-pro-fast-fixed",
        "prompt_to_video/sora-2-watermarked",
        "prompt_to_video/wan-2-2-turbo-basic",
        "speech_to_text/elevenlabs-speech-to-text",
    }
)
"""Their bodies are those of the catalogue that the project began with, which names the model otherwise, or not at all;
the API as it is documented does not take them."""

Make = Callable[[Document], dict[str, Any]]


@pytest.fixture
def start() -> Iterator[Callable[[str], ProtocolServer]]:
    running: list[ProtocolServer] = []

    def begin(provider: str) -> ProtocolServer:
        running.append(server_for(provider))
        return running[-1]

    yield begin
    for server in running:
        server.close()


@pytest.mark.parametrize("make", [least_inputs, full_inputs], ids=["least", "full"])
@pytest.mark.parametrize(("provider", "key"), MODELS, ids=[key for _, key in MODELS])
async def test_what_a_shipped_model_sends_is_taken_and_its_result_kept(
    start: Callable[[str], ProtocolServer], runner: Runner, provider: str, key: str, make: Make
) -> None:
    server = start(provider)
    if isinstance(server, KieServer | RunwareServer):
        server.takes_older_bodies = key in OLDER
    scene = Scene(server, runner, key)
    jobs = await scene.jobs(make(scene.model))
    if provider == "google":
        _check_google(scene, jobs[-1].state, [file.media_type for file in jobs[-1].files])
    else:
        check_done(scene, jobs, len(scene.remote.urls))
    assert all(file.media_type in SAMPLES for file in jobs[-1].files)


def _check_google(scene: Scene, state: JobState, kinds: list[str]) -> None:
    assert state is JobState.SUCCEEDED
    assert scene.server.problems == []
    assert scene.server.submits == 1
    assert kinds == [scene.model["result"]["media"]]


@pytest.mark.parametrize("key", sorted(OLDER))
async def test_older_bodies_are_refused_by_the_documented_api(
    start: Callable[[str], ProtocolServer], runner: Runner, key: str
) -> None:
    """When one is mended, it leaves the list."""
    provider = next(provider for provider, name in MODELS if name == key)
    scene = Scene(start(provider), runner, key)
    last = await scene.last()
    assert last.state is JobState.FAILED
    assert len(scene.server.problems) == 1
    assert scene.server.submits == 0


def test_every_provider_that_ships_has_a_server() -> None:
    assert {path.stem for path in (CATALOG / "providers").glob("*.toml")} - {"sandbox"} == set(servers())


async def test_many_jobs_at_once_are_kept_apart(start: Callable[[str], ProtocolServer], runner: Runner) -> None:
    """As a batch runs them: one server, and each gets its own result."""
    server = start("kie_ai")
    assert isinstance(server, KieServer)
    server.takes_older_bodies = True
    scenes = [Scene(server, Runner(runner.folder, FakeTime()), key) for key in shipped("kie_ai")]
    ended = await asyncio.gather(*(scene.last() for scene in scenes))
    assert {(job.state, job.error) for job in ended} == {(JobState.SUCCEEDED, None)}
    assert server.submits == len(scenes) == len({job.remote_id for job in ended})
    assert server.problems == []
