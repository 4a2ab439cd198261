"""What two texts changed of one, line by line; neighbouring lines are no conflict here, as they are for git.

Whoever asks holds the result against what it must say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

_MOST_PAIRS: Final = 1_000_000
"""Pairs of equal lines that are looked at; a text of many blank lines has more of them than anybody waits for."""

Span: TypeAlias = tuple[int, int, int, int]
"""A part in which two texts differ: first line and end in the one, first line and end in the other."""


def merged_closely(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """Both sides' lines; None where both changed the same line. What both put in at one place comes ours first."""
    lines, mine, other = (text.splitlines(keepends=True) for text in (base, ours, theirs))
    changes = [(start, end, tuple(mine[at:till])) for start, end, at, till in differing(lines, mine)]
    theirs_too = [(start, end, tuple(other[at:till])) for start, end, at, till in differing(lines, other)]
    changes += [each for each in theirs_too if each not in changes]
    changes.sort(key=lambda change: change[:2])  # stable: ours first
    parts: list[bytes] = []
    done = 0
    for start, end, new in changes:
        if start < done:
            return None
        parts += [*lines[done:start], *new]
        done = end
    parts += lines[done:]
    if any(not line.endswith(b"\n") for line in parts[:-1]):
        return None  # a last line without an end is no longer the last
    return b"".join(parts)


def differing(one: Sequence[bytes], other: Sequence[bytes]) -> Iterator[Span]:
    """From the first to the last; one span for all where telling them apart would take too long."""
    start, end, other_end = 0, len(one), len(other)
    while start < min(end, other_end) and one[start] == other[start]:
        start += 1
    while min(end, other_end) > start and one[end - 1] == other[other_end - 1]:
        end, other_end = end - 1, other_end - 1
    here, there = one[start:end], other[start:other_end]
    counts = Counter(there)
    if sum(number * counts[line] for line, number in Counter(here).items()) > _MOST_PAIRS:
        yield start, end, start, other_end
        return
    from difflib import SequenceMatcher  # noqa: PLC0415  # for few merges only

    for what, a, b, c, d in SequenceMatcher(a=here, b=there, autojunk=False).get_opcodes():
        if what != "equal":
            yield start + a, start + b, start + c, start + d
