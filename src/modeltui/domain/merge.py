"""Three states of one document to one: what either side changed, field by field, and what both changed otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal, TypeAlias

from msgspec import Struct

from modeltui.domain.change import Edit
from modeltui.domain.document import ABSENT, Absent, Document, FieldPath, Value, same, with_value

Whose: TypeAlias = Literal["ours", "theirs"]

Take: TypeAlias = Callable[[FieldPath], "Whose | None"]
"""Says whose value a field in conflict gets; None leaves it in conflict. The empty path is the file as a whole."""

_WHOLE: Final = frozenset({"lock"})
"""Tables of which no field makes sense beside those of another state."""


class Clash(Struct, frozen=True):
    """A field that both sides changed since their common state, each to something else."""

    path: FieldPath
    """Empty for the file as a whole."""
    base: Value | Absent
    ours: Value | Absent
    theirs: Value | Absent
    why: str = ""
    """What is wrong, where that is more than two values."""


class Merge(Struct, frozen=True):
    into_ours: tuple[Edit, ...] = ()
    """What makes of our document the result: what they changed."""
    into_theirs: tuple[Edit, ...] = ()
    """What makes of theirs the same: what we changed."""
    clashes: tuple[Clash, ...] = ()
    """Of these both results have the value that was taken, and ours where none was."""


def merged(base: Document, ours: Document, theirs: Document, take: Take = lambda _: None) -> Merge:
    """Tables are gone into; a list is one value, whatever it holds.

    A table that one side removed and the other changed is in conflict as a whole, and so is a lock.
    """
    into_ours: list[Edit] = []
    into_theirs: list[Edit] = []
    clashes: list[Clash] = []
    for path, before, mine, other in _differing(base, ours, theirs, ()):
        if same(mine, before):
            value = other
        elif same(other, before):
            value = mine
        else:
            whose = take(path)
            value = other if whose == "theirs" else mine
            if whose is None:
                clashes.append(Clash(path, before, mine, other))
        if not same(value, mine):
            into_ours.append(Edit(path, mine, value))
        if not same(value, other):
            into_theirs.append(Edit(path, other, value))
    return Merge(tuple(into_ours), tuple(into_theirs), tuple(clashes))


def with_edits(document: Document, edits: tuple[Edit, ...]) -> Document:
    for edit in edits:
        document = with_value(document, edit.path, edit.new)
    return document


_Triple: TypeAlias = tuple[FieldPath, "Value | Absent", "Value | Absent", "Value | Absent"]


def _differing(base: Document, ours: Document, theirs: Document, at: FieldPath) -> Iterator[_Triple]:
    """The fields in which the two sides differ, as exactly as they can be told apart."""
    for name in dict.fromkeys((*ours, *theirs)):
        before, mine, other = (document.get(name, ABSENT) for document in (base, ours, theirs))
        if same(mine, other):
            continue
        path = (*at, name)
        if _are_tables(before, mine, other) and path[0] not in _WHOLE:
            yield from _differing({} if before is ABSENT else before, mine, other, path)
        else:
            yield path, before, mine, other


def _are_tables(before: Any, mine: Any, other: Any) -> bool:
    is_table_before = before is ABSENT or isinstance(before, Mapping)
    return is_table_before and isinstance(mine, Mapping) and isinstance(other, Mapping)
