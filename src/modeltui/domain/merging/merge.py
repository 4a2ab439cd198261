"""Three states of one document to one: what either side changed, field by field, and what both changed otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, Literal, TypeAlias

from msgspec import Struct

from modeltui.domain.change import Edit
from modeltui.domain.document import ABSENT, Absent, Document, FieldPath, Value, format_field, same, with_value
from modeltui.domain.merging.bonds import Changed, bound
from modeltui.domain.merging.list_places import ids_of
from modeltui.domain.text import some_of

Whose: TypeAlias = Literal["ours", "theirs"]

Take: TypeAlias = Callable[[FieldPath], "Whose | None"]
"""Says whose value a field in conflict gets; None leaves it in conflict. The empty path is the file as a whole."""

_WHOLE: Final = frozenset({"lock"})
"""Tables of which no field makes sense beside those of another state."""
_MOST_NAMED: Final = 3


class Clash(Struct, frozen=True):
    """A field that both sides changed since their common state, each to something else."""

    path: FieldPath
    """Empty for the file as a whole."""
    base: Value | Absent
    ours: Value | Absent
    theirs: Value | Absent
    why: str = ""
    """What is wrong, where that is more than two values."""
    together: tuple[FieldPath, ...] = ()
    """Fields that are taken from the same side as this one; with them it may have been changed by one side only."""


class Merge(Struct, frozen=True):
    into_ours: tuple[Edit, ...] = ()
    """What makes of our document the result: what they changed."""
    into_theirs: tuple[Edit, ...] = ()
    """What makes of theirs the same: what we changed."""
    clashes: tuple[Clash, ...] = ()
    """Of these both results have the value that was taken, and ours where none was."""


def merged(base: Document, ours: Document, theirs: Document, take: Take = lambda _: None) -> Merge:
    """Tables are gone into, and lists of tables with the same `id`s in the same order; another list is one value.

    A table that one side removed and the other changed is in conflict as a whole, and so is a lock. Fields that make
    sense only together are taken from one side.
    """
    into_ours: list[Edit] = []
    into_theirs: list[Edit] = []
    clashes: list[Clash] = []
    triples = tuple(_differing(base, ours, theirs, ()))
    bonds = _bonds(triples)
    for path, before, mine, other in triples:
        bond = bonds.get(path, ())
        if bond or not (same(mine, before) or same(other, before)):
            whose = _taken(bond or (path,), take)
            value = other if whose == "theirs" else mine
            if whose is None:
                clashes.append(Clash(path, before, mine, other, _why(path, bond), bond))
        else:
            value = other if same(mine, before) else mine
        if not same(value, mine):
            into_ours.append(Edit(path, mine, value))
        if not same(value, other):
            into_theirs.append(Edit(path, other, value))
    return Merge(tuple(into_ours), tuple(into_theirs), tuple(clashes))


def with_edits(document: Document, edits: Iterable[Edit]) -> Document:
    for edit in edits:
        document = with_value(document, edit.path, edit.new)
    return document


_Triple: TypeAlias = tuple[FieldPath, "Value | Absent", "Value | Absent", "Value | Absent"]


def _bonds(triples: Iterable[_Triple]) -> dict[FieldPath, tuple[FieldPath, ...]]:
    """Of each field that is bound to others: itself and them, in the order of the file."""
    changes = [Changed(path, not same(mine, before), not same(other, before)) for path, before, mine, other in triples]
    found = [tuple(each.path for each in changes if each.path in paths) for paths in bound(changes)]
    return {path: paths for paths in found for path in paths}


def _taken(paths: Iterable[FieldPath], take: Take) -> Whose | None:
    """Whose value all of these get; None where that is not said, or differently of some."""
    said = {take(path) for path in paths}
    return said.pop() if len(said) == 1 else None


def _why(path: FieldPath, bond: Iterable[FieldPath]) -> str:
    others = [format_field(each) for each in bond if each != path]
    return f"taken only together with {some_of(others, len(others), _MOST_NAMED)}" if others else ""


def _differing(base: Document, ours: Document, theirs: Document, at: FieldPath) -> Iterator[_Triple]:
    """The fields in which the two sides differ, as exactly as they can be told apart."""
    for name in dict.fromkeys((*ours, *theirs)):
        before, mine, other = (document.get(name, ABSENT) for document in (base, ours, theirs))
        if same(mine, other):
            continue
        path = (*at, name)
        if _are_tables(before, mine, other) and path[0] not in _WHOLE:
            yield from _differing({} if before is ABSENT else before, mine, other, path)
        elif (ids := ids_of(before)) is not None and ids == ids_of(mine) == ids_of(other):
            for position, elements in enumerate(zip(before, mine, other, strict=True)):
                yield from _differing(*elements, (*path, position))
        else:
            yield path, before, mine, other


def _are_tables(before: Any, mine: Any, other: Any) -> bool:
    is_table_before = before is ABSENT or isinstance(before, Mapping)
    return is_table_before and isinstance(mine, Mapping) and isinstance(other, Mapping)
