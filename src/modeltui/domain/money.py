"""Costs added up by currency, and as text. What they are in another currency, `domain.units` says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from modeltui.domain.call import Cost
from modeltui.domain.price import price_of
from modeltui.errors import UsageError

CREDITS: Final = "credits"
USD: Final = "USD"
_KNOWN: Final = {"credit": CREDITS, CREDITS: CREDITS, "usd": USD, "$": USD}


def added_up(costs: Iterable[Cost | None]) -> dict[str, Decimal]:
    """By currency, credits first."""
    totals: dict[str, Decimal] = {}
    for cost in costs:
        if cost is not None:
            totals[cost.currency] = totals.get(cost.currency, Decimal(0)) + cost.amount
    return dict(sorted(totals.items(), key=lambda total: (total[0] != CREDITS, total[0])))


def amount_text(amount: Decimal, currency: str) -> str:
    """`1 credit`, `28.5 credits`, `$0.04`, `3 EUR`; at most four decimals."""
    number = f"{_shortened(amount):f}"
    if currency == CREDITS:
        return f"{number} credit{'' if amount == 1 else 's'}"
    return f"${number}" if currency == USD else f"{number} {currency}"


def cost_data(cost: Cost | None) -> dict[str, str] | None:
    """As JSON has it."""
    return None if cost is None else {"amount": f"{cost.amount:f}", "currency": cost.currency}


def totals_text(totals: Mapping[str, Decimal]) -> str:
    """`40 credits + $1.2`; `nothing` where there is no cost."""
    return " + ".join(amount_text(amount, name) for name, amount in totals.items() if amount) or "nothing"


def parse_budget(text: str) -> Cost:
    """`40`, `40credits`, `2.50 USD`, `$2.50`: without a currency, credits. Raises UsageError."""
    stripped = text.strip()
    number = stripped.lstrip("$").rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ")
    unit = stripped.replace(number, "", 1).strip() if number else ""
    amount = price_of(number.strip())
    if amount is None or amount < 0:
        raise UsageError(f"{text!r} is no budget", hint="such as 40credits or 2.50USD")
    if not unit:
        return Cost(amount, CREDITS)
    currency = _KNOWN.get(unit.casefold(), unit.upper() if len(unit) == 3 else "")
    if not currency:
        raise UsageError(f"{unit!r} is no currency", hint="credits, USD, or another code of three letters")
    return Cost(amount, currency)


def _shortened(amount: Decimal) -> Decimal:
    rounded = round(amount, 4)
    return rounded.normalize() if rounded else amount.normalize()
