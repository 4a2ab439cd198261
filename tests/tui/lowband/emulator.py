"""A small terminal: what a screen looks like after some bytes. It knows what xterm knows of what is sent here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from rich.cells import cell_len, split_graphemes

_TOKEN = re.compile(
    r"\x1b\[(?P<private>[?<>=]?)(?P<parameters>[0-9;]*)\$?(?P<final>[A-Za-z])"
    r"|\x1b\](?P<string>[^\x1b\x07]*)(?:\x1b\\|\x07)"
    r"|\x1bP(?P<pixels>[^\x1b]*)\x1b\\"
    r"|(?P<control>[\r\n])"
    r"|(?P<text>[^\x1b\r\n]+)",
    re.DOTALL,
)
_LONGEST = 400
_OFF = {"22": "12", "23": "3", "24": "4D", "25": "56", "27": "7", "28": "8", "29": "9", "54": "FE", "55": "O"}
_ON = {**{each: each for each in "123456789"}, "21": "D", "51": "F", "52": "E", "53": "O"}
_ON_BLANKS = frozenset("47D9OFE")


class Look(NamedTuple):
    fg: str = ""
    bg: str = ""
    attributes: frozenset[str] = frozenset()
    link: str = ""


class Glyph(NamedTuple):
    text: str = " "
    look: Look = Look()

    @property
    def seen(self) -> Glyph:
        """Without what cannot be seen: the colour of nothing."""
        is_bare = self.text == " " and self.look.attributes.isdisjoint(_ON_BLANKS)
        return Glyph(" ", Look(bg=self.look.bg, link=self.look.link)) if is_bare else self


@dataclass
class Emulator:
    width: int
    height: int
    erases_in_color: bool = True
    width_of: Callable[[str], int] = cell_len
    rows: list[list[Glyph]] = field(init=False)
    y: int = 0
    x: int = 0
    look: Look = field(default_factory=Look)
    region: tuple[int, int] = field(init=False)
    said: list[str] = field(default_factory=list)
    """Pixels that came."""
    asked: int = 0
    """How often it was asked where its cursor stands."""

    def __post_init__(self) -> None:
        self.rows = [[Glyph()] * self.width for _ in range(self.height)]
        self.region = (0, self.height - 1)

    @property
    def seen(self) -> list[list[Glyph]]:
        return [[glyph.seen for glyph in row] for row in self.rows]

    @property
    def lines(self) -> list[str]:
        return ["".join(glyph.text for glyph in row) for row in self.rows]

    def feed(self, text: str) -> None:
        """What came; a sequence of which the rest is still to come waits for it."""
        text, self._begun = self._begun + text, ""
        at = 0
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                assert len(text) - at < _LONGEST, f"not understood: {text[at : at + 40]!r}"
                self._begun = text[at:]
                return
            at = found.end()
            if found["final"] is not None:
                if not found["private"]:
                    self._control(found["final"], found["parameters"])
            elif found["string"] is not None:
                self._string(found["string"])
            elif found["pixels"] is not None:
                self.said.append(found["pixels"])
            elif found["control"] is not None:
                self._move(found["control"])
            else:
                text_found = found["text"]
                for start, end, _ in split_graphemes(text_found)[0]:
                    self._print(text_found[start:end])

    def _string(self, text: str) -> None:
        if text.startswith("8;"):
            self.look = self.look._replace(link=text.rpartition(";")[2])

    def _move(self, control: str) -> None:
        if control == "\r":
            self.x = 0
        else:
            self.x = 0  # as the kernel has it
            if self.y == self.region[1]:
                self._scroll(1)
            else:
                self.y = min(self.y + 1, self.height - 1)

    def _control(self, final: str, parameters: str) -> None:
        numbers = [int(each) if each else 0 for each in parameters.split(";")]
        count = max(1, numbers[0])
        if final == "H":
            self.y = min(count, self.height) - 1
            self.x = min(max(1, numbers[1] if len(numbers) > 1 else 1), self.width) - 1
        elif final in "GABCD":
            self._go(final, count)
        elif final in "KXJ":
            self._erase(final, count, numbers[0])
        elif final in "rSTML":
            self._bands(final, count, numbers, parameters)
        elif final == "b":
            assert self._last.isascii(), "tmux repeats nothing else"
            assert self._last
            for _ in range(count):
                self._print(self._last)
        elif final == "m":
            self._ink(parameters)
        else:
            assert (final, numbers) == ("n", [6]), f"not understood: {parameters}{final}"
            self.asked += 1

    def _go(self, final: str, count: int) -> None:
        if final == "G":
            self.x = min(count, self.width) - 1
        elif final in "AB":
            self.y = min(max(0, self.y + (count if final == "B" else -count)), self.height - 1)
        else:
            self.x = min(max(0, self.x + (count if final == "C" else -count)), self.width - 1)

    def _erase(self, final: str, count: int, kind: int) -> None:
        if final == "K":
            assert kind == 0
            self._blank(self.y, self.x, self.width)
        elif final == "X":
            self._blank(self.y, self.x, min(self.width, self.x + count))
        else:
            assert kind == 2
            for y in range(self.height):
                self._blank(y, 0, self.width)

    def _bands(self, final: str, count: int, numbers: list[int], parameters: str) -> None:
        if final == "r":
            top, bottom = (numbers[0] - 1, numbers[1] - 1) if parameters else (0, self.height - 1)
            assert 0 <= top < bottom < self.height
            self.region = (top, bottom)
            self.y = self.x = 0
        elif final in "ST":
            self._scroll(count if final == "S" else -count)
        else:
            assert self.region[0] <= self.y <= self.region[1]
            held, self.region = self.region, (self.y, self.region[1])
            self._scroll(count if final == "M" else -count)
            self.region = held

    def _scroll(self, lines: int) -> None:
        """What comes in is garbage: terminals differ in what it looks like."""
        top, bottom = self.region
        band = self.rows[top : bottom + 1]
        new = [[Glyph("#")] * self.width for _ in range(min(abs(lines), len(band)))]
        self.rows[top : bottom + 1] = [*band[lines:], *new] if lines > 0 else [*new, *band[:lines]]
        assert len(self.rows) == self.height

    def _blank(self, y: int, first: int, end: int) -> None:
        for x in range(first, end):
            self._break(y, x)
        blank = Glyph(" ", Look(bg=self.look.bg if self.erases_in_color else ""))
        self.rows[y][first:end] = [blank] * (end - first)

    _last = _begun = ""

    def _print(self, text: str) -> None:
        size = self.width_of(text)
        if size == 0:
            row, x = self.rows[self.y], max(0, self.x - 1)
            while x > 0 and not row[x].text:
                x -= 1
            row[x] = Glyph(row[x].text + text, row[x].look)
            return
        if self.x + size > self.width:
            self.x = self.width - size
        for x in range(self.x, self.x + size):
            self._break(self.y, x)
        self.rows[self.y][self.x : self.x + size] = [Glyph(text, self.look), *[Glyph("", self.look)] * (size - 1)]
        self.x = min(self.x + size, self.width - 1)  # lines do not wrap
        self._last = text

    def _break(self, y: int, x: int) -> None:
        """Half of a wide glyph goes: the rest is blank."""
        row, first = self.rows[y], x
        while first > 0 and not row[first].text:
            first -= 1
        end = first + 1
        while end < self.width and not row[end].text:
            end += 1
        if end - first > 1:
            row[first:end] = [Glyph(" ", glyph.look) for glyph in row[first:end]]

    def _ink(self, parameters: str) -> None:
        rest: Iterator[str] = iter(parameters.split(";") if parameters else ["0"])
        for code in rest:
            if code in {"", "0"}:
                self.look = Look(link=self.look.link)
            elif code in {"38", "48"}:
                kind = next(rest)
                color = ";".join([kind, *(next(rest) for _ in range(1 if kind == "5" else 3))])
                self._color(color, is_fg=code == "38")
            elif code in _ON:
                self.look = self.look._replace(attributes=self.look.attributes | {_ON[code]})
            elif code in _OFF:
                self.look = self.look._replace(attributes=self.look.attributes - set(_OFF[code]))
            else:
                number = int(code)
                assert number in {39, 49} or number in {
                    *range(30, 38),
                    *range(40, 48),
                    *range(90, 98),
                    *range(100, 108),
                }
                is_fg = number // 10 in {3, 9}
                self._color("" if number in {39, 49} else str(number - (0 if is_fg else 10)), is_fg=is_fg)

    def _color(self, color: str, *, is_fg: bool) -> None:
        self.look = self.look._replace(fg=color) if is_fg else self.look._replace(bg=color)
