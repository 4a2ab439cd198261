"""What a file says of its inputs, and the JSON Schema that it amounts to."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest

from modeltui.domain.inputs.faults import verify_inputs
from modeltui.domain.inputs.specs import json_schema, read_inputs
from modeltui.errors import InvalidValueError


def document(**inputs: dict[str, Any]) -> dict[str, Any]:
    return {"inputs": inputs}


def test_a_file_without_inputs_takes_none() -> None:
    assert read_inputs({}) == ()
    assert json_schema({})["properties"] == {}


def test_inputs_keep_the_order_of_the_file() -> None:
    specs = read_inputs(document(zebra={"type": "string"}, ant={"type": "image"}))
    assert [spec.name for spec in specs] == ["zebra", "ant"]
    assert [spec.is_media for spec in specs] == [False, True]


def test_every_key_is_read() -> None:
    entry = {
        "type": "integer",
        "title": "Width",
        "help": "In pixels.",
        "required": True,
        "default": 512,
        "send": "given",
        "send_when": {"mode": ["free", "exact"], "fast": True},
        "omit": [0],
        "minimum": 64,
        "maximum": 2048,
        "multiple_of": 8,
        "step": 64,
        "together_with": ["height"],
        "snap": 16,
        "advanced": True,
        "labels": {"512": "small"},
    }
    (spec,) = read_inputs(document(width=entry))
    assert (spec.title, spec.help, spec.required, spec.default) == ("Width", "In pixels.", True, 512)
    assert spec.is_default_sent is False
    assert spec.send_when == {"mode": ("free", "exact"), "fast": (True,)}
    assert (spec.omit, spec.minimum, spec.maximum, spec.multiple_of, spec.step) == ((0,), 64, 2048, 8, 64)
    assert (spec.together_with, spec.snap, spec.advanced, spec.labels) == (("height",), 16, True, {"512": "small"})


def test_the_schema_says_what_the_file_says() -> None:
    schema = json_schema(
        document(
            prompt={"type": "string", "required": True, "min_length": 2, "max_length": 9, "not_blank": True},
            seed={"type": "string", "also_integer": True},
            size={"type": "number", "minimum": 1, "maximum": 2.5, "multiple_of": 0.5, "default": 1},
            pictures={"type": "array", "min_items": 1, "max_items": 3, "items": {"type": "image"}},
            shots={
                "type": "array",
                "items": {"type": "object", "fields": {"text": {"type": "string", "required": True}}},
            },
        )
    )
    assert schema["required"] == ["prompt"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["prompt"] == {"type": "string", "pattern": r"\S", "minLength": 2, "maxLength": 9}
    assert schema["properties"]["seed"] == {"type": ["string", "integer"]}
    assert schema["properties"]["size"] == {
        "type": "number",
        "default": 1,
        "minimum": 1,
        "maximum": 2.5,
        "multipleOf": 0.5,
    }
    picture = schema["properties"]["pictures"]["items"]
    assert picture.items() >= {"type": "string", "contentMediaType": "image/*"}.items()
    for text, fits in (
        ("https://a.example/1.png", True),
        ("DATA:image/png,", True),
        (" ", True),
        ("/etc/passwd", False),
    ):
        assert (re.search(picture["pattern"], text) is not None) is fits
    assert schema["properties"]["shots"]["items"] == {
        "type": "object",
        "properties": {"text": {"type": "string"}},
        "required": ["text"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({}, "inputs.x.type"),
        ({"type": "picture"}, "inputs.x.type"),
        ({"type": "string", "required": "yes"}, "inputs.x.required"),
        ({"type": "string", "max_length": 2.5}, "inputs.x.max_length"),
        ({"type": "string", "enum": "a"}, "inputs.x.enum"),
        ({"type": "string", "send": "never"}, "inputs.x.send"),
        ({"type": "string", "cast": "date"}, "inputs.x.cast"),
        ({"type": "integer", "snap": 0}, "inputs.x.snap"),
        ({"type": "integer", "step": -1}, "inputs.x.step"),
        ({"type": "number", "multiple_of": math.inf}, "inputs.x.multiple_of"),
        ({"type": "array", "items": "image"}, "inputs.x.items"),
        ({"type": "string", "together_with": [1]}, "inputs.x.together_with"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(entry: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidValueError, match=f"^{field}: "):
        read_inputs(document(x=entry))


@pytest.mark.parametrize("table", [{"inputs": []}, {"inputs": {"x": 1}}, {"inputs": {"no name": {"type": "string"}}}])
def test_what_is_no_table_of_inputs_is_refused(table: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError, match="inputs"):
        read_inputs(table)


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({"type": "integer", "minimum": 5, "maximum": 4}, "inputs.x.minimum"),
        ({"type": "string", "min_length": 5, "max_length": 4}, "inputs.x.min_length"),
        ({"type": "string", "enum": []}, "inputs.x.enum"),
        ({"type": "string", "enum": ["a", 1]}, "inputs.x.enum"),
        ({"type": "integer", "enum": [1, True]}, "inputs.x.enum"),
        ({"type": "integer", "default": 9, "maximum": 8}, "inputs.x.default"),
        ({"type": "string", "default": "c", "enum": ["a", "b"]}, "inputs.x.default"),
        ({"type": "string", "snap": 16}, "inputs.x.snap"),
        ({"type": "string", "send_when": {"missing": True}}, "inputs.x.send_when.missing"),
        ({"type": "string", "send_when": {"y": "slow"}}, "inputs.x.send_when.y"),
        ({"type": "integer", "together_with": ["missing"]}, "inputs.x.together_with"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(entry: dict[str, Any], field: str) -> None:
    specs = read_inputs(document(x=entry, y={"type": "string", "enum": ["fast"]}))
    with pytest.raises(InvalidValueError, match=f"^{field}: "):
        verify_inputs(specs)
