"""Elements of lists in two states of one document: which is which is told by their `id`, not by their place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from modeltui.domain.document import ABSENT, Document, FieldPath, same

_ID: Final = "id"


def place_in(path: FieldPath, base: Document, theirs: Document) -> FieldPath | None:
    """Where `theirs` has the field that `base` has at `path`; None where a list on the way does not tell."""
    was: Any = base
    now: Any = theirs
    found: list[str | int] = []
    for depth, part in enumerate(path):
        if not isinstance(part, int):
            found.append(part)
            was, now = _member(was, part), _member(now, part)
            continue
        if same(was, now):
            return (*found, *path[depth:])
        place = _place(was, now, part)
        if place is None:
            return None
        found.append(place)
        was, now = was[part], now[place]
    return tuple(found)


def list_of(path: FieldPath) -> FieldPath:
    """The path of the first list that a path goes through; the path itself where it goes through none."""
    return next((path[:depth] for depth, part in enumerate(path) if isinstance(part, int)), path)


def ids_of(value: Any) -> tuple[str, ...] | None:
    """Of a list of tables in which each has an `id` of its own; None for all else."""
    if not isinstance(value, list) or not value:
        return None
    ids = [each.get(_ID) if isinstance(each, Mapping) else None for each in value]
    texts = tuple(each for each in ids if isinstance(each, str))
    return texts if len(set(texts)) == len(value) else None


def _place(was: Any, now: Any, part: int) -> int | None:
    before, after = ids_of(was), ids_of(now)
    if before is None or after is None or part >= len(before):
        return None
    return after.index(before[part]) if before[part] in after else None


def _member(node: Any, name: str) -> Any:
    return node.get(name, ABSENT) if isinstance(node, Mapping) else ABSENT
