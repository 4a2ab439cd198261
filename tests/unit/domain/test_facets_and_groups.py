"""Counts of values, and rows under headings."""

from __future__ import annotations

from decimal import Decimal

import pytest

from modeltui.domain.browse.facets import Facet, FacetValue, facet_of, ranges_of
from modeltui.domain.browse.groups import groups_of, sorted_by_group
from modeltui.domain.browse.sort import parse_sort, sort_models
from modeltui.domain.catalog import Catalog
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import Plan
from modeltui.domain.query.fields import Field, field_named

EMPTY, NO_PLAN = Catalog("/c", {}, {}), Plan({})


def field(name: str) -> Field:
    found = field_named(name)
    assert found is not None
    return found


def model(key: str, provider: str | None, cost: str | None = None, *, active: bool = True) -> Model:
    return Model(
        key=key,
        path="",
        provider=provider,
        active=active,
        base_cost=None if cost is None else Decimal(cost),
        cost_currency=None if cost is None else "credits",
        tags=("a", "b") if cost else (),
    )


ROWS = [
    model("1", "acme", "2"),
    model("2", "globex", "30", active=False),
    model("3", "Globex"),
    model("4", None),
    model("5", "acme"),
]


def counts(facet: Facet) -> list[tuple[str, int]]:
    return [(value.label, value.count) for value in facet.values]


def test_values_are_counted_the_most_frequent_first() -> None:
    facet = facet_of(field("provider"), ROWS, EMPTY, NO_PLAN, "")
    assert counts(facet) == [("acme", 2), ("Globex", 1), ("globex", 1), ("none", 1)]
    assert facet.values[-1].value is None


def test_each_element_of_a_list_counts() -> None:
    facet = facet_of(field("tag"), ROWS, EMPTY, NO_PLAN, "")
    assert counts(facet) == [("none", 3), ("a", 2), ("b", 2)]


def test_what_the_query_says_of_a_value_is_told() -> None:
    facet = facet_of(field("provider"), ROWS, EMPTY, NO_PLAN, "provider:ACME,gone -provider:globex")
    told = {value.label: (value.is_chosen, value.is_excluded) for value in facet.values}
    assert told == {
        "acme": (True, False),
        "gone": (True, False),
        "Globex": (False, True),
        "globex": (False, True),
        "none": (False, False),
    }
    assert facet_of(field("provider"), ROWS, EMPTY, NO_PLAN, "-provider:*").values[-1].is_chosen


def test_too_many_values_are_cut_and_said() -> None:
    rows = [model(str(number), f"p{number:03}") for number in range(130)]
    facet = facet_of(field("provider"), rows, EMPTY, NO_PLAN, "")
    assert (len(facet.values), facet.more) == (100, 30)


def test_costs_are_counted_in_ranges() -> None:
    facet = ranges_of(ROWS, "currency:credits cost>=2 cost<5")
    assert facet.values[0] == FacetValue(
        "2 to <5 credits",
        1,
        "currency:credits cost>=2 cost<5",
        ("currency:credits", "cost>=2", "cost<5"),
        is_chosen=True,
    )
    assert [value.is_chosen for value in facet.values] == [True, False]


def test_groups_head_rows_that_are_sorted_by_their_field() -> None:
    rows = sort_models(ROWS, parse_sort(sorted_by_group("provider", "-key")), EMPTY, NO_PLAN)
    assert [row.key for row in rows] == ["5", "1", "3", "2", "4"]
    groups = groups_of(rows, field("provider"), EMPTY, NO_PLAN)
    assert [(each.title, each.start, each.count, each.active) for each in groups] == [
        ("acme", 0, 2, 2),
        ("Globex", 2, 2, 1),
        ("none", 4, 1, 1),
    ]


def test_no_rows_have_no_groups() -> None:
    assert groups_of([], field("provider"), EMPTY, NO_PLAN) == ()


@pytest.mark.parametrize(
    ("group", "sort", "order"),
    [
        ("", "a,-b", "a,-b"),
        ("type", "", "type"),
        ("type", "cost,-name", "type,cost,-name"),
        ("type", "cost,-type", "-type,cost"),
    ],
)
def test_the_order_of_groups(group: str, sort: str, order: str) -> None:
    assert sorted_by_group(group, sort) == order
