"""Costs: decimal, exact, and never less for more."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from modeltui.domain.call import Cost
from modeltui.domain.inputs.partial import partial_inputs
from modeltui.domain.inputs.specs import read_inputs
from modeltui.domain.pricing.cost import CostSpec, document_cost
from modeltui.domain.pricing.report import CostReport, cost_report
from modeltui.domain.pricing.tokens import PARENTS, apart, family
from modeltui.domain.units import Units, shown

PRICES = st.decimals(0, 1000, places=6).map(lambda price: f"{price:f}")
SECONDS = st.one_of(st.integers(0, 10**6), st.floats(0, 10**6))
MARGINS = st.decimals("0.01", 10, places=2)
COUNTS = st.dictionaries(st.sampled_from(sorted(PARENTS)), st.integers(0, 10**7), max_size=5)


def _rated(price: str, rate: dict[str, Any]) -> CostSpec:
    cost = {"currency": "USD", "base": "1", "rate": {"per": "second", "of": "media", "price": price, **rate}}
    spec = document_cost({"cost": cost})
    assert spec is not None
    return spec


def _amount(cost: Cost | None) -> Decimal:
    assert cost is not None
    assert type(cost.amount) is Decimal
    return cost.amount


@given(PRICES, SECONDS, SECONDS, st.sampled_from([{}, {"started": True}, {"free": 3}, {"min": 2, "max": 900}]))
def test_more_seconds_never_cost_less(price: str, one: float, other: float, rate: dict[str, Any]) -> None:
    spec, (less, more) = _rated(price, rate), sorted((one, other))
    assert _amount(spec({}, {}, less)) <= _amount(spec({}, {}, more))


@given(PRICES, st.integers(0, 10**6))
def test_seconds_are_multiplied_exactly(price: str, seconds: int) -> None:
    assert _amount(_rated(price, {})({}, {}, seconds)) == Decimal(price) * seconds


def _has_float(report: CostReport) -> bool:
    numbers = [report.usd, report.credits, report.price_usd, report.price_credits, report.margin]
    return any(isinstance(number, float) for number in (*numbers, *(step.amount for step in report.steps)))


@given(PRICES, SECONDS, MARGINS, st.sampled_from(["USD", "credits", "EUR", "CHF"]))
def test_a_report_has_no_float_and_its_steps_lead_to_the_cost(
    price: str, seconds: float, margin: Decimal, currency: str
) -> None:
    document: dict[str, Any] = {
        "inputs": {"n": {"type": "integer", "default": 2}, "images": {"type": "array"}},
        "cost": {
            "currency": currency,
            "base": "1",
            "times": ["n"],
            "rate": {"per": "second", "of": "media", "price": price},
            "plus": [{"price": "0.04", "per": "image", "of": "inputs.images", "free": 1}],
        },
    }
    inputs = partial_inputs(read_inputs(document), {"images": ["a", "b", "c"]})
    units = Units(Decimal(50), margin, {"EUR": Decimal("1.08")})
    report = cost_report("x/y", document_cost(document), inputs, seconds, units)
    assert report.cost is not None
    assert not _has_float(report)
    amount = Decimal(1)
    for step in report.steps:
        amount = amount + step.amount if step.kind == "plus" else amount * step.amount
    assert amount == report.cost.amount
    if report.usd is not None:
        usd = units.in_usd(report.cost)
        assert usd is not None
        assert report.price_usd == shown(usd * margin)
    else:
        assert currency == "CHF"


@given(COUNTS, st.dictionaries(st.sampled_from(sorted(PARENTS)), PRICES, min_size=1))
def test_tokens_of_a_class_without_a_price_cost_what_they_are_a_part_of(
    counts: dict[str, int], prices: dict[str, str]
) -> None:
    table = {"currency": "USD", "base": "0", "tokens": {**prices, "assume_input": 1, "assume_output": 1}}
    spec = document_cost({"cost": table})
    assert spec is not None
    found = spec.of_usage(counts)
    if not counts:
        assert found is None
        return
    wanted = Decimal(0)
    for name, count in counts.items():
        at: str | None = name
        while at is not None and at not in prices:
            at = PARENTS[at]
        wanted += Decimal(prices[at]) * count if at is not None else 0
    assert _amount(found) == wanted / 1_000_000


@given(COUNTS)
def test_no_token_is_counted_twice(found: dict[str, int]) -> None:
    inside = apart(found, frozenset())
    outside = apart(found, frozenset(PARENTS))
    assert outside == found
    for whole in ("input", "output"):
        parts = sum(count for name, count in found.items() if name != whole and family(name) == whole)
        if whole in found:
            assert inside[whole] == max(found[whole] - parts, 0)
