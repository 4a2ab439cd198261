"""Views and places: their columns, their order, and what a file may say of them."""

from __future__ import annotations

from typing import Any

import pytest

from modeltui.domain.browse.place import MOST_USED, Place, place_data, place_of
from modeltui.domain.browse.sort import parse_sort
from modeltui.domain.browse.views import (
    BUILT_IN,
    ShownColumn,
    View,
    checked_name,
    in_order,
    shown_columns,
    view_data,
    view_of,
)
from modeltui.domain.catalog import Catalog
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import Plan
from modeltui.domain.query import parse_query
from modeltui.errors import InvalidValueError

EMPTY = Catalog("/c", {}, {})
MINE = View("mine", "cost<5", "-cost,name", (ShownColumn("name", 30), ShownColumn("limits.context")), "provider")


def test_every_built_in_view_is_right() -> None:
    for view in BUILT_IN:
        parse_query(view.query)
        parse_sort(view.sort)
        parse_sort(view.group)


def test_everything_is_first_and_a_users_own_are_next() -> None:
    names = [view.name for view in in_order([MINE])]
    assert names[:3] == ["all", "mine", "active"]
    assert len(names) == len(BUILT_IN) + 1


def test_columns_have_the_width_that_was_chosen_else_the_usual_one() -> None:
    name, context = shown_columns(MINE.columns, EMPTY)
    assert (name.id, name.width) == ("name", 30)
    assert (context.id, context.width) == ("limits.context", 14)


def test_a_column_that_means_nothing_here_is_left_out_and_one_always_stays() -> None:
    columns = shown_columns((ShownColumn("nonsense"), ShownColumn("a..b"), ShownColumn("cost")), EMPTY)
    assert [column.id for column in columns] == ["cost"]
    assert [column.id for column in shown_columns((ShownColumn("nonsense"),), EMPTY)][:2] == ["name", "provider"]


def test_a_column_of_a_field_shows_what_the_file_says() -> None:
    model = Model(key="chat/a", path="models/chat/a.toml")
    catalog = Catalog("/c", {"chat/a": model}, {"chat/a": {"limits": {"context": 8192}}})
    (column,) = shown_columns((ShownColumn("limits.context"),), catalog)
    assert column.text(model, Plan({})) == "8192"


def test_what_is_written_is_read_again() -> None:
    assert view_of(view_data(MINE)) == MINE
    place = Place(MINE, "chat/a", "cost", frozenset({"chat/a", "chat/b"}), ("a", "b"))
    assert place_of(place_data(place)) == place
    assert place_of({}) == Place()


@pytest.mark.parametrize(
    "data",
    [
        "text",
        {"name": 1},
        {"columns": {}},
        {"columns": ["name"]},
        {"columns": [{"name": "a", "width": "3"}]},
        {"columns": [{"name": "a", "width": True}]},
        {"columns": [{"name": "a"}] * 101},
    ],
)
def test_what_is_no_view_is_refused(data: Any) -> None:
    with pytest.raises(InvalidValueError):
        view_of(data)


@pytest.mark.parametrize("data", [{"marks": "all"}, {"marks": [1]}, {"used": None}, {"key": 3}, {"shown": []}])
def test_what_is_no_place_is_refused(data: Any) -> None:
    with pytest.raises(InvalidValueError):
        place_of(data)


def test_a_width_stays_within_bounds_and_filters_within_number() -> None:
    view = view_of({"columns": [{"name": "a", "width": 1}, {"name": "b", "width": 10**6}]})
    assert [column.width for column in view.columns] == [3, 120]
    assert place_of({"used": [str(number) for number in range(80)]}).used[0] == str(80 - MOST_USED)


@pytest.mark.parametrize("name", ["", "   ", "x" * 41, "locked", " by  type "])
def test_names_that_cannot_be(name: str) -> None:
    with pytest.raises(InvalidValueError):
        checked_name(name)


def test_a_name_is_taken_without_blanks_around() -> None:
    assert checked_name("  my   view ") == "my view"
