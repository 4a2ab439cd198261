"""Cutting what is too long to be kept of a job."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

_LONGEST_TEXT: Final = 2_000
_CUT: Final = re.compile(r"… \([0-9,]+ characters\)")


def shortened(value: Any) -> Any:
    """The value with long texts, such as pictures as data URLs, cut to what they begin with."""
    if isinstance(value, Mapping):
        return {key: shortened(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [shortened(item) for item in value]
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        return f"{value[:80]}… ({len(value):,} characters)"
    return value


def is_cut(value: Any) -> bool:
    """Whether something of a value was cut by `shortened`."""
    if isinstance(value, Mapping):
        return any(map(is_cut, value.values()))
    if isinstance(value, list | tuple):
        return any(map(is_cut, value))
    return isinstance(value, str) and _CUT.fullmatch(value, 80) is not None
