"""JSON that the user hands in, a document or a line; a mistake is a sentence, never a crash."""

from __future__ import annotations

import json
import math
from typing import Any, Final

from modeltui.domain.json_text import no_constant
from modeltui.errors import UsageError

_LONGEST: Final = 8 << 20
"""Bytes, or characters."""


def parse_json_object(content: bytes | str) -> dict[str, Any]:
    """Strict JSON: no NaN, no number beyond what a float holds. Raises UsageError, also for anything but an object."""
    if len(content) > _LONGEST:
        raise UsageError(f"longer than {_LONGEST} bytes")
    try:
        value = json.loads(content, parse_constant=no_constant, parse_float=_finite)
    except RecursionError as error:
        raise UsageError("not JSON: nested too deeply") from error
    except ValueError as error:
        raise UsageError(f"not JSON: {error}") from error
    if not isinstance(value, dict):
        raise UsageError("not a JSON object")
    return value


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is too large a number")
    return number
