"""Tables that fit, JSON that steers no terminal."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.cli.layout import Heading, display_width, laid_out, shortened
from modeltui.domain.json_text import json_line, json_pretty
from modeltui.domain.text import safe

NAME, COST = Heading("Name", least=6), Heading("Cost", "right", 4)


def _lines(rows: list[list[str]], width: int | None) -> list[str]:
    return list(laid_out([NAME, COST], rows, width, "…"))


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert _lines([["a", "1"], ["longer name", "12345"]], None) == [
        "Name          Cost",
        "a                1",
        "longer name  12345",
    ]


def test_the_widest_column_gives_way_first() -> None:
    assert _lines([["a", "1"], ["longer name", "12345"]], 14) == ["Name      Cost", "a            1", "longer…  12345"]


def test_a_terminal_too_narrow_for_all_columns_cuts_lines() -> None:
    assert _lines([["longer name", "12345"]], 9) == ["Name    …", "longe…  …"]
    assert all(display_width(line) <= 1 for line in _lines([["longer name", "12345"]], 1))


def test_wide_characters_count_as_two_and_combining_ones_as_none() -> None:
    assert display_width("模型") == 4
    assert display_width("e\u0301") == 1
    assert shortened("模型模型", 5, "…") == "模型…"
    assert _lines([["模型", "1"], ["abcd", "2"]], None)[1:] == ["模型     1", "abcd     2"]


@given(
    st.lists(st.tuples(st.text(max_size=12).map(safe), st.text(max_size=12).map(safe)), max_size=4),
    st.integers(min_value=1, max_value=40),
)
def test_no_line_is_wider_than_the_terminal(rows: list[tuple[str, str]], width: int) -> None:
    lines = list(laid_out([NAME, COST], rows, width, "…"))
    assert len(lines) == len(rows) + 1
    assert all(display_width(line) <= width for line in lines)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_json_means_the_same_and_steers_no_terminal(value: object) -> None:
    for text in (json_line(value), json_line(value, ascii_only=True)):
        assert json.loads(text) == value
        assert safe(text) == text
        assert "\n" not in text
    assert json.loads(json_pretty(value)) == value


@pytest.mark.parametrize(
    ("value", "text"), [("é模", '"é模"'), ("\x7f\x85\u202e", '"\\u007f\\u0085\\u202e"'), ("\ud800", '"\\ud800"')]
)
def test_only_what_is_dangerous_is_escaped(value: str, text: str) -> None:
    assert json_line(value) == text
