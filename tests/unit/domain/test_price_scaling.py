"""Prices times a factor, in the style that they had."""

from __future__ import annotations

import pytest

from modeltui.domain.document import parse_field
from modeltui.domain.pricing.scaling import parse_factor, parse_price_field, parse_rounding, prices, scaled
from modeltui.errors import RefusedError, UsageError


def times(text: str, factor: str, rounding: str | None = None) -> str:
    rounded = None if rounding is None else parse_rounding(rounding)
    (edit,) = scaled({"cost": {"base": text}}, ("cost", "base"), parse_factor(factor), rounded)
    return str(edit.new)


@pytest.mark.parametrize(
    ("price", "factor", "rounding", "expected"),
    [
        ("60", "1.1", None, "66"),
        ("12.50", "1.1", None, "13.75"),
        ("10.00", "2", None, "20.00"),
        ("0.25", "1.1", None, "0.275"),
        ("0.1", "3", None, "0.3"),
        ("0.0000025", "3", None, "0.0000075"),
        ("1000000", "10", None, "10000000"),
        ("0.25", "1.1", "2", "0.28"),
        ("0.25", "1.1", "down:2", "0.27"),
        ("2.5", "1", "half_even:0", "2.0"),
        ("0", "7", None, "0"),
    ],
)
def test_a_product_is_exact_or_rounded_as_said(price: str, factor: str, rounding: str | None, expected: str) -> None:
    assert times(price, factor, rounding) == expected


def test_all_prices_but_no_multiplier() -> None:
    document = {
        "cost": {
            "currency": "USD",
            "base": "1",
            "minimum": "2",
            "multipliers": {"size": {"big": "1.5"}},
            "table": {"by": ["a", "b"], "prices": {"x": {"1": "3", "2": "4"}}},
            "rate": {"per": "second", "of": "media", "price": "5", "min": 3, "prices": {"y": "6"}},
            "tokens": {"input": "7", "output": "8", "cached_input": "9", "assume_input": 1000},
        }
    }
    edits = scaled(document, ("cost",), parse_factor("2"), None)
    assert [edit.new for edit in edits] == ["2", "4", "10", "14", "16", "18", "6", "8", "12"]
    edits = scaled(document, parse_field("cost.table.prices.x.2"), parse_factor("2"), None)
    assert [(edit.path[-1], edit.new) for edit in edits] == [("2", "8")]


@pytest.mark.parametrize("text", ["0", "-1", "1,1", "", "1e3", "nan", "1.1.1", "0.0"])
def test_what_is_no_factor(text: str) -> None:
    with pytest.raises(UsageError):
        parse_factor(text)


@pytest.mark.parametrize("text", ["up", "up:10", "-1", "half:2", "up_binary:2", "99"])
def test_what_is_no_rounding(text: str) -> None:
    with pytest.raises(UsageError):
        parse_rounding(text)


@pytest.mark.parametrize("field", ["cost.multipliers.size.big", "cost.currency", "cost.rate.min", "name", "cost.bas"])
def test_what_is_no_price(field: str) -> None:
    with pytest.raises(UsageError):
        parse_price_field(parse_field(field))


@pytest.mark.parametrize(
    ("cost", "said"), [({}, "no price"), ({"base": "dear"}, "no price"), ({"base": 3}, "no price")]
)
def test_what_cannot_be_read_is_refused(cost: dict[str, object], said: str) -> None:
    with pytest.raises(RefusedError, match=said):
        scaled({"cost": cost}, ("cost", "base"), parse_factor("2"), None)


def test_nothing_becomes_free_by_rounding() -> None:
    with pytest.raises(RefusedError, match=r"rounded from 0\.001 to 0"):
        times("0.001", "1.1", "2")


def test_prices_in_lists_are_scaled_with_their_list() -> None:
    plus = [{"price": "0.04", "per": "image", "of": "inputs.images", "free": 5}]
    above = [{"tokens": 200_000, "input": "4", "output": "18"}]
    document = {"cost": {"base": "1", "plus": plus, "tokens": {"input": "2", "reasoning": "3", "above": above}}}
    edits = {edit.path: edit.new for edit in scaled(document, ("cost",), parse_factor("2"), None)}
    assert edits[("cost", "plus")] == [{**plus[0], "price": "0.08"}]
    assert edits[("cost", "tokens", "above")] == [{"tokens": 200_000, "input": "8", "output": "36"}]
    assert edits[("cost", "tokens", "reasoning")] == "6"
    assert [path for path, _ in prices(document)] == [
        ("cost", "base"),
        ("cost", "tokens", "input"),
        ("cost", "tokens", "reasoning"),
        ("cost", "plus", 0, "price"),
        ("cost", "tokens", "above", 0, "input"),
        ("cost", "tokens", "above", 0, "output"),
    ]
    assert parse_price_field(parse_field("cost.plus")) == ("cost", "plus")
