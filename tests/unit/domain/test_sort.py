"""Order: natural, missing last both ways, what can be used first, stable."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from modeltui.domain.browse.columns import COLUMNS
from modeltui.domain.browse.sort import natural, parse_sort, sort_models
from modeltui.domain.catalog import Catalog
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import Plan
from modeltui.errors import QueryError


def _model(key: str, **fields: Any) -> Model:
    return Model(key=key, path=f"models/{key}.toml", **fields)


def _sorted(models: list[Model], order: str, documents: dict[str, dict[str, Any]] | None = None) -> list[str]:
    catalog = Catalog("/c", {model.key: model for model in models}, documents or {})
    return [model.key for model in sort_models(models, parse_sort(order), catalog, Plan({}))]


def test_numbers_in_names_count_as_numbers_and_case_does_not() -> None:
    rows = [
        _model("a", name="Veo 10"),
        _model("b", name="veo 9"),
        _model("c", name="Kling"),
        _model("d", name="VEO 9.5"),
    ]
    assert _sorted(rows, "name") == ["c", "b", "d", "a"]


@pytest.mark.parametrize(("order", "keys"), [("cost", ["b", "a", "c"]), ("-cost", ["a", "b", "c"])])
def test_what_is_missing_comes_last_both_ways(order: str, keys: list[str]) -> None:
    rows = [_model("c"), _model("a", base_cost=Decimal("12.5")), _model("b", base_cost=Decimal(9))]
    assert _sorted(rows, order) == keys


_MONEY = [
    _model("a", base_cost=Decimal(3), cost_currency="credits"),
    _model("b", base_cost=Decimal("0.04"), cost_currency="USD"),
    _model("c", base_cost=Decimal("0.1"), cost_currency="USD"),
    _model("d", base_cost=Decimal(1), cost_currency="EUR"),
    _model("e", base_cost=Decimal(4), cost_currency="credits"),
    _model("f"),
]


@pytest.mark.parametrize(
    ("rate", "order", "keys"),
    [
        ("50", "cost", "baecdf"),
        ("50", "-cost", "ceabdf"),
        (None, "cost", "aedbcf"),
        (None, "-cost", "eadcbf"),
        ("0", "cost", "aedbcf"),
        (50, "cost", "aedbcf"),
    ],
)
def test_costs_are_put_in_order_in_credits_or_else_by_currency(rate: Any, order: str, keys: str) -> None:
    units = {} if rate is None else {"schema": 1, "units": {"credits_per_usd": rate}}
    catalog = Catalog("/c", {model.key: model for model in _MONEY}, {}, settings=units)
    rows = sort_models(_MONEY, parse_sort(order), catalog, Plan({}))
    assert "".join(model.key for model in rows) == keys


def test_the_cost_of_a_row_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    (key,), seen = parse_sort("cost"), []
    read = key.field.sorted_of
    assert read is not None

    def counted(model: Model, catalog: Catalog, plan: Plan) -> Any:
        seen.append(model.key)
        return read(model, catalog, plan)

    catalog = Catalog("/c", {model.key: model for model in _MONEY}, {})
    sort_models(_MONEY * 50, [replace(key, field=replace(key.field, sorted_of=counted))], catalog, Plan({}))
    assert len(seen) == len(_MONEY) * 50


def test_a_status_that_can_be_used_comes_first() -> None:
    words = ["deprecated", "odd", None, "beta", "active", "experimental", "alpha"]
    rows = [_model(str(word), status=word) for word in words]
    assert _sorted(rows, "status") == ["active", "beta", "alpha", "experimental", "deprecated", "odd", "None"]


def test_switches_sort_yes_first() -> None:
    assert _sorted([_model("a"), _model("b", active=True)], "active") == ["b", "a"]
    assert _sorted([_model("b", active=True), _model("a")], "-active") == ["a", "b"]


def test_several_keys_and_what_is_equal_keeps_its_place() -> None:
    rows = [
        _model("a", provider="x", base_cost=Decimal(1)),
        _model("b", provider="y", base_cost=Decimal(2)),
        _model("c", provider="x", base_cost=Decimal(2)),
        _model("d", provider="y", base_cost=Decimal(2)),
    ]
    assert _sorted(rows, "-provider,-cost") == ["b", "d", "c", "a"]
    assert _sorted(rows, "") == ["a", "b", "c", "d"]


def test_any_field_of_the_files_sorts_whatever_its_types() -> None:
    documents: dict[str, dict[str, Any]] = {
        "text": {"limits": {"x": "many"}},
        "date": {"limits": {"x": date(2026, 1, 2)}},
        "moment": {"limits": {"x": datetime(2026, 1, 1, tzinfo=UTC)}},
        "nan": {"limits": {"x": float("nan")}},
        "list": {"limits": {"x": [2, "a"]}},
        "table": {"limits": {"x": {}}},
        "number": {"limits": {"x": 3}},
        "none": {},
    }
    rows = [_model(key) for key in documents]
    ascending = ["number", "moment", "date", "text", "list", "table", "nan", "none"]
    assert _sorted(rows, "limits.x", documents) == ascending
    assert _sorted(rows, "-limits.x", documents) == [*reversed(ascending[:6]), "nan", "none"]


@pytest.mark.parametrize(
    ("order", "position"), [("nmae", 0), ("cost,-nmae", 5), ("cost,,name", 5), ("cost,", 5), ("-", 0), ("a..b", 0)]
)
def test_a_mistake_is_told_with_its_position(order: str, position: int) -> None:
    with pytest.raises(QueryError) as caught:
        parse_sort(order)
    assert caught.value.position == position


def test_blanks_and_json_names_are_taken() -> None:
    keys = parse_sort(" base_cost , -content_type")
    assert [(key.field.name, key.is_descending) for key in keys] == [("cost", False), ("type", True)]


@given(st.lists(st.text(max_size=30), max_size=8))
def test_any_two_texts_have_an_order(texts: list[str]) -> None:
    assert len(sorted(texts, key=natural)) == len(texts)


MODELS = st.builds(
    Model,
    key=st.text(max_size=5),
    path=st.just("p"),
    name=st.none() | st.text(max_size=5),
    status=st.none() | st.sampled_from(["active", "beta", "odd"]),
    active=st.booleans(),
    order=st.none() | st.integers(),
    tags=st.lists(st.text(max_size=3), max_size=3).map(tuple),
    base_cost=st.none() | st.decimals(allow_nan=False, allow_infinity=False),
    estimated_seconds=st.none() | st.floats(),
    released_on=st.none() | st.dates(),
)


@pytest.mark.parametrize("column", COLUMNS)
@settings(max_examples=20)
@given(models=st.lists(MODELS, max_size=12))
def test_every_column_sorts_all_rows_the_same_way_twice(column: str, models: list[Model]) -> None:
    catalog = Catalog("/c", {}, {})
    keys = parse_sort(column)
    once = sort_models(models, keys, catalog, Plan({}))
    assert sorted(map(id, once)) == sorted(map(id, models))
    assert sort_models(once, keys, catalog, Plan({})) == once
