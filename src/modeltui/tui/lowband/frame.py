"""What the screen shall show: Textual's updates, put together as rows of cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from rich.console import Console
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.strip import Strip

from modeltui.tui.lowband.cells import BLANK, CONTINUED, HOLE, Cell, Inks

Row: TypeAlias = list[Cell]
Update: TypeAlias = LayoutUpdate | ChopsUpdate


class Frame:
    """The newest state of a screen, whether it was sent or not."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.rows: list[Row] = [[BLANK] * width for _ in range(height)]
        self.raw: dict[tuple[int, int], str] = {}
        """By line and column: what goes out as it is, such as the pixels of a picture."""
        self.unsent: set[tuple[int, int]] = set()
        """Of `raw`: what was put here since it was sent."""
        self.has_holes = False

    def take(self, update: Update, inks: Inks, console: Console) -> None:
        """Put in what a compositor's update would print."""
        if isinstance(update, LayoutUpdate):
            self.raw.clear()
            self.unsent.clear()
            self.has_holes = False
            for y, strips in enumerate(update.strips, update.region.y):
                self._take_line(y, update.region.x, strips, inks, console)
        else:
            for span in update.spans:
                self._take_span(update, span, inks, console)

    def _take_line(self, y: int, x: int, strips: Iterable[Strip], inks: Inks, console: Console) -> None:
        for strip in strips:
            x = self._put_strip(y, x, strip, inks, console)
        self._leave(y, x, self.width)

    def _take_span(self, update: ChopsUpdate, span: tuple[int, int, int], inks: Inks, console: Console) -> None:
        y, first, last = span
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is None or x > last or end <= first:
                continue
            limit = min(end, last)
            piece = strip if first <= x < last and end <= last else strip.crop(0, limit - x)
            self._leave(y, self._put_strip(y, x, piece, inks, console), limit)

    def _put_strip(self, y: int, x: int, strip: Strip, inks: Inks, console: Console) -> int:
        """The column after it."""
        pieces = [None if control else inks.cells(text, style) for text, style, control in strip]
        if None in pieces:
            self._leave(y, x, x + strip.cell_length)
            self.raw[y, x] = strip.render(console)
            self.unsent.add((y, x))
            return x + strip.cell_length
        cells = [cell for piece in pieces if piece for cell in piece]
        self._put(y, x, cells)
        return x + len(cells)

    def _put(self, y: int, x: int, cells: Sequence[Cell]) -> None:
        if not (0 <= y < self.height and 0 <= x < self.width):
            return
        end = x + len(cells)
        if end > self.width:
            cells, end = _clipped(cells, self.width - x), self.width
        row = self.rows[y]
        if row[x] is CONTINUED:
            _break(row, x)
        if end < self.width and row[end] is CONTINUED:
            _break(row, end)
        row[x:end] = cells
        if self.raw:
            self._forget_raw(y, x, end)

    def _forget_raw(self, y: int, x: int, end: int) -> None:
        """What is painted over is not sent any more."""
        for at in [at for at in self.raw if at[0] == y and x <= at[1] < end]:
            del self.raw[at]
            self.unsent.discard(at)

    def _leave(self, y: int, x: int, end: int) -> None:
        """Cells that no text fills stay as they are."""
        if x < min(end, self.width):
            self.has_holes = True
            self._put(y, x, [HOLE] * (end - x))


def _clipped(cells: Sequence[Cell], width: int) -> Sequence[Cell]:
    cells = cells[:width]
    at = len(cells) - 1
    while at >= 0 and cells[at] is CONTINUED:
        at -= 1
    if at >= 0 and at + max(1, cells[at].width) > width:
        return [*cells[:at], *[BLANK] * (width - at)]
    return cells


def _break(row: Row, x: int) -> None:
    """A wide cell of which a part is painted over is gone: blanks, in its background, are what is left."""
    first = x
    while first > 0 and row[first] is CONTINUED:
        first -= 1
    blank = Cell(" ", row[first].pen.on_blanks)
    end = min(first + max(1, row[first].width), len(row))
    row[first:end] = [blank] * (end - first)
