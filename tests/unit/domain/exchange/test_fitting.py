"""JSON values as the fields of a model file hold them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from modeltui.domain.document import ABSENT
from modeltui.domain.exchange.fitting import fitted, price_text
from modeltui.errors import InvalidValueError


@pytest.mark.parametrize(
    ("path", "value", "wanted"),
    [
        (("released_on",), "2026-01-31", date(2026, 1, 31)),
        (("released_on",), "soon", "soon"),
        (("cost", "base"), 0.04, "0.04"),
        (("cost", "base"), 1e-7, "0.0000001"),
        (("cost", "multipliers", "size", "big"), 2, "2"),
        (("cost", "table", "prices", "a", "b"), 1.5, "1.5"),
        (("limits", "context"), 8192.0, 8192),
        (("timing", "estimated_seconds"), 2.5, 2.5),
        (("request", "body", "day"), "2026-01-31", "2026-01-31"),
        (("active",), True, True),
        (("name",), None, ABSENT),
    ],
)
def test_a_value_becomes_what_its_field_holds(path: tuple[str, ...], value: Any, wanted: Any) -> None:
    found = fitted(path, value, ABSENT)
    assert (type(found), found) == (type(wanted), wanted)


def test_tables_are_merged_and_null_removes() -> None:
    current = {"a": 1, "b": {"c": 2, "d": 3}}
    assert fitted(("capabilities",), {"b": {"c": None, "e": 4}}, current) == {"a": 1, "b": {"d": 3, "e": 4}}
    assert fitted(("capabilities",), {"b": {"e": 4}}, current, whole=True) == {"b": {"e": 4}}


def test_a_number_that_lost_its_point_is_no_change() -> None:
    kept = fitted(("timing", "estimated_seconds"), 5, 5.0)
    assert type(kept) is float


@pytest.mark.parametrize("value", ["\ud800", {"\ud800": 1}, [None], ["a", {"b": "\udfff"}]])
def test_what_toml_cannot_hold_is_refused(value: Any) -> None:
    with pytest.raises(InvalidValueError):
        fitted(("request",), value, ABSENT)


def test_nesting_has_an_end() -> None:
    value: Any = 1
    for _ in range(40):
        value = {"x": value}
    with pytest.raises(InvalidValueError, match="nested too deep"):
        fitted(("request",), value, ABSENT)


def test_a_price_has_no_exponent() -> None:
    assert price_text(1e-05) == "0.00001"
    assert price_text(100.0) == "100"


@pytest.mark.parametrize("leaf", ["text", True, 1])
def test_the_deepest_level_is_the_same_for_every_value(leaf: Any) -> None:
    value: Any = leaf
    for _ in range(32):
        value = {"a": value}
    assert fitted((), value, {}) == value
    with pytest.raises(InvalidValueError, match="too deep"):
        fitted((), {"a": value}, {})


def test_half_characters_are_refused_in_names_and_values() -> None:
    for value in ({"a": "\ud800"}, {"\ud800": True}, {"\ud800": "a"}):
        with pytest.raises(InvalidValueError, match="half a character"):
            fitted((), value, {})
