"""What `check` says of steps before the request."""

from __future__ import annotations

from typing import Any

import pytest

from modeltui.domain.rules.files import check_model

from .conftest import MakeCatalog, model_file

STEP: dict[str, Any] = {
    "input": "image",
    "path": "/upload",
    "body": {"file": "${file.data_url}"},
    "save": {"url": "url"},
    "use": "${saved.url}",
}
INPUTS = {"image": {"type": "image"}, "prompt": {"type": "string"}}


def codes(*steps: dict[str, Any], **request: Any) -> list[tuple[str, str | None]]:
    body = {"image": "${inputs.image}", "text": "${inputs.prompt}", **request}
    document = model_file(
        "image_to_image/a",
        inputs=INPUTS,
        before=[{name: value for name, value in step.items() if value is not None} for step in steps],
        request={"path": "/v1", "body": body},
        result={"kind": "url", "select": "url"},
    )
    return [(finding.code, finding.field) for finding in check_model("models/image_to_image/a.toml", document)]


def test_a_good_step_has_no_findings() -> None:
    assert codes(STEP) == []


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"input": "nothing"}, "unknown-input", "before.0.input"),
        ({"input": "prompt"}, "upload-not-media", "before.0.input"),
        ({"use": None}, "upload-not-used", "before.0"),
        ({"use": "${saved.link}"}, "unknown-saved", "before.0.use"),
        ({"save": {"url": "a..b"}}, "bad-expression", "before.0.save.url"),
        ({"body": {"a": "${file.path}"}}, "unknown-placeholder", "before.0.body.a"),
        ({"body": {"a": "${saved.url}"}}, "unknown-saved", "before.0.body.a"),
        ({"body": {"a": "${inputs.nothing}"}}, "unknown-input", "before.0.body.a"),
        ({"body": {"a": "${env.HOME}"}}, "bad-placeholder", "before.0.body.a"),
        ({"body": {"a": "${+saved.url}"}}, "bad-placeholder", "before.0.body.a"),
        ({"path": "/a/${+inputs.prompt}"}, "bad-placeholder", "before.0.path"),
        ({"body": {"$when": "always", "a": 1}}, "bad-placeholder", 'before.0.body."$when"'),
        ({"path": "https://example.com/x"}, "bad-value", "before.0.path"),
        ({"path": None}, "missing-key", "before.0.path"),
        ({"url": "${saved.url}"}, "either-or", "before.0.url"),
        ({"headers": {"Authorization": "x"}}, "forbidden-header", "before.0.headers.Authorization"),
        ({"encoding": "smoke"}, "bad-value", "before.0.encoding"),
        ({"encoding": "bytes"}, "missing-key", "before.0.body"),
        ({"body": "${file.bytes}"}, "missing-key", "before.0.encoding"),
        ({"speed": 1}, "unknown-key", "before.0.speed"),
    ],
)
def test_a_fault_is_found_where_it_stands(changes: dict[str, Any], code: str, field: str) -> None:
    assert (code, field) in codes({**STEP, **changes})


def test_one_step_of_an_input_says_what_is_used() -> None:
    assert codes(STEP, STEP) == [("upload-not-used", "before.1")]


def test_a_file_is_only_in_its_step() -> None:
    once = {"path": "/session", "save": {"session": "id"}}
    assert codes({**once, "body": {"a": "${file.name}"}}) == [("unknown-placeholder", "before.0.body.a")]
    assert codes(once, name="${file.name}") == [("unknown-placeholder", "request.body.name")]


def test_what_a_step_without_input_saves_is_seen_by_the_request() -> None:
    once = {"path": "/session", "save": {"session": "id"}}
    assert codes(once, session="${saved.session}") == []
    assert codes(STEP, session="${saved.url}") == [("unknown-placeholder", "request.body.session")]
    assert codes(once, session="${saved.url}") == [("unknown-saved", "request.body.session")]


def test_a_base_is_one_of_the_provider(one: MakeCatalog) -> None:
    from modeltui.domain.rules.providers import asked_of, providers_of

    catalog = one(before=[{**STEP, "base": "upload"}], inputs=INPUTS)
    (model,) = catalog.models.values()
    found = providers_of(model, asked_of(catalog.documents[model.key]), catalog)
    assert [(each.code, each.field) for each in found] == [("unknown-base", "before.0.base")]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"bases": {"upload": "https://files.kie.ai"}}, "bad-value", "hosts"),
        ({"bases": {"upload": "http://api.kie.ai"}}, "bad-value", "bases.upload"),
        ({"bases": {"upload": "https://u@api.kie.ai"}}, "bad-value", "bases.upload"),
        ({"auth": {"scheme": "magic", "env": ["KIE_AI_API_KEY"]}}, "bad-value", "auth.scheme"),
    ],
)
def test_a_provider_says_where_its_bases_are(changes: dict[str, Any], code: str, field: str) -> None:
    from modeltui.domain.schema.findings import findings_of

    from .conftest import _PROVIDER

    found = findings_of("providers/kie_ai.toml", {**_PROVIDER, **changes}, "provider")
    assert (code, field) in [(each.code, each.field) for each in found]
