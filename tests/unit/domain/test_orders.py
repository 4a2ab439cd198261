"""Orders of all rows give what sorting the rows gives, and are made once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from modeltui.domain.browse import orders, sort
from modeltui.domain.browse.orders import Orders
from modeltui.domain.browse.sort import SortKey, parse_sort, sort_models
from modeltui.domain.catalog import Catalog
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import Plan

PLAN = Plan({})
MODELS = st.builds(
    Model,
    key=st.text(max_size=4),
    path=st.just("p"),
    name=st.none() | st.text(alphabet="aB1 02", max_size=5),
    status=st.none() | st.sampled_from(["active", "beta", "odd"]),
    active=st.booleans(),
    order=st.none() | st.integers(-5, 5),
    tags=st.lists(st.text(max_size=2), max_size=2).map(tuple),
    base_cost=st.none() | st.decimals(allow_nan=False, allow_infinity=False),
    cost_currency=st.none() | st.sampled_from(["credits", "USD", "EUR"]),
    estimated_seconds=st.none() | st.floats(),
    released_on=st.none() | st.dates(),
)
ORDERS = st.lists(
    st.sampled_from(["name", "-name", "status", "-status", "active", "-active", "order", "-order", "tag", "-tag"])
    | st.sampled_from(["cost", "-cost", "time", "-time", "released", "-released", "pending", "runs"]),
    min_size=1,
    max_size=3,
).map(",".join)


@pytest.fixture(params=[2, 10_000], autouse=True, scope="module")
def at_once(request: pytest.FixtureRequest) -> Iterator[None]:
    """Also where there are more rows than are looked at in one go."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(orders, "_AT_ONCE", request.param)
        patch.setattr(sort, "_AT_ONCE", request.param)
        yield


@given(st.lists(MODELS, max_size=10), ORDERS)
def test_positions_are_sorted_as_models_are(models: list[Model], order: str) -> None:
    catalog, keys = Catalog("/c", {}, {}), parse_sort(order)
    made = Orders(catalog, models)
    expected = list(map(id, sort_models(models, keys, catalog, PLAN)))
    for _ in range(2):
        assert [id(models[row]) for row in made.sorted(range(len(models)), keys, PLAN)] == expected
    some = list(range(0, len(models), 2))
    expected = list(map(id, sort_models([models[row] for row in some], keys, catalog, PLAN)))
    assert [id(models[row]) for row in made.sorted(some, keys, PLAN)] == expected


@pytest.fixture
def ranked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the fields whose values were looked at."""
    found: list[str] = []
    real = sort.ranks_of

    def watched(field: Any, *rest: Any) -> Any:
        found.append(field.name)
        return real(field, *rest)

    monkeypatch.setattr(orders, "ranks_of", watched)
    return found


def _keys(order: str) -> tuple[SortKey, ...]:
    return parse_sort(order)


def test_values_are_looked_at_once(ranked: list[str]) -> None:
    models = [Model(key=f"chat/{number}", path="p", name=f"Veo {number}") for number in (10, 9, 8)]
    catalog = Catalog("/c", {model.key: model for model in models}, {})
    made = Orders(catalog, models)
    assert [*made.sorted(range(3), _keys("name"), PLAN)] == [2, 1, 0]
    assert [*made.sorted([0, 2], _keys("name"), PLAN)] == [2, 0]
    assert [*made.sorted(range(3), _keys("name"), PLAN)] == [2, 1, 0]
    assert ranked == ["name"]
    assert [*made.sorted(range(3), _keys("pending"), PLAN)] == [0, 1, 2]
    assert [*made.sorted(range(3), _keys("pending"), PLAN)] == [0, 1, 2]
    assert ranked == ["name", "pending", "pending"]


def test_what_depends_on_the_rows_alone_is_taken_over(ranked: list[str]) -> None:
    models = [Model(key=f"chat/{number}", path="p", name=f"Veo {number}") for number in (10, 9)]
    catalog = Catalog("/c", {model.key: model for model in models}, {})
    before = Orders(catalog, models)
    for name in ("name", "cost", "runs"):
        before.sorted(range(2), _keys(name), PLAN)
    after = Orders(replace(catalog, runs={}), models, before)
    for name in ("name", "cost", "runs"):
        after.sorted(range(2), _keys(name), PLAN)
    assert ranked == ["name", "cost", "runs", "runs"]
    dearer = Orders(replace(catalog, settings={"schema": 1, "units": {"credits_per_usd": "100"}}), models, after)
    for name in ("name", "cost"):
        dearer.sorted(range(2), _keys(name), PLAN)
    assert ranked[4:] == ["cost"]
    Orders(catalog, list(models), after).sorted(range(2), _keys("name"), PLAN)
    assert ranked[5:] == ["name"]


def test_an_order_of_all_is_taken_over_as_well() -> None:
    models = [Model(key=f"chat/{number}", path="p", name=f"Veo {number}") for number in (10, 9)]
    catalog = Catalog("/c", {model.key: model for model in models}, {})
    before = Orders(catalog, models)
    kept, gone = before.sorted(range(2), _keys("-name"), PLAN), before.sorted(range(2), _keys("name,runs"), PLAN)
    after = Orders(replace(catalog, runs={}), models, before)
    assert after.sorted(range(2), _keys("-name"), PLAN) is kept
    assert after.sorted(range(2), _keys("name,runs"), PLAN) is not gone


def test_an_order_of_all_is_handed_out_as_it_is_kept() -> None:
    models = [Model(key=key, path="p", name="same") for key in ("b", "a")]
    made = Orders(Catalog("/c", {}, {}), models)
    assert made.sorted(range(2), _keys("key"), PLAN) is made.sorted(range(2), _keys("key"), PLAN)
    assert made.sorted(range(2), _keys("name"), PLAN) == range(2)


TEXTS = st.text(alphabet="aB0129 \n\0~\x01ß٣", max_size=8) | st.integers(0, 10**40).map(str)


@given(st.lists(st.none() | TEXTS, max_size=12), st.booleans())
def test_texts_are_placed_as_their_parts_compare(names: list[str | None], is_descending: bool) -> None:
    models = [Model(key=f"chat/{number}", path="p", name=name) for number, name in enumerate(names)]
    keys = _keys("-name" if is_descending else "name")
    catalog = Catalog("/c", {}, {})
    expected = list(map(id, sort_models(models, keys, catalog, PLAN)))
    found = Orders(catalog, models).sorted(range(len(models)), keys, PLAN)
    assert [id(models[row]) for row in found] == expected


def test_what_is_prepared_is_not_looked_at_again(ranked: list[str]) -> None:
    models = [Model(key=f"chat/{number}", path="p", name=f"Veo {number}") for number in (10, 9)]
    made = Orders(Catalog("/c", {}, {}), models)
    made.prepare(_keys("name")[0], PLAN)
    assert ranked == ["name"]
    assert [*made.sorted(range(2), _keys("name"), PLAN)] == [1, 0]
    assert [*made.sorted([0, 1], _keys("-name"), PLAN)] == [0, 1]
    assert ranked == ["name"]


@pytest.mark.parametrize("count", [254, 255, 256, 300])
def test_places_of_many_fit(count: int) -> None:
    models = [Model(key=f"chat/{number}", path="p", order=number) for number in range(count)]
    models.append(Model(key="chat/none", path="p"))
    made = Orders(Catalog("/c", {}, {}), models)
    assert [*made.sorted(range(count + 1), _keys("order"), PLAN)] == list(range(count + 1))
    assert [*made.sorted(range(count + 1), _keys("-order"), PLAN)] == [*reversed(range(count)), count]


def test_orders_by_several_fields_are_kept_for_a_while(ranked: list[str]) -> None:
    models = [Model(key=f"chat/{number}", path="p", name=f"Veo {number}", order=-number) for number in (10, 9)]
    made = Orders(Catalog("/c", {}, {}), models)
    for order in ("name,order", "order,name", "-name,order", "-order,name", "name,-order", "order,-name", "name"):
        first = made.sorted(range(2), _keys(order), PLAN)
        assert made.sorted(range(2), _keys(order), PLAN) == first
    assert len(made.whole) <= 5
    assert ranked == ["order", "name"]


MOMENT = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "values",
    [
        [MOMENT, MOMENT.astimezone(timezone(timedelta(hours=2))), MOMENT.astimezone(timezone(timedelta(hours=-3)))],
        [[2, 1], [1], None, [1, 2], {"a": 1}, [], "x", True, 1, 1.0, 0],
    ],
)
def test_values_of_documents_are_placed_as_they_compare(values: list[Any]) -> None:
    models = [Model(key=f"chat/{number}", path="p") for number in range(len(values))]
    documents: Mapping[str, Any] = {
        model.key: {} if value is None else {"request": {"odd": value}}
        for model, value in zip(models, values, strict=True)
    }
    catalog = Catalog("/c", {model.key: model for model in models}, documents)
    for order in ("request.odd", "-request.odd"):
        expected = [model.key for model in sort_models(models, _keys(order), catalog, PLAN)]
        found = Orders(catalog, models).sorted(range(len(models)), _keys(order), PLAN)
        assert [models[row].key for row in found] == expected
