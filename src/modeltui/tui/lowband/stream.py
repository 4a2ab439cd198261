"""Writes cells: where the cursor goes, in which pen, and how blanks and repeated cells are written short."""

from __future__ import annotations

from typing import Final

from modeltui.tui.lowband.cells import PLAIN, Cell, Pen, Trust
from modeltui.tui.lowband.sgr import transition
from modeltui.tui.lowband.traits import Traits

SHORTEST_REP: Final = 6
"""So often a cell is written after its first time before it is told as a repeat."""


class Stream:
    """Sequences for a terminal of which cursor and pen are known, or None."""

    def __init__(
        self,
        width: int,
        traits: Traits,
        *,
        at: tuple[int, int | None] | None = None,
        pen: Pen | None = None,
        is_narrow: bool = False,
    ) -> None:
        """at: line and column of the cursor. is_narrow: it is known that ambiguous text is narrow here."""
        self.at = at
        self.pen = pen
        self._width = width
        self._traits = traits
        self.trusted = Trust.AMBIGUOUS if is_narrow else Trust.SURE
        self._parts: list[str] = []

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def branch(self) -> Stream:
        """Another one that goes on from here, to try what comes."""
        return Stream(self._width, self._traits, at=self.at, pen=self.pen, is_narrow=self.trusted is Trust.AMBIGUOUS)

    def join(self, branch: Stream) -> None:
        """Take what a branch wrote."""
        self._parts.append(branch.text)
        self.at, self.pen = branch.at, branch.pen

    def raw(self, text: str) -> None:
        """Something that leaves cursor and pen nobody knows where."""
        self._parts.append(text)
        self.at = self.pen = None

    def raw_move(self, sequence: str) -> None:
        """A sequence that takes the cursor to the first cell, as setting a scroll region does."""
        self._parts.append(sequence)
        self.at = (0, 0)

    def say(self, sequence: str) -> None:
        """A sequence that changes neither cursor nor pen."""
        self._parts.append(sequence)

    def go(self, y: int, x: int) -> None:
        if self.at != (y, x):
            self._parts.append(move(self.at, y, x))
            self.at = (y, x)

    def ink(self, pen: Pen) -> None:
        if pen != self.pen:
            self._parts.append(transition(self.pen, pen))
            self.pen = pen

    def ink_blank(self, pen: Pen, then: Pen | None = None) -> None:
        """Whatever shows a blank as this pen does; best the pen that is wanted then."""
        held = self.pen
        if pen.marks_blanks:
            self.ink(pen)
        elif held is None or held.bg != pen.bg or held.marks_blanks:
            if then is not None and then.bg == pen.bg and not then.marks_blanks:
                self.ink(then)
            else:
                self.ink(pen if held is None or held.marks_blanks else held._replace(bg=pen.bg))

    def put(self, cell: Cell, then: Pen | None = None) -> None:
        """At the cursor. then: the pen of the next text."""
        assert self.at is not None
        if cell.is_raw:
            self.ink(PLAIN)
            self._parts.append(cell.text)
            self._step(None)
            return
        if cell.text == " ":
            self.ink_blank(cell.pen, then)
        else:
            self.ink(cell.pen)
        self._parts.append(cell.text)
        self._step(cell.width if cell.trust <= self.trusted else None)

    def write(self, pen: Pen, text: str) -> None:
        """Narrow text of sure width at the cursor."""
        self.ink(pen)
        self._parts.append(text)
        self._step(len(text))

    def put_on(self, cell: Cell, count: int) -> None:
        """The same cell so many times, wherever the one before it has left the cursor."""
        if cell.is_raw:
            self.ink(PLAIN)
            self._parts.append(cell.text * count)
            self.pen = None
        elif cell.width > 0:
            (self.ink_blank if cell.text == " " else self.ink)(cell.pen)
            self._parts.append(cell.text * count)

    def lost(self) -> None:
        """Nobody knows at which column the cursor is now."""
        if self.at is not None:
            self.at = (self.at[0], None)

    def clear(self, pen: Pen) -> None:
        """Blanks for the rest of the line, in the colour of a pen where the terminal can."""
        self.erase(Pen(bg=pen.bg) if self._traits.erases_in_color else PLAIN, None)

    def repeat(self, cell: Cell, count: int, then: Pen | None = None) -> None:
        """The same narrow cell so many times."""
        self.put(cell, then)
        left = count - 1
        if left >= SHORTEST_REP and self._traits.repeats and cell.text.isascii() and cell.text != " ":
            self._parts.append(f"\x1b[{left}b")
            self._step(left)
            return
        self._parts.append(cell.text * left)
        self._step(left if cell.trust <= self.trusted else None)

    def erase(self, pen: Pen, count: int | None, then: Pen | None = None) -> None:
        """Blanks from the cursor on, which stays; None for the rest of the line."""
        self.ink_blank(pen, then)
        self._parts.append("\x1b[K" if count is None else f"\x1b[{count}X")

    def may_erase(self, pen: Pen) -> bool:
        return not pen.marks_blanks and (self._traits.erases_in_color or not pen.bg)

    def _step(self, count: int | None) -> None:
        """At the last column nobody knows whether the next character would go to the next line."""
        if self.at is not None:
            y, x = self.at
            is_known = x is not None and count is not None and x + count < self._width
            self.at = (y, x + count if is_known and x is not None and count is not None else None)


def move(at: tuple[int, int | None] | None, y: int, x: int) -> str:
    """The shortest way for the cursor to a line and column, both from 0."""
    if at == (y, x):
        return ""
    column = f"{x + 1}" if x else ""
    ways = [f"\x1b[{y + 1 if y else ''};{column}H" if column else f"\x1b[{y + 1 if y else ''}H"]
    if at is not None:
        line, before = at
        if line == y:
            ways += _along(before, x, column)
        elif before == x and line < y:
            ways.append(f"\x1b[{_count(y - line)}B")
        elif before == x:
            ways.append(f"\x1b[{_count(line - y)}A")
        if x == 0 and line < y <= line + 2:
            ways.append("\r\n" * (y - line))
    return min(ways, key=len)


def _along(before: int | None, x: int, column: str) -> list[str]:
    ways = [f"\x1b[{column}G"]
    if x == 0:
        ways.append("\r")
    if before is not None and before < x:
        ways.append(f"\x1b[{_count(x - before)}C")
    elif before is not None:
        ways.append(f"\x1b[{_count(before - x)}D")
    return ways


def _count(number: int) -> str:
    """1 is what a terminal takes for none."""
    return str(number) if number > 1 else ""
