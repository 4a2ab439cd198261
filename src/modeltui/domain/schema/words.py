"""What a value is called, and what a misspelled name was perhaps meant to be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any, Final

_LONGEST_NAME: Final = 60
_NAMES: Final[dict[type, str]] = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    date: "a day",
    datetime: "a date and time",
    time: "a time",
    list: "a list",
    dict: "a table",
}


def type_name(value: Any) -> str:
    """What a value is, in words: `text`, `a whole number`, `true or false`."""
    return _NAMES.get(type(value), "a table" if isinstance(value, Mapping) else type(value).__name__)


def did_you_mean(text: str, names: Iterable[str]) -> str | None:
    """A question that names the nearest of `names`; None where none is near."""
    near = nearest_name(text, names)
    return f"did you mean `{near}`?" if near is not None else None


def nearest_name(text: str, names: Iterable[str]) -> str | None:
    from difflib import get_close_matches  # noqa: PLC0415  # wanted only where something is wrong

    if len(text) > _LONGEST_NAME:
        return None
    folded = {name.casefold(): name for name in names}
    near = get_close_matches(text.casefold(), folded, 1, 0.7)
    return folded[near[0]] if near else None
