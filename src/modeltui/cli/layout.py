"""Lays a table out in lines of text: aligned, as wide as needed or cut to fit."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from modeltui.domain.columns import Align

Cells: TypeAlias = Sequence[str]

_GAP = "  "
_WIDEST = 200
"""Cells that a column takes at most, lest one long text pad every line of a long table."""


@dataclass(frozen=True, slots=True)
class Heading:
    title: str
    align: Align = "left"
    least: int = 4
    """The narrowest that still reads."""


def laid_out(headings: Sequence[Heading], rows: Sequence[Cells], width: int | None, ellipsis: str) -> Iterator[str]:
    """The lines of a table with its heading; `width` is that of the terminal, None for no limit.

    Nothing is cut without a limit: a cell wider than a column gets pushes the rest of its own line to the right.
    """
    titles = [heading.title for heading in headings]
    widths = [min(max(map(display_width, column)), _WIDEST) for column in zip(titles, *rows, strict=True)]
    if width is not None:
        widths = _narrowed(widths, [heading.least for heading in headings], width - len(_GAP) * (len(widths) - 1))
    for cells in (titles, *rows):
        line = _GAP.join(
            _padded(cell if width is None else shortened(cell, size, ellipsis), size, heading.align)
            for cell, size, heading in zip(cells, widths, headings, strict=True)
        ).rstrip()
        yield line if width is None else shortened(line, width, ellipsis)


def display_width(text: str) -> int:
    """Cells that a text takes on a terminal."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def shortened(text: str, width: int, ellipsis: str) -> str:
    """The text, or as much of it as fits into `width` cells with the ellipsis."""
    if display_width(text) <= width:
        return text
    room = width - len(ellipsis)
    if room <= 0:
        return ellipsis[: max(width, 0)]
    kept = 0
    for index, character in enumerate(text):
        kept += _cells(character)
        if kept > room:
            return text[:index] + ellipsis
    return text


def _narrowed(widths: list[int], least: list[int], room: int) -> list[int]:
    """Widths that fit into `room`, the widest column giving first; no column gives more than it can."""
    widths = list(widths)
    while (excess := sum(widths) - room) > 0:
        givers = [index for index, width in enumerate(widths) if width > least[index]]
        if not givers:
            break
        widest = max(givers, key=widths.__getitem__)
        next_widest = max((widths[index] for index in givers if index != widest), default=0)
        floor = max(least[widest], min(next_widest, widths[widest] - 1))
        widths[widest] = max(floor, widths[widest] - excess)
    return widths


def _padded(text: str, width: int, align: Align) -> str:
    blanks = " " * (width - display_width(text))
    return blanks + text if align == "right" else text + blanks


def _cells(character: str) -> int:
    if unicodedata.east_asian_width(character) in "WF":
        return 2
    return 0 if unicodedata.category(character) in ("Mn", "Me") else 1
