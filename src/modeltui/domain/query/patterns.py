"""Patterns of a query, made so that no text can keep them busy for long.

Python's engine goes back and tries again, so a hostile regex could hold a filter for ever. Only patterns whose work
can be counted beforehand are taken: at most 200 characters, no repeat of a group that itself holds a choice or a
repeat, no look-around, no back-reference. What work is left grows with the text, so of a longer text a pattern reads
only as many characters as its worst case allows: 2,000 where little is left open, never fewer than 64.
"""

from __future__ import annotations

import fnmatch
import re
import warnings
from math import factorial

from msgspec import Struct

from modeltui.errors import UsageError

MOST_PATTERN = 200
MOST_TEXT, LEAST_TEXT = 2_000, 64
MOST_STEPS = 100_000_000
"""Comparisons of single characters in the worst case: some tenths of a second."""
MOST_TIMES = 100

_PIECE = re.compile(
    r"""(?P<escape>\\.)
      | (?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])
      | (?P<open>\((?:\?:)?)
      | (?P<close>\))
      | (?P<repeat>(?:[*+?]|\{(?:\d+(?:,\d*)?|,\d*)\})[?+]?)
      | (?P<bar>\|)
      | (?P<plain>.)""",
    re.VERBOSE | re.DOTALL,
)


class Pattern(Struct, frozen=True):
    """A compiled pattern, and how many characters of a text it reads."""

    compiled: re.Pattern[str]
    reach: int = MOST_TEXT

    def matches(self, text: str) -> bool:
        return self.compiled.search(text[: self.reach]) is not None


def glob(source: str) -> Pattern:
    """A pattern of a whole folded text, where `*` is any run of characters and `?` is any one."""
    return Pattern(re.compile(rf"\A{fnmatch.translate(source.casefold().replace('[', '[[]'))}"))


def regex(source: str) -> Pattern:
    """A regular expression, found anywhere in a text, case aside. Raises UsageError when it is wrong or too costly."""
    if len(source) > MOST_PATTERN:
        raise UsageError(f"a regex has at most {MOST_PATTERN} characters")
    reach = _reach(source, _Work().count(source))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            return Pattern(re.compile(source, re.IGNORECASE), reach)
    except (re.error, OverflowError, RecursionError) as error:
        raise UsageError(f"this is no regex: {error}") from error


def _reach(source: str, work: _Work) -> int:
    """How much of a text fits into MOST_STEPS. Raises UsageError when that is too little."""
    reach = MOST_TEXT
    while reach >= LEAST_TEXT:
        ways = reach ** (work.open_repeats + 1) // factorial(work.open_repeats + 1) << work.choices
        if ways * len(source) <= MOST_STEPS:
            return reach
        reach = reach * 9 // 10
    raise _wild("it leaves too many ways open")


class _Work:
    """Counts what makes the engine go back: repeats without a fixed count, and choices between two ways."""

    def __init__(self) -> None:
        self.open_repeats = 0
        self.choices = 0
        self._groups = [False]
        """For each group that is open: whether it holds a choice or a repeat."""
        self._closed = False
        """Whether what stands right before is a group that does."""

    def count(self, source: str) -> _Work:
        for piece in _PIECE.finditer(source):
            self._take(piece.lastgroup, piece[0], source[piece.end() :])
        return self

    def _take(self, kind: str | None, text: str, rest: str) -> None:
        closed, self._closed = self._closed, False
        if kind == "open":
            if text == "(" and rest.startswith("?"):
                raise _wild("`(?` is only taken as `(?:`")
            self._groups.append(False)
        elif kind == "close" and len(self._groups) > 1:
            self._closed = self._groups.pop()
            self._groups[-1] |= self._closed
        elif kind == "bar":
            self.choices += 1
            self._groups[-1] = True
        elif kind == "repeat":
            self._take_repeat(text, closed)
        elif kind == "escape" and text[1] in "123456789":
            raise _wild("a back-reference is not taken")

    def _take_repeat(self, text: str, of_busy_group: bool) -> None:
        self._groups[-1] = True
        if text[0] == "?":
            self.choices += 1
            return
        if of_busy_group:
            raise _wild("it repeats a group that holds a choice or a repeat")
        if any(int(number[:9]) > MOST_TIMES for number in re.findall(r"\d+", text)):
            raise _wild(f"it repeats more than {MOST_TIMES} times")
        self.open_repeats += text[0] in "*+" or "," in text


def _wild(reason: str) -> UsageError:
    return UsageError(f"this regex could run for too long: {reason}", hint="use a plainer one, or several terms")
