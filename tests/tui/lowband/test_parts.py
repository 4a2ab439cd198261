"""The parts: pens, ways of the cursor, cells, terminals that are known."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import ColorSystem
from rich.style import Style

from modeltui.tui.lowband.cells import CONTINUED, Inks, Pen, Trust, clusters, pen_of, trust_of
from modeltui.tui.lowband.guard import TEXTUAL, is_known_textual
from modeltui.tui.lowband.sgr import transition
from modeltui.tui.lowband.stream import move
from modeltui.tui.lowband.traits import traits_of
from tui.lowband.emulator import Emulator

PENS = st.builds(
    Pen,
    st.sampled_from(["", "31", "97", "38;5;200", "38;2;1;2;3"]),
    st.sampled_from(["", "41", "107", "48;5;7", "48;2;9;8;7"]),
    st.frozensets(st.sampled_from(["1", "2", "3", "4", "5", "7", "8", "9", "21", "51", "53"]), max_size=4),
)


@given(before=PENS, now=PENS)
def test_a_change_of_pen_ends_at_that_pen(before: Pen, now: Pen) -> None:
    changed, anew = Emulator(2, 2), Emulator(2, 2)
    changed.feed(transition(None, before) + transition(before, now))
    anew.feed(transition(None, now))
    assert changed.look == anew.look
    assert len(transition(before, now)) <= len(transition(None, now))


def test_every_way_of_the_cursor_ends_where_it_shall() -> None:
    places = list(product(range(4), range(7)))
    for (y, x), at in product(places, [None, *places, *((line, None) for line in range(4))]):
        terminal = Emulator(7, 4)
        for unknown in range(7) if at is not None and at[1] is None else [0]:
            terminal.y, terminal.x = (at[0], unknown if at[1] is None else at[1]) if at else (2, 3)
            terminal.feed(move(at, y, x))
            assert (terminal.y, terminal.x) == (y, x), (at, y, x)


@given(text=st.text(st.sampled_from("ab 漢ｆé\u0301\u200d\ufe0f😀👩🚀✔⚠·●"), max_size=8))
def test_cells_of_a_text_are_as_many_as_it_is_wide(text: str) -> None:
    cells = Inks(ColorSystem.TRUECOLOR).cells(text, Style(bold=True))
    assert cells is not None
    assert len(cells) == cell_len(text)
    assert sum(cell.width for cell in cells) == cell_len(text)
    assert all((cell is CONTINUED) == (cell.width == 0) for cell in cells)


def test_control_sequences_are_no_cells() -> None:
    assert Inks(ColorSystem.TRUECOLOR).cells("a\x1b[2Jb", None) is None
    assert Inks(ColorSystem.TRUECOLOR).cells("a\x9bb", None) is None


def test_marks_stay_with_what_they_mark() -> None:
    assert list(clusters("e\u0301a")) == [("e\u0301", 1), ("a", 1)]
    assert list(clusters("👩‍🚀!")) == [("👩‍🚀", 2), ("!", 1)]
    assert list(clusters("✔\ufe0fx")) == [("✔\ufe0f", 2), ("x", 1)]


@pytest.mark.parametrize(
    ("character", "trust"),
    [
        ("a", Trust.SURE),
        ("ñ", Trust.SURE),
        ("ж", Trust.AMBIGUOUS),
        ("漢", Trust.SURE),
        ("한", Trust.SURE),
        ("│", Trust.AMBIGUOUS),
        ("●", Trust.AMBIGUOUS),
        ("😀", Trust.UNSURE),
        ("\u0301", Trust.UNSURE),
        ("\U0010eeee", Trust.UNSURE),
        ("\ue0b0", Trust.UNSURE),
    ],
)
def test_how_far_terminals_agree(character: str, trust: Trust) -> None:
    assert trust_of(character) is trust


def test_colours_are_those_that_the_terminal_has() -> None:
    style = Style(color="#ff0000", bgcolor="#102030")
    for colors, pen in (
        (ColorSystem.TRUECOLOR, Pen("38;2;255;0;0", "48;2;16;32;48")),
        (ColorSystem.STANDARD, Pen("31", "40")),
    ):
        assert (Inks(colors).cells("a", style) or [])[0].pen == pen
    assert pen_of("1;38;5;9;44;53") == Pen("38;5;9", "44", frozenset({"1", "53"}))


@pytest.mark.parametrize("term", ["dumb", "", "linux", "vt100", "ansi", "unheard-of", "xtermite", "screenwriter"])
def test_what_is_not_known_to_cope_is_left_alone(term: str) -> None:
    assert traits_of(term) is None


@pytest.mark.parametrize(
    "term",
    ["xterm", "xterm-256color", "tmux-256color", "alacritty", "xterm-kitty", "foot-extra", "wezterm", "vte-256color"],
)
def test_who_is_known_to_cope(term: str) -> None:
    traits = traits_of(term)
    assert traits is not None
    assert traits.erases_in_color
    assert traits.scrolls


def test_screen_erases_without_colour_unless_it_is_tmux() -> None:
    bare, tmux = traits_of("screen-256color"), traits_of("screen-256color", in_tmux=True)
    assert bare is not None
    assert not bare.erases_in_color
    assert tmux == traits_of("tmux")


def test_another_textual_is_not_known() -> None:
    assert is_known_textual(TEXTUAL)
    assert not is_known_textual("8.2.9")
