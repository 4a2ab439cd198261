"""Every fault of a file, all at once, in words that help."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from modeltui.domain.document import ABSENT, parse_field, with_value
from modeltui.domain.schema.files import FileKind
from modeltui.domain.schema.findings import findings_of

PATH = "models/prompt_to_video/veo.toml"

Document = dict[str, Any]


def _findings(document: Document, kind: FileKind = "model") -> list[tuple[str, str | None]]:
    return [(finding.code, finding.field) for finding in findings_of(PATH, document, kind)]


def _with(document: Document, field: str, value: Any) -> Document:
    return with_value(document, parse_field(field), value)


def test_good_files_have_no_findings(model: Document, provider: Document, settings: Document) -> None:
    assert findings_of(PATH, model, "model") == []
    assert findings_of(PATH, provider, "provider") == []
    assert findings_of(PATH, settings, "catalog") == []
    assert findings_of(PATH, {**_without_identity(model), "preset": {"name": "Veo"}}, "preset") == []


def _without_identity(model: Document) -> Document:
    return {name: value for name, value in model.items() if name not in ("uid", "model_id", "name")}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("schema", 2, "unsupported-schema"),
        ("schema", True, "wrong-type"),
        ("uid", "veo", "bad-value"),
        ("uid", ABSENT, "missing-key"),
        ("name", " ", "bad-value"),
        ("name", 5, "wrong-type"),
        ("provider", "Kie AI", "bad-value"),
        ("active", "true", "wrong-type"),
        ("active", 1, "wrong-type"),
        ("order", -1, "bad-value"),
        ("order", 1.0, "wrong-type"),
        ("order", True, "wrong-type"),
        ("category", "gold", "bad-value"),
        ("tags", ["a", "a"], "repeated-value"),
        ("tags", "a", "wrong-type"),
        ("keys", ["lower_case"], "bad-value"),
        ("logo", "../veo.svg", "bad-value"),
        ("replaced_by", "veo-4", "bad-value"),
        ("released_on", "2025-10-01", "wrong-type"),
        ("released_on", datetime(2025, 10, 1, tzinfo=UTC), "wrong-type"),
        ("lock.locked", ABSENT, "missing-key"),
        ("lock.at", date(2026, 11, 20), "wrong-type"),
        ("lock.digest", "sha256:1", "bad-value"),
        ("timing.estimated_seconds", 0, "bad-value"),
        ("timing.estimated_seconds", float("nan"), "bad-value"),
        ("limits.min_media_seconds", 90, "bad-bounds"),
        ("modalities.output", ["smell"], "bad-value"),
        ("modalities.output", ["video", "video"], "repeated-value"),
        ("capabilities.audio", "yes", "wrong-type"),
        ("inputs.prompt.type", "text", "bad-value"),
        ("inputs.prompt.minimum", 3, "misplaced-key"),
        ("inputs.prompt.min_length", 6000, "bad-bounds"),
        ("inputs.prompt.default", 3, "bad-default"),
        ("inputs.aspect_ratio.default", "1:1", "bad-default"),
        ("inputs.duration.default", 11, "bad-default"),
        ("inputs.duration.enum", [5, 20], "bad-enum"),
        ("inputs.duration.step", 0, "bad-value"),
        ('inputs."a b"', {"type": "string"}, "bad-name"),
        ("inputs.shots.items.fields.seconds.max_items", 3, "misplaced-key"),
        ("request.method", "post", "bad-value"),
        ("request.path", "https://evil.example/x", "bad-value"),
        ("request.path", "//evil.example/x", "bad-value"),
        ("request.path", "/x/${inputs.prompt", "bad-placeholder"),
        ("request.headers.Authorization", "Bearer x", "forbidden-header"),
        ("request.headers.x-source", "a\nb", "bad-value"),
        ("request.query", {"a": 1}, "wrong-type"),
        ("request.body", "text", "wrong-type"),
        ("request.body.prompt", "${env.HOME}", "bad-placeholder"),
        ("request.save.task_id", "data..id", "bad-expression"),
        ("request.save.task_id", "a" * 301, "bad-expression"),
        ("poll.path", ABSENT, "missing-key"),
        ("poll.url", "${saved.url}", "either-or"),
        ("poll.status", ABSENT, "missing-key"),
        ("poll.success", [], "bad-value"),
        ("poll.failure", ["1"], "repeated-value"),
        ("poll.interval_s", 0, "bad-value"),
        ("poll.interval_s", 100_000, "bad-value"),
        ("cancel.url", "https://evil.example/${saved.id}", "bad-value"),
        ("result.kind", "file", "bad-value"),
        ("result.select", ABSENT, "missing-key"),
        ("result.cost_currency", "USD", "misplaced-key"),
        ("result.media", "mp4", "bad-value"),
        ("cost.base", 60, "wrong-type"),
        ("cost.base", "1e3", "bad-value"),
        ("cost.base", "-1", "bad-value"),
        ("cost.base", "60\n", "bad-value"),
        ("cost.currency", "usd", "bad-value"),
        ("cost.round", "nearest", "bad-value"),
        ("cost.multipliers.aspect_ratio", {}, "bad-value"),
        ("cost.given_only", ["duration"], "misplaced-key"),
        ("cost.rate", {"per": "second", "of": "media"}, "missing-key"),
        ("cost.rate", {"per": "second", "of": "inputs", "price": "1"}, "bad-value"),
        ("cost.rate", {"per": "second", "of": "media", "price": "1", "min": 3, "max": 2}, "bad-bounds"),
        ("cost.table", {"by": ["a", "b"], "prices": {"x": "1"}}, "bad-value"),
        ("cost.table", {"by": ["a"], "prices": {"x": 1}}, "bad-value"),
        ("cost.tokens", {"input": "2.5"}, "missing-key"),
        ("activ", True, "unknown-key"),
        ("poll.intervall_s", 3, "unknown-key"),
    ],
)
def test_a_fault_is_found_with_its_code(model: Document, field: str, value: Any, code: str) -> None:
    found = findings_of(PATH, _with(model, field, value), "model")
    assert [finding.code for finding in found] == [code]
    assert found[0].severity == "error"
    assert found[0].path == PATH
    assert parse_field(found[0].field or "")[0] == parse_field(field)[0]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"message": "m"}, "either-or"),
        ({"message": "m", "require": ["a"], "any_of": ["b"]}, "either-or"),
        ({"message": "m", "require": ["a"], "max": 3}, "misplaced-key"),
        ({"message": "m", "total": "shots[].seconds"}, "missing-key"),
        ({"message": "m", "total": "shots[].seconds", "equals": True}, "wrong-type"),
        ({"message": "m", "total": "seconds", "equals": 3}, "bad-value"),
        ({"require": ["a"]}, "missing-key"),
        ({"message": "m", "forbid": {}}, "bad-value"),
    ],
)
def test_a_rule_says_one_thing(model: Document, rule: Document, code: str) -> None:
    (finding,) = findings_of(PATH, {**model, "rules": [rule]}, "model")
    assert finding.code == code
    assert (finding.field or "").startswith("rules.0")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("base_url", "http://api.replicate.com/v1", "bad-value"),
        ("base_url", "https://user@api.replicate.com", "bad-value"),
        ("base_url", "https://other.example", "bad-value"),
        ("hosts", ["*.replicate.com"], "bad-value"),
        ("hosts", [], "bad-value"),
        ("auth", ABSENT, "missing-key"),
        ("auth.scheme", "basic", "bad-value"),
        ("auth.header", "x-api-key", "misplaced-key"),
        ("auth.env", ABSENT, "missing-key"),
        ("auth.env", ["sk-live-1234"], "bad-value"),
        ("auth.env_allow", ["AB*"], "bad-value"),
        ("headers.authorization", "Bearer x", "forbidden-header"),
        ("headers.host", "evil.example", "forbidden-header"),
        ("errors.failed", "code !=", "bad-expression"),
        ("errors.money", [402], "wrong-type"),
        ("limits.concurrency", 0, "bad-value"),
        ("transport", "ftp", "bad-value"),
    ],
)
def test_a_provider_file_is_as_strict(provider: Document, field: str, value: Any, code: str) -> None:
    assert code in [found for found, _ in _findings(_with(provider, field, value), "provider")]


def test_a_header_of_its_own_is_the_key_and_no_other_header(provider: Document) -> None:
    auth = {"scheme": "header", "header": "x-api-key", "env": ["A_KEY"]}
    assert _findings({**provider, "auth": auth}, "provider") == []
    taken = {**provider, "auth": auth, "headers": {"X-API-Key": "1"}}
    assert _findings(taken, "provider") == [("forbidden-header", "headers.X-API-Key")]


def test_a_loopback_provider_has_key_names_that_no_other_has(provider: Document) -> None:
    local = {**provider, "loopback": True, "base_url": "http://127.0.0.1:8080", "hosts": ["127.0.0.1:8080"]}
    assert ("bad-value", "auth.env") in _findings(local, "provider")
    assert _findings({**local, "auth": {"scheme": "bearer", "env": ["LOOPBACK_KEY"]}}, "provider") == []


def test_all_faults_come_at_once(model: Document) -> None:
    document = _with(_with(_with(model, "uid", ABSENT), "active", "yes"), "cost.base", 3)
    assert _findings({**document, "colour": "red"}) == [
        ("missing-key", "uid"),
        ("wrong-type", "active"),
        ("wrong-type", "cost.base"),
        ("unknown-key", "colour"),
    ]


@pytest.mark.parametrize(
    ("field", "hint"),
    [
        ("timing.estimted_seconds", "did you mean `estimated_seconds`?"),
        ("ACTIVE", "did you mean `active`?"),
        ("tming", "did you mean `timing`?"),
        ("estimated_secs", "did you mean `timing.estimated_seconds`?"),
        ("poll.kind", "did you mean `result.kind`?"),
        ("modalities.zzzz", "[modalities] has input, output"),
    ],
)
def test_an_unknown_key_says_what_was_perhaps_meant(model: Document, field: str, hint: str) -> None:
    (finding,) = findings_of(PATH, _with(model, field, 1), "model")
    assert finding.code == "unknown-key"
    assert finding.hint == hint


@pytest.mark.parametrize(
    ("field", "value", "message", "hint"),
    [
        ("active", "true", "`active` is text, expected true or false", "take the quotes away"),
        (
            "cost.base",
            60,
            '`cost.base` is a whole number, expected a price in quotes, such as "0.25"',
            'put it in quotes: "60"',
        ),
        ("tags", "fast", "`tags` is text, expected a list", 'put it in brackets: ["fast"]'),
        ("order", -1, "`order` is -1, expected a whole number, at least 0", None),
        (
            "status",
            "activ",
            '`status` is "activ", expected one of active, alpha, beta, experimental, deprecated',
            "did you mean `active`?",
        ),
        ("description", "", "`description` is empty, expected text that is not blank", "take it out, or fill it in"),
        ("inputs.prompt.type", ABSENT, "`inputs.prompt.type` is missing", None),
        ("tags", ["a", 1], "`tags.1` is a whole number, expected text that is not blank", 'put it in quotes: "1"'),
    ],
)
def test_words_are_plain(model: Document, field: str, value: Any, message: str, hint: str | None) -> None:
    (finding,) = findings_of(PATH, _with(model, field, value), "model")
    assert finding.message == message
    assert hint is None or finding.hint == hint


def test_a_long_value_is_cut(model: Document) -> None:
    (finding,) = findings_of(PATH, _with(model, "status", "x" * 5000), "model")
    assert len(finding.message) < 200
