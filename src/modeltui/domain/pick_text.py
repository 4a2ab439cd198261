"""How a pick is said in a line."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from modeltui.domain.money import CREDITS, USD
from modeltui.domain.run_values import seconds_text

if TYPE_CHECKING:
    from modeltui.domain.pick import Pick, Picks
    from modeltui.domain.pricing.report import CostReport


def takes_text(found: Picks) -> str:
    """`2 of 27 models take it`."""
    asked = found.found + len(found.left_out)
    return (
        f"{found.found or 'none'} of {asked:,} model{'' if asked == 1 else 's'} take{'' if found.found > 1 else 's'} it"
    )


def time_text(pick: Pick) -> str:
    """With a mark where it is what the file says and was not measured."""
    about = "" if pick.is_measured or pick.seconds is None else "~"
    return about + seconds_text(pick.seconds)


def price_text(found: CostReport, amount: Decimal | None, currency: str) -> str:
    """An estimate has a mark. What cannot be converted stands with its own currency where dollars would."""
    about = "~" if found.is_estimate else ""
    if amount is not None:
        return f"{about}{amount:f}"
    if currency == USD and found.cost is not None and found.cost.currency not in (USD, CREDITS):
        return f"{about}{found.cost.amount:f} {found.cost.currency}"
    return ""
