"""Whether a value fits an input: each input is compiled once into a function that says what is wrong."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any, Final, TypeAlias

from msgspec.structs import replace

from modeltui.domain.inputs.specs import InputSpec
from modeltui.domain.text import safe

Check: TypeAlias = Callable[[Any], str | None]
"""What is wrong with a value, as "must be …", or None. Never raises on what JSON can hold."""

_URL: Final = re.compile(r"\s*(?:https?://[^\s/]|data:)", re.IGNORECASE)
_HALF_SIGN: Final = "must not hold half of a character (a lone surrogate)"


def is_number(value: Any) -> bool:
    """As JSON Schema has it: `true` is not a number. What is not finite is none either."""
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))


def is_integer(value: Any) -> bool:
    """As JSON Schema has it: 1.0 is an integer, `true` is not."""
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())


def equal(left: Any, right: Any) -> bool:
    """Equal as JSON has it: 1 is 1.0, and `true` is not 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(equal, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equal(left[key], right[key]) for key in left)
    return bool(left == right)


def is_blank(text: str) -> bool:
    return not text or text.isspace()


def is_sendable(value: Any) -> bool:
    """Whether all text in it can be written as UTF-8: JSON may hold half of a surrogate pair, a request may not."""
    if isinstance(value, str):
        return value.isascii() or _is_utf8(value)
    left = [value] if isinstance(value, list | dict) else []
    while left:
        part = left.pop()
        if isinstance(part, str):
            if not (part.isascii() or _is_utf8(part)):
                return False
        elif isinstance(part, dict):
            left += part
            left += part.values()
        elif isinstance(part, list):
            left += part
    return True


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def written(value: Any) -> str:
    """A value in a message or as the key of a table: text as it is, all else as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, ensure_ascii=False, default=str)


def checker(spec: InputSpec) -> Check:
    """The check of one input, with all its bounds."""
    return unchosen(spec) if spec.enum is None else _enum_check(spec.enum)


def unchosen(spec: InputSpec) -> Check:
    """The check of one input with all its bounds, whatever its choices."""
    return _CHECKS["string" if spec.is_media else spec.type](spec)


def _enum_check(enum: tuple[Any, ...]) -> Check:
    texts = frozenset(value for value in enum if isinstance(value, str))

    def check(value: Any) -> str | None:
        fits = value in texts if isinstance(value, str) else any(equal(value, allowed) for allowed in enum)
        return None if fits else message()

    def message() -> str:
        return "must be " + ("one of " if len(enum) > 1 else "") + ", ".join(_quoted(value) for value in enum)

    return check


def _quoted(value: Any) -> str:
    return '""' if value == "" else written(value)


def _text_check(spec: InputSpec) -> Check:
    least, most, not_blank = spec.min_length or 0, spec.max_length, spec.not_blank
    kind = f"must be the URL of {_a(spec.type)}" if spec.is_media else "must be text"

    def check(value: Any) -> str | None:
        if not isinstance(value, str):
            return None if spec.also_integer and is_integer(value) else kind
        if not value.isascii() and not _is_utf8(value):
            return _HALF_SIGN
        if not_blank and is_blank(value):
            return "must not be blank"
        if len(value) < least:
            return f"must have at least {least} characters (has {len(value)})"
        if most is not None and len(value) > most:
            return f"must have at most {most} characters (has {len(value)})"
        return None

    return _media_check(spec, check) if spec.is_media else check


def _media_check(spec: InputSpec, text_check: Check) -> Check:
    """A path would go to the provider as it is. Blank text stays: it may stand for nothing."""
    message = f"must be the URL of {_a(spec.type)} (https://… or data:…); --upload {spec.name}=FILE sends a file"

    def check(value: Any) -> str | None:
        problem = text_check(value)
        if problem is not None or not isinstance(value, str) or _URL.match(value) is not None or is_blank(value):
            return problem
        return message

    return check


def _a(word: str) -> str:
    return f"{'an' if word[0] in 'ai' else 'a'} {word}"


def _number_check(spec: InputSpec) -> Check:
    fits, kind = (is_integer, "must be a whole number") if spec.type == "integer" else (is_number, "must be a number")
    low, high, multiple = spec.minimum, spec.maximum, spec.multiple_of

    def check(value: Any) -> str | None:
        if not fits(value):
            return kind
        if low is not None and value < low:
            return f"must be at least {low}"
        if high is not None and value > high:
            return f"must be at most {high}"
        if multiple is not None and not _is_multiple(value, multiple):
            return f"must be a multiple of {multiple}"
        return None

    return check


def _is_multiple(value: int | float, of: int | float) -> bool:
    """Of whole numbers by their value, however written; of others as they are written: 0.3 is three times 0.1."""
    if is_integer(value) and is_integer(of):
        return int(value) % int(of) == 0
    return (_as_written(value) / _as_written(of)).denominator == 1


def _as_written(number: int | float) -> Fraction:
    return Fraction(number) if isinstance(number, int) else Fraction(str(number))


def _boolean_check(_spec: InputSpec) -> Check:
    return lambda value: None if isinstance(value, bool) else "must be true or false"


def _array_check(spec: InputSpec) -> Check:
    least, most = spec.min_items or 0, spec.max_items
    of_item = checker(replace(spec.items, name=spec.name)) if spec.items is not None else None

    def check(value: Any) -> str | None:
        if not isinstance(value, list):
            return "must be a list"
        if len(value) < least:
            return f"must hold at least {least} (holds {len(value)})"
        if most is not None and len(value) > most:
            return f"must hold at most {most} (holds {len(value)})"
        if of_item is None:
            return None if is_sendable(value) else _HALF_SIGN
        for position, item in enumerate(value, 1):
            if (message := of_item(item)) is not None:
                return f"item {position} {message}"
        return None

    return check


def _object_check(spec: InputSpec) -> Check:
    if spec.fields is None:
        return _open_object_check
    checks = {part.name: checker(part) for part in spec.fields}
    needed = tuple(part.name for part in spec.fields if part.required)

    def check(value: Any) -> str | None:
        if not isinstance(value, dict):
            return "must be an object"
        for name in needed:
            if name not in value:
                return f"needs {name}"
        for name, part in value.items():
            if name not in checks:
                return f"has no {safe(name)}; it takes {', '.join(checks)}"
            if (message := checks[name](part)) is not None:
                return f"{name} {message}"
        return None

    return check


def _open_object_check(value: Any) -> str | None:
    if not isinstance(value, dict):
        return "must be an object"
    return None if is_sendable(value) else _HALF_SIGN


_CHECKS: dict[str, Callable[[InputSpec], Check]] = {
    "string": _text_check,
    "integer": _number_check,
    "number": _number_check,
    "boolean": _boolean_check,
    "array": _array_check,
    "object": _object_check,
}
