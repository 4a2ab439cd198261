"""What the runs of a model come to, as queries, orders and columns take it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from modeltui.domain.call import Cost
from modeltui.domain.catalog import Catalog
from modeltui.domain.model import Model
from modeltui.domain.money import CREDITS, USD
from modeltui.domain.price import cost_text
from modeltui.domain.run_stats import RunStats
from modeltui.domain.units import Units

_MICRO: Final = Decimal("0.000001")
_CENT: Final = Decimal("0.01")
_LARGE: Final = 15
"""Digits before the point of an amount that is not rounded any more."""
_MINUTE, _HOUR, _DAY, _MONTH, _YEAR = 60, 3_600, 86_400, 30 * 86_400, 365 * 86_400


def runs_of(model: Model, catalog: Catalog) -> RunStats | None:
    """The statistics of a model; None where no run of it ever ended."""
    found = catalog.runs.get(model.uid or model.key)
    return found if found is not None and found.total else None


def local(moment: datetime, catalog: Catalog) -> datetime:
    """A moment in the time zone of the reader."""
    zone = catalog.as_of.tzinfo if catalog.as_of else None
    return moment.astimezone(zone) if zone is not None and moment.tzinfo is not None else moment


def success_of(stats: RunStats) -> float | None:
    """Percent with one decimal, rounded down: 100 is said only where all succeeded."""
    share = stats.success
    return None if share is None else math.floor(share * 10) / 10


def amounts_of(spend: Mapping[str, Decimal], units: Units) -> dict[str, Decimal]:
    """Amounts by currency, as USD where the catalogue says what they are worth."""
    found: dict[str, Decimal] = {}
    for name, amount in spend.items():
        currency = name or CREDITS
        usd = units.in_usd(Cost(amount, currency))
        currency, value = (currency, amount) if usd is None else (USD, usd)
        found[currency] = found.get(currency, Decimal(0)) + value
    return {currency: _to_micro(amount) for currency, amount in found.items()}


def spend_of(stats: RunStats, units: Units) -> tuple[Decimal, str] | None:
    """The spend as one amount, with its currency: USD, else the only one; None where it cannot be one amount."""
    amounts = amounts_of(stats.spend, units)
    if not amounts:
        return Decimal(0), USD
    if USD in amounts:
        return amounts[USD], USD
    return next(((amount, currency) for currency, amount in amounts.items()), None) if len(amounts) == 1 else None


def spend_text(spend: Mapping[str, Decimal], units: Units) -> str:
    """`$1.24`, `60`, `$1.24 + 3 EUR`; empty where nothing was spent."""
    amounts = amounts_of(spend, units)
    return " + ".join(cost_text(_readable(amounts[name], name), name) for name in sorted(amounts) if amounts[name])


def success_text(stats: RunStats) -> str:
    share = success_of(stats)
    return "" if share is None else f"{math.floor(share)} %"


def seconds_text(seconds: float | None) -> str:
    """`2.1s`, `90s`; empty for None."""
    if seconds is None:
        return ""
    return f"{seconds:.1f}s" if seconds < 10 else f"{seconds:.0f}s"


def trend_text(stats: RunStats) -> str:
    """A sparkline: a high mark for each run that succeeded, a low one for each that failed, the newest last."""
    return "".join("█" if is_good else "▁" for is_good in stats.trend)


def trend_digits(stats: RunStats) -> str | None:
    """The same as `1` and `0`, as a query and JSON have it; None where there is none."""
    return "".join("1" if is_good else "0" for is_good in stats.trend) or None


def age_text(moment: datetime, now: datetime | None) -> str:
    """How long ago, in one unit of a query: `5m`, `3h`, `2d`, `4mo`. The day where it is not known what time it is."""
    if now is None or (now.tzinfo is None) != (moment.tzinfo is None):
        return moment.date().isoformat()
    seconds = int((now - moment).total_seconds())
    if seconds < _MINUTE:
        return "now"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE}m"
    if seconds < _DAY:
        return f"{seconds // _HOUR}h"
    if seconds < 3 * _MONTH:
        return f"{seconds // _DAY}d"
    return f"{seconds // _MONTH}mo" if seconds < 2 * _YEAR else f"{seconds // _YEAR}y"


def _to_micro(amount: Decimal) -> Decimal:
    if amount == amount.to_integral_value():
        return amount.to_integral_value()
    return amount if amount.adjusted() > _LARGE else amount.quantize(_MICRO).normalize()


def _readable(amount: Decimal, currency: str) -> Decimal:
    """Two decimals, of less than 1 two digits that say something; `$0.10`, and 0.1 of others."""
    if amount == amount.to_integral_value() or amount.adjusted() > _LARGE:
        return amount
    found = amount.quantize(Decimal(1).scaleb(min(-2, amount.adjusted() - 1))).normalize()
    return found.quantize(_CENT) if currency == USD and found.as_tuple().exponent == -1 else found
