"""Money of a catalogue: what a credit is worth, and what users pay for what a run costs us."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from msgspec import Struct, field

from modeltui.domain.call import Cost
from modeltui.domain.document import Document
from modeltui.domain.money import CREDITS, USD
from modeltui.domain.price import price_of

_SHOWN: Final = Decimal("0.000001")


class Units(Struct, frozen=True):
    """`[units]` of catalog.toml. `[cost]` of a model is what a run costs *us*; a user pays that times the margin."""

    credits_per_usd: Decimal | None = None
    margin: Decimal = Decimal(1)
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    """US dollars for one unit of another currency."""

    def in_usd(self, cost: Cost) -> Decimal | None:
        """None where nothing says what it would be. Multiplied exactly, divided to 28 digits; not rounded otherwise."""
        if cost.currency == USD:
            return cost.amount
        if cost.currency == CREDITS:
            return None if self.credits_per_usd is None else cost.amount / self.credits_per_usd
        rate = self.rates.get(cost.currency)
        return None if rate is None else cost.amount * rate

    def in_credits(self, cost: Cost) -> Decimal | None:
        """As `in_usd`."""
        return self.converted(cost, CREDITS)

    def converted(self, cost: Cost, currency: str) -> Decimal | None:
        """The amount in any currency, by way of US dollars. As `in_usd`."""
        if cost.currency == currency:
            return cost.amount
        usd = self.in_usd(cost)
        if usd is None or currency == USD:
            return usd
        if currency == CREDITS:
            return None if self.credits_per_usd is None else usd * self.credits_per_usd
        rate = self.rates.get(currency)
        return None if rate is None else usd / rate

    def total(self, totals: Mapping[str, Decimal], currency: str) -> Decimal | None:
        """All of it in one currency; None where a part cannot be converted."""
        amounts = [self.converted(Cost(amount, name), currency) for name, amount in totals.items()]
        known = [amount for amount in amounts if amount is not None]
        return sum(known, Decimal(0)) if len(known) == len(amounts) else None

    def charged(self, cost: Cost) -> Cost:
        """What a user pays for a run that costs us `cost`, in its currency."""
        return Cost(cost.amount * self.margin, cost.currency)


NO_UNITS: Final = Units()
"""Nothing is worth anything else."""


def units_of(settings: Document) -> Units:
    """Of a parsed catalog.toml. What cannot be read counts as not there: `check` names it."""
    table = settings.get("units")
    units: Mapping[str, Any] = table if isinstance(table, Mapping) else {}
    stated = units.get("rates")
    rates = {
        str(name).upper(): rate
        for name, text in (stated.items() if isinstance(stated, Mapping) else ())
        if (rate := _positive(text)) is not None
    }
    margin = _positive(units.get("margin"))
    return Units(_positive(units.get("credits_per_usd")), Decimal(1) if margin is None else margin, rates)


def shown(amount: Decimal) -> Decimal:
    """Rounded half up to 6 decimals, without zeros behind."""
    rounded = amount.quantize(_SHOWN, rounding=ROUND_HALF_UP)
    whole = rounded.to_integral_value()
    return whole.quantize(Decimal(1)) if rounded == whole else rounded.normalize()


def _positive(text: Any) -> Decimal | None:
    amount = price_of(text) if isinstance(text, str) else None
    return amount if amount is not None and amount > 0 else None
