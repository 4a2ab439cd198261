"""Whether a value fits an input, and what is said when it does not."""

from __future__ import annotations

from typing import Any

import pytest

from modeltui.domain.inputs.checks import checker, equal, is_sendable, written
from modeltui.domain.inputs.specs import read_inputs


def message(value: Any, **entry: Any) -> str | None:
    (spec,) = read_inputs({"inputs": {"x": entry}})
    return checker(spec)(value)


@pytest.mark.parametrize(
    ("value", "kind", "fits"),
    [
        ("a", "string", True),
        (1, "string", False),
        (None, "string", False),
        (1, "integer", True),
        (1.0, "integer", True),
        (1.5, "integer", False),
        (True, "integer", False),
        ("1", "integer", False),
        (1, "number", True),
        (1.5, "number", True),
        (True, "number", False),
        (float("nan"), "number", False),
        (float("inf"), "integer", False),
        (False, "boolean", True),
        (0, "boolean", False),
        ([], "array", True),
        ({}, "array", False),
        ({}, "object", True),
        ([], "object", False),
        ("https://example.invalid/a.png", "image", True),
        (b"", "audio", False),
    ],
)
def test_types_are_those_of_json_schema(value: Any, kind: str, fits: bool) -> None:
    assert (message(value, type=kind) is None) is fits


@pytest.mark.parametrize(
    ("value", "entry", "said"),
    [
        (7, {"type": "integer", "enum": [5, 10]}, "must be one of 5, 10"),
        ("no", {"type": "string", "enum": ["", "m"]}, 'must be one of "", m'),
        ("4:3", {"type": "string", "enum": ["16:9"]}, "must be 16:9"),
        (True, {"type": "integer", "enum": [1]}, "must be 1"),
        (0, {"type": "integer", "minimum": 1}, "must be at least 1"),
        (20.01, {"type": "number", "maximum": 20}, "must be at most 20"),
        (42, {"type": "integer", "multiple_of": 4}, "must be a multiple of 4"),
        (0.25, {"type": "number", "multiple_of": 0.1}, "must be a multiple of 0.1"),
        (4.082507782490283e16, {"type": "integer", "multiple_of": 3}, "must be a multiple of 3"),
        (10**40 + 1, {"type": "number", "multiple_of": 2.5}, "must be a multiple of 2.5"),
        ("ab", {"type": "string", "min_length": 3}, "must have at least 3 characters (has 2)"),
        ("abcd", {"type": "string", "max_length": 3}, "must have at most 3 characters (has 4)"),
        (" \t", {"type": "string", "not_blank": True}, "must not be blank"),
        (3, {"type": "string"}, "must be text"),
        (3, {"type": "image"}, "must be the URL of an image"),
        (3, {"type": "video"}, "must be the URL of a video"),
        ([], {"type": "array", "min_items": 1}, "must hold at least 1 (holds 0)"),
        ([1, 2], {"type": "array", "max_items": 1}, "must hold at most 1 (holds 2)"),
        (["a", 2], {"type": "array", "items": {"type": "string"}}, "item 2 must be text"),
        ({}, {"type": "object", "fields": {"a": {"type": "string", "required": True}}}, "needs a"),
        ({"b": 1}, {"type": "object", "fields": {"a": {"type": "string"}}}, "has no b; it takes a"),
        ({"a": 1}, {"type": "object", "fields": {"a": {"type": "string"}}}, "a must be text"),
    ],
)
def test_a_message_says_what_would_be_right(value: Any, entry: dict[str, Any], said: str) -> None:
    assert message(value, **entry) == said


@pytest.mark.parametrize(
    ("value", "entry"),
    [
        (10.0, {"type": "integer", "enum": [5, 10]}),
        (0.3, {"type": "number", "multiple_of": 0.1}),
        (-1.219324330616387e17, {"type": "integer", "multiple_of": 3}),
        (1e308, {"type": "number", "multiple_of": 5e-324}),
        (-3, {"type": "string", "also_integer": True}),
        ("   ", {"type": "string", "min_length": 3}),
        ({"any": ["thing"]}, {"type": "object"}),
        ({}, {"type": "object", "fields": {"a": {"type": "string"}}}),
        ([{"a": "b"}], {"type": "array", "items": {"type": "object", "fields": {"a": {"type": "string"}}}}),
    ],
)
def test_what_fits_is_not_talked_about(value: Any, entry: dict[str, Any]) -> None:
    assert message(value, **entry) is None


def test_equal_is_that_of_json() -> None:
    assert equal(1, 1.0)
    assert not equal(1, True)
    assert not equal([0], [False])
    assert equal({"a": [1]}, {"a": [1.0]})


@pytest.mark.parametrize(("value", "text"), [("a", "a"), (True, "true"), (10, "10"), (10.0, "10"), (0.5, "0.5")])
def test_a_value_is_written_as_the_key_of_a_table(value: Any, text: str) -> None:
    assert written(value) == text


@pytest.mark.parametrize(
    "value", ["https://example.invalid/a.png", "HTTP://h/a", "data:image/png;base64,AAAA", "  ", " https://h/a"]
)
def test_media_is_a_url_a_data_url_or_nothing(value: str) -> None:
    assert message(value, type="image") is None
    assert message([value], type="array", items={"type": "image"}) is None


@pytest.mark.parametrize(
    "value", ["cat.png", "/home/me/cat.png", "./cat.png", "~/cat.png", "file:///etc/passwd", "ftp://h/a", "https://"]
)
def test_a_path_is_no_media_and_the_way_to_send_one_is_told(value: str) -> None:
    said = "must be the URL of an image (https://… or data:…); --upload x=FILE sends a file"
    assert message(value, type="image") == said
    assert message([value], type="array", items={"type": "image"}) == f"item 1 {said}"


HALF = "\ud800"


@pytest.mark.parametrize(
    ("value", "entry"),
    [
        (f"a{HALF}", {"type": "string"}),
        (f"https://h/{HALF}", {"type": "image"}),
        ([f"é{HALF}"], {"type": "array", "items": {"type": "string"}}),
        ([{"a": [HALF]}], {"type": "array"}),
        ({"a": {"b": [1, HALF]}}, {"type": "object"}),
        ({"a": {HALF: 1}}, {"type": "object"}),
        ({"a": HALF}, {"type": "object", "fields": {"a": {"type": "string"}}}),
    ],
)
def test_half_a_surrogate_pair_is_named(value: Any, entry: dict[str, Any]) -> None:
    assert "half of a character" in (message(value, **entry) or "")


def test_the_message_on_a_name_that_cannot_be_written_can_be() -> None:
    said = message({HALF: 1}, type="object", fields={"a": {"type": "string"}})
    assert said is not None
    assert said.encode()


def test_text_of_any_language_can_be_sent_however_deep() -> None:
    deep: Any = "naïve 🦊 日本"
    for _ in range(5_000):
        deep = [deep]
    assert is_sendable(deep)
    assert is_sendable({"a": {"日本": [1, None, True, "🦊"]}})
