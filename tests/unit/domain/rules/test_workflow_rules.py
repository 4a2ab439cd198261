"""Workflows that do not hold together, and those that do."""

from __future__ import annotations

from typing import Any

from modeltui.domain.catalog import Catalog
from modeltui.domain.finding import Finding
from modeltui.domain.rules import check
from modeltui.domain.workflow import workflow_of

from .conftest import TODAY, catalog_of, model_file

TEXT, IMAGE, FILM = "chat/words", "prompt_to_image/still", "image_to_video/film"
_REQUEST = {"path": "/v1", "body": {"prompt": "${inputs.prompt}"}}
_PROMPT = {"prompt": {"type": "string", "required": True}}


def _models(**film: Any) -> list[tuple[str, dict[str, Any]]]:
    count = {"count": {"type": "integer", "maximum": 4}}
    image = {"image": {"type": "image", "required": True}, "more": {"type": "array", "items": {"type": "image"}}}
    sends = {"path": "/v1", "body": {"count": "${inputs.count}", "prompt": "${inputs.prompt}"}}
    shows = {"path": "/v1", "body": {name: f"${{inputs.{name}}}" for name in ("image", "more", "prompt")}}
    url = {"kind": "url", "select": "url"}
    files = {
        TEXT: {"inputs": _PROMPT, "request": _REQUEST, "result": {"kind": "text", "select": "text"}},
        IMAGE: {"inputs": _PROMPT | count, "request": sends, "result": url | {"media": "image/png"}},
        FILM: {"inputs": _PROMPT | image, "request": shows, "result": url | {"media": "video/mp4"}} | film,
    }
    return [(key, model_file(key, active=True, **fields)) for key, fields in files.items()]


def _step(name: str, model: str, **inputs: Any) -> dict[str, Any]:
    return {"id": name, "model": model, "inputs": {"prompt": "p"} | inputs}


def _found(*steps: dict[str, Any], film: dict[str, Any] | None = None, **fields: Any) -> list[Finding]:
    document = {"schema": 1, "name": "W", "active": True, "steps": list(steps), **fields}
    return [each for each in check(_catalog(document, **(film or {})), TODAY) if each.path == "workflows/w.toml"]


def _catalog(document: dict[str, Any], **film: Any) -> Catalog:
    from msgspec.structs import replace

    workflow = workflow_of("workflows/w.toml", "", document)
    return replace(catalog_of(_models(**film)), read_workflows=lambda: {"w": workflow})


def _codes(*steps: dict[str, Any], **fields: Any) -> list[str]:
    return [finding.code for finding in _found(*steps, **fields)]


def test_a_chain_of_all_kinds_of_values_is_sound() -> None:
    assert (
        _codes(
            _step("words", TEXT, prompt="about ${inputs.idea}"),
            _step("still", IMAGE, prompt="${steps.words.text}", count="${inputs.count}"),
            _step(
                "film",
                FILM,
                prompt="${steps.words.results[0]}",
                image="${steps.still.results[0]}",
                more="${steps.still.results}",
            ),
            inputs={"idea": {"type": "string"}, "count": {"type": "integer"}},
            outputs={"film": "${steps.film.results[0]}"},
        )
        == []
    )


def test_a_model_is_named_by_key_or_uid_and_never_by_its_model_id() -> None:
    document = dict(_models())[TEXT]
    assert _codes(_step("a", document["uid"].upper())) == []
    assert _codes(_step("a", "chat/nowhere")) == ["step-model-missing"]
    document["model_id"] = "gpt"
    assert _codes(_step("a", "gpt")) == ["step-model-missing"]


def test_a_model_out_of_use_in_an_active_workflow() -> None:
    step = _step("film", FILM, image="https://example.com/a.png")
    from datetime import date

    for fields, said in (
        ({"active": False}, "not active"),
        ({"retires_on": date(2026, 1, 1)}, "retired on 2026-01-01"),
        ({"status": "deprecated"}, "deprecated"),
    ):
        catalog = _found(step, film=None)
        assert catalog == []
        found = _out_of_use(step, fields)
        assert [each.severity for each in found] == ["warning"]
        assert said in found[0].message
    assert _out_of_use(step, {"active": False}, active=False) == []


def _out_of_use(step: dict[str, Any], fields: dict[str, Any], *, active: bool = True) -> list[Finding]:
    from msgspec.structs import replace

    models = [(key, {**document, **(fields if key == FILM else {})}) for key, document in _models()]
    workflow = workflow_of("workflows/w.toml", "", {"schema": 1, "name": "W", "active": active, "steps": [step]})
    catalog = replace(catalog_of(models), read_workflows=lambda: {"w": workflow})
    return [each for each in check(catalog, TODAY) if each.code == "step-model-out-of-use"]


def test_inputs_that_a_model_has_not_or_needs() -> None:
    assert _codes(_step("a", TEXT, promt="x")) == ["step-input-unknown"]
    assert _codes({"id": "a", "model": TEXT}) == ["step-input-missing"]
    assert _codes(_step("a", IMAGE, count=9)) == ["step-input-type"]


def test_values_that_cannot_fit() -> None:
    still = _step("still", IMAGE)
    image = "https://example.com/a.png"
    for inputs in (
        {"image": "${inputs.idea}"},
        {"image": "${steps.words.text}"},
        {"image": "${steps.still.results}"},
        {"image": image, "more": "${steps.still.results[0]}"},
        {"image": image, "more": ["${steps.words.text}"]},
        {"image": image, "prompt": "${steps.still.results[0]}"},
        {"image": image, "prompt": "a text with ${steps.still.results[0]} in it"},
    ):
        found = _codes(
            _step("words", TEXT, prompt="${inputs.idea}"),
            still,
            _step("film", FILM, **inputs),
            inputs={"idea": {"type": "string"}},
        )
        assert found == ["step-input-type"], inputs


def test_references_to_what_is_not_there() -> None:
    still = _step("still", IMAGE)
    for text in (
        "${steps.later.text}",
        "${steps.nobody.text}",
        "${steps.a.text}",
        "${steps.still.text}",
        "${steps.still.files[0]}",
        "${steps.still.results[0].url}",
        "${steps.still}",
        "${inputs.nothing}",
        "${saved.id}",
        "${model.name}",
    ):
        assert _codes(still, _step("a", TEXT, prompt=text), _step("later", TEXT)) == ["step-reference"], text
    assert _codes(still, outputs={"film": "${steps.film.text}"}) == ["step-reference"]


def test_ids_are_told_apart_and_inputs_are_used() -> None:
    assert _codes(_step("a", TEXT), _step("a", TEXT)) == ["duplicate-step"]
    found = _found(_step("a", TEXT), inputs={"idea": {"type": "string"}})
    assert [(each.code, each.severity) for each in found] == [("workflow-input-unused", "note")]


def test_the_schema_is_strict() -> None:
    assert _codes(_step("a", TEXT) | {"modle": 1}, colour="red") == ["unknown-key", "unknown-key"]
    assert "bad-placeholder" in _codes(_step("a", TEXT, prompt="${inputs.idea"))
    assert _codes(_step("A b", TEXT)) == ["bad-value"]
    assert "missing-key" in [each.code for each in check(_catalog({"schema": 1, "name": "W"}), TODAY)]
    assert "unsupported-schema" in [each.code for each in check(_catalog({"schema": 2, "name": "W"}), TODAY)]


def test_a_workflow_whose_key_a_model_has_is_named() -> None:
    from msgspec.structs import replace

    workflow = workflow_of("workflows/w.toml", "", {"schema": 1, "name": "W", "steps": [_step("a", TEXT)]})
    models = [*_models(), ("workflows/w", model_file("workflows/w"))]
    catalog = replace(catalog_of(models), read_workflows=lambda: {"w": workflow})
    collisions = [each.path for each in check(catalog, TODAY) if each.code == "key-collision"]
    assert collisions == ["models/workflows/w.toml", "workflows/w.toml"]
    alone = check(catalog_of(models), TODAY)
    assert [each.path for each in alone if each.code == "key-collision"] == ["models/workflows/w.toml"]
    row = catalog.row("workflows/w")
    assert row is not None
    assert row.path == "models/workflows/w.toml", "the queue means the model"


def test_steps_mean_nothing_in_a_model_file() -> None:
    request = {"path": "/v1", "body": {"prompt": "${steps.a.text}"}}
    found = check(catalog_of([("chat/a", model_file("chat/a", request=request))]), TODAY)
    assert "unknown-placeholder" in [each.code for each in found]
