"""An amount of money: as text of a file, such as `"2.5"`, and as people read it."""

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


def cost_text(amount: Decimal | None, currency: str | None) -> str:
    """`60` for credits, `$0.04` for dollars, else `0.04 EUR`."""
    if amount is None:
        return ""
    number = f"{amount:f}"
    if currency in (None, "credits"):
        return number
    return f"${number}" if currency == "USD" else f"{number} {currency}"
