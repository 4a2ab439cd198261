"""The catalogue in numbers; and each number's query shows just what was counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.domain.catalog import Catalog
from modeltui.domain.model import Model, model_of
from modeltui.domain.pending.plan import Plan
from modeltui.domain.query import Index, parse_query
from modeltui.domain.statistics import statistics_of

TODAY = date(2026, 11, 20)


def catalog_of(*models: Mapping[str, Any]) -> Catalog:
    documents = {f"chat/m{number}": dict(fields) for number, fields in enumerate(models)}
    rows = {key: model_of(key, f"models/{key}.toml", "", document) for key, document in documents.items()}
    return Catalog("/nowhere", rows, documents)


def shown(catalog: Catalog, query: str) -> list[Model]:
    return Index(catalog).select(parse_query(query), Plan({}), TODAY)


def test_counts_by_provider_type_status_and_lock() -> None:
    catalog = catalog_of(
        {"provider": "b", "content_type": "chat", "active": True, "status": "beta"},
        {"provider": "a", "content_type": "chat", "lock": {"locked": True}},
        {"provider": "b", "content_type": "lip_sync", "active": True},
    )
    found = statistics_of(list(catalog.models.values()), TODAY)
    assert (found.total, found.active, found.locked, found.broken) == (3, 2, 1, 0)
    assert [(each.label, each.count, each.active) for each in found.providers] == [("b", 2, 2), ("a", 1, 0)]
    assert [(each.label, each.count) for each in found.types] == [("chat", 2), ("lip_sync", 1)]
    assert [(each.label, each.count) for each in found.statuses] == [("none", 2), ("beta", 1)]
    assert [(each.label, each.count) for each in found.locks] == [("locked", 1), ("not locked", 2)]


def test_an_empty_catalogue_has_numbers_too() -> None:
    found = statistics_of([], TODAY)
    assert (found.total, found.providers, found.costs) == (0, (), ())
    assert len(found.retirements) == 12


@pytest.mark.parametrize("name", ['odd "name"', "a, b", "x*", "-minus", "back\\slash", "ünï", "two words"])
def test_a_query_of_an_odd_name_finds_it(name: str) -> None:
    catalog = catalog_of({"provider": name}, {"provider": "other"})
    for each in statistics_of(list(catalog.models.values()), TODAY).providers:
        assert [model.provider for model in shown(catalog, each.query)] == [each.label]


def test_costs_lie_between_round_numbers() -> None:
    amounts = ("0", "0.3", "1", "1.99", "2", "7", "20")
    catalog = catalog_of(*({"cost": {"currency": "credits", "base": amount}} for amount in amounts))
    (costs,) = statistics_of(list(catalog.models.values()), TODAY).costs
    assert [(str(each.low), f"{each.high:f}", each.count) for each in costs.bins] == [
        ("0", "0", 1),
        ("0.2", "0.5", 1),
        ("0.5", "1", 0),
        ("1", "2", 2),
        ("2", "5", 1),
        ("5", "10", 1),
        ("1E+1", "20", 0),
        ("2E+1", "50", 1),
    ]
    assert (costs.least, costs.median, costs.most) == (Decimal(0), Decimal("1.99"), Decimal(20))


def test_currencies_are_not_mixed() -> None:
    catalog = catalog_of(
        {"cost": {"currency": "USD", "base": "1"}},
        {"cost": {"currency": "credits", "base": "1"}},
        {"cost": {"currency": "credits", "base": "2"}},
        {"cost": {"base": "2"}},
    )
    costs = statistics_of(list(catalog.models.values()), TODAY).costs
    assert [(each.currency, sum(part.count for part in each.bins)) for each in costs] == [("credits", 2), ("USD", 1)]


_PRICES = st.lists(st.decimals("0", "100000", places=6), min_size=1, max_size=30)


@given(_PRICES)
def test_every_price_is_in_one_bin_and_its_query_finds_it(prices: list[Decimal]) -> None:
    catalog = catalog_of(*({"cost": {"currency": "credits", "base": f"{price:f}"}} for price in prices))
    (costs,) = statistics_of(list(catalog.models.values()), TODAY).costs
    assert sum(each.count for each in costs.bins) == len(prices)
    assert len(costs.bins) <= 13
    for each in costs.bins:
        assert len(shown(catalog, each.query)) == each.count


def test_the_calendar_has_the_next_months_and_what_lies_outside() -> None:
    days = ("2026-01-31", "2026-11-01", "2026-11-30", "2027-10-31", "2027-11-01")
    catalog = catalog_of(*({"retires_on": date.fromisoformat(day), "active": day > "2027"} for day in days))
    months = statistics_of(list(catalog.models.values()), TODAY).retirements
    assert [(each.label, len(each.keys), each.active) for each in months if each.keys] == [
        ("before 2026-11", 1, 0),
        ("2026-11", 2, 0),
        ("2027-10", 1, 1),
        ("from 2027-11", 1, 1),
    ]
    assert len(months) == 14
    for each in months:
        assert [model.key for model in shown(catalog, each.query)] == sorted(each.keys)


def test_the_end_of_time_is_a_month_too() -> None:
    catalog = catalog_of({"retires_on": date.max})
    assert statistics_of(list(catalog.models.values()), date(9999, 12, 1)).retirements
