"""TOML values as JSON and back, nothing lost: dates, times, infinities, whole numbers of any size, and absence."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any, Final

from modeltui.domain.document import ABSENT, Absent, FieldPath, Value

_LARGEST_PLAIN: Final = 2**53
"""Beyond this not every reader of JSON keeps whole numbers exact."""

_DECODERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "$absent": lambda _: ABSENT,
    "$int": lambda text: int(text, 16),
    "$float": float,
    "$datetime": datetime.fromisoformat,
    "$date": date.fromisoformat,
    "$time": time.fromisoformat,
    "$table": lambda table: {key: decoded(item) for key, item in table.items()},
}


def encoded(value: Value | Absent) -> Any:
    """What JSON itself holds stays as it is; the rest becomes a table such as `{"$date": "2026-01-31"}`."""
    if isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        return value if abs(value) <= _LARGEST_PLAIN else {"$int": hex(value)}
    if isinstance(value, float):
        return value if math.isfinite(value) else {"$float": repr(value)}
    if isinstance(value, list | tuple):
        return [encoded(item) for item in value]
    if isinstance(value, Mapping):
        table = {key: encoded(item) for key, item in value.items()}
        return {"$table": table} if any(key.startswith("$") for key in table) else table
    return _tagged(value)


def _tagged(value: Any) -> dict[str, Any]:
    if value is ABSENT:
        return {"$absent": True}
    if isinstance(value, datetime):
        return {"$datetime": value.isoformat()}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    if isinstance(value, time):
        return {"$time": value.isoformat()}
    raise TypeError(f"a {type(value).__name__} is not a TOML value")


def decoded(json: Any) -> Value | Absent:
    """The inverse of `encoded`. Raises ValueError, TypeError or AttributeError for what it never makes."""
    if isinstance(json, list):
        return [decoded(item) for item in json]
    if not isinstance(json, Mapping):
        if json is None:
            raise ValueError("null is not a TOML value")
        return json
    if len(json) == 1:
        (name, content), *_ = json.items()
        if decode := _DECODERS.get(name):
            return decode(content)
    return {key: decoded(item) for key, item in json.items()}


def encoded_path(path: FieldPath) -> list[str | int]:
    return list(path)


def decoded_path(json: Any) -> FieldPath:
    """Raises ValueError for anything but keys and positions."""
    if not isinstance(json, list) or not all(
        isinstance(part, str | int) and not isinstance(part, bool) for part in json
    ):
        raise ValueError("a field is a list of keys and positions")
    return tuple(json)
