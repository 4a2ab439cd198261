"""Which items of a list stay, change, go or come when it becomes another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from modeltui.storage.toml import render

MAX_MATCHED: Final = 300
"""Longest stretch that is matched item by item; in a longer one items are matched by position."""

Step: TypeAlias = tuple[int | None, int | None]
"""A position in the old list and one in the new. None in the first: an item comes; in the second: an item goes."""


def alignment(old: list[Any], new: list[Any]) -> Iterator[Step]:
    """The steps from `old` to `new`, in the order of both. A step with both positions stays or changes."""
    before, after = [render.inline(item) for item in old], [render.inline(item) for item in new]
    shared = min(len(before), len(after))
    head = next((at for at in range(shared) if before[at] != after[at]), shared)
    rest = shared - head
    tail = next((at for at in range(rest) if before[-1 - at] != after[-1 - at]), rest)
    yield from ((at, at) for at in range(head))
    for one, other in _matched(before[head : len(before) - tail], after[head : len(after) - tail]):
        yield None if one is None else head + one, None if other is None else head + other
    yield from ((len(old) - at, len(new) - at) for at in range(tail, 0, -1))


def _matched(before: list[str], after: list[str]) -> Iterator[Step]:
    for start, end, new_start, new_end in _blocks(before, after):
        for at in range(max(end - start, new_end - new_start)):
            yield start + at if start + at < end else None, new_start + at if new_start + at < new_end else None


def _blocks(before: list[str], after: list[str]) -> list[tuple[int, int, int, int]]:
    """Stretches of both lists, in order, as (start, end, new start, new end)."""
    if max(len(before), len(after)) > MAX_MATCHED or not (before and after):
        return [(0, len(before), 0, len(after))]
    from difflib import SequenceMatcher  # noqa: PLC0415  # wanted only where a list changes in its middle

    return [code[1:] for code in SequenceMatcher(None, before, after, autojunk=False).get_opcodes()]
