"""Every shipped model of the providers that mostly answer at once: what it sends is taken, and its result kept."""

from __future__ import annotations

import base64
import tomllib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from modeltui.domain.document import Document
from modeltui.domain.inputs.specs import read_inputs
from modeltui.domain.job import JobState
from modeltui.domain.run_spec import compile_run
from unit.providers.loopback import CATALOG, PNG, Runner
from unit.providers.servers.fleet import server_for
from unit.providers.servers.outputs import shipped
from unit.providers.servers.scene import Scene, check_done
from unit.providers.servers.valid_inputs import full_inputs, least_inputs

PROVIDERS = (
    "openai",
    "anthropic",
    "anthropic_2023",
    "elevenlabs",
    "stability",
    "together",
    "openrouter",
    "lovable",
    "vercel",
    "cartesia",
)
MODELS = [(provider, key) for provider in PROVIDERS for key in shipped(provider)]
PICTURE = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"

Make = Callable[[Document], dict[str, Any]]


@pytest.mark.parametrize("make", [least_inputs, full_inputs], ids=["least", "full"])
@pytest.mark.parametrize(("provider", "key"), MODELS, ids=[key for _, key in MODELS])
async def test_what_a_shipped_model_sends_is_taken_and_its_result_kept(
    runner: Runner, provider: str, key: str, make: Make
) -> None:
    with server_for(provider) as server:
        scene = Scene(server, runner, key)
        given = {name: as_file(value) for name, value in make(scene.model).items()}
        jobs = await scene.jobs(given)
    check_done(scene, jobs)
    assert (jobs[-1].text == "Hello.") == (scene.model["content_type"] == "chat")
    assert jobs[-1].hint is None


@pytest.mark.parametrize(("provider", "key"), MODELS, ids=[key for _, key in MODELS])
async def test_every_choice_and_bound_of_an_input_is_taken(runner: Runner, provider: str, key: str) -> None:
    with server_for(provider) as server:
        scene = Scene(server, runner, key)
        least = {name: as_file(value) for name, value in least_inputs(scene.model).items()}
        for name, value in _edges(scene.model):
            given = {**least, name: value}
            if compile_run(scene.model).prepare(given, job_uuid="u").problems:
                continue  # a rule of the file forbids it beside the defaults
            last = await scene.last(given)
            assert last.state is JobState.SUCCEEDED, (name, value, last.error)
    assert server.problems == []


def _edges(document: Document) -> Iterator[tuple[str, Any]]:
    for spec in read_inputs(document):
        yield from ((spec.name, value) for value in spec.enum or ())
        yield from ((spec.name, value) for value in (spec.minimum, spec.maximum) if value is not None)
        if spec.type == "string" and not spec.enum and spec.max_length is not None:
            yield spec.name, "x" * spec.max_length


PRESETS = {path.stem: path for path in sorted((CATALOG / "presets").glob("*.toml"))}
NAMED = {"stability-image": "core"}
"""Model ids of models made from presets, where not any will do."""


def preset_file(name: str) -> dict[str, Any]:
    document = tomllib.loads(PRESETS[name].read_text(encoding="utf-8"))
    del document["preset"]
    return {"uid": "u", "name": name, "model_id": NAMED.get(name, "acme/a-1"), **document}


OF_PRESETS = [name for name in PRESETS if preset_file(name)["provider"] in PROVIDERS]


@pytest.mark.parametrize("make", [least_inputs, full_inputs], ids=["least", "full"])
@pytest.mark.parametrize("name", OF_PRESETS)
async def test_what_a_model_made_from_a_preset_sends_is_taken(runner: Runner, name: str, make: Make) -> None:
    document = preset_file(name)
    with server_for(document["provider"]) as server:
        scene = Scene(server, runner, MODELS[0][1])
        scene.model = document
        check_done(scene, await scene.jobs({each: as_file(value) for each, value in make(document).items()}))


def as_file(value: Any) -> Any:
    """Forms take files, not links."""
    if isinstance(value, list):
        return [as_file(each) for each in value]
    return PICTURE if isinstance(value, str) and value.endswith(".png") else value


def test_each_provider_ships_a_model() -> None:
    assert {provider for provider, _ in MODELS} == set(PROVIDERS)
