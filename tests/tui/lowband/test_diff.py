"""The difference, applied to what a terminal shows, gives what Textual's own output gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.segment import ControlType, Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from modeltui.tui.lowband.diff import BrokenFrameError
from modeltui.tui.lowband.output import Output
from modeltui.tui.lowband.traits import Traits, traits_of
from tui.lowband.emulator import Emulator, Glyph

WIDTH, HEIGHT = 40, 8
FEWER = settings(max_examples=settings().max_examples // 4)
"""These draw much, and look at each cell."""
CONSOLE = Console(force_terminal=True, color_system="truecolor", legacy_windows=False, width=WIDTH, height=HEIGHT)

COLORS = [None, "default", "red", "bright_blue", "color(200)", "#102030", "#a0b0c0"]
STYLES = st.builds(
    Style,
    color=st.sampled_from(COLORS),
    bgcolor=st.sampled_from(COLORS),
    bold=st.booleans(),
    dim=st.sampled_from([None, True]),
    italic=st.sampled_from([None, True]),
    underline=st.sampled_from([None, True, False]),
    underline2=st.sampled_from([None, True]),
    reverse=st.sampled_from([None, True]),
    strike=st.sampled_from([None, True]),
    overline=st.sampled_from([None, True]),
    blink=st.sampled_from([None, True]),
)
FEW = st.sampled_from([Style(), Style(color="#d0d0d0", bgcolor="#101418"), Style(bgcolor="#26303d", bold=True)])
WORDS = [
    "model",
    " ",
    "  ",
    "          ",
    "·",
    "● active",
    "──────────",
    "日本",
    "ｆ",
    "é",
    "12.5",
    "x",
    "            ",
    "▁▂█",
]
ODD = ["😀", "👩‍🚀", "e\u0301", "✔\ufe0f", "⚠", "🇩🇪", "\u2003"]


def pieces(words: Sequence[str]) -> st.SearchStrategy[list[tuple[str, Style | None]]]:
    return st.lists(st.tuples(st.sampled_from(words), st.one_of(FEW, STYLES, st.none())), max_size=14)


def strip_of(found: list[tuple[str, Style | None]], width: int = WIDTH) -> Strip:
    return Strip([Segment(text, style) for text, style in found]).adjust_cell_length(width, Style(bgcolor="#101418"))


LINES = st.one_of(pieces(WORDS), pieces(WORDS), pieces([*WORDS, *ODD])).map(strip_of)
SCREENS = st.lists(LINES, min_size=HEIGHT, max_size=HEIGHT)


@st.composite
def following(draw: st.DrawFn, before: list[Strip]) -> list[Strip]:
    """A screen that has something of the one before: lines of it, moved by some, and others."""
    moved, top = draw(st.integers(-4, 4)), draw(st.integers(0, 3))
    bottom = draw(st.integers(HEIGHT - 3, HEIGHT))
    lines = before.copy()
    for y in range(top, bottom):
        if 0 <= y + moved < HEIGHT:
            lines[y] = before[y + moved]
    for y in draw(st.sets(st.integers(0, HEIGHT - 1), max_size=4)):
        lines[y] = draw(LINES)
    return lines


@st.composite
def sessions(draw: st.DrawFn) -> list[list[Strip]]:
    screens = [draw(SCREENS)]
    for _ in range(draw(st.integers(1, 4))):
        screens.append(draw(following(screens[-1])))
    return screens


def layout(lines: Sequence[Strip]) -> LayoutUpdate:
    return LayoutUpdate([[line] for line in lines], Region(0, 0, WIDTH, len(lines)))


def stock(updates: Sequence[LayoutUpdate | ChopsUpdate]) -> Emulator:
    """What they look like as Textual writes them."""
    terminal = Emulator(WIDTH, HEIGHT)
    for update in updates:
        terminal.feed(update.render_segments(CONSOLE) + "\x1b[H")
    return terminal


TRAITS = st.sampled_from([traits_of("tmux-256color"), traits_of("xterm-256color"), traits_of("screen")])


@dataclass
class Line:
    """Output, and the terminal at its end."""

    output: Output
    terminal: Emulator

    def show(self, update: LayoutUpdate | ChopsUpdate, cursor: tuple[int, int] = (0, 0)) -> str:
        self.output.take(update, CONSOLE, (WIDTH, HEIGHT))
        return self.send(cursor)

    def send(self, cursor: tuple[int, int] = (0, 0)) -> str:
        text = self.output.text(cursor)
        self.terminal.feed(text)
        return text


def line(traits: Traits | None = None, *, is_narrow: bool | None = True) -> Line:
    traits = traits or Traits()
    output = Output(traits)
    output.is_narrow = is_narrow
    return Line(output, Emulator(WIDTH, HEIGHT, erases_in_color=traits.erases_in_color))


@given(
    screens=sessions(),
    traits=TRAITS,
    is_narrow=st.booleans(),
    cursor=st.tuples(st.integers(0, HEIGHT - 1), st.integers(0, WIDTH - 1)),
)
def test_it_looks_as_textual_would_have_it(
    screens: list[list[Strip]], traits: Traits, is_narrow: bool, cursor: tuple[int, int]
) -> None:
    ours = line(traits, is_narrow=is_narrow)
    for lines in screens:
        ours.show(layout(lines), cursor)
        assert ours.terminal.seen == stock([layout(lines)]).seen
        assert (ours.terminal.y, ours.terminal.x) == cursor


@st.composite
def chops(draw: st.DrawFn) -> ChopsUpdate:
    """A partial update, of columns that widgets begin and end at."""
    words = draw(st.sampled_from([WORDS, [*WORDS, *ODD]]))
    found: list[dict[int, Strip | None]] = [{0: None}] * HEIGHT
    ends = [[WIDTH]] * HEIGHT
    spans = []
    for y in sorted(draw(st.sets(st.integers(0, HEIGHT - 1), min_size=1, max_size=4))):
        first = draw(st.integers(0, WIDTH - 1))
        spans.append((y, first, draw(st.integers(first + 1, WIDTH))))
        cut = sorted({0, WIDTH, *draw(st.sets(st.integers(1, WIDTH - 1), max_size=3))})
        ends[y] = cut[1:]
        found[y] = {
            x: None if draw(st.integers(0, 9)) == 0 else strip_of(draw(pieces(words)), end - x)
            for x, end in pairwise(cut)
        }
    return ChopsUpdate(found, spans, ends)


@FEWER
@given(screen=SCREENS, updates=st.lists(chops(), min_size=1, max_size=4), traits=TRAITS)
def test_partial_updates_look_as_textual_would_have_them(
    screen: list[Strip], updates: list[ChopsUpdate], traits: Traits
) -> None:
    ours = line(traits)
    ours.show(layout(screen))
    for count, update in enumerate(updates, 1):
        ours.show(update)
        assert ours.terminal.seen == stock([layout(screen), *updates[:count]]).seen


@FEWER
@given(screen=SCREENS, updates=st.lists(chops(), min_size=1, max_size=4))
def test_dropped_frames_leave_nothing_behind(screen: list[Strip], updates: list[ChopsUpdate]) -> None:
    ours = line()
    ours.show(layout(screen))
    for update in updates:
        ours.output.take(update, CONSOLE, (WIDTH, HEIGHT))
    ours.send()
    assert ours.terminal.seen == stock([layout(screen), *updates]).seen


def one_cell(text: str) -> int:
    """A terminal of long ago: no glyph but those of East Asia is wide, and nothing joins."""
    return 1 if len(text) > 1 or text > "\uffff" else cell_len(text)


def wide_marks(text: str) -> int:
    """A terminal as tmux is: what marks a letter has a cell of its own, and nothing joins."""
    return sum(max(1, cell_len(each)) for each in text)


@FEWER
@given(screens=sessions(), width_of=st.sampled_from([one_cell, wide_marks]), traits=TRAITS)
def test_a_terminal_that_counts_other_widths_shows_what_it_shows_of_textual(
    screens: list[list[Strip]], width_of: Callable[[str], int], traits: Traits
) -> None:
    ours = line(traits)
    ours.terminal.width_of = width_of
    for lines in screens:
        ours.show(layout(lines))
        theirs = Emulator(WIDTH, HEIGHT, width_of=width_of)
        theirs.feed(layout(lines).render_segments(CONSOLE) + "\x1b[H")
        for got, wanted in zip(ours.terminal.seen, theirs.seen, strict=True):
            end = next((x for x in range(WIDTH, 0, -1) if wanted[x - 1] != Glyph()), 0)
            assert got[:end] == wanted[:end]
            assert {glyph.text for glyph in got[end:]} <= {" "}


def test_letters_with_spacing_marks_are_all_there() -> None:
    ours = line(traits_of("tmux-256color"))
    ours.terminal.width_of = wide_marks
    name = "हिन्दी क्षि"
    before = [("old text that is longer than what comes", None)]
    after = [(name, Style(bold=True)), ("   ● active   9.5", Style(color="red"))]
    for each in (before, after, before, after):
        ours.show(layout([strip_of(list(each))] * HEIGHT))
    assert all(text.startswith(f"{name}   ● active   9.5 ") for text in ours.terminal.lines)


def test_nothing_is_sent_where_nothing_changed() -> None:
    ours = line()
    screen = layout([strip_of([("model", Style(bold=True))])] * HEIGHT)
    assert ours.show(screen)
    assert ours.show(screen) == ""


def test_a_line_scrolled_in_costs_about_itself() -> None:
    styles = Style(color="#cfd4dc", bgcolor="#101418"), Style(color="#848d9b", bgcolor="#101418")
    lines = [strip_of([(f"model number {y * 7919}", styles[0]), (f"  {y * 104729}", styles[1])]) for y in range(40)]
    ours = line()
    ours.show(layout(lines[:HEIGHT]))
    assert len(ours.show(layout(lines[1 : HEIGHT + 1]))) < 110
    assert len(ours.show(layout(lines[3 : HEIGHT + 3]))) < 180
    assert len(ours.show(layout(lines[2 : HEIGHT + 2]))) < 180
    assert ours.terminal.seen == stock([layout(lines[2 : HEIGHT + 2])]).seen


def test_the_screen_after_something_foreign_is_drawn_as_a_whole() -> None:
    ours = line()
    screen = layout([strip_of([("model", None)])] * HEIGHT)
    ours.show(screen)
    ours.terminal.feed("\x1b[3;4Hwall: the system goes down")
    ours.output.written("\x1b[3;4Hwall: the system goes down")
    ours.send()
    assert ours.terminal.seen == stock([screen]).seen


def test_what_moves_no_cursor_and_draws_nothing_costs_nothing() -> None:
    ours = line()
    ours.show(layout([strip_of([("model", None)])] * HEIGHT))
    for harmless in (
        "\x1b]52;c;bW9kZWw=\a",
        "\x1b_Gi=1,f=100,q=2;AAAA\x1b\\",
        "\x1b[?1000h\x1b[?2026$p",
        "\a",
        "\x1b[>25u",
    ):
        ours.output.written(harmless)
    assert ours.send() == ""


def pixels(text: str = "#0!10~") -> list[Strip]:
    """A picture as the sixel widget draws it: 3 lines high, 10 columns wide, at column 4 of line 2."""
    control = ((ControlType.CURSOR_FORWARD, 0),)
    last = [
        Segment("\x1b[3;5H", Style()),
        Segment(f"\x1bPq{text}\x1b\\", Style(), control),
        Segment("\x1b[5;15H", Style()),
    ]
    return [Strip([]), Strip([]), Strip(last, cell_length=10)]


def with_picture(picture: Sequence[Strip], y: int = 2) -> ChopsUpdate:
    side = strip_of([("beside", None)], WIDTH - 14)
    found: list[dict[int, Strip | None]] = [{0: strip_of([], WIDTH)} for _ in range(HEIGHT)]
    for at, strip in enumerate(picture, y):
        found[at] = {0: strip_of([("|", None)], 4), 4: strip, 14: side}
    spans = [(at, 0, WIDTH) for at in range(y, y + len(picture))]
    return ChopsUpdate(found, spans, [[*list(each)[1:], WIDTH] for each in found])


def test_a_picture_goes_out_as_it_is_and_its_cells_are_nobodys() -> None:
    ours = line()
    ours.show(layout([strip_of([("........................................", None)])] * HEIGHT))
    ours.show(with_picture(pixels()))
    assert ours.terminal.said == ["q#0!10~"]
    assert ours.send() == ""
    before = ours.terminal.seen
    changed = strip_of([("other", None)])
    found: list[dict[int, Strip | None]] = [{0: changed} for _ in range(HEIGHT)]
    ours.show(ChopsUpdate(found, [(0, 0, WIDTH), (6, 0, WIDTH)], [[WIDTH]] * HEIGHT))
    assert ours.terminal.said == ["q#0!10~"]
    assert [row[4:14] for row in ours.terminal.seen[2:5]] == [row[4:14] for row in before[2:5]]


def test_where_a_picture_was_everything_is_drawn() -> None:
    ours = line()
    screen = layout([strip_of([("........................................", None)])] * HEIGHT)
    ours.show(screen)
    ours.show(with_picture(pixels()))
    for y in range(2, 5):
        ours.terminal.rows[y][4:14] = [Glyph("%")] * 10
    ours.show(screen)
    assert ours.terminal.seen == stock([screen]).seen


def test_a_picture_is_drawn_again_each_time_its_widget_draws_it_and_after_a_break() -> None:
    ours = line()
    ours.show(layout([strip_of([])] * HEIGHT))
    ours.show(with_picture(pixels()))
    ours.show(with_picture(pixels()))
    ours.output.restarted()
    ours.send()
    assert ours.terminal.said == ["q#0!10~"] * 3


def test_a_link_is_written_as_textual_writes_it() -> None:
    link = Style(link="https://example.org/", underline=True, color="#6fb1d6")
    screen = layout([strip_of([("see ", None), ("the page", link), (" there", Style(bold=True))])] * HEIGHT)
    other = layout([strip_of([("see ", None), ("the page", link), (" then", Style(bold=True))])] * HEIGHT)
    ours = line()
    for each in (screen, other):
        text = ours.show(each)
        assert ours.terminal.seen == stock([each]).seen
        assert text.count("https://example.org/") == HEIGHT
    assert ours.show(other) == ""


def test_a_frame_that_does_not_add_up_is_refused() -> None:
    ours = line()
    ours.show(layout([strip_of([])] * HEIGHT))
    assert ours.output._frame is not None
    ours.output._frame.rows[3].pop()
    with pytest.raises(BrokenFrameError):
        ours.send()
