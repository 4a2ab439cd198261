"""Costs of several currencies, added up and set against each other."""

from __future__ import annotations

from decimal import Decimal

import pytest

from modeltui.domain.call import Cost
from modeltui.domain.money import added_up, amount_text, parse_budget, totals_text
from modeltui.errors import UsageError


def cost(amount: str, currency: str = "credits") -> Cost:
    return Cost(Decimal(amount), currency)


def test_sums_by_currency_credits_first() -> None:
    totals = added_up([cost("1", "USD"), None, cost("2"), cost("0.5", "USD"), cost("1", "EUR")])
    assert list(totals.items()) == [("credits", Decimal(2)), ("EUR", Decimal(1)), ("USD", Decimal("1.5"))]
    assert totals_text(totals) == "2 credits + 1 EUR + $1.5"
    assert totals_text({}) == "nothing"


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("1", "credits", "1 credit"),
        ("28.50", "credits", "28.5 credits"),
        ("100", "credits", "100 credits"),
        ("0.0000123", "USD", "$0.0000123"),
        ("3", "EUR", "3 EUR"),
    ],
)
def test_amounts_as_text(amount: str, currency: str, text: str) -> None:
    assert amount_text(Decimal(amount), currency) == text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("40", cost("40")),
        ("40credits", cost("40")),
        (" 1 credit ", cost("1")),
        ("2.50 USD", cost("2.50", "USD")),
        ("2.50usd", cost("2.50", "USD")),
        ("$2.50", cost("2.50", "USD")),
        ("3eur", cost("3", "EUR")),
        ("0", cost("0")),
    ],
)
def test_a_budget_as_it_is_typed(text: str, found: Cost) -> None:
    assert parse_budget(text) == found


@pytest.mark.parametrize("text", ["", "many", "-1", "nan", "1e99", "5 bananas", "$", "1 2 USD", "inf", "$5credits"])
def test_what_is_no_budget(text: str) -> None:
    with pytest.raises(UsageError):
        parse_budget(text)
