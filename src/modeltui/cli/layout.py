"""Lays a table out in lines of text: aligned, as wide as needed or cut to fit."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from modeltui.domain.browse.columns import Align

Cells: TypeAlias = Sequence[str]

_GAP = "  "
_WIDEST = 200
"""Cells that a column takes at most, lest one long text pad every line of a long table."""


class Heading(NamedTuple):
    title: str
    align: Align = "left"
    least: int = 4
    """The narrowest that still reads."""


def laid_out(headings: Sequence[Heading], rows: Iterable[Cells], width: int | None, ellipsis: str) -> Iterator[str]:
    """The lines of a table with its heading; `width` is that of the terminal, None for no limit.

    Nothing is cut without a limit: a cell wider than a column gets pushes the rest of its own line to the right.
    """
    columns = [list(column) for column in zip([heading.title for heading in headings], *rows, strict=True)]
    plain = ["".join(column).isascii() for column in columns]
    widths = [
        min(max(map(len if is_plain else display_width, column)), _WIDEST)
        for column, is_plain in zip(columns, plain, strict=True)
    ]
    if width is not None:
        widths = _narrowed(widths, [heading.least for heading in headings], width - len(_GAP) * (len(widths) - 1))
        columns = [
            [shortened(cell, size, ellipsis) for cell in column] for column, size in zip(columns, widths, strict=True)
        ]
        plain = [is_plain and ellipsis.isascii() for is_plain in plain]
    padded = [
        _padded_column(column, size, heading.align, is_plain=is_plain)
        for column, size, heading, is_plain in zip(columns, widths, headings, plain, strict=True)
    ]
    for cells in zip(*padded, strict=True):
        line = _GAP.join(cells).rstrip()
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


def _padded_column(column: Sequence[str], width: int, align: Align, *, is_plain: bool) -> list[str]:
    if not is_plain:
        return [_padded(text, width, align) for text in column]
    return [text.rjust(width) for text in column] if align == "right" else [text.ljust(width) for text in column]


def _padded(text: str, width: int, align: Align) -> str:
    blanks = " " * (width - display_width(text))
    return blanks + text if align == "right" else text + blanks


def _cells(character: str) -> int:
    if unicodedata.east_asian_width(character) in "WF":
        return 2
    return 0 if unicodedata.category(character) in ("Mn", "Me") else 1
