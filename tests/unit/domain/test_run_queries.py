"""Runs in queries, orders, columns, facets and completion: like any other field, and never run is having no value."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from modeltui.domain.browse.columns import COLUMNS, column_named
from modeltui.domain.browse.completion import fields_for, values_for
from modeltui.domain.browse.facets import facet_of
from modeltui.domain.browse.sort import parse_sort, sort_models
from modeltui.domain.catalog import Catalog
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import Plan
from modeltui.domain.query import Index, parse_query
from modeltui.domain.query.fields import field_named
from modeltui.domain.run_stats import RunStats
from modeltui.errors import QueryError

ZONE = timezone(timedelta(hours=1))
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=ZONE)
NOTHING = Plan({})
RUNS = {
    "uid-good": RunStats(
        total=40,
        succeeded=39,
        failed=1,
        average_s=2.5,
        p50_s=2.0,
        p95_s=90.0,
        spend={"credits": Decimal(60)},
        tested_at=NOW.astimezone(UTC) - timedelta(hours=2),
        trend=(True,) * 19 + (False,),
    ),
    "uid-bad": RunStats(
        total=4,
        succeeded=1,
        failed=3,
        average_s=30.0,
        p50_s=30.0,
        p95_s=30.0,
        spend={"USD": Decimal("0.5")},
        tested_at=datetime(2026, 8, 1, 23, 30, tzinfo=UTC),
        trend=(True, False, False, False),
    ),
    "uid-lost": RunStats(total=1, uncertain=1, spend={"EUR": Decimal(2)}),
}


def _catalog(**settings: object) -> Catalog:
    models = {
        f"chat/{name}": Model(key=f"chat/{name}", path=f"models/chat/{name}.toml", uid=f"uid-{name}", active=True)
        for name in ("bad", "good", "lost", "never")
    }
    return Catalog("/c", models, {}, settings={"schema": 1, **settings}, runs=RUNS, as_of=NOW)


RATED = _catalog(units={"credits_per_usd": "50"})


def _chosen(query: str, catalog: Catalog = RATED, now: date = NOW) -> list[str]:
    return [model.key.removeprefix("chat/") for model in Index(catalog).select(parse_query(query), NOTHING, now)]


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("tested<30d", ["good"]),
        ("tested<3h", ["good"]),
        ("tested<1h", []),
        ("tested>30d", ["bad"]),
        ("tested>2026-01-01", ["bad", "good"]),
        ("tested<=2026-08-02", ["bad"]),
        ("tested:2026-08-02", ["bad"]),
        ("tested:*", ["bad", "good"]),
        ("-tested:*", ["lost", "never"]),
        ("success<90", ["bad"]),
        ("success<90%", ["bad"]),
        ("success>=97.5", ["good"]),
        ("success:25", ["bad"]),
        ("runs>3", ["bad", "good"]),
        ("runs:1", ["lost"]),
        ("-runs:*", ["never"]),
        ("spend>1", ["good"]),
        ("spend:2", ["lost"]),
        ("spend<1", ["bad"]),
        ("p50<10", ["good"]),
        ("p95>1m", ["good"]),
        ("trend:*0", ["bad", "good"]),
        ("trend:*000", ["bad"]),
        ("currency:none tested<1h", []),
    ],
)
def test_a_query(query: str, keys: list[str]) -> None:
    assert _chosen(query) == keys


def test_without_a_rate_amounts_are_taken_as_they_stand() -> None:
    assert _chosen("spend>1", _catalog()) == ["good", "lost"]


def test_from_a_day_an_age_counts_in_days() -> None:
    assert _chosen("tested<1h", now=NOW.date()) == ["good"]


def test_a_currency_elsewhere_in_the_query_leaves_ages_exact() -> None:
    test = parse_query("currency:USD tested<1h cost<5").terms
    assert [getattr(term.test, "is_as_written", None) for term in test] == [None, False, True]


def test_a_catalogue_without_runs_has_no_values() -> None:
    assert _chosen("tested:*", Catalog("/c", RATED.models, {})) == []


@pytest.mark.parametrize("query", ["tested<ten", "success<30d", "runs<x", "spend<2026-01-01", "trend<3"])
def test_a_wrong_operand_is_a_mistake(query: str) -> None:
    with pytest.raises(QueryError):
        parse_query(query)


@pytest.mark.parametrize(
    ("order", "keys"),
    [
        ("tested", ["bad", "good", "lost", "never"]),
        ("-tested", ["good", "bad", "lost", "never"]),
        ("success", ["bad", "good", "lost", "never"]),
        ("-success", ["good", "bad", "lost", "never"]),
        ("-runs", ["good", "bad", "lost", "never"]),
        ("runs", ["lost", "bad", "good", "never"]),
        ("spend", ["bad", "good", "lost", "never"]),
        ("-spend", ["good", "bad", "lost", "never"]),
        ("p95", ["bad", "good", "lost", "never"]),
        ("trend", ["bad", "good", "lost", "never"]),
    ],
)
def test_an_order_has_what_was_never_run_last(order: str, keys: list[str]) -> None:
    found = sort_models(RATED.models.values(), parse_sort(order), RATED, NOTHING)
    assert [model.key.removeprefix("chat/") for model in found] == keys


def test_the_cells_of_a_row() -> None:
    def cells(name: str) -> dict[str, str]:
        model = RATED.models[f"chat/{name}"]
        names = ("tested", "success", "runs", "spend", "p50", "p95", "trend")
        return {column: column_named(column, RATED).text(model, NOTHING) for column in names}

    assert cells("good") == {
        "tested": "2h",
        "success": "97 %",
        "runs": "40",
        "spend": "$1.20",
        "p50": "2.0s",
        "p95": "90s",
        "trend": "█" * 19 + "▁",
    }
    assert set(cells("never").values()) == {""}
    assert cells("lost")["runs"] == "1"
    assert COLUMNS["tested"].text(RATED.models["chat/good"], NOTHING) == "", "without a catalogue nothing is known"


def test_completion_and_facets_know_them() -> None:
    offered = [candidate.text for candidate in fields_for("s", RATED)]
    assert {"success<", "spend<", "success:"} <= set(offered)
    tested = field_named("tested")
    assert tested is not None
    values = values_for(tested, "2026", RATED.models.values(), RATED, NOTHING)
    assert {(value.text, value.note) for value in values} == {("2026-11-21", "1"), ("2026-08-02", "1")}
    facet = facet_of(tested, RATED.models.values(), RATED, NOTHING, "")
    assert {value.label: value.count for value in facet.values} == {"none": 2, "2026-11-21": 1, "2026-08-02": 1}
