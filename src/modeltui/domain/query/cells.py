"""What a value is compared as: folded words and numbers for `field:value`, plain scalars for `field<value`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeAlias

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
_MONTH: Final = len("2026-01")

Token: TypeAlias = str | Decimal
"""A folded text, or a number (which equals any other way to write it)."""


def folded(text: str) -> str:
    """What free text is compared as: case aside, on one line."""
    return text.casefold().replace("\n", " ")


def tokens(value: Any) -> tuple[Token, ...]:
    """All that a value may equal: a list each of its elements, a table each key that is not switched off."""
    return tuple(_tokens(value))


def scalars(value: Any) -> tuple[Any, ...]:
    """The parts of a value that have an order: numbers and days (also those written as text), dates and moments."""
    if isinstance(value, list | tuple):
        return tuple(part for item in value for part in scalars(item))
    if isinstance(value, str):
        number = number_of(value)
        part = day_of(value) if number is None else number
        return () if part is None else (part,)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | date):
        return ()
    return () if isinstance(value, float) and value != value else (value,)  # noqa: PLR0124  # not a number


def number_of(text: str) -> Decimal | None:
    """`2.5` or `100_000` as a number; None where it is none."""
    try:
        number = Decimal(text.replace("_", "")) if text[:1] in "+-.0123456789" else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None


def day_of(text: str) -> date | None:
    """`2026-01-31` as that day and `2026-01` as the first of the month; None where it is neither."""
    if _DAY.fullmatch(text) is None:
        return None
    try:
        return date.fromisoformat(text if len(text) > _MONTH else f"{text}-01")
    except ValueError:
        return None


def _tokens(value: Any) -> Iterator[Token]:
    if isinstance(value, str):
        yield value.casefold()
    elif isinstance(value, bool):
        yield from ("yes", "true") if value else ("no", "false")
    elif isinstance(value, int | float | Decimal):
        yield str(value).casefold()
        if (number := number_of(str(value))) is not None:
            yield number
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _tokens(item)
    elif isinstance(value, Mapping):
        yield from (key.casefold() for key, item in value.items() if item is not False)
    elif value is not None:
        yield value.isoformat().casefold()
        if isinstance(value, datetime):
            yield value.date().isoformat()
