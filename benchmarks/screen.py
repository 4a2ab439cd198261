"""A small model of a terminal's screen: where the text stands after all that a program wrote. Colours are left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from unicodedata import east_asian_width

_TOKEN = re.compile(
    r"[^\x00-\x1f\x7f]+"  # a run of text
    r"|\x1b\[([<-?]*)([0-9;:]*)([ -/]*)([@-~])"  # CSI
    r"|\x1b[]PX^_].*?(?:\x07|\x1b\\)"  # OSC, DCS and their kin
    r"|\x1b[ -/]+[0-~]|\x1b[0-Z\\`-~]"  # a short escape
    r"|[\x00-\x1a\x1c-\x1f\x7f]",
    re.DOTALL,
)
_MOST_OPEN = 1 << 16
"""Characters of an escape sequence that is not complete; a longer one is none."""


class Screen:
    """Feed it what the program writes; `lines` is what can be read then."""

    def __init__(self, columns: int = 120, rows: int = 40) -> None:
        self.columns, self.rows = columns, rows
        self._cells = [[" "] * columns for _ in range(rows)]
        self._row = self._column = 0
        self._kept = (0, 0)
        self._top, self._bottom = 0, rows - 1
        self._is_full = False
        self._last = " "
        self._open = ""

    def feed(self, text: str) -> None:
        """What the program wrote next; an escape sequence may be cut anywhere."""
        text, at = self._open + text, 0
        while at < len(text):
            token = _TOKEN.match(text, at)
            if token is None:
                if len(text) - at < _MOST_OPEN and text[at] == "\x1b":
                    break
                at += 1
                continue
            self._take(token)
            at = token.end()
        self._open = text[at:]

    @property
    def lines(self) -> list[str]:
        return ["".join(row).rstrip() for row in self._cells]

    def shows(self, *texts: str) -> bool:
        """Whether each text stands in a line of its own or another's."""
        page = "\n".join(self.lines)
        return all(text in page for text in texts)

    def _take(self, token: re.Match[str]) -> None:
        text = token.group()
        if token.group(4):
            act = _ACTS.get(token.group(3) + token.group(4))
            if act is not None and (not token.group(1) or token.group(4) in "hl"):
                act(self, [int(part or 0) for part in re.split("[;:]", token.group(2))], token.group(1))
        elif text[0] == "\x1b":
            self._escape(text)
        elif text[0] >= " ":
            self._put(text)
        else:
            self._control(text)

    def _put(self, text: str) -> None:
        for character in text:
            width = 1 if character < "\u1100" else 2 if east_asian_width(character) in "WF" else 1
            if self._is_full or self._column + width > self.columns:
                self._column = 0
                self._feed_line()
            self._is_full = False
            row = self._cells[self._row]
            row[self._column] = character
            if width == 2:
                row[self._column + 1] = ""
            self._column += width
            if self._column >= self.columns:
                self._column, self._is_full = self.columns - 1, True
        self._last = text[-1]

    def _control(self, text: str) -> None:
        if text in "\n\x0b\x0c":
            self._feed_line()
        elif text == "\r":
            self.move(self._row, 0)
        elif text == "\b":
            self.move(self._row, self._column - 1)
        elif text == "\t":
            self.move(self._row, (self._column // 8 + 1) * 8)

    def _escape(self, text: str) -> None:
        match text[1]:
            case "7":
                self._kept = (self._row, self._column)
            case "8":
                self.move(*self._kept)
            case "D":
                self._feed_line()
            case "E":
                self._feed_line()
                self.move(self._row, 0)
            case "M" if self._row == self._top:
                self.shift(self._top, -1)
            case "M":
                self.move(self._row - 1, self._column)
            case "c":
                self.clear()
            case _:
                pass

    def _feed_line(self) -> None:
        if self._row == self._bottom:
            self.shift(self._top, 1)
        elif self._row < self.rows - 1:
            self._row += 1

    def move(self, row: int, column: int) -> None:
        self._row = min(max(row, 0), self.rows - 1)
        self._column = min(max(column, 0), self.columns - 1)
        self._is_full = False

    def step(self, rows: int, columns: int) -> None:
        self.move(self._row + rows, self._column + columns)

    def go(self, row: int | None, column: int | None) -> None:
        self.move(self._row if row is None else row, self._column if column is None else column)

    def shift(self, first: int, count: int) -> None:
        """Move the lines from `first` to the end of the region up by `count`, or down where it is negative."""
        region = self._cells[first : self._bottom + 1]
        blank = [[" "] * self.columns for _ in range(min(abs(count), len(region)))]
        moved = region[count:] + blank if count > 0 else blank + region[:count]
        self._cells[first : self._bottom + 1] = moved[: len(region)]

    def shift_here(self, count: int) -> None:
        if self._top <= self._row <= self._bottom:
            self.shift(self._row, count)

    def scroll(self, count: int) -> None:
        self.shift(self._top, count)

    def margins(self, top: int, bottom: int) -> None:
        self._top, self._bottom = max(top - 1, 0), min((bottom or self.rows), self.rows) - 1
        self.move(0, 0)

    def clear(self) -> None:
        self._cells = [[" "] * self.columns for _ in range(self.rows)]
        self.move(0, 0)

    def erase(self, how: int, is_line: bool) -> None:
        """0: from here on; 1: up to here; 2: all, of the line or of the screen."""
        row = self._cells[self._row]
        first, last = (0 if how else self._column), (self._column + 1 if how == 1 else self.columns)
        row[first:last] = [" "] * (last - first)
        if not is_line:
            others = {0: range(self._row + 1, self.rows), 1: range(self._row)}.get(how, range(self.rows))
            for number in others:
                self._cells[number] = [" "] * self.columns

    def replace(self, count: int, *, closes: bool, opens: bool) -> None:
        """Erase `count` characters here; the rest of the line closes up, or makes room for them first."""
        row, at = self._cells[self._row], self._column
        count = min(count, self.columns - at)
        if opens:
            row[at:] = [" "] * count + row[at : self.columns - count]
        elif closes:
            row[at:] = row[at + count :] + [" "] * count
        else:
            row[at : at + count] = [" "] * count

    def repeat(self, count: int) -> None:
        self._put(self._last * count)


_Act = Callable[[Screen, list[int], str], None]


def _one(numbers: list[int]) -> int:
    return max(numbers[0], 1)


def _mode(screen: Screen, numbers: list[int], private: str) -> None:
    if private == "?" and numbers[0] in (47, 1047, 1049):
        screen.clear()


_ACTS: Mapping[str, _Act] = MappingProxyType(
    {
        "H": lambda screen, n, _: screen.move(n[0] - 1, (n[1] if len(n) > 1 else 1) - 1),
        "f": lambda screen, n, _: screen.move(n[0] - 1, (n[1] if len(n) > 1 else 1) - 1),
        "A": lambda screen, n, _: screen.step(-_one(n), 0),
        "B": lambda screen, n, _: screen.step(_one(n), 0),
        "C": lambda screen, n, _: screen.step(0, _one(n)),
        "D": lambda screen, n, _: screen.step(0, -_one(n)),
        "G": lambda screen, n, _: screen.go(None, _one(n) - 1),
        "`": lambda screen, n, _: screen.go(None, _one(n) - 1),
        "d": lambda screen, n, _: screen.go(_one(n) - 1, None),
        "J": lambda screen, n, _: screen.erase(n[0], is_line=False),
        "K": lambda screen, n, _: screen.erase(n[0], is_line=True),
        "L": lambda screen, n, _: screen.shift_here(-_one(n)),
        "M": lambda screen, n, _: screen.shift_here(_one(n)),
        "S": lambda screen, n, _: screen.scroll(_one(n)),
        "T": lambda screen, n, _: screen.scroll(-_one(n)),
        "X": lambda screen, n, _: screen.replace(_one(n), closes=False, opens=False),
        "P": lambda screen, n, _: screen.replace(_one(n), closes=True, opens=False),
        "@": lambda screen, n, _: screen.replace(_one(n), closes=False, opens=True),
        "b": lambda screen, n, _: screen.repeat(_one(n)),
        "r": lambda screen, n, _: screen.margins(n[0], n[1] if len(n) > 1 else 0),
        "h": _mode,
        "l": _mode,
    }
)
