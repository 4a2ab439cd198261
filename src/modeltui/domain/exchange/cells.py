"""Values as the cells of a table, and back: exact, and no cell starts a formula."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, time
from typing import Any, Final

import tomli

from modeltui.domain.document import ABSENT, Absent, FieldPath, Value, format_field
from modeltui.domain.fields import describe
from modeltui.domain.json_text import json_line
from modeltui.domain.text import safe
from modeltui.domain.value_codec import decoded, encoded
from modeltui.errors import InvalidValueError

_FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_PLAIN_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")
_LONGEST_SCALAR: Final = 1100


def cell(at: FieldPath, value: Value | Absent) -> str:
    """A value as one cell: text as it is where that is plain, lists and tables as JSON; empty where absent."""
    return _disarmed(_written(at, value))


def value_of(at: FieldPath, text: str) -> Value:
    """What a cell that is not empty says, by the declared type of its field. Raises InvalidValueError."""
    text = _armed(text)
    shape = describe(at)
    declared = "any" if shape is None else shape.type
    if declared == "text":
        return _quoted(at, text) if text.startswith('"') else text
    if declared == "boolean" and text.casefold() in ("true", "false"):
        return text.casefold() == "true"
    if text[:1] in ('"', "[", "{"):
        return _quoted(at, text)
    value = _toml_scalar(text)
    return text if value is ABSENT else value


def _written(at: FieldPath, value: Value | Absent) -> str:
    if value is ABSENT:
        return ""
    if isinstance(value, str):
        return value if _is_plain(at, value) else json_line(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return value.isoformat() if isinstance(value, date | time) else json_line(encoded(value))


def _is_plain(at: FieldPath, text: str) -> bool:
    """Whether a text can stand in a cell as it is, to be read as that text again."""
    if not text or text.startswith('"') or safe(text) != text:
        return False
    shape = describe(at)
    if shape is not None and shape.type == "text":
        return True
    return text[:1] not in "[{" and text.casefold() not in ("true", "false") and _toml_scalar(text) is ABSENT


def _quoted(at: FieldPath, text: str) -> Value:
    try:
        value = decoded(json.loads(text))
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidValueError(
            f"`{format_field(at)}` begins like JSON and is none: {text[:40]}", hint='write ["a", "b"] or {"a": 1}'
        ) from error
    if not _is_held(value):
        raise InvalidValueError(f"`{format_field(at)}` holds what TOML has not")
    return value


def _is_held(value: Value | Absent) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value is not ABSENT and all(map(_is_held, inner))


def _toml_scalar(text: str) -> Value | Absent:
    """A number, switch, date or time; ABSENT for any other text."""
    if len(text) > _LONGEST_SCALAR or text[:1] in "\"'[{#" or "\n" in text:
        return ABSENT
    try:
        found: dict[str, Any] = tomli.loads(f"value = {text}\n")
    except (ValueError, RecursionError):
        return ABSENT
    value = found.get("value", ABSENT) if found.keys() == {"value"} else ABSENT
    return value if isinstance(value, bool | int | float | date | datetime | time) else ABSENT


def _disarmed(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) and not _PLAIN_NUMBER.fullmatch(text) else text


def _armed(text: str) -> str:
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
