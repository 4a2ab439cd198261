"""An amount of money written as text, such as `"2.5"`."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Final

LONGEST: Final = 40
"""Characters; and digits before or after the point, so that `1e999999999` never becomes a text of a gigabyte."""


def price_of(text: str) -> Decimal | None:
    """None for what is no amount, or one that nothing costs."""
    if len(text) > LONGEST:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount.adjusted()) < LONGEST else None
