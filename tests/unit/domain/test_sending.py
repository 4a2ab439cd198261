"""What the request sees of the inputs."""

from __future__ import annotations

from typing import Any

import pytest

from modeltui.domain.inputs.specs import read_inputs
from modeltui.domain.request.sending import sendings


def sent(entry: dict[str, Any], value: Any, *, given: bool = True, **others: Any) -> dict[str, Any]:
    inputs = {"x": entry, **{name: {"type": "string"} for name in others}}
    values = {"x": value, **others}
    return sendings(read_inputs({"inputs": inputs}))(values, values if given else others)


def test_most_inputs_pass_untouched() -> None:
    assert sent({"type": "string"}, "a") == {"x": "a"}


def test_a_filled_in_default_may_stay_at_home() -> None:
    assert sent({"type": "string", "send": "given"}, "a", given=False) == {}
    assert sent({"type": "string", "send": "given"}, "a") == {"x": "a"}


@pytest.mark.parametrize(
    ("omit", "value", "is_sent"),
    [
        (["auto", -1], "auto", False),
        (["auto", -1], -1, False),
        ([-1], -1.0, False),
        ([0], False, True),
        ([False], 0, True),
        ([False], False, False),
        ([""], "  ", False),
        ([""], "a", True),
        ([" a"], " ", True),
        ([[]], [], False),
    ],
)
def test_omit_leaves_out_what_it_names(omit: list[Any], value: Any, is_sent: bool) -> None:
    assert ("x" in sent({"type": "string", "omit": omit}, value)) is is_sent


def test_an_input_can_depend_on_another() -> None:
    entry = {"type": "string", "send_when": {"mode": ["a", "b"], "other": "c"}}
    assert "x" in sent(entry, 1, mode="b", other="c")
    assert "x" not in sent(entry, 1, mode="b", other="d")
    assert "x" not in sent(entry, 1, mode="c", other="c")
    assert "x" not in sent(entry, 1, mode="b")


def test_width_counts_only_with_height() -> None:
    entry = {"type": "integer", "together_with": ["height"]}
    assert "x" in sent(entry, 512, height=512)
    assert "x" not in sent(entry, 512)


def test_map_replaces_and_leaves_what_it_does_not_know() -> None:
    entry = {"type": "string", "map": {"16:9": {"width": 1344}, "true": 1, "10": "ten"}}
    assert sent(entry, "16:9") == {"x": {"width": 1344}}
    assert sent(entry, True) == {"x": 1}
    assert sent(entry, 10.0) == {"x": "ten"}
    assert sent(entry, "1:1") == {"x": "1:1"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1000, 1008), (1023, 1024), (777, 784), (999, 992), (1, 128), (5000, 2032), (776.5, 784), (10**400, 2032)],
)
def test_snap_rounds_half_up_within_the_bounds(value: float, expected: int) -> None:
    assert sent({"type": "number", "snap": 16, "minimum": 120, "maximum": 2040}, value) == {"x": expected}


def test_snap_without_bounds_takes_the_largest_float() -> None:
    assert sent({"type": "number", "snap": 16}, 1e308)["x"] % 16 == 0


@pytest.mark.parametrize(
    ("cast", "value", "expected"),
    [
        ("string", 4, "4"),
        ("string", 4.0, "4"),
        ("string", True, "true"),
        ("integer", "4", 4),
        ("integer", 4.7, 4),
        ("integer", "four", "four"),
        ("number", "4.5", 4.5),
        ("number", "4", 4),
        ("number", "", ""),
        ("number", "9e999999", "9e999999"),
    ],
)
def test_cast_converts_what_it_can(cast: str, value: Any, expected: Any) -> None:
    result = sent({"type": "string", "cast": cast}, value)["x"]
    assert result == expected
    assert type(result) is type(expected)
