"""Money of a catalogue: what a credit is worth, and what users pay for what a run costs us."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from msgspec import Struct, field

from modeltui.domain.call import Cost
from modeltui.domain.document import Document
from modeltui.domain.document import shown as shown_value
from modeltui.domain.file_paths import SETTINGS
from modeltui.domain.finding import Finding
from modeltui.domain.money import CREDITS, USD
from modeltui.domain.price import price_of
from modeltui.domain.schema.fatal import version_fault

_SHOWN: Final = Decimal("0.000001")
_STATED: Final = ("units.margin", "units.credits_per_usd")


class Units(Struct, frozen=True):
    """`[units]` of catalog.toml. `[cost]` of a model is what a run costs *us*; a user pays that times the margin."""

    credits_per_usd: Decimal | None = None
    margin: Decimal | None = Decimal(1)
    """None where it is not known."""
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    """US dollars for one unit of another currency."""
    problem: str | None = None
    """Why margin or credits are not known, with file and line; None where they are, or are left out."""

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

    def charged(self, cost: Cost) -> Cost | None:
        """What a user pays for a run that costs us `cost`, in its currency; None where the margin is not known."""
        return None if self.margin is None else Cost(cost.amount * self.margin, cost.currency)


NO_UNITS: Final = Units()
"""Nothing is worth anything else."""


def units_of(settings: Document, fault: Finding | None = None) -> Units:
    """Of a parsed catalog.toml. A rate that cannot be read counts as not there: `check` names it.

    fault: why the file as a whole cannot be used, or what `settings_fault` finds with its line.
    """
    fault = fault or units_fault(settings)
    if fault is not None and fault.field not in _STATED:
        return Units(margin=None, problem=f"{fault.where}: {fault.message}; margin and credits are not known")
    table = settings.get("units")
    units: Mapping[str, Any] = table if isinstance(table, Mapping) else {}
    stated = units.get("rates")
    rates = {
        str(name).upper(): rate
        for name, text in (stated.items() if isinstance(stated, Mapping) else ())
        if (rate := _positive(text)) is not None
    }
    margin = _positive(units["margin"]) if "margin" in units else Decimal(1)
    credits_per_usd = _positive(units.get("credits_per_usd"))
    if fault is None:
        return Units(credits_per_usd, margin, rates)
    if margin is not None:
        lost = "what a credit is worth is"
    else:
        is_alone = "credits_per_usd" not in units or credits_per_usd is not None
        lost = "the margin is" if is_alone else "margin and credits are"
    return Units(credits_per_usd, margin, rates, f"{fault.where}: {fault.message}; {lost} not known")


def shown(amount: Decimal) -> Decimal:
    """Rounded half up to 6 decimals, without zeros behind."""
    rounded = amount.quantize(_SHOWN, rounding=ROUND_HALF_UP)
    whole = rounded.to_integral_value()
    return whole.quantize(Decimal(1)) if rounded == whole else rounded.normalize()


def settings_fault(settings: Document) -> Finding | None:
    """Why a parsed catalog.toml does not say what to charge; None where it does."""
    return version_fault(SETTINGS, settings) or units_fault(settings)


def units_fault(settings: Document) -> Finding | None:
    """What of `[units]` is stated and cannot be read: then it is not known what to charge."""
    units = settings.get("units", {})
    for name in ("margin", "credits_per_usd") if isinstance(units, Mapping) else ():
        if name in units and _positive(units[name]) is None:
            said = f"`units.{name}` is {shown_value(units[name])[:60]}, expected a decimal above 0"
            return Finding("bad-value", "error", said, SETTINGS, field=f"units.{name}", hint='such as "1.32"')
    if isinstance(units, Mapping):
        return None
    return Finding("wrong-type", "error", "`units` is no table", SETTINGS, field="units")


def _positive(text: Any) -> Decimal | None:
    amount = price_of(text) if isinstance(text, str) else None
    return amount if amount is not None and amount > 0 else None
