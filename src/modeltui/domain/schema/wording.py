"""The words of a schema finding: what stands there, what was expected, and what may have been meant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, get_args

from msgspec import Struct

from modeltui.domain.document import FieldPath, format_field, shown
from modeltui.domain.schema.place import ANY_NAME, Place, known_paths, place_at, place_of
from modeltui.domain.schema.shape import FieldShape, shape_of
from modeltui.domain.schema.table import Table
from modeltui.domain.schema.words import did_you_mean, nearest_name, type_name

_LONGEST_VALUE = 60
_FEW = 12


class Wording(Struct, frozen=True):
    code: str
    message: str
    hint: str | None = None


def word(
    shape: type[Table], at: FieldPath, detail: Mapping[str, Any], *, is_of_key: bool, guesses: bool = True
) -> Wording:
    """One of pydantic's errors in our words. `at` leads to the field; `is_of_key` means the field's own name.

    Without `guesses` an unknown name gets no hint: looking for the nearest one takes a millisecond.
    """
    error, context, field = detail["type"], detail.get("ctx", {}), f"`{format_field(at)}`" if at else "the file"
    if context.get("own"):
        return Wording(error, f"{field} {context['says']}", context["hint"] or None)
    if error == "missing":
        return Wording("missing-key", f"{field} is missing", f"expected {_expected(shape, at)}")
    if error == "extra_forbidden":
        return Wording("unknown-key", f"{field} is not a field", near_field(shape, at) if guesses else None)
    if is_of_key:
        return Wording("bad-name", f"{field} is no name here, expected {_key_expected(shape, at)}")
    return _of_value(field, detail["input"], place_at(shape, at))


def _of_value(field: str, value: Any, place: Place | None) -> Wording:
    wanted = shape_of(place) if place is not None else FieldShape("any", "another value")
    if not fits_type(value, wanted):
        return Wording(
            "wrong-type", f"{field} is {type_name(value)}, expected {wanted.expected}", _type_hint(value, wanted)
        )
    if value in ("", [], {}):
        return Wording("bad-value", f"{field} is empty, expected {_bounded(wanted)}", "take it out, or fill it in")
    hint = did_you_mean(value, wanted.choices) if isinstance(value, str) else None
    return Wording("bad-value", f"{field} is {_short(value)}, expected {_bounded(wanted)}", hint)


def fits_type(value: Any, wanted: FieldShape) -> bool:
    """Whether the value has the declared type, whatever its bounds."""
    if wanted.type == "any":
        return True
    actual = _TYPES.get(type(value), "table" if isinstance(value, Mapping) else "")
    return actual == wanted.type or (actual == "integer" and wanted.type == "number")


@lru_cache(1024)
def near_field(shape: type[Table], at: FieldPath) -> str | None:
    """The field that was perhaps meant: of the same table, else of another."""
    table, name = place_at(shape, at[:-1]), str(at[-1])
    siblings = table.names() if table is not None else ()
    if (hint := did_you_mean(name, siblings)) is not None:
        return hint
    elsewhere = _fields_by_name(shape)
    if (near := nearest_name(name, elsewhere)) is not None:
        return f"did you mean `{elsewhere[near]}`?"
    return f"{_table_name(at[:-1])} has {', '.join(siblings)}" if 0 < len(siblings) <= _FEW else None


@cache
def _fields_by_name(shape: type[Table]) -> Mapping[str, str]:
    """The path of each field of the format, the first one where tables share a name."""
    return {path[-1]: ".".join(path) for path in reversed(tuple(known_paths(shape))) if path[-1] != ANY_NAME}


def _table_name(at: FieldPath) -> str:
    return f"[{format_field(at)}]" if at else "the file"


def _expected(shape: type[Table], at: FieldPath) -> str:
    place = place_at(shape, at)
    return shape_of(place).expected if place is not None else "a value"


def _key_expected(shape: type[Table], at: FieldPath) -> str:
    table = place_at(shape, at[:-1])
    return shape_of(place_of(get_args(table.annotation)[0])).expected if table is not None else "another name"


def _bounded(wanted: FieldShape) -> str:
    if wanted.choices:
        return wanted.expected
    parts = [
        text
        for limit, text in (
            (wanted.minimum, f"at least {wanted.minimum}"),
            (wanted.above, f"more than {wanted.above}"),
            (wanted.maximum, f"at most {wanted.maximum}"),
        )
        if limit is not None
    ]
    return f"{wanted.expected}, {' and '.join(parts)}" if parts else wanted.expected


def _type_hint(value: Any, wanted: FieldShape) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and wanted.type == "text":
        return f'put it in quotes: "{value}"'
    if isinstance(value, str) and wanted.type in ("boolean", "integer", "number", "date", "moment"):
        return "take the quotes away"
    if wanted.type == "list" and not isinstance(value, Mapping):
        return f"put it in brackets: [{_short(value)}]"
    return None


def _short(value: Any) -> str:
    text = shown(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


_TYPES: dict[type, str] = {
    str: "text",
    bool: "boolean",
    int: "integer",
    float: "number",
    date: "date",
    datetime: "moment",
    list: "list",
    dict: "table",
}
