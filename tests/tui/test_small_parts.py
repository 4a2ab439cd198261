"""The parts of the console that need no terminal."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.message_pump import MessagePump

from modeltui.domain.inputs.specs import InputSpec
from modeltui.errors import ApplyError
from modeltui.tui.ascii_only import AsciiOnly, ascii_text
from modeltui.tui.chords import Chords
from modeltui.tui.commands import shown_key
from modeltui.tui.errands import Errands
from modeltui.tui.messages import Failed, Perform, Performed
from modeltui.tui.ordering import Ordering
from modeltui.tui.present.diff import diff_lines
from modeltui.tui.present.inputs import choices, is_long, placeholder, typed_value
from modeltui.tui.present.line import Line, cut, fit, folded, plain, spread, width_of
from modeltui.tui.present.run import cost_text, size_text
from modeltui.tui.present.toml import numbered

BOUND = {"j", "G", "g g", "g t", "t"}


def fed(keys: str) -> list[tuple[str, int | None]]:
    """What acts, with its count."""
    chords = Chords()
    return [(acting, chords.take_count()) for key in keys if (acting := chords.feed(key, BOUND)) is not None]


@pytest.mark.parametrize(
    ("keys", "acted"),
    [
        ("j", [("j", None)]),
        ("12j", [("j", 12)]),
        ("gg", [("g g", None)]),
        ("3gg", [("g g", 3)]),
        ("gtj", [("g t", None), ("j", None)]),
        ("gj", [("j", None)]),
        ("0j", [("0", None), ("j", None)]),
        ("10G", [("G", 10)]),
        ("5tj", [("t", 5), ("j", None)]),
    ],
)
def test_counts_and_sequences(keys: str, acted: list[tuple[str, int | None]]) -> None:
    assert fed(keys) == acted


def test_what_waits_is_told() -> None:
    chords = Chords()
    chords.feed("1", BOUND)
    chords.feed("2", BOUND)
    chords.feed("g", BOUND)
    assert chords.typed == "12g"
    chords.feed("g", BOUND)
    assert chords.typed == ""


def test_a_sequence_that_comes_as_one_key_keeps_its_count() -> None:
    chords = Chords()
    for key in "7gg":
        chords.feed(key, BOUND)
    assert chords.feed("g g", BOUND) == "g g"
    assert chords.take_count() == 7
    assert chords.take_count() is None


@pytest.mark.parametrize(
    ("key", "shown"),
    [("question_mark", "?"), ("ctrl+d", "ctrl+d"), ("f5", "F5"), ("g g", "gg"), ("escape", "esc"), ("down", "down")],
)
def test_keys_are_shown_as_people_write_them(key: str, shown: str) -> None:
    assert shown_key(key) == shown


def test_ordering_by_a_column_keeps_the_others_behind_it() -> None:
    ordering = Ordering().by("cost").by("name").by("provider").by("type")
    assert str(ordering) == "type,provider,name"
    assert str(ordering.by("type")) == "-type,provider,name"
    assert str(ordering.by("name")) == "name,type,provider"
    assert str(ordering.reversed().reversed()) == str(ordering)
    assert ordering.marker("type") == " ▲1"
    assert ordering.reversed().marker("name") == " ▼3"
    assert ordering.marker("cost") == ""
    assert Ordering().by("type").marker("type") == " ▲"
    assert str(Ordering().reversed()) == ""


@pytest.mark.parametrize("text", ["", "a", "abcdef", "漢字漢字", "e\u0301e\u0301e\u0301e\u0301e\u0301"])
@pytest.mark.parametrize("width", [0, 1, 2, 3, 5, 9])
@pytest.mark.parametrize("right", [True, False])
def test_fitted_text_has_exactly_its_width(text: str, width: int, right: bool) -> None:
    assert cell_len(fit(text, width, right=right)) == width


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 5, [""]),
        ("short", 5, ["short"]),
        ("one two three", 7, ["one two", "three"]),
        ("a-word-too-long", 6, ["a-word", "-too-l", "ong"]),
        ("a very-long-word", 6, ["a", "very-l", "ong-wo", "rd"]),
        ("漢字漢字", 5, ["漢字", "漢字"]),
        ("漢字", 1, ["漢", "字"]),
        ("漢字 漢字 x", 6, ["漢字", "漢字 x"]),
    ],
)
def test_long_text_is_folded(text: str, width: int, lines: list[str]) -> None:
    assert folded(text, width) == lines


def test_lines_are_cut_and_spread() -> None:
    line: Line = (("abc", "plain"), ("defg", "muted"))
    assert plain(cut(line, 5)) == "abcd…"
    assert width_of(cut(line, 5)) == 5
    assert plain(spread(line, (("z", "plain"),), 10)) == "abcdefg  z"
    assert plain(spread(line, (("zzzz", "plain"),), 10)) == "abcdefg"


def test_a_file_is_numbered_and_never_parsed() -> None:
    lines = numbered('a = 1\n# note\n[t]\nx = "é\x1b[0m"\n=== torn\n')
    assert [plain(line) for line in lines] == [
        " 1  a = 1",
        " 2  # note",
        " 3  [t]",
        ' 4  x = "é\\e[0m"',
        " 5  === torn",
    ]


def test_a_diff_has_its_roles_and_shows_carriage_returns() -> None:
    lines = diff_lines("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\r\n+new\n same\n\\ No newline at end of file\n# x: no\n")
    assert [role for ((_, role),) in lines] == [
        *("muted", "muted", "accent", "removed", "added", "plain", "muted", "bad"),
    ]
    assert lines[3][0][0] == " -old\\r"
    assert diff_lines("") == []


TEXT = InputSpec(name="prompt", type="string")


@pytest.mark.parametrize(
    ("spec", "text", "value"),
    [
        (TEXT, "true", "true"),
        (replace(TEXT, type="integer"), "3", 3),
        (replace(TEXT, type="integer"), "three", "three"),
        (replace(TEXT, type="number"), "0.5", 0.5),
        (replace(TEXT, type="boolean"), "true", True),
        (replace(TEXT, type="array"), '["a", 1]', ["a", 1]),
        (replace(TEXT, type="array", items=TEXT), "a, b,", ["a", "b"]),
        (replace(TEXT, type="array", items=replace(TEXT, type="integer")), "1,2", [1, 2]),
        (replace(TEXT, type="object"), '{"a": 1}', {"a": 1}),
        (replace(TEXT, type="image"), "https://x.example/a.png", "https://x.example/a.png"),
    ],
)
def test_what_is_typed_is_read_by_the_inputs_type(spec: InputSpec, text: str, value: Any) -> None:
    assert typed_value(spec, text) == value


def test_an_input_may_be_left_out_where_it_is_not_needed() -> None:
    assert choices(replace(TEXT, enum=("a", "b"))) == (None, "a", "b")
    assert choices(replace(TEXT, enum=("a", "b"), required=True)) == ("a", "b")
    assert choices(replace(TEXT, type="boolean")) == (), "a switch"
    assert choices(TEXT) == ()
    assert is_long(TEXT)
    assert not is_long(replace(TEXT, name="voice"))
    assert placeholder(replace(TEXT, default="x")) == 'default "x"'
    assert placeholder(replace(TEXT, type="audio")) == "URL or file of an audio; f3 chooses one"


def test_sizes_and_costs_in_words() -> None:
    assert [size_text(size) for size in (999, 59_600, 1_250_000)] == ["999 bytes", "60 kB", "1.2 MB"]
    assert cost_text(Decimal("2.50"), "credits") == "2.50 credits"
    assert cost_text(None, None) == "not known"


def test_ascii_takes_the_same_number_of_cells() -> None:
    text = "● ○ ✓ ╭──╮ │ ▲ … 漢 é"
    assert ascii_text(text).isascii()
    assert cell_len(ascii_text(text)) == cell_len(text)
    style = Style(bold=True)
    (segment,) = AsciiOnly().apply([Segment("● a", style)], Color(0, 0, 0))
    assert segment == Segment("* a", style)


async def test_errands_are_run_in_the_order_in_which_they_came_and_fail_alone() -> None:
    errands, ran, asker = Errands(), [], MessagePump()

    def work(number: int) -> Any:
        ran.append(number)
        if number == 1:
            raise ApplyError("no")
        return number

    wishes = [Perform(asker, lambda number=number: work(number)) for number in range(4)]  # type: ignore[misc]
    answers = await asyncio.gather(*map(errands.perform, wishes))
    await errands.settled()
    assert ran == [0, 1, 2, 3]
    assert [type(answer) for answer in answers] == [Performed, Failed, Performed, Performed]
