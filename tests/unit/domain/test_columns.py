"""Columns: one text for each cell, the same in both front ends."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from modeltui.domain.browse.columns import COLUMNS, column_named
from modeltui.domain.catalog import Catalog
from modeltui.domain.change import Action
from modeltui.domain.finding import Finding
from modeltui.domain.lock import Lock
from modeltui.domain.model import Model, broken_model
from modeltui.domain.pending.plan import Plan, PlannedFile
from modeltui.domain.price import cost_text
from modeltui.domain.query.fields import field_named
from modeltui.errors import UsageError

FULL = Model(
    key="video/veo",
    path="models/video/veo.toml",
    name="Veo",
    provider="kie_ai",
    status="beta",
    active=True,
    default=True,
    tags=("fast", "new"),
    lock=Lock(by="alice"),
    base_cost=Decimal(60),
    cost_currency="credits",
    estimated_seconds=90.0,
    released_on=date(2025, 10, 1),
)
EMPTY = Model(key="video/empty", path="models/video/empty.toml")
BROKEN = broken_model("video/odd", "models/video/odd.toml", Finding("broken-file", "error", "no TOML", "p"))
NOTHING = Plan({})


def _text(column: str, model: Model, plan: Plan = NOTHING) -> str:
    return COLUMNS[column].text(model, plan)


def test_the_cells_of_a_full_row() -> None:
    wanted = {
        "lock": "L",
        "active": "yes",
        "name": "Veo",
        "provider": "kie_ai",
        "cost": "60",
        "time": "90s",
        "status": "beta",
        "default": "D",
        "tags": "fast, new",
        "released": "2025-10-01",
        "pending": "",
    }
    assert {column: _text(column, FULL) for column in wanted} == wanted


def test_what_is_missing_is_empty_but_a_row_always_has_a_name() -> None:
    shown = {column: _text(column, EMPTY) for column in COLUMNS}
    assert {column: text for column, text in shown.items() if text} == {
        "name": "video/empty",
        "key": "video/empty",
        "active": "no",
    }


def test_a_broken_row_says_so_and_is_neither_on_nor_off() -> None:
    assert (_text("status", BROKEN), _text("active", BROKEN)) == ("broken", "")


@pytest.mark.parametrize(
    ("action", "problem", "sign"),
    [(Action.UPDATE, None, "~"), (Action.CREATE, None, "+"), (Action.DELETE, "gone", "-!")],
)
def test_what_is_pending_shows_its_sign(action: Action, problem: str | None, sign: str) -> None:
    file = PlannedFile(
        key=FULL.key,
        path=FULL.path,
        action=action,
        base=None,
        edits=(),
        text=None,
        change_ids=(),
        by="alice",
        at=datetime(2026, 1, 1, tzinfo=UTC),
        problem=problem,
    )
    assert _text("pending", FULL, Plan({FULL.key: file})) == sign


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("60", "credits", "60"),
        ("0.04", "USD", "$0.04"),
        ("1E+2", "EUR", "100 EUR"),
        ("2", None, "2"),
    ],
)
def test_a_cost_names_its_currency(amount: str, currency: str | None, text: str) -> None:
    assert cost_text(Decimal(amount), currency) == text


def test_every_column_is_a_field_to_sort_and_filter_by() -> None:
    assert [column for column in COLUMNS if field_named(column) is None] == []


def test_columns_are_found_by_name_alias_or_path() -> None:
    documents = {"video/veo": {"limits": {"context": 5}, "logo": "veo.svg"}}
    catalog = Catalog("/c", {FULL.key: FULL}, documents)
    assert column_named("base_cost", catalog) is COLUMNS["cost"]
    assert column_named("tag", catalog) is COLUMNS["tags"]
    assert column_named("limits.context", catalog).text(FULL, NOTHING) == "5"
    assert column_named("logo", catalog).text(FULL, NOTHING) == "veo.svg"
    assert column_named("limits.context", catalog).text(EMPTY, NOTHING) == ""


def test_a_column_that_is_none_is_a_mistake() -> None:
    with pytest.raises(UsageError) as caught:
        column_named("prvider", Catalog("/c", {}, {}))
    assert caught.value.hint == "did you mean provider?"
