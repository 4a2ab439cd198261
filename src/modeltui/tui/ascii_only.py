"""For terminals that know no other characters: every sign, border and bar in ASCII, in the same number of cells."""

from __future__ import annotations

from typing import Final

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_TWINS: Final = {
    **dict.fromkeys("●▪", "*"),
    **dict.fromkeys("○", "o"),
    **dict.fromkeys("✓", "x"),
    **dict.fromkeys("▲↑", "^"),
    **dict.fromkeys("▼↓▾", "v"),
    **dict.fromkeys("→▸", ">"),
    **dict.fromkeys("←", "<"),
    **dict.fromkeys("…", "~"),
    **dict.fromkeys("·│┃▌▐▏▎▍▋▊▉", "|"),
    **dict.fromkeys("─━–—•", "-"),
    **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼", "+"),
    **dict.fromkeys("█▇▆▅", "#"),
    **dict.fromkeys("▄▃▂▁", "_"),
    **dict.fromkeys("░▀", "."),
    **dict.fromkeys("×", "x"),
    **dict.fromkeys("≠", "%"),
}


class AsciiOnly(LineFilter):
    """What has no twin is a question mark."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002  # of the interface
        return [
            segment if segment.text.isascii() else Segment(ascii_text(segment.text), segment.style, segment.control)
            for segment in segments
        ]


def ascii_text(text: str) -> str:
    return "".join(each if each.isascii() else _TWINS.get(each) or "?" * cell_len(each) for each in text)
