"""A value of the wrong type in the right one, where it can mean only one thing."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any, Final

from modeltui.domain.document import ABSENT, Absent, Value
from modeltui.domain.schema.kinds import Kind, is_price
from modeltui.domain.schema.place import Place
from modeltui.domain.schema.shape import FieldShape, ValueType, shape_of
from modeltui.domain.schema.wording import fits_type

_LARGEST: Final = 2**53
"""Whole numbers up to this have one float each."""
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")


def converted(value: Value, place: Place) -> Value | Absent:
    """The value as `place` wants it; ABSENT where it could mean several things, or nothing."""
    wanted = shape_of(place)
    if isinstance(value, str) and (read := _READERS.get(wanted.type)):
        return read(value)
    if isinstance(value, float) and wanted.type == "integer":
        return int(value) if value.is_integer() and abs(value) <= _LARGEST else ABSENT
    if _is_price(place) and isinstance(value, int | float) and not isinstance(value, bool):
        return repr(value) if is_price(repr(value)) else ABSENT
    if wanted.type == "list" and wanted.item is not None and not isinstance(value, list | Mapping):
        return _listed(value, wanted.item)
    return ABSENT


def only_like(text: str, names: Collection[str]) -> str | None:
    """The one of `names` that is `text` but for case, blanks, and - for _; None where there is none, or several."""
    alike = [name for name in names if _folded(name) == _folded(text)]
    return alike[0] if len(alike) == 1 else None


def _folded(text: str) -> str:
    return re.sub(r"[\s_-]+", "_", text.strip().casefold())


def _is_price(place: Place) -> bool:
    return any(isinstance(item, Kind) and item.name == "price" for item in place.metadata)


def _listed(value: Value, item: FieldShape) -> Value | Absent:
    return [value] if item.type != "any" and fits_type(value, item) and value != "" else ABSENT


def _switch(text: str) -> bool | Absent:
    return {"true": True, "false": False}.get(text, ABSENT)


def _integer(text: str) -> int | Absent:
    return int(text) if _WHOLE.fullmatch(text) else ABSENT


def _number(text: str) -> float | int | Absent:
    if not _NUMBER.fullmatch(text):
        return ABSENT
    return float(text) if "." in text else int(text)


def _day(text: str) -> date | Absent:
    return _parsed(date.fromisoformat, text) if _DAY.fullmatch(text) else ABSENT


def _moment(text: str) -> datetime | Absent:
    return _parsed(datetime.fromisoformat, text) if _MOMENT.fullmatch(text) else ABSENT


def _parsed(parse: Callable[[str], Any], text: str) -> Any:
    try:
        return parse(text)
    except ValueError:
        return ABSENT


_READERS: Final[Mapping[ValueType, Callable[[str], Any]]] = {
    "boolean": _switch,
    "integer": _integer,
    "number": _number,
    "date": _day,
    "moment": _moment,
}
