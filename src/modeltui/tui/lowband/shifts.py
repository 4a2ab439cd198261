"""Lines that moved: the band of lines that is cheaper to scroll than to write again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from operator import is_not
from typing import Final, NamedTuple

from modeltui.tui.lowband.frame import Row

_PIECE: Final = 8
"""Cells by which lines are recognised."""
_DISTINCT: Final = 4
"""Different cells that a piece has, or it is found everywhere."""
_COMMON: Final = 4
"""A piece found on more lines than this tells nothing."""
_TRIED: Final = 3
_LEAST_CHANGED: Final = 3
_LINE: Final = 6
"""Bytes to get to a line."""
_WORTH: Final = 40
"""Bytes that a scroll must save, by the estimate."""


class Shift(NamedTuple):
    """The lines from `top` to `bottom` move up by `lines`; down where that is negative."""

    top: int
    bottom: int
    lines: int


def best_shift(new: Sequence[Row], old: Sequence[Row]) -> Shift | None:
    """The scroll after which the least is left to write, where one is worth it."""
    changed = [y for y, (a, b) in enumerate(zip(new, old, strict=True)) if a != b]
    if len(changed) < _LEAST_CHANGED:
        return None
    votes = _votes(new, old, changed)
    now = [_cost(a, b) for a, b in zip(new, old, strict=True)]
    found = [_best_band(new, old, now, lines) for lines, count in votes.most_common(_TRIED) if count > 1]
    best = max(found, key=lambda each: each[0], default=None)
    return best[1] if best is not None and best[0] > _WORTH else None


def _votes(new: Sequence[Row], old: Sequence[Row], changed: Sequence[int]) -> Counter[int]:
    """By how many lines pieces moved, and how many of them."""
    places: dict[tuple[int, ...], list[int]] = {}
    for y in changed:
        for piece in _pieces(old[y]):
            places.setdefault(piece, []).append(y)
    votes: Counter[int] = Counter()
    for y in changed:
        for piece in _pieces(new[y]):
            found = places.get(piece, ())
            if len(found) <= _COMMON:
                votes.update(each - y for each in found if each != y)
    return votes


def _pieces(row: Row) -> Iterator[tuple[int, ...]]:
    """Cells are made once, so their identity will do; where it does not, a scroll is missed and nothing is wrong."""
    for x in range(0, len(row) - _PIECE + 1, _PIECE):
        piece = (x, *map(id, row[x : x + _PIECE]))
        if len(set(piece)) > _DISTINCT:
            yield piece


def _cost(new: Row, old: Row) -> int:
    """About the bytes that turn one line into another."""
    count = sum(map(is_not, new, old))
    return count + _LINE if count else 0


def _best_band(new: Sequence[Row], old: Sequence[Row], now: Sequence[int], lines: int) -> tuple[int, Shift]:
    """The band that saves most when it moves by so many lines, with what it saves."""
    height = len(new)
    low, high = max(0, -lines), min(height, height - lines)
    best, first, last = 0, low, low - 1
    total, start = 0, low
    for y in range(low, high):
        total += now[y] - _cost(new[y], old[y + lines])
        if total <= 0:
            total, start = 0, y + 1
        elif total > best:
            best, first, last = total, start, y
    if last < first:
        return 0, Shift(0, 0, 0)
    coming = range(last + 1, last + lines + 1) if lines > 0 else range(first + lines, first)
    best -= sum(len(new[y]) + _LINE - now[y] for y in coming)
    return best, Shift(min(first, first + lines), max(last, last + lines), lines)
