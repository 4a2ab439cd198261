"""Views: a filter, an order, columns and a grouping under one name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from modeltui.domain.browse.columns import COLUMNS, Column, column_named
from modeltui.domain.catalog import Catalog
from modeltui.errors import InvalidValueError, UsageError

NARROWEST: Final = 3
WIDEST: Final = 120
"""Cells of a column."""
LONGEST_NAME: Final = 40
"""Characters of the name of a view."""
_MOST_COLUMNS: Final = 100


class ShownColumn(Struct, frozen=True):
    name: str
    """Of a column, or any field by its path."""
    width: int = 0
    """Cells; 0 for the usual width."""


class View(Struct, frozen=True):
    name: str = ""
    query: str = ""
    sort: str = ""
    """`a,-b`, as for `--sort`."""
    columns: tuple[ShownColumn, ...] = ()
    """From left to right; none for the usual ones."""
    group: str = ""
    """The field whose values head the rows; "" for none."""


USUAL: Final[Mapping[str, int]] = {
    "name": 24,
    "provider": 10,
    "type": 16,
    "cost": 8,
    "time": 6,
    "status": 12,
    "tested": 6,
    "success": 7,
    "category": 9,
    "family": 16,
    "version": 10,
    "verified": 10,
}
"""The columns of a table for which nobody chose any, with a width in cells at which most of their values fit."""

ALL: Final = View("all")
BUILT_IN: Final[tuple[View, ...]] = (
    ALL,
    View("active", "active:yes"),
    View("inactive", "active:no -broken:yes"),
    View("locked", "lock:yes"),
    View("pending", "pending:yes"),
    View("broken", "broken:yes"),
    View("deprecated", "status:deprecated", "retires"),
    View("retiring", "retires<90d", "retires"),
    View("by provider", "", "name", (), "provider"),
    View("by type", "", "name", (), "type"),
)
"""There in every catalogue; nobody can take them away."""


def in_order(own: Iterable[View]) -> tuple[View, ...]:
    """All views as they are numbered: everything, a user's own as they were saved, the other built-in ones."""
    return (ALL, *own, *BUILT_IN[1:])


def shown_columns(chosen: Sequence[ShownColumn], catalog: Catalog) -> tuple[Column, ...]:
    """The columns of a view as a table draws them. A name that means nothing here is left out."""
    columns: list[Column] = []
    for each in chosen or usual():
        try:
            column = column_named(each.name, catalog)
        except UsageError:
            continue
        columns.append(replace(column, width=each.width or usual_width(column)))
    return tuple(columns) or shown_columns((), catalog)


def usual() -> tuple[ShownColumn, ...]:
    return tuple(ShownColumn(name) for name in USUAL)


def usual_width(column: Column) -> int:
    """Cells that a column has where nobody chose any."""
    if column.id in USUAL:
        return USUAL[column.id]
    return column.width if column.id in COLUMNS else max(column.width, min(len(column.title), 24))


def checked_name(name: str) -> str:
    """A name that a user gives a view, without blanks around. Raises InvalidValueError."""
    text = " ".join(name.split())
    if not text:
        raise InvalidValueError("a view needs a name")
    if len(text) > LONGEST_NAME:
        raise InvalidValueError(f"the name of a view has at most {LONGEST_NAME} characters")
    if any(each.name == text for each in BUILT_IN):
        raise InvalidValueError(f"{text!r} is built in", hint="choose another name")
    return text


def view_data(view: View) -> dict[str, Any]:
    """A view as JSON has it."""
    return {
        "name": view.name,
        "query": view.query,
        "sort": view.sort,
        "group": view.group,
        "columns": [{"name": each.name, "width": each.width} for each in view.columns],
    }


def view_of(data: Any) -> View:
    """The inverse of `view_data`. Raises InvalidValueError."""
    columns = data.get("columns", []) if isinstance(data, Mapping) else None
    if not isinstance(columns, list) or len(columns) > _MOST_COLUMNS:
        raise InvalidValueError("this is no view")
    return View(
        text_of(data, "name"),
        text_of(data, "query"),
        text_of(data, "sort"),
        tuple(map(_column_of, columns)),
        text_of(data, "group"),
    )


def text_of(data: Any, name: str) -> str:
    """A text of a table of JSON, "" where it is not there. Raises InvalidValueError."""
    value = data.get(name, "") if isinstance(data, Mapping) else None
    if not isinstance(value, str):
        raise InvalidValueError(f"{name} is no text")
    return value


def _column_of(data: Any) -> ShownColumn:
    width = data.get("width", 0) if isinstance(data, Mapping) else None
    if not isinstance(width, int) or isinstance(width, bool):
        raise InvalidValueError("the width of a column is no number")
    return ShownColumn(text_of(data, "name"), width and max(NARROWEST, min(width, WIDEST)))
