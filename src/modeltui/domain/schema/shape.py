"""What a field takes, as front ends, forms and findings need it."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, get_args, get_origin

from annotated_types import Ge, Gt, Le
from msgspec import Struct

from modeltui.domain.schema.kinds import Kind, Unit
from modeltui.domain.schema.place import Place

ValueType: TypeAlias = Literal["text", "boolean", "integer", "number", "date", "moment", "list", "table", "any"]


class FieldShape(Struct, frozen=True):
    """One field as the format declares it."""

    type: ValueType
    """`any` where the format is open, as in the body of a request."""
    expected: str
    """What a finding asks for: `true or false`, `a price in quotes, such as "0.25"`."""
    choices: tuple[str, ...] = ()
    """The only values, where they are few."""
    minimum: float | None = None
    """Least value, inclusive."""
    maximum: float | None = None
    """Greatest value, inclusive."""
    above: float | None = None
    """The value must be greater than this."""
    unit: str | None = None
    """`s`, `MB` …"""
    doc: str = ""
    """One sentence or two."""
    optional: bool = True
    """The file may leave it out."""
    item: FieldShape | None = None
    """What a list holds."""


def shape_of(place: Place) -> FieldShape:
    """The place as front ends need it."""
    kind = next((item for item in place.metadata if isinstance(item, Kind)), None)
    unit = next((item.name for item in place.metadata if isinstance(item, Unit)), None)
    value_type, choices = _type(place), _choices(place)
    item = place.into(0) if value_type == "list" else None
    return FieldShape(
        type=value_type,
        expected=_one_of(choices) if choices else kind.expected if kind else _EXPECTED[value_type],
        choices=choices,
        minimum=_bound(place, Ge, "ge"),
        maximum=_bound(place, Le, "le"),
        above=_bound(place, Gt, "gt"),
        unit=unit,
        doc=place.doc,
        optional=place.optional,
        item=shape_of(item) if item is not None else None,
    )


_TYPES: dict[Any, ValueType] = {str: "text", bool: "boolean", int: "integer", float: "number", list: "list"}

_EXPECTED: dict[ValueType, str] = {
    "text": "text",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "date": "a day, such as 2026-11-20",
    "moment": "a date and time with offset, such as 2026-11-20T10:00:00Z",
    "list": "a list",
    "table": "a table",
    "any": "a value",
}


def _type(place: Place) -> ValueType:
    annotation, origin = place.annotation, get_origin(place.annotation)
    if origin is Literal:
        return _TYPES[type(get_args(annotation)[0])]
    if place.table is not None or origin is dict:
        return "table"
    if annotation in _TYPES:
        return _TYPES[annotation]
    if origin is list:
        return "list"
    return _DATES.get(getattr(annotation, "__name__", ""), "any")


_DATES: dict[str, ValueType] = {"date": "date", "datetime": "moment", "AwareDatetime": "moment"}


def _choices(place: Place) -> tuple[str, ...]:
    return (
        tuple(str(choice) for choice in get_args(place.annotation)) if get_origin(place.annotation) is Literal else ()
    )


def _one_of(choices: tuple[str, ...]) -> str:
    return choices[0] if len(choices) == 1 else f"one of {', '.join(choices)}"


def _bound(place: Place, kind: type[Ge | Gt | Le], name: str) -> float | None:
    return next((getattr(item, name) for item in place.metadata if isinstance(item, kind)), None)
