"""Rows under headings: those that have one value of a field stand together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from modeltui.domain.browse.narrowing import words_of

if TYPE_CHECKING:
    from modeltui.domain.catalog import Catalog
    from modeltui.domain.model import Model
    from modeltui.domain.pending.plan import Plan
    from modeltui.domain.query.fields import Field


class Group(Struct, frozen=True):
    title: str
    """The value that its rows share; not yet safe for a terminal."""
    start: int
    """Index of its first row."""
    count: int
    active: int


def groups_of(rows: Sequence[Model], field: Field, catalog: Catalog, plan: Plan) -> tuple[Group, ...]:
    """The groups of rows that are sorted by `field` first. Case does not part a group."""
    starts: list[int] = []
    titles: list[str] = []
    before: Any = None
    title: str | None = None
    for index, model in enumerate(rows):
        value = field.value_of(model, catalog, plan)
        if title is not None and value == before:
            continue
        said, before = ", ".join(words_of(value)), value
        if title is None or said.casefold() != title.casefold():
            starts.append(index)
            titles.append(said or "none")
        title = said
    ends = [*starts[1:], len(rows)]
    return tuple(
        Group(title, start, end - start, sum(rows[index].active for index in range(start, end)))
        for title, start, end in zip(titles, starts, ends, strict=False)
    )


def sorted_by_group(group: str, sort: str) -> str:
    """The order of rows that are grouped: by the field of the groups first."""
    if not group:
        return sort
    rest = [key for key in sort.split(",") if key.strip()]
    own = next((key for key in rest if key.strip().removeprefix("-") == group), group)
    return ",".join([own, *(key for key in rest if key.strip().removeprefix("-") != group)])
