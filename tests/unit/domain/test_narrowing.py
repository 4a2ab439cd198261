"""Changing a query by values: the new text means what was asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from modeltui.domain.browse.narrowing import (
    Wanted,
    choosing,
    chosen,
    excluded,
    excluding,
    quoted,
    wants_none,
    with_terms,
    without,
    words_of,
)
from modeltui.domain.catalog import Catalog
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import Plan
from modeltui.domain.query import parse_query, select
from modeltui.errors import QueryError


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ()),
        (True, ("yes",)),
        ("a b", ("a b",)),
        (Decimal("2.50"), ("2.50",)),
        (30.0, ("30",)),
        (0.5, ("0.5",)),
        (7, ("7",)),
        (date(2026, 1, 31), ("2026-01-31",)),
        (datetime(2026, 1, 31, tzinfo=UTC), ("2026-01-31T00:00:00+00:00",)),
        (["a", "b", "a"], ("a", "b")),
        ({"x": True, "y": False, "z": 3}, ("x", "z")),
    ],
)
def test_a_value_in_words(value: Any, words: tuple[str, ...]) -> None:
    assert words_of(value) == words


@pytest.mark.parametrize(
    ("query", "values", "narrowed"),
    [
        ("", ["acme"], "provider:acme"),
        ("veo", ["acme", "globex"], "veo provider:acme,globex"),
        ("provider:acme veo", ["globex"], "provider:globex veo"),
        ("provider:acme provider:* veo", [], "veo"),
        ("veo", [None], "veo -provider:*"),
        ("-provider:*", ["acme"], "provider:acme"),
        ("-provider:acme", ["globex"], "-provider:acme provider:globex"),
        ('name:"x y"  cost<5', ["a,b c"], 'name:"x y" cost<5 provider:"a,b c"'),
    ],
)
def test_choosing_puts_its_term_in_the_place_of_the_old_one(query: str, values: list[Wanted], narrowed: str) -> None:
    assert choosing(query, "provider", values) == narrowed


@pytest.mark.parametrize(
    ("query", "values", "narrowed"),
    [
        ("veo", ["acme"], "veo -provider:acme"),
        ("-provider:acme veo", ["acme", "globex"], "-provider:acme,globex veo"),
        ("-provider:acme veo", [], "veo"),
        ("veo", [None], "veo provider:*"),
        ("provider:globex", ["acme"], "provider:globex -provider:acme"),
    ],
)
def test_excluding_leaves_what_is_wanted_alone(query: str, values: list[Wanted], narrowed: str) -> None:
    assert excluding(query, "provider", values) == narrowed


def test_what_a_query_wants_and_leaves_out() -> None:
    query = "provider:Acme,globex -provider:evil active:yes -status:*"
    assert chosen(query, "provider") == {"acme", "globex"}
    assert excluded(query, "provider") == {"evil"}
    assert chosen(query, "active") == {"yes"}
    assert wants_none(query, "status")
    assert not wants_none(query, "provider")


def test_ranges_go_with_their_field_and_terms_are_not_said_twice() -> None:
    assert without("cost>=1 cost<5 currency:credits veo", "cost", "currency") == "veo"
    assert with_terms("veo tag:a", "tag:a", "tag:b") == "veo tag:a tag:b"


def test_a_query_with_a_mistake_is_not_changed() -> None:
    with pytest.raises(QueryError):
        choosing("cost<x", "provider", ["acme"])


@pytest.mark.parametrize(
    "name",
    ["plain", "two words", "a,b", 'say "hi"', "back\\slash", "~tilde", "star*", "wh?t", "-minus", "漢字", "", "x:y"],
)
def test_a_quoted_value_finds_its_model_and_no_other(name: str) -> None:
    named = Model(key="chat/named", path="", family=name)
    other = Model(key="chat/other", path="", family=f"{name}z")
    catalog = Catalog("/c", {"chat/named": named, "chat/other": other}, {})
    query = parse_query(f"family:{quoted(name)}")
    assert select(query, catalog, Plan({}), date(2026, 1, 1)) == [named]
