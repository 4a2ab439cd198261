"""What a run costs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from modeltui.domain.call import Cost
from modeltui.domain.inputs.rules import compile_rules
from modeltui.domain.inputs.specs import read_inputs
from modeltui.domain.pricing.cost import compile_cost
from modeltui.domain.pricing.rounding import parse_round
from modeltui.errors import InvalidValueError

INPUTS = {
    "resolution": {"type": "string", "enum": ["480p", "720p"]},
    "duration": {"type": "integer", "enum": [5, 10]},
    "audio": {"type": "boolean"},
    "count": {"type": "string"},
    "text": {"type": "string"},
    "images": {"type": "array"},
    "seconds": {"type": "number"},
    "shots": {"type": "array"},
}


def amount(
    cost: dict[str, Any],
    values: dict[str, Any] | None = None,
    *,
    given: dict[str, Any] | None = None,
    seconds: float | None = None,
    rules: list[dict[str, Any]] | None = None,
) -> str | None:
    document = {"inputs": INPUTS, "cost": {"currency": "credits", "base": "2", **cost}, "rules": rules or []}
    specs = read_inputs(document)
    price = compile_cost(document, specs, compile_rules(document, specs))
    assert price is not None
    found = price(values or {}, values or {} if given is None else given, seconds)
    if found is None:
        return None
    assert found.currency == "credits"
    return str(found.amount)


def test_a_file_may_state_no_cost() -> None:
    assert compile_cost({}, (), ()) is None


def test_a_flat_price_is_the_base() -> None:
    price = compile_cost({"cost": {"currency": "USD", "base": "0.04"}}, (), ())
    assert price is not None
    assert price({}, {}, None) == Cost(Decimal("0.04"), "USD")


def test_multipliers_multiply_and_unknown_values_do_not() -> None:
    cost = {"multipliers": {"resolution": {"480p": "1", "720p": "2.25"}, "audio": {"true": "2"}}}
    assert amount(cost, {"resolution": "720p", "audio": True}) == "9.00"
    assert amount(cost, {"resolution": "480p", "audio": False}) == "2"
    assert amount(cost) == "2"


def test_a_multiplier_may_count_only_when_given() -> None:
    cost = {"given_only": ["resolution"], "multipliers": {"resolution": {"720p": "3"}}}
    assert amount(cost, {"resolution": "720p"}, given={}) == "2"
    assert amount(cost, {"resolution": "720p"}) == "6"


@pytest.mark.parametrize(("count", "expected"), [("4", "8"), (3, "6"), ("many", "2"), (-1, "2"), (1.5, "3.0")])
def test_times_multiplies_by_a_number_or_its_text(count: Any, expected: str) -> None:
    assert amount({"times": ["count"]}, {"count": count}) == expected


TABLE = {
    "table": {
        "by": ["audio", "resolution", "duration"],
        "prices": {
            "false": {"480p": {"5": "8", "10": "14"}, "720p": {"5": "14", "10": "28"}},
            "true": {"480p": {"5": "9", "10": "15"}, "720p": {"5": "15", "10": "29"}},
        },
    }
}


def test_a_table_is_read_axis_by_axis() -> None:
    assert amount(TABLE, {"audio": False, "resolution": "720p", "duration": 10}) == "28"
    assert amount(TABLE, {"audio": True, "resolution": "480p", "duration": 5.0}) == "9"


def test_a_combination_that_is_not_in_the_table_costs_the_base() -> None:
    assert amount(TABLE, {"audio": True, "resolution": "480p"}) == "2"


def test_a_table_with_a_gap_is_refused_unless_a_rule_forbids_it() -> None:
    gap = {"table": {"by": ["resolution", "duration"], "prices": {"480p": {"5": "1", "10": "2"}, "720p": {"5": "3"}}}}
    with pytest.raises(InvalidValueError, match="states no price for 720p, 10"):
        amount(gap)
    rule = {"when": {"duration": 10}, "forbid": {"resolution": ["720p"]}, "message": "no"}
    assert amount(gap, {"resolution": "720p", "duration": 5}, rules=[rule]) == "3"


def test_a_price_that_nobody_can_ask_for_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="1080p, which cannot be asked for"):
        amount({"table": {"by": "resolution", "prices": {"480p": "1", "720p": "2", "1080p": "3"}}})


RATE = {"per": "second", "of": "media", "price": "3"}


@pytest.mark.parametrize(
    ("rate", "seconds", "expected"),
    [
        (RATE, 3.2, "9.6"),
        (RATE, None, "3"),
        (RATE | {"unknown": 5}, None, "15"),
        (RATE | {"max": 15}, 61, "45"),
        (RATE | {"min": 4}, 1, "12"),
        (RATE | {"max": 2, "unknown": 5}, None, "15"),
        (RATE | {"started": True}, 3.2, "12"),
        (RATE | {"per": "minute"}, 90, "4.5"),
        (RATE | {"per": "hour"}, 1800, "1.5"),
        (RATE, 0, "0.0"),
    ],
)
def test_media_is_charged_by_its_length(rate: dict[str, Any], seconds: float | None, expected: str) -> None:
    found = amount({"rate": rate}, seconds=seconds)
    assert found is not None
    assert Decimal(found) == Decimal(expected)


def test_a_rate_may_depend_on_an_input_and_so_may_its_limit() -> None:
    cost = {
        "rate": {
            "per": "second",
            "of": "media",
            "by": "resolution",
            "prices": {"480p": "1.5", "720p": "6"},
            "max": 30,
            "max_by": {"duration": {"5": 10}},
        }
    }
    assert amount(cost, {"resolution": "720p", "duration": 5}, seconds=20) == "60"
    assert amount(cost, {"resolution": "480p", "duration": 10}, seconds=20) == "30.0"
    assert amount(cost, {"resolution": "480p"}, seconds=61) == "45.0"


@pytest.mark.parametrize(
    ("rate", "values", "expected"),
    [
        ({"per": "second", "of": "inputs.seconds"}, {"seconds": 11.25}, "33.75"),
        ({"per": "second", "of": "inputs.seconds", "unknown": 8}, {}, "24"),
        ({"per": "1000_characters", "of": "inputs.text", "started": True}, {"text": "x" * 1001}, "6"),
        ({"per": "1000_characters", "of": "inputs.text"}, {"text": "x" * 1500}, "4.5"),
        ({"per": "character", "of": "inputs.shots[].say"}, {"shots": [{"say": "ab"}, {"say": "c"}, {}]}, "9"),
        ({"per": "image", "of": "inputs.images"}, {"images": ["a", "b"]}, "6"),
        ({"per": "item", "of": "inputs.images"}, {}, "3"),
    ],
)
def test_inputs_are_charged_by_what_they_hold(rate: dict[str, Any], values: dict[str, Any], expected: str) -> None:
    found = amount({"rate": {"price": "3", **rate}}, values)
    assert found is not None
    assert Decimal(found) == Decimal(expected)


def test_tokens_are_an_estimate() -> None:
    tokens = {"input": "2.5", "output": "10", "cached_input": "0.25", "assume_input": 1000, "assume_output": 500}
    assert Decimal(amount({"tokens": tokens}) or "") == Decimal("0.0075")


@pytest.mark.parametrize(
    ("rounding", "price", "expected"),
    [
        ("half_up:2", "4.995", "5.00"),
        ("half_even:2", "4.985", "4.98"),
        ("up:0", "4.01", "5"),
        ("up:1", "9.6", "9.6"),
        ("down:1", "9.69", "9.6"),
    ],
)
def test_rounding_is_as_stated(rounding: str, price: str, expected: str) -> None:
    assert amount({"base": price, "round": rounding}) == expected


def test_no_rounding_is_exact() -> None:
    assert amount({"base": "0.1", "multipliers": {"audio": {"true": "0.7"}}}, {"audio": True}) == "0.07"


@pytest.mark.parametrize(("price", "seconds", "expected"), [("3", 3.2, "9.7"), ("3", 7.3, "21.9"), ("0.1", 61, "6.2")])
def test_binary_rounding_charges_the_hair_above(price: str, seconds: float, expected: str) -> None:
    cost = {"round": "up_binary:1", "rate": {"per": "second", "of": "media", "price": price}}
    assert amount(cost, seconds=seconds) == expected


def test_the_minimum_comes_before_the_rounding() -> None:
    cost = {"minimum": "1.25", "round": "up:1", "rate": {"per": "second", "of": "media", "price": "0.1"}}
    assert amount(cost, seconds=3) == "1.3"
    assert amount(cost | {"round": "up_binary:1"}, seconds=3) == "1.3"


@pytest.mark.parametrize("rounding", ["half_up:2", "up_binary:1", None])
def test_what_is_too_large_has_no_price(rounding: str | None) -> None:
    cost: dict[str, Any] = {"rate": {"per": "second", "of": "inputs.seconds", "price": "3"}}
    if rounding:
        cost["round"] = rounding
    assert amount(cost, {"seconds": 1e308}) is None


@pytest.mark.parametrize(
    ("cost", "said"),
    [
        ({"currency": 1}, "cost.currency"),
        ({"base": 2}, "cost.base"),
        ({"base": "two"}, "cost.base"),
        ({"base": "-1"}, "cost.base"),
        ({"base": "NaN"}, "cost.base"),
        ({"round": "half_up"}, "cost.round"),
        ({"round": "sideways:2"}, "cost.round"),
        ({"times": ["missing"]}, "cost.times"),
        ({"multipliers": {"missing": {"a": "1"}}}, "cost.multipliers.missing"),
        ({"multipliers": {"resolution": {"1080p": "1"}}}, "cost.multipliers.resolution.1080p"),
        ({"multipliers": {"resolution": {"480p": 1}}}, "in quotes"),
        ({"table": {"by": [], "prices": {}}}, "cost.table.by"),
        ({"table": {"by": ["missing"], "prices": {}}}, "cost.table.by"),
        ({"table": {"by": ["resolution"]}}, "cost.table.prices"),
        ({"rate": {"per": "fortnight", "of": "media", "price": "1"}}, "cost.rate.per"),
        ({"rate": {"per": "second", "of": "inputs.missing", "price": "1"}}, "cost.rate.of"),
        ({"rate": {"per": "second", "of": "media"}}, "cost.rate"),
        ({"rate": RATE | {"min": 5, "max": 4}}, "cost.rate.min"),
        ({"rate": RATE | {"max_by": {"missing": {"a": 1}}}}, "cost.rate.max_by"),
        ({"rate": RATE, "table": {}}, "one of them is enough"),
        ({"tokens": {"input": "1"}}, "assume_input"),
    ],
)
def test_a_cost_that_cannot_be_meant_is_refused(cost: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidValueError, match=said):
        amount(cost)


def test_the_base_is_needed() -> None:
    with pytest.raises(InvalidValueError, match=r"cost\.base: is needed"):
        compile_cost({"cost": {"currency": "credits"}}, (), ())


def test_nothing_is_no_rounding() -> None:
    assert parse_round(None) is None


@pytest.mark.parametrize(
    ("cost", "values", "expected"),
    [
        ({"rate": {"per": "pixel", "of": "inputs.count", "price": "0.00001"}}, {"count": "1024x1536"}, "15.72864"),
        (
            {"rate": {"per": "megapixel", "of": "inputs.count", "price": "1", "started": True}},
            {"count": "2000 × 1000"},
            "2",
        ),
        ({"rate": {"per": "pixel", "of": "inputs.count", "price": "2", "unknown": 7}}, {"count": "auto"}, "14"),
        (
            {"rate": {"per": "second", "of": "inputs.count * inputs.seconds", "price": "2"}},
            {"count": "10", "seconds": 3},
            "60",
        ),
        ({"rate": {"per": "second", "of": "inputs.count * inputs.seconds", "price": "2"}}, {"count": "10"}, "2"),
        ({"rate": {"per": "second", "of": "inputs.seconds", "price": "2", "free": 5}}, {"seconds": 8}, "6"),
        ({"rate": {"per": "second", "of": "inputs.seconds", "price": "2", "free": 5}}, {"seconds": 3}, "0"),
        ({"plus": [{"price": "3", "per": "image", "of": "inputs.images", "free": 1}]}, {"images": [1, 2, 3]}, "8"),
        ({"plus": [{"price": "3", "per": "image", "of": "inputs.images"}]}, {}, "2"),
        (
            {"times": ["count"], "plus": [{"price": "1", "per": "image", "of": "inputs.images"}]},
            {"count": 4, "images": [1]},
            "9",
        ),
    ],
)
def test_pixels_products_free_units_and_extras(cost: dict[str, Any], values: dict[str, Any], expected: str) -> None:
    assert Decimal(amount(cost, values) or "") == Decimal(expected)


def test_tokens_beside_a_rate_leave_the_estimate_to_it() -> None:
    tokens = {"input": "2.5", "output": "10"}
    assert amount({"rate": {"per": "second", "of": "media", "price": "2"}, "tokens": tokens}, seconds=3) == "6"


def test_an_estimate_assumes_no_more_output_than_is_asked_for() -> None:
    tokens = {"input": "1", "output": "10", "assume_input": 1000, "assume_output": 500, "limit": "seconds"}
    assert Decimal(amount({"tokens": tokens}, {"seconds": 100}) or "") == Decimal("0.002")
    assert Decimal(amount({"tokens": tokens}, {"seconds": 9000}) or "") == Decimal("0.006")
    assert Decimal(amount({"tokens": tokens}) or "") == Decimal("0.006")


@pytest.mark.parametrize(
    ("cost", "said"),
    [
        ({"plus": [{"per": "image", "of": "media"}]}, "cost.plus.0.price"),
        ({"plus": [{"price": "1", "per": "image", "of": "inputs.missing"}]}, "cost.plus.0.of"),
        ({"plus": ["x"]}, "cost.plus"),
        ({"rate": {"per": "second", "of": "inputs.seconds * inputs.missing", "price": "1"}}, "cost.rate.of"),
        ({"tokens": {"limit": "missing"}}, "cost.tokens.limit"),
        ({"tokens": {"above": [{"input": "1"}]}}, "cost.tokens.above.0.tokens"),
        ({"tokens": {"above": "x"}}, "cost.tokens.above"),
    ],
)
def test_an_extra_or_a_token_that_cannot_be_meant_is_refused(cost: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidValueError, match=said):
        amount(cost)
