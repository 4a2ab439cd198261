"""TOML values survive JSON exactly."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.domain.document import ABSENT, same
from modeltui.domain.value_codec import decoded, decoded_path, encoded, encoded_path

OFFSETS = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
SCALARS = (
    st.text()
    | st.booleans()
    | st.integers(-(2**80), 2**80)
    | st.floats()
    | st.dates()
    | st.times()
    | st.datetimes()
    | st.datetimes(timezones=OFFSETS)
)
KEYS = st.text(max_size=6) | st.sampled_from(["$date", "$absent", "$table", "$int", "$"])
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


def _through_json(value: Any) -> Any:
    return decoded(json.loads(json.dumps(encoded(value), allow_nan=False)))


@given(VALUES)
def test_every_value_comes_back_the_same(value: Any) -> None:
    assert same(_through_json(value), value)


@pytest.mark.parametrize(
    "value",
    [
        ABSENT,
        1,
        1.0,
        True,
        -0.0,
        math.inf,
        -math.inf,
        2**53 + 1,
        -(2**200),
        10**5000,
        date(2026, 1, 31),
        time(7, 32, 0, 999999),
        datetime(2026, 1, 31, 7, 32, tzinfo=UTC),
        datetime(2026, 1, 31, 7, 32, tzinfo=timezone(timedelta(hours=-7))),
        datetime(2026, 1, 31, 7, 32),  # noqa: DTZ001  # a local datetime is a TOML value
        "\ud800 a lone surrogate",
        {"$date": "not a date"},
        {"$table": {"$date": "2026-01-31"}, "other": [1, [2.0]]},
    ],
    ids=lambda value: repr(type(value)),
)
def test_what_json_cannot_hold_comes_back_the_same(value: Any) -> None:
    assert same(_through_json(value), value)


def test_nan_stays_nan() -> None:
    assert math.isnan(_through_json(math.nan))


def test_plain_values_stay_readable() -> None:
    assert encoded({"a": [1, "x", True, 2.5]}) == {"a": [1, "x", True, 2.5]}


def test_what_is_no_toml_value_is_refused() -> None:
    with pytest.raises(TypeError, match="bytes"):
        encoded({"a": b"x"})
    with pytest.raises(ValueError, match="null"):
        decoded({"a": None})


def test_a_path_keeps_positions_apart_from_keys() -> None:
    path = ("rules", 0, "when", "0")
    assert decoded_path(json.loads(json.dumps(encoded_path(path)))) == path


@pytest.mark.parametrize("bad", ["a.b", None, [1.5], [True], [["a"]]])
def test_a_path_of_anything_else_is_refused(bad: Any) -> None:
    with pytest.raises(ValueError, match="keys and positions"):
        decoded_path(bad)
