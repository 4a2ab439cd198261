"""VALUE by the declared type, and what a file may take."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from modeltui.domain.document import ABSENT, get, parse_field, same
from modeltui.domain.fields import check_value, describe, known_fields, parse_value
from modeltui.errors import InvalidValueError

DOCUMENT: dict[str, Any] = {
    "schema": 1,
    "uid": "c3d4e5f6-0a1b-2c3d-4e5f-a6b7c8d9e0f1",
    "model_id": "m",
    "name": "Model",
    "provider": "kie_ai",
    "content_type": "chat",
    "active": True,
    "colour": "red",
    "order": -3,
    "inputs": {
        "prompt": {"type": "string", "required": True},
        "seconds": {"type": "integer", "enum": [5, 10], "default": 5},
    },
    "request": {"path": "/x", "body": {"model": "m", "n": 2, "list": ["a"], "prompt": "${inputs.prompt}"}},
    "result": {"kind": "text", "select": "text"},
    "cost": {"currency": "credits", "base": "1"},
}


def _parse(field: str, text: str) -> Any:
    path = parse_field(field)
    return parse_value(path, text, get(DOCUMENT, path))


def _check(field: str, value: Any) -> None:
    check_value(parse_field(field), value, DOCUMENT)


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("name", "true", "true"),
        ("name", '"quoted"', '"quoted"'),
        ("name", "", ""),
        ("cost.base", "0.25", "0.25"),
        ("cost.multipliers.size.1080p", "1.5", "1.5"),
        ("active", "false", False),
        ("order", "7", 7),
        ("order", "1_000", 1000),
        ("timing.estimated_seconds", "30", 30),
        ("timing.estimated_seconds", "2.5", 2.5),
        ("released_on", "2025-10-01", date(2025, 10, 1)),
        ("tags", '["a", "b"]', ["a", "b"]),
        ("poll.query", '{ id = "${saved.id}" }', {"id": "${saved.id}"}),
        ("capabilities.vision", "true", True),
        # where the format is open
        ("request.body.extra", "5", 5),
        ("request.body.extra", "2.5", 2.5),
        ("request.body.extra", "true", True),
        ("request.body.extra", "words, no TOML", "words, no TOML"),
        ("request.body.extra", '"5"', "5"),
        ("request.body.extra", '["a"]', ["a"]),
        ("request.body.extra", "{ x = 1 }", {"x": 1}),
        ("request.body.extra", "2026-11-20T10:00:00Z", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("request.body.extra", "1\ny = 2", "1\ny = 2"),
        ("request.body.extra", "[" * 5000, "[" * 5000),
        # what is there keeps its type
        ("request.body.model", "5", "5"),
        ("request.body.model", "true", "true"),
        ("request.body.model", '"5"', "5"),
        ("request.body.n", "2.5", 2.5),
        ("inputs.seconds.default", "10", 10),
        ("colour", "blue", "blue"),
    ],
)
def test_a_value_is_read_by_its_field(field: str, text: str, value: Any) -> None:
    assert same(_parse(field, text), value)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("active", "yes"),
        ("active", "1"),
        ("active", '"true"'),
        ("order", "2.5"),
        ("order", "true"),
        ("order", "many"),
        ("timing.estimated_seconds", "soon"),
        ("released_on", "2025-10-01T00:00:00Z"),
        ("released_on", "yesterday"),
        ("tags", "a, b"),
        ("poll.query", "5"),
        ("request.body.model", '["a"]'),
        ("request.body.n", "two"),
        ("request.body.list", "5"),
        ("lock.locked", "false"),
        ("lock", "{ locked = false }"),
    ],
)
def test_no_value_changes_the_type(field: str, text: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        _parse(field, text)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Other"),
        ("active", False),
        ("uid", DOCUMENT["uid"]),
        ("timing.estimated_seconds", 3),
        ("inputs.seconds.default", 10),
        ("inputs.other.type", "string"),
        ("request.body.n", "any"),
        ("active", ABSENT),
        ("cost", ABSENT),
        ("colour", ABSENT),
        ("order", 3),
        ("nothing", ABSENT),
    ],
)
def test_a_good_value_is_taken(field: str, value: Any) -> None:
    _check(field, value)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("nme", "x", "`nme` is not a field"),
        ("status", "activ", "`status` is"),
        ("cost.base", "much", "`cost.base` is"),
        ("cost.base", ABSENT, "`cost.base` is missing"),
        ("provider", ABSENT, "`provider` is missing"),
        ("poll.interval_s", 3, "`poll.status` is missing"),
        ("inputs.seconds.default", 7, "does not fit the input"),
        ("inputs.prompt.minimum", 7, "has no meaning"),
        ("inputs.prompt.typ", "string", "`inputs.prompt.typ` is not a field"),
        ("order", -4, "`order` is -4"),
        ("name.first", "x", "`name.first` cannot be set"),
        ("uid", "c3d4e5f6-0a1b-2c3d-4e5f-a6b7c8d9e0f2", "`uid` never changes"),
        ("uid", ABSENT, "`uid` never changes"),
        ("schema", 2, "`schema` never changes"),
        ("content_type", "embedding", "`content_type` never changes"),
        ("key", "chat/x", "`key` never changes"),
        ("lock.reason", "x", "a lock is not set as a field"),
        ("request.path", "https://evil.example", "is not a path"),
    ],
)
def test_a_new_fault_is_refused(field: str, value: Any, message: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        _check(field, value)
    assert message in caught.value.message


def test_an_old_fault_does_not_stop_an_edit_beside_it() -> None:
    document = {**DOCUMENT, "cost": {"currency": "credits", "base": 5}}
    check_value(("cost", "minimum"), "1", document)
    check_value(("cost", "base"), "5", document)
    with pytest.raises(InvalidValueError):
        check_value(("cost", "minimum"), "little", document)


def test_a_hint_names_the_field_that_was_meant() -> None:
    with pytest.raises(InvalidValueError) as caught:
        _check("timing.estimated_secs", 3)
    assert caught.value.hint == "did you mean `estimated_seconds`?"


def test_fields_describe_themselves() -> None:
    shape = describe(("poll", "interval_s"))
    assert shape is not None
    assert (shape.type, shape.unit) == ("number", "s")
    assert describe(("poll", "intervall_s")) is None
    assert ("cost", "multipliers", "*") in known_fields()
