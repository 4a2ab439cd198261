"""Fields of a parsed TOML document: their paths, their values, and what differs."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from enum import Enum
from typing import Any, Final, Literal, TypeAlias

from modeltui.errors import UsageError

FieldPath: TypeAlias = tuple[str | int, ...]
"""Keys and list positions from the top of the document, as in `("poll", "interval_s")`."""

Document: TypeAlias = Mapping[str, Any]
"""A parsed TOML file. Treated as frozen: change it only through the queue."""

Value: TypeAlias = Any
"""str, int, float, bool, date, datetime, time, list or dict: what TOML holds."""


class _Absent(Enum):
    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent.ABSENT
"""The value of a field that is not in the file."""

Absent: TypeAlias = Literal[_Absent.ABSENT]

_MISSING: Final = object()
_COMPARED_PLAINLY: Final = frozenset((str, bool, int, date, time))

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_PART: Final = r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*(\.|$)"""


def parse_field(text: str) -> FieldPath:
    """`poll.interval_s` or `cost.multipliers.resolution."1080p"` as a path. Raises UsageError."""
    parts: list[str] = []
    position, pattern = 0, re.compile(_PART)
    while True:
        match = pattern.match(text, position)
        if match is None:
            raise UsageError(f"{text!r} is not a field", hint="write a field as name or table.name")
        quoted, literal, bare, dot = match.groups()
        parts.append(_unquoted(quoted) if quoted is not None else literal if literal is not None else bare)
        if not dot:
            return tuple(parts)
        position = match.end()


def _unquoted(text: str) -> str:
    try:
        value: str = json.loads(f'"{text}"')
    except ValueError as error:
        raise UsageError(f'"{text}" is not a quoted key', hint=r'escape as in "a \"b\" c"') from error
    return value


def format_field(path: FieldPath) -> str:
    """A path as a person writes it: the inverse of `parse_field` for paths without positions."""
    return ".".join(
        str(part) if isinstance(part, int) or _BARE.fullmatch(part) else json.dumps(part, ensure_ascii=False)
        for part in path
    )


def get(document: Document, path: FieldPath) -> Value | Absent:
    """The value at `path`, or ABSENT."""
    value: Any = document
    for part in path:
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, list) and isinstance(part, int) and 0 <= part < len(value):
            value = value[part]
        else:
            return ABSENT
    return value


def with_value(document: Document, path: FieldPath, value: Value | Absent) -> dict[str, Any]:
    """A copy of `document` with `value` at `path`; ABSENT removes. Tables on the way are made as needed."""
    result: dict[str, Any] = _replaced(document, path, value)
    return result


def _replaced(node: Any, path: FieldPath, value: Value | Absent) -> Any:
    head, rest = path[0], path[1:]
    if isinstance(node, list):
        if not isinstance(head, int) or not 0 <= head < len(node):
            raise UsageError(f"no element {head!r} in a list of {len(node)}")
        items = list(node)
        if rest:
            items[head] = _replaced(items[head], rest, value)
        elif value is ABSENT:
            del items[head]
        else:
            items[head] = value
        return items
    if not isinstance(node, Mapping) or not isinstance(head, str):
        raise UsageError(f"{format_field(path)} is not inside a table")
    table = dict(node)
    if rest:
        if head in table or value is not ABSENT:
            table[head] = _replaced(table.get(head, {}), rest, value)
    elif value is ABSENT:
        table.pop(head, None)
    else:
        table[head] = value
    return table


def same(left: Value | Absent, right: Value | Absent) -> bool:
    """Equal in type and value: `true` is not 1, 1 is not 1.0, and the order of keys does not count."""
    if left is right:
        return True
    kind = type(left)
    if kind is type(right):
        if kind in _COMPARED_PLAINLY:
            return bool(left == right)
        if kind is dict:
            return _is_same_table(left, right)
        if kind is list:
            return _is_same_list(left, right)
    return _is_same_value(left, right)


def _is_same_table(left: Any, right: Any) -> bool:
    """As `same`, for the kind of table that a parser makes: whole files are compared by the thousand."""
    if len(left) != len(right):
        return False
    for key, value in left.items():
        other = right.get(key, _MISSING)
        if value is other:
            continue
        if type(value) is str and type(other) is str:
            if value != other:
                return False
        elif other is _MISSING or not same(value, other):
            return False
    return True


def _is_same_list(left: Any, right: Any) -> bool:
    return len(left) == len(right) and all(map(same, left, right))


def _is_same_value(left: Value | Absent, right: Value | Absent) -> bool:
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return _is_same_list(left, right)
    if isinstance(left, float) and isinstance(right, float):
        return repr(left) == repr(right)
    if isinstance(left, datetime) and isinstance(right, datetime):
        return left.isoformat() == right.isoformat()
    return type(left) is type(right) and bool(left == right)


def differences(
    old: Document, new: Document, at: FieldPath = ()
) -> Iterator[tuple[FieldPath, Value | Absent, Value | Absent]]:
    """Each field that differs as (path, old, new): tables are entered, lists are compared whole."""
    for key in dict.fromkeys((*old, *new)):
        before, after = old.get(key, ABSENT), new.get(key, ABSENT)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from differences(before, after, (*at, key))
        elif not same(before, after):
            yield (*at, key), before, after


def plain(value: Value | Absent) -> Any:
    """A TOML value as JSON knows it: dates as ISO text, ABSENT and what is not a number as null or text."""
    if value is ABSENT:
        return None
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def shown(value: Value | Absent) -> str:
    """A value on one line, in TOML's own notation; `–` where absent. Not yet safe for a terminal."""
    if value is ABSENT:
        return "–"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list | tuple):
        return f"[{', '.join(shown(item) for item in value)}]"
    if isinstance(value, Mapping):
        inner = ", ".join(f"{format_field((key,))} = {shown(item)}" for key, item in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    return value.isoformat() if isinstance(value, date | time) else str(value)
