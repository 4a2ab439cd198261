"""Values, keys and tables as TOML text in our one form: double quotes, one blank on each side of `=`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, time
from functools import lru_cache
from typing import Any, Final, TypeGuard

from modeltui.domain.document import Value
from modeltui.errors import EditRefusedError

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SPECIAL: Final = r'[\x00-\x1f\x7f-\x9f\ud800-\udfff"\\]'
_SPECIAL_MULTILINE: Final = r'[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\\]|"(?=""|\Z)'
_SHORT: Final = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}

_NEVER_SECTIONS: Final = frozenset({str, bool, int, float})

INLINE_WIDTH: Final = 88
"""A list of tables that fits is one line; a longer one is written as `[[…]]` sections."""


def key(names: Iterable[str]) -> str:
    """`("a", "b c")` as `a."b c"`."""
    return ".".join(map(_part, names))


@lru_cache(1024)
def _part(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _basic(name)


def inline(value: Value) -> str:
    """A value on one line. Raises EditRefusedError for what TOML cannot hold."""
    if isinstance(value, str):
        return _basic(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):  # asked a million times, and a union is made each time
        return repr(value)
    if isinstance(value, date | time):
        return re.sub(r"\+00:00$", "Z", value.isoformat())
    if isinstance(value, list):
        return f"[{', '.join(map(inline, value))}]"
    if isinstance(value, Mapping):
        return f"{{ {', '.join(map(pair, value, value.values()))} }}" if value else "{}"
    raise EditRefusedError(f"TOML cannot hold {value!r}", hint="leave the field out to say that it has no value")


def pair(name: str, value: Value) -> str:
    return f"{_part(name)} = {inline(value)}"


def in_style_of(raw: bytes, value: Value) -> str:
    """A value as text like the one that it replaces: digits grouped as they were, text on as many lines."""
    if isinstance(value, int) and not isinstance(value, bool) and b"_" in raw and raw.strip(b"+-_0123456789") == b"":
        return f"{value:_}"
    if isinstance(value, str) and "\n" in value and raw[:3] in {b'"""', b"'''"}:
        return _multiline(value, "\r\n" if b"\r\n" in raw else "\n")
    return inline(value)


def is_section(value: Value) -> TypeGuard[Mapping[str, Any] | list[Mapping[str, Any]]]:
    """Does the value get headers of its own where there is room for them?"""
    if type(value) in _NEVER_SECTIONS:
        return False
    if isinstance(value, Mapping):
        return True
    is_tables = isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) for item in value)
    return is_tables and len(inline(value)) > INLINE_WIDTH


def section(names: tuple[str, ...], value: Mapping[str, Any] | list[Mapping[str, Any]]) -> list[str]:
    """The lines of `[names]`, or of one `[[names]]` for each item, with a blank line before each further header."""
    if isinstance(value, Mapping):
        return _table_lines(names, value, f"[{key(names)}]")
    return _spaced(_table_lines(names, item, f"[[{key(names)}]]", is_needed=True) for item in value)


def _table_lines(
    names: tuple[str, ...], table: Mapping[str, Any], header: str, *, is_needed: bool = False
) -> list[str]:
    """`is_needed`: the header stands even where all of the table have headers of their own."""
    own = [header]
    inner: list[list[str]] = []
    for name, value in table.items():
        if is_section(value):
            inner.append(section((*names, name), value))
        else:
            own.append(pair(name, value))
    return _spaced((own, *inner) if is_needed or len(own) > 1 or not table else inner)


def _spaced(blocks: Iterable[Iterable[str]]) -> list[str]:
    lines: list[str] = []
    for block in blocks:
        lines += ["", *block] if lines else block
    return lines


def _basic(text: str) -> str:
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return f'"{re.sub(_SPECIAL, _escape, text)}"'


def _multiline(text: str, line_end: str) -> str:
    return f'"""\n{re.sub(_SPECIAL_MULTILINE, _escape, text)}"""'.replace("\n", line_end)


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    if "\ud800" <= character <= "\udfff":
        raise EditRefusedError(
            "the text holds half a character", hint="type it anew: it came from bytes that are not UTF-8"
        )
    return _SHORT.get(character, f"\\u{ord(character):04x}")
