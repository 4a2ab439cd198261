"""A value as bytes, to know it again: most files of a catalogue say the same of many things."""

from __future__ import annotations

import marshal
from typing import Any, Final

_PLAIN: Final = 2
"""The format of marshal without shared and interned parts: equal bytes are equal values, types and order of keys."""


def bytes_of(value: Any) -> bytes | None:
    """Of TOML values: the same bytes for the same value only (`1` is not `1.0`). None for one that holds a date."""
    try:
        return marshal.dumps(value, _PLAIN)
    except ValueError:
        return None


def value_of(content: bytes) -> Any:
    """What `bytes_of` was given in this process. Never of bytes from elsewhere."""
    return marshal.loads(content)  # noqa: S302  # our own bytes, a moment old
