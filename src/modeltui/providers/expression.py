"""JMESPath over a provider's answer, within limits that no expression of a file can break."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from math import prod
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.parser import ParsedResult

from modeltui.errors import InvalidValueError, ProviderError

MAX_LENGTH = 300
_MAX_COPIES = 1_000
"""How often one value may be repeated by `[a, b]` and `{a: b}` inside each other."""


@lru_cache(maxsize=1024)
def compiled(expression: str) -> ParsedResult:
    """Raises InvalidValueError for what is no JMESPath, is too long, or could grow without bound."""
    if len(expression) > MAX_LENGTH:
        raise InvalidValueError(
            f"a JMESPath of {len(expression)} characters", hint=f"at most {MAX_LENGTH} are taken: select less at once"
        )
    try:
        parsed = jmespath.compile(expression)
        copies = prod(_copies(parsed.parsed))
    except (JMESPathError, RecursionError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InvalidValueError(
            f"{expression!r} is not a JMESPath: {reason}", hint="see https://jmespath.org/specification.html"
        ) from error
    if copies > _MAX_COPIES:
        raise InvalidValueError(f"{expression!r} repeats its value too often", hint="use fewer [a, b] and {a: b}")
    return parsed


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
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def is_set(value: Any) -> bool:
    """Truth as JMESPath has it: false, null and what is empty are not set; 0 is."""
    return not (value is None or value is False or value in ("", [], {}))


def _copies(node: Mapping[str, Any]) -> list[int]:
    own = [len(node["children"])] if node["type"] in ("multi_select_list", "multi_select_dict") else []
    return own + [count for child in node["children"] if isinstance(child, dict) for count in _copies(child)]
