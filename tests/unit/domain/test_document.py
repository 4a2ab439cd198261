"""Paths, values and differences of parsed documents."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.domain.document import (
    ABSENT,
    FieldPath,
    differences,
    format_field,
    get,
    parse_field,
    plain,
    same,
    shown,
    with_value,
)
from modeltui.errors import UsageError

DOCUMENT: dict[str, Any] = {"name": "Veo", "poll": {"interval_s": 5}, "rules": [{"when": {"a": 1}}, {"when": {}}]}


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("active", ("active",)),
        ("poll.interval_s", ("poll", "interval_s")),
        ('cost.multipliers.resolution."1080p"', ("cost", "multipliers", "resolution", "1080p")),
        ("a.'b.c'.d", ("a", "b.c", "d")),
        ("limits . context", ("limits", "context")),
    ],
)
def test_a_field_is_read_as_a_path(text: str, path: FieldPath) -> None:
    assert parse_field(text) == path


@pytest.mark.parametrize("text", ["", ".", "a.", ".a", "a..b", "a b", 'a."b', "a=b", r'a."\q"'])
def test_what_is_no_field_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_field(text)


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4))
def test_a_path_survives_being_written(parts: list[str]) -> None:
    encodable = [part.encode("utf-8", "replace").decode() for part in parts]
    assert parse_field(format_field(tuple(encodable))) == tuple(encodable)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("poll", "interval_s"), 5),
        (("rules", 0, "when", "a"), 1),
        (("poll", "absent"), ABSENT),
        (("name", "inside"), ABSENT),
        (("rules", 7), ABSENT),
    ],
)
def test_get(path: FieldPath, value: object) -> None:
    assert get(DOCUMENT, path) == value


def test_with_value_copies_and_leaves_the_original() -> None:
    before = repr(DOCUMENT)
    changed = with_value(DOCUMENT, ("poll", "query", "id"), "x")
    assert changed["poll"] == {"interval_s": 5, "query": {"id": "x"}}
    assert with_value(DOCUMENT, ("rules", 0), ABSENT)["rules"] == [{"when": {}}]
    assert with_value(DOCUMENT, ("gone", "too"), ABSENT) == DOCUMENT
    assert repr(DOCUMENT) == before


def test_with_value_refuses_a_way_through_a_text() -> None:
    with pytest.raises(UsageError):
        with_value(DOCUMENT, ("name", "first"), "x")


@pytest.mark.parametrize(
    ("left", "right"),
    [(True, 1), (1, 1.0), (0.0, -0.0), ("1", 1), ([1], [1.0]), ({"a": 1}, {"a": True}), (ABSENT, None)],
)
def test_values_of_other_types_are_not_the_same(left: object, right: object) -> None:
    assert not same(left, right)


def test_values_are_the_same_whatever_the_order_of_keys() -> None:
    assert same({"a": 1, "b": [float("nan")]}, {"b": [float("nan")], "a": 1})
    assert not same(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1))  # noqa: DTZ001  # TOML has local times


def test_differences_enter_tables_and_compare_lists_whole() -> None:
    new = {"name": "Veo", "poll": {"interval_s": 6}, "rules": [], "tags": ["a"]}
    assert list(differences(DOCUMENT, new)) == [
        (("poll", "interval_s"), 5, 6),
        (("rules",), DOCUMENT["rules"], []),
        (("tags",), ABSENT, ["a"]),
    ]


def test_plain_and_shown() -> None:
    value = {"on": date(2026, 1, 2), "n": [1, float("inf")], "gone": ABSENT}
    assert plain(value) == {"on": "2026-01-02", "n": [1, "inf"], "gone": None}
    assert shown({"a b": [True, "x"], "d": date(2026, 1, 2)}) == '{ "a b" = [true, "x"], d = 2026-01-02 }'
    assert shown(ABSENT) == "–"
