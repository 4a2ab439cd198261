"""Values as JSON has them, fitted to what the fields of a model file hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from modeltui.domain.document import ABSENT, Absent, Document, FieldPath, Value, format_field, plain, same
from modeltui.domain.fields import describe
from modeltui.domain.schema.kinds import Kind
from modeltui.domain.schema.model_file import ModelFile
from modeltui.domain.schema.place import place_at
from modeltui.errors import InvalidValueError

_DEEPEST: Final = 32
"""Levels of tables and lists that a row may have."""
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def fitted(at: FieldPath, value: Any, current: Value | Absent, *, whole: bool = False) -> Value | Absent:
    """What a field is to hold after the JSON `value` was set on `current`. null removes; tables are merged.

    What `current` looks like in JSON leaves it as it is, whatever its type. With `whole`, names that a table of
    `value` has not are removed. Raises InvalidValueError.
    """
    if len(at) > _DEEPEST:
        raise InvalidValueError(f"`{at[0]}` is nested too deep", hint=f"{_DEEPEST} levels are the most")
    if value is None:
        return ABSENT
    if isinstance(value, dict):
        return _table(at, value, current if isinstance(current, dict) else {}, whole=whole)
    if isinstance(value, list):
        items = [_item((*at, position), item) for position, item in enumerate(value)]
        return current if _looks_like(current, value) else items
    if _looks_like(current, value):
        return current
    return _scalar(at, value)


def _table(at: FieldPath, value: Mapping[str, Any], current: Document, *, whole: bool) -> dict[str, Value]:
    result = {} if whole else dict(current)
    is_shallow = len(at) < _DEEPEST
    for name, item in value.items():
        before = current.get(name, ABSENT)
        if before is ABSENT and is_shallow and name.isascii() and _is_plain(item):
            result[name] = item
            continue
        if _is_surely(before, item):
            result[name] = before
            continue
        _refuse_half_characters(at, name)
        found = fitted((*at, name), item, before, whole=whole)
        if found is ABSENT:
            result.pop(name, None)
        else:
            result[name] = found
    return result


def _is_plain(value: Any) -> bool:
    """Quickly, whether it is taken as it is, wherever it stands; False does not say that it is not."""
    kind = type(value)
    return kind is bool or (kind is str and value.isascii() and not value[:1].isdigit())


def _is_surely(current: Value | Absent, value: Any) -> bool:
    """Quickly, whether both are the same in type and value; False does not say that they differ."""
    if type(current) is not type(value):
        return False
    return repr(current) == repr(value) if isinstance(value, dict | list) else bool(current == value)


def _item(at: FieldPath, value: Any) -> Value:
    item = fitted(at, value, ABSENT)
    if item is ABSENT:
        raise InvalidValueError(f"`{format_field(at[:-1])}` holds null, which TOML has not")
    return item


def _looks_like(current: Value | Absent, value: Any) -> bool:
    """Whether a value in the file shows itself in JSON as `value`; whole numbers may have lost their point."""
    if current is ABSENT or isinstance(current, dict):
        return False
    if same(plain(current), value):
        return True
    numbers = (int, float)
    is_number = type(current) in numbers and type(value) in numbers
    return is_number and float in (type(current), type(value)) and bool(current == value)


def _scalar(at: FieldPath, value: Any) -> Value:
    if isinstance(value, str):
        _refuse_half_characters(at, value)
        return _day_or_moment(at, value)
    if isinstance(value, bool):
        return value
    if is_price(at):
        return price_text(value)
    shape = describe(at)
    if isinstance(value, float) and shape is not None and shape.type == "integer" and value.is_integer():
        return int(value)
    return value


def _day_or_moment(at: FieldPath, value: str) -> Value:
    """Text where it is none: the check of the schema says what was expected."""
    if not value[:1].isdigit():
        return value
    shape = describe(at)
    if shape is not None and shape.type in ("date", "moment"):
        with suppress(ValueError):
            return date.fromisoformat(value) if shape.type == "date" else datetime.fromisoformat(value)
    return value


def _refuse_half_characters(at: FieldPath, text: str) -> None:
    if not text.isascii() and _SURROGATE.search(text):
        name = format_field(at) or "a name"
        raise InvalidValueError(f"`{name}` holds half a character", hint="save the file as UTF-8")


def price_text(value: float | Decimal) -> str:
    """A number as a price is written: digits, no exponent, no zeros behind."""
    amount = value if isinstance(value, Decimal) else Decimal(repr(value))
    if not amount.is_finite() or abs(amount.adjusted()) > 30:
        return str(value)
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=4096)
def is_price(at: FieldPath) -> bool:
    """Whether the format has a price here. Below a table of prices every leaf is one."""
    for length in range(1, len(at) + 1):
        place = place_at(ModelFile, at[:length])
        names = {item.name for item in place.metadata if isinstance(item, Kind)} if place is not None else set()
        if "prices" in names or ("price" in names and length == len(at)):
            return True
    return False
