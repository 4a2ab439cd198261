"""JSON that is safe to look at: what could steer a terminal or hide is written as `\\uXXXX`, which means the same."""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from typing import Any, Final, NoReturn

from modeltui.domain.text import safe

_DOUBTFUL: Final = r"[^\x00-\x7e]"


def json_line(value: Any, *, ascii_only: bool = False) -> str:
    """One line; ASCII only where asked, else text of any language as it is."""
    return _checked(_encoder(ascii_only).encode(value))


def json_pretty(value: Any, *, ascii_only: bool = False) -> str:
    """The same over several lines, indented."""
    return _checked(json.dumps(value, ensure_ascii=ascii_only, allow_nan=False, indent=2))


def no_constant(name: str) -> NoReturn:
    """What `json.loads` is to do with NaN and Infinity, which are no JSON. Raises ValueError."""
    raise ValueError(f"{name} is not a number in JSON")


@cache
def _encoder(ascii_only: bool) -> json.JSONEncoder:
    """One for all lines: `json.dumps` makes one for each."""
    return json.JSONEncoder(ensure_ascii=ascii_only, allow_nan=False)


def _checked(text: str) -> str:
    return text if text.isascii() and "\x7f" not in text else re.sub(_DOUBTFUL, _escaped, text)


def _escaped(match: re.Match[str]) -> str:
    return _of_character(match[0])


@lru_cache(maxsize=4096)
def _of_character(character: str) -> str:
    return character if safe(character) == character else json.dumps(character)[1:-1]
