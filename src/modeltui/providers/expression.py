"""JMESPath over a provider's answer, within limits that no expression of a file can break."""

from __future__ import annotations

import json
from typing import Any

from jmespath.exceptions import JMESPathError
from jmespath.parser import ParsedResult

from modeltui.domain.expressions import LONGEST_EXPRESSION, Fault, parsed
from modeltui.errors import InvalidValueError, ProviderError


def compiled(expression: str) -> ParsedResult:
    """Raises InvalidValueError for what `check` finds wrong with it."""
    found = parsed(expression)
    if isinstance(found, Fault):
        shown = repr(expression) if len(expression) <= LONGEST_EXPRESSION else "a JMESPath"
        raise InvalidValueError(f"{shown} {found.says}", hint=found.hint)
    return found


def search(expression: str, data: Any) -> Any:
    """What `expression` finds in `data`; None where nothing is. Raises ProviderError where it cannot be worked out."""
    try:
        return compiled(expression).search(data)
    except (JMESPathError, RecursionError, TypeError, ValueError, OverflowError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ProviderError(
            f"{expression!r} does not fit the provider's answer: {reason}",
            hint="compare the answer with the model file's [poll] and [result]",
        ) from error


def as_text(value: Any) -> str:
    """A found value as the lists of a file write it: 2 is "2", true is "true", nothing is ""."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "(nested too deeply)"


def is_set(value: Any) -> bool:
    """Truth as JMESPath has it: false, null and what is empty are not set; 0 is."""
    return not (value is None or value is False or value in ("", [], {}))
