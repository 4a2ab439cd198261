"""The fast parser, for the texts of which it is known to give what tomli gives. It never words an error: tomli does.

What sends a text to tomli was found by comparing both on millions of texts, see docs/adr/0010-summary-cache.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import cache, lru_cache
from types import TracebackType
from typing import Any, Final, TypeAlias

_Loads: TypeAlias = Callable[[str], dict[str, Any]]

_LINE_END_AFTER_EQUALS: Final = re.compile(r"=[ \t]*+[\r\n#]")
_LINE_END_BEFORE_EQUALS: Final = re.compile(r"\n[ \t]*+=")
"""Which the fast one takes in an inline table. Two: each begins with a letter, which is found five times as fast."""
_TABLES_BELOW: Final = re.compile(r"\[\[[^\n]*\.")
_DOTTED_KEY: Final = re.compile(r"^(?![ \t]*[\#\[])[^\n=]*\.", re.MULTILINE)
"""Which the fast one lets reach into an array of tables below the table that the key stands in."""
_LONG_NUMBER: Final = re.compile(r"[0-9_]{4000}")
"""Which Python would not turn back into text."""
_HEADER: Final = re.compile(r"\n\[\[?([^\n\]]*)")
_INDENTED: Final = re.compile(r"\n[ \t]++\[")
_UNUSUAL: Final = re.compile(r"[^\w.\n-]", re.ASCII)
"""In a header: a name that can be written in two ways."""
_ZONE: Final = re.compile(r":\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:)")
"""What a moment with a time zone ends with. The fast one gives zones of a class of its own."""


def fast_loads(text: str) -> dict[str, Any] | None:
    """The data of a TOML text without a byte order mark; None where tomli is to be asked."""
    loads = _loader()
    if loads is None or _is_doubtful(text):
        return None
    with _Refused():
        found = loads(text)
        if _ZONE.search(text) is not None:
            _usual_zones(found)
        return found
    return None


def _is_doubtful(text: str) -> bool:
    return (
        text.startswith("\ufeff")
        or "\r" in text  # kept in a text of several lines, where tomli makes it a line's end
        or _LINE_END_AFTER_EQUALS.search(text) is not None
        or _LINE_END_BEFORE_EQUALS.search(text) is not None
        or (_TABLES_BELOW.search(text) is not None and _DOTTED_KEY.search(text) is not None)
        or _is_opened_late(text)
        or (len(text) > 4000 and _LONG_NUMBER.search(text) is not None)
    )


def _is_opened_late(text: str) -> bool:
    """Whether a table may stand below one of its own tables: the fast one then moves it behind those between them."""
    if _INDENTED.search(text) or text.startswith((" ", "\t")):
        return True
    return _is_any_opened_late("\n".join(_HEADER.findall(f"\n{text}")))


@lru_cache(64)
def _is_any_opened_late(names: str) -> bool:
    """Of the headers of a text, line by line: many texts have the same."""
    if _UNUSUAL.search(names):
        return True
    above: set[str] = set()
    for name in names.split("\n"):
        if name in above:
            return True
        while (name := name.rpartition(".")[0]) and name not in above:
            above.add(name)
    return False


def _usual_zones(value: Any) -> None:
    """Give every moment below the zone that tomli would have given it, in place."""
    for place, item in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(item, dict | list):
            _usual_zones(item)
        elif isinstance(item, datetime) and item.tzinfo is not None:
            value[place] = item.replace(tzinfo=_zone(item.utcoffset()))


def _zone(offset: timedelta | None) -> timezone:
    return timezone(offset) if offset else UTC


@cache
def _loader() -> _Loads | None:
    """None on a machine that it is not made for."""
    try:
        from rtoml import loads  # noqa: PLC0415  # 10 ms, wanted where many files are parsed
    except ImportError:
        return None
    return loads


class _Refused:
    """Lets pass what the parser may raise: that it refuses the text, or that it has failed (which is no Exception)."""

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        return kind is not None and (issubclass(kind, ValueError) or kind.__name__ == "PanicException")
