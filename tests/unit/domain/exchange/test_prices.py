"""USD prices of a registry against the `[cost]` that a file has."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from modeltui.domain.exchange.prices import Quote, new_cost, repriced

TOKENS: dict[str, Any] = {
    "currency": "USD",
    "base": "0.0075",
    "tokens": {"input": "2.5", "output": "10", "assume_input": 1000, "assume_output": 500},
}


def test_tokens_take_their_prices_and_an_estimate_follows() -> None:
    cost, note = repriced(TOKENS, Quote(input=Decimal("1.25"), output=Decimal(10), cached_input=Decimal("0.125")))
    assert note is None
    assert cost["tokens"] == {**TOKENS["tokens"], "input": "1.25", "cached_input": "0.125"}
    assert cost["base"] == "0.00625"


def test_a_base_that_is_no_estimate_stays() -> None:
    cost, _ = repriced({**TOKENS, "base": "1"}, Quote(input=Decimal("1.25")))
    assert (cost["base"], cost["tokens"]["input"]) == ("1", "1.25")


def test_the_same_amount_written_otherwise_is_no_change() -> None:
    cost: dict[str, Any] = {"currency": "USD", "base": "0.040"}
    assert repriced(cost, Quote(run=Decimal("0.04"))) == (cost, None)


@pytest.mark.parametrize(
    ("per", "quote", "price"),
    [
        ("minute", Quote(second=Decimal("0.001")), "0.06"),
        ("1000_characters", Quote(character=Decimal("0.00003")), "0.03"),
        ("image", Quote(run=Decimal("0.05")), "0.05"),
    ],
)
def test_a_rate_is_in_its_own_unit(per: str, quote: Quote, price: str) -> None:
    rate = {"per": per, "of": "media", "price": "9"}
    cost, note = repriced({"currency": "USD", "base": "1", "rate": rate}, quote)
    assert (note, cost["rate"]["price"], cost["base"]) == (None, price, "1")


@pytest.mark.parametrize(
    ("cost", "word"),
    [
        ({"currency": "credits", "base": "1"}, "credits"),
        ({"currency": "USD", "base": "1", "table": {"by": ["x"], "prices": {"a": "1"}}}, "table"),
        ({"currency": "USD", "base": "1", "rate": {"per": "second", "of": "media", "by": "x"}}, "depends"),
        ({"currency": "USD", "base": "1", "rate": {"per": "second", "of": "media", "price": "1"}}, "per second"),
        (TOKENS, "tokens"),
    ],
)
def test_a_price_that_has_no_place_stays_and_says_why(cost: dict[str, Any], word: str) -> None:
    after, note = repriced(cost, Quote(run=Decimal("0.05")))
    assert after == cost
    assert note is not None
    assert word in note


def test_a_new_cost_is_the_best_that_is_known() -> None:
    assert new_cost(Quote(run=Decimal("0.04"))) == {"currency": "USD", "base": "0.04"}
    assert new_cost(Quote(second=Decimal("0.4")))["rate"] == {"per": "second", "of": "media", "price": "0.4"}
    assert new_cost(Quote(input=Decimal(1), output=Decimal(2)))["base"] == "0.002"
    assert new_cost(Quote()) == {}
