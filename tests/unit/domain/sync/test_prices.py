"""Prices of a registry held against those of a model file, where the two mean the same."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from modeltui.domain.document import Document
from modeltui.domain.exchange.media_cost import MediaCost
from modeltui.domain.exchange.prices import Quote
from modeltui.domain.sync.choosing import all_theirs, usual
from modeltui.domain.sync.sync_plan import Verdict
from unit.domain.sync.ground import after, entry, held, plan_of, seen, verdicts

TOKENS = Quote(input=Decimal("1.5"), output=Decimal(6))


def test_prices_of_tokens_are_taken_and_the_estimate_follows() -> None:
    tokens = {"input": "1.00", "output": "6", "assume_input": 1000, "assume_output": 500}
    document = {
        "cost": {"currency": "USD", "base": "0.004", "tokens": tokens},
        "upstream": seen(cost__tokens__input="1", cost__tokens__output="6"),
    }
    plan = plan_of(document, entry(quote=TOKENS))
    assert verdicts(plan) == {"cost.tokens.input": "take", "cost.tokens.output": "same"}
    done = after(document, plan, usual(plan))
    assert done["cost"] == {"currency": "USD", "base": "0.0045", "tokens": {**tokens, "input": "1.5"}}


def test_a_base_that_is_no_estimate_is_left_alone() -> None:
    tokens = {"input": "1", "output": "6", "assume_input": 1000, "assume_output": 500}
    document = {
        "cost": {"currency": "USD", "base": "9", "tokens": tokens},
        "upstream": seen(cost__tokens__input="1", cost__tokens__output="6"),
    }
    plan = plan_of(document, entry(quote=TOKENS))
    assert after(document, plan, usual(plan))["cost"]["base"] == "9"


def test_a_rate_is_compared_in_its_own_unit() -> None:
    document: Document = {
        "cost": {"currency": "USD", "base": "3", "rate": {"per": "minute", "of": "media", "price": "3"}}
    }
    plan = plan_of(document, entry(quote=Quote(second=Decimal("0.05"))))
    assert verdicts(plan) == {"cost.rate.price": "same"}
    noted = after(document, plan, usual(plan))
    assert noted["upstream"]["models_dev"]["seen"] == {"cost.rate.price": "3", "cost.rate.per": "minute"}
    dearer = plan_of(noted, entry(quote=Quote(second=Decimal("0.06"))))
    assert [(row.verdict, row.theirs) for row in dearer.rows] == [("take", "3.6")]
    other = {**noted, "cost": {"currency": "USD", "base": "3", "rate": {"per": "hour", "of": "media", "price": "3"}}}
    assert verdicts(plan_of(other, entry(quote=Quote(second=Decimal("0.06"))))) == {"cost.rate.price": "differs"}


@pytest.mark.parametrize(
    ("cost", "quote", "why"),
    [
        ({"currency": "credits", "base": "5"}, Quote(run=Decimal(1)), "its price is in credits, theirs in USD"),
        ({"currency": "USD", "base": "5"}, TOKENS, "its price is for a run, theirs is not"),
        (
            {"currency": "USD", "base": "5", "multipliers": {"hd": {"true": "2"}}},
            Quote(run=Decimal(1)),
            "its price depends on inputs, by multipliers of its own",
        ),
    ],
)
def test_prices_that_cannot_be_held_against_each_other_are_said_so(cost: Any, quote: Quote, why: str) -> None:
    found, notes = held({"cost": cost}, entry(quote=quote, limits__context=5))
    assert notes == (f"{why}; prices are not compared",)
    assert [row.field for row in found.rows] == ["limits.context"]
    assert "price" not in found.whole


def test_tables_of_the_same_inputs_are_compared_price_by_price() -> None:
    def cost(small: str, large: str) -> dict[str, Any]:
        table = {"by": ["size"], "prices": {"1024x1024": small, "1024x1792": large}}
        return {"currency": "USD", "base": large, "times": ["n"], "table": table}

    document = {"cost": cost("0.04", "0.08")}
    noted = after(document, plan := plan_of(document, entry(media=MediaCost({}, cost("0.04", "0.08")))), usual(plan))
    dearer = plan_of(noted, entry(media=MediaCost({}, cost("0.05", "0.08"))))
    assert [(row.field, row.theirs) for row in dearer.rows if row.verdict is Verdict.TAKE] == [
        ("cost.table.prices.1024x1024", "0.05")
    ]
    assert after(noted, dearer, usual(dearer))["cost"] == cost("0.05", "0.08")


def test_what_is_charged_besides_is_compared_only_where_it_is_the_same() -> None:
    def cost(base: str, *of: str) -> dict[str, Any]:
        plus = [{"price": "0.01", "per": "image", "of": each} for each in of]
        return {"currency": "USD", "base": base, "times": ["n"], **({"plus": plus} if plus else {})}

    found, notes = held({"cost": cost("1", "inputs.images")}, entry(media=MediaCost({}, cost("2", "inputs.images"))))
    assert ([row.field for row in found.rows], notes) == (["cost.base", "cost.plus.0.price"], ())
    found, notes = held({"cost": cost("1")}, entry(media=MediaCost({}, cost("2", "inputs.images"))))
    assert [row.field for row in found.rows] == ["cost.base"]
    assert notes == ("the items of cost.plus are others than theirs, and not compared",)
    assert "price" in found.whole


def test_prices_of_large_requests_that_nobody_states_are_named() -> None:
    tokens = {"input": "1.5", "output": "6", "above": [{"tokens": 200_000, "input": "3"}]}
    _, notes = held({"cost": {"currency": "USD", "base": "1", "tokens": tokens}}, entry(quote=TOKENS))
    assert notes == ("its prices of large requests are not compared",)


def large(size: int, **prices: str) -> Quote:
    return Quote(input=Decimal("1.5"), above={size: {name: Decimal(price) for name, price in prices.items()}})


def tokens_of(*above: dict[str, Any]) -> dict[str, Any]:
    return {"cost": {"currency": "USD", "base": "9", "tokens": {"input": "1.5", "above": list(above)}}}


def test_prices_of_large_requests_are_compared_by_their_size() -> None:
    small, big = {"tokens": 128_000, "input": "2"}, {"tokens": 200_000, "input": "3", "output": "9"}
    document = tokens_of(small, big)
    first = entry(quote=large(200_000, input="3", output="9"))
    plan = plan_of(document, first)
    assert verdicts(plan) == {
        "cost.tokens.input": "same",
        "cost.tokens.above.200000.input": "same",
        "cost.tokens.above.200000.output": "same",
    }
    assert held(document, first)[1] == ("its prices of large requests are not compared",)
    noted = after(document, plan, usual(plan))
    assert noted["upstream"]["models_dev"]["seen"]["cost.tokens.above.200000.input"] == "3"
    moved = {**noted, **tokens_of(big, small)}
    plan = plan_of(moved, entry(quote=large(200_000, input="4", output="9")))
    assert verdicts(plan)["cost.tokens.above.200000.input"] == "take"
    assert after(moved, plan, usual(plan))["cost"]["tokens"]["above"] == [{**big, "input": "4"}, small]


def test_a_size_that_is_new_there_is_added() -> None:
    document = {**tokens_of({"tokens": 128_000, "input": "2"}), "upstream": seen(cost__tokens__input="1.5")}
    plan = plan_of(document, entry(quote=large(200_000, input="3", output="9")))
    assert verdicts(plan) == {
        "cost.tokens.input": "same",
        "cost.tokens.above.200000.input": "take",
        "cost.tokens.above.200000.output": "take",
    }
    assert after(document, plan, usual(plan))["cost"]["tokens"]["above"] == [
        {"tokens": 128_000, "input": "2"},
        {"tokens": 200_000, "input": "3", "output": "9"},
    ]


@pytest.mark.parametrize("pin", ["cost.tokens.above", "cost.tokens.above.200000.input"])
def test_a_price_of_large_requests_is_pinned_by_its_size(pin: str) -> None:
    document = tokens_of({"tokens": 200_000, "input": "2"})
    plan = plan_of({**document, "upstream": {"pinned": [pin]}}, entry(quote=large(200_000, input="3")))
    assert verdicts(plan)["cost.tokens.above.200000.input"] == "pinned"


def test_a_class_that_costs_nothing_any_more_is_taken_and_one_that_never_did_is_not_told() -> None:
    tokens = {"input": "1.5", "cache_write": "3.75"}
    document = {
        "cost": {"currency": "USD", "base": "9", "tokens": tokens},
        "upstream": seen(cost__tokens__input="1.5", cost__tokens__cache_write="3.75"),
    }
    free = Quote(input=Decimal("1.5"), free={"cache_write": Decimal(0), "reasoning": Decimal(0)})
    plan = plan_of(document, entry(quote=free))
    assert verdicts(plan) == {"cost.tokens.input": "same", "cost.tokens.cache_write": "take"}
    assert after(document, plan, usual(plan))["cost"]["tokens"]["cache_write"] == "0"


@pytest.mark.parametrize("document", [{}, {"cost": {}}])
@pytest.mark.parametrize("quote", [Quote(character=Decimal(1)), Quote(above={5: {"input": Decimal(0)}})])
def test_a_price_that_has_no_place_is_said_so(document: Document, quote: Quote) -> None:
    found, notes = held(document, entry(quote=quote))
    assert (found.rows, notes) == ((), ("its price has another form than theirs; prices are not compared",))


def test_a_model_without_a_price_gets_a_whole_one() -> None:
    plan = plan_of({}, entry(quote=TOKENS))
    assert verdicts(plan) == {"cost.tokens.input": "differs", "cost.tokens.output": "differs"}
    assert after({}, plan, all_theirs(plan, with_kept=False))["cost"] == {
        "currency": "USD",
        "base": "0.0045",
        "tokens": {"input": "1.5", "output": "6", "assume_input": 1000, "assume_output": 500},
    }
    seconds = plan_of({}, entry(quote=Quote(second=Decimal("0.1"))))
    assert after({}, seconds, all_theirs(seconds, with_kept=False))["cost"] == {
        "currency": "USD",
        "base": "0.1",
        "rate": {"per": "second", "of": "media", "price": "0.1"},
    }
