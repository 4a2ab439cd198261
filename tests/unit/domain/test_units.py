"""What a cost is in another money, and what a user pays."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from modeltui.domain.call import Cost
from modeltui.domain.finding import Finding
from modeltui.domain.units import NO_UNITS, Units, shown, units_of

UNITS = Units(Decimal(50), Decimal("1.32"), {"EUR": Decimal("1.08")})


@pytest.mark.parametrize(
    ("cost", "usd", "in_credits"),
    [
        (Cost(Decimal("0.6"), "USD"), "0.6", "30.0"),
        (Cost(Decimal(30), "credits"), "0.6", "30"),
        (Cost(Decimal(100), "EUR"), "108.00", "5400.00"),
        (Cost(Decimal(100), "CHF"), None, None),
    ],
)
def test_money_is_converted_where_there_is_a_rate(cost: Cost, usd: str | None, in_credits: str | None) -> None:
    assert UNITS.in_usd(cost) == (None if usd is None else Decimal(usd))
    assert UNITS.in_credits(cost) == (None if in_credits is None else Decimal(in_credits))


@pytest.mark.parametrize(
    ("amount", "currency", "wanted", "found"),
    [
        ("2", "USD", "credits", "100"),
        ("100", "credits", "USD", "2"),
        ("108", "USD", "EUR", "100"),
        ("5400", "credits", "EUR", "100"),
        ("1", "EUR", "GBP", "0.90"),
        ("3", "CHF", "CHF", "3"),
        ("3", "CHF", "EUR", None),
        ("3", "EUR", "CHF", None),
    ],
)
def test_any_money_in_any_other(amount: str, currency: str, wanted: str, found: str | None) -> None:
    units = Units(Decimal(50), rates={"EUR": Decimal("1.08"), "GBP": Decimal("1.2")})
    cost = Cost(Decimal(amount), currency)
    assert units.converted(cost, wanted) == (None if found is None else Decimal(found))


def test_a_total_in_one_money() -> None:
    totals = {"credits": Decimal(50), "USD": Decimal(1), "EUR": Decimal(100)}
    assert UNITS.total(totals, "USD") == 110
    assert UNITS.total({**totals, "CHF": Decimal(1)}, "USD") is None
    assert NO_UNITS.total({"CHF": Decimal(3)}, "CHF") == 3


def test_the_margin_is_on_what_the_user_pays() -> None:
    assert UNITS.charged(Cost(Decimal("0.75"), "USD")) == Cost(Decimal("0.9900"), "USD")
    assert Units().charged(Cost(Decimal(3), "credits")) == Cost(Decimal(3), "credits")


def test_without_a_rate_credits_stay_credits() -> None:
    assert Units().in_usd(Cost(Decimal(3), "credits")) is None
    assert Units().in_credits(Cost(Decimal(3), "USD")) is None
    assert Units().in_credits(Cost(Decimal(3), "credits")) == 3


@pytest.mark.parametrize("settings", [{}, {"units": {}}, {"units": {"rates": 3}}])
def test_what_is_not_stated_is_not_there(settings: dict[str, Any]) -> None:
    assert units_of(settings) == Units()


@pytest.mark.parametrize(
    ("units", "margin", "lost"),
    [
        (7, None, "margin and credits are not known"),
        ({"margin": 1.5, "credits_per_usd": "50"}, None, "the margin is not known"),
        ({"margin": "0"}, None, "the margin is not known"),
        ({"margin": "2", "credits_per_usd": "x"}, "2", "what a credit is worth is not known"),
        ({"margin": [], "credits_per_usd": "x"}, None, "margin and credits are not known"),
    ],
)
def test_what_is_stated_and_cannot_be_read_is_not_known(units: Any, margin: str | None, lost: str) -> None:
    found = units_of({"units": units})
    assert found.margin == (None if margin is None else Decimal(margin))
    assert found.problem is not None
    assert found.problem.startswith("catalog.toml: ")
    assert found.problem.endswith(f"; {lost}")
    assert (found.charged(Cost(Decimal(1), "USD")) is None) == (margin is None)


def test_of_a_file_that_cannot_be_used_nothing_is_known() -> None:
    fault = Finding("toml-syntax", "error", "no TOML", "catalog.toml", line=3)
    found = units_of({"units": {"margin": "2", "credits_per_usd": "50"}}, fault)
    assert found == Units(margin=None, problem="catalog.toml:3: no TOML; margin and credits are not known")


def test_the_catalogue_states_them() -> None:
    stated = {"units": {"credits_per_usd": "50", "margin": "1.32", "rates": {"EUR": "1.08", "XXX": "0"}}}
    assert units_of(stated) == UNITS


@pytest.mark.parametrize(
    ("amount", "said"), [("0.0000005", "0.000001"), ("0.00000049", "0"), ("1E+2", "100"), ("2.50", "2.5")]
)
def test_amounts_are_shown_with_six_decimals(amount: str, said: str) -> None:
    assert f"{shown(Decimal(amount)):f}" == said
