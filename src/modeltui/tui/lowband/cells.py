"""Cells: a grapheme, how it looks, how wide it is, and how far terminals agree on that."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from enum import IntEnum
from functools import lru_cache
from typing import Final, NamedTuple

from rich.cells import cell_len, get_character_cell_size
from rich.color import ColorSystem
from rich.style import Style
from textual.strip import Strip

_MOST_KEPT: Final = 16384
_CONTROLS: Final = frozenset(map(chr, (*range(32), *range(127, 160))))
_ZWJ: Final = "\u200d"
_VS16: Final = "\ufe0f"
_REVERSE: Final = "7"
_SHOWN_ON_BLANKS: Final = frozenset({"4", "21", "9", "53", "51", "52", _REVERSE})
"""SGR numbers of attributes that a blank shows: lines, frames, reverse."""


class Trust(IntEnum):
    """How far terminals agree on where the cursor stands after a cell."""

    SURE = 0
    AMBIGUOUS = 1
    """Narrow, but for terminals that show East Asian text: it stands right, what follows may not."""
    UNSURE = 2
    """Emoji, sequences, combining marks, what came late into Unicode."""


class Pen(NamedTuple):
    """How text looks, as SGR parameters. The empty string is the terminal's own colour."""

    fg: str = ""
    bg: str = ""
    attributes: frozenset[str] = frozenset()

    @property
    def marks_blanks(self) -> bool:
        return not self.attributes.isdisjoint(_SHOWN_ON_BLANKS)

    @property
    def on_blanks(self) -> Pen:
        """What of it a blank shows."""
        return self if self.marks_blanks else Pen(bg=self.bg)


class Cell(NamedTuple):
    """The first cell of a grapheme. Where it is wider, CONTINUED fills the rest."""

    text: str
    pen: Pen
    width: int = 1
    trust: Trust = Trust.SURE
    is_raw: bool = False
    """The text brings its own control sequences, and leaves the pen as it likes."""


PLAIN: Final = Pen()
BLANK: Final = Cell(" ", PLAIN)
CONTINUED: Final = Cell("", PLAIN, 0)
UNKNOWN: Final = Cell("?", PLAIN, -1)
"""Of a terminal: it shows nobody knows what, which differs from everything."""
HOLE: Final = Cell("", PLAIN, -2)
"""Of a frame: whatever the terminal shows there stays, such as the pixels of a picture."""


class _Row(dict[str, Cell]):
    """The cells of single characters in one pen."""

    def __init__(self, pen: Pen) -> None:
        super().__init__()
        self._pen = pen

    def __missing__(self, character: str) -> Cell:
        pen = self._pen.on_blanks if character == " " else self._pen
        cell = self[character] = Cell(character, pen, get_character_cell_size(character), trust_of(character))
        return cell


class Inks:
    """Makes cells of styled text, each once, in the colours that the terminal has."""

    def __init__(self, colors: ColorSystem) -> None:
        self._colors = colors
        self._pens: dict[Pen, _Row] = {}
        self._known: dict[tuple[str, Style | None], list[Cell] | None] = {}

    def cells(self, text: str, style: Style | None) -> list[Cell] | None:
        """The cells that a piece of text fills, not to be changed; None for a text that holds control sequences."""
        at = (text, style)
        if at in self._known:
            return self._known[at]
        if len(self._known) >= _MOST_KEPT:
            self._known.clear()
            self._pens.clear()
        found = self._known[at] = self._made(text, style) if _CONTROLS.isdisjoint(text) else None
        return found

    def _made(self, text: str, style: Style | None) -> list[Cell]:
        if style is not None and style.link:
            return _whole(Strip.render_style(style, text, self._colors), cell_len(text))
        pen = pen_of(Strip.render_ansi(style, self._colors)) if style is not None else PLAIN
        row = self._pens.setdefault(pen, _Row(pen))
        if cell_len(text) == len(text) and (text.isascii() or all(row[each].width == 1 for each in text)):
            return [row[each] for each in text]
        cells: list[Cell] = []
        for cluster, width in clusters(text):
            cell = row[cluster] if len(cluster) == 1 else Cell(cluster, pen, width, Trust.UNSURE)
            cells += [cell, *[CONTINUED] * (width - 1)]
        if len(cells) != cell_len(text):
            return _whole(Strip.render_style(style or Style.null(), text, self._colors), cell_len(text))
        return cells


def _whole(text: str, width: int) -> list[Cell]:
    """One cell for what is not taken apart."""
    cell = Cell(text, PLAIN, width, Trust.UNSURE, is_raw=True)
    return [cell, *[CONTINUED] * (width - 1)] if width else []


def clusters(text: str) -> Iterator[tuple[str, int]]:
    """Graphemes with their widths, as Rich counts them: marks stay with what they mark, and a joiner joins."""
    held, width, is_joined = "", 0, False
    for each in text:
        size = get_character_cell_size(each)
        if width and size and not is_joined:
            yield held, width
            held, width = "", 0
        if each == _VS16 and width == 1 and cell_len(held + each) == 2:
            width = 2
        held += each
        width = width or size
        is_joined = each == _ZWJ and width > 0
    if width:
        yield held, width


@lru_cache(4096)
def trust_of(character: str) -> Trust:
    """How far terminals agree on the width of a character that stands alone."""
    if " " <= character <= "~":
        return Trust.SURE
    category, wide = unicodedata.category(character), unicodedata.east_asian_width(character)
    if category[0] in "MC" or unicodedata.ucd_3_2_0.category(character) == "Cn":
        return Trust.UNSURE
    if wide in "FW":
        return Trust.SURE if category != "So" or (character < "\u3400" and character >= "\u2e80") else Trust.UNSURE
    return Trust.AMBIGUOUS if wide == "A" else Trust.SURE


@lru_cache(4096)
def pen_of(codes: str) -> Pen:
    """Of SGR parameters such as `1;38;2;10;20;30;44`."""
    fg = bg = ""
    attributes: set[str] = set()
    rest = iter(codes.split(";") if codes else ())
    for code in rest:
        if code in {"38", "48"}:
            kind = next(rest)
            color = ";".join([code, kind, *(next(rest) for _ in range(_PARTS[kind]))])
            fg, bg = (color, bg) if code == "38" else (fg, color)
        elif code == "39" or code in _FOREGROUNDS:
            fg = code if code != "39" else ""
        elif code == "49" or code in _BACKGROUNDS:
            bg = code if code != "49" else ""
        else:
            attributes.add(code)
    return Pen(fg, bg, frozenset(attributes))


_PARTS: Final[Mapping[str, int]] = {"5": 1, "2": 3}
_FOREGROUNDS: Final = frozenset(map(str, (*range(30, 38), *range(90, 98))))
_BACKGROUNDS: Final = frozenset(map(str, (*range(40, 48), *range(100, 108))))
