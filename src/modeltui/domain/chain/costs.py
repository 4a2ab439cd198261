"""What a workflow costs: its steps' prices by the catalogue, and their sum."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct

from modeltui.domain.call import Cost, InputProblem
from modeltui.domain.money import CREDITS, USD, added_up, totals_text
from modeltui.domain.pricing.report import CostReport
from modeltui.domain.units import Units, shown


class StepCost(Struct, frozen=True):
    id: str
    report: CostReport


class WorkflowCost(Struct, frozen=True, kw_only=True):
    """Amounts of other money are rounded half up to 6 decimals; `totals` are exact."""

    workflow: str
    """The slug."""
    steps: tuple[StepCost, ...]
    totals: Mapping[str, Decimal]
    """What all steps cost us, by currency; steps without a price are not in it."""
    usd: Decimal | None = None
    """All of it; None where a part has no price or nothing converts it."""
    credits: Decimal | None = None
    price_usd: Decimal | None = None
    """What a user pays: the cost times the margin."""
    price_credits: Decimal | None = None
    margin: Decimal | None = Decimal(1)
    """None where it is not known."""
    units_problem: str | None = None
    """Why margin or credits are not known, with file and line; None where they are."""
    unpriced: tuple[str, ...] = ()
    """Steps whose cost is not known."""
    assumed: tuple[str, ...] = ()
    """Sentences on what was not given, or is known only when earlier steps are done."""
    problems: tuple[InputProblem, ...] = ()
    is_estimate: bool = False
    """Something that it depends on is known only afterwards."""

    @property
    def said(self) -> str:
        """`3 credits`; `3 credits + ?` where a step has no price, and `?` where none has one; `nothing`."""
        known = totals_text(self.totals) if any(self.totals.values()) or not self.unpriced else ""
        return " + ".join(filter(None, (known, "?" if self.unpriced else "")))

    @property
    def is_free(self) -> bool:
        return not self.unpriced and not self.is_estimate and not any(self.totals.values())


def summed(
    workflow: str, steps: tuple[StepCost, ...], units: Units, problems: tuple[InputProblem, ...] = ()
) -> WorkflowCost:
    """The costs of all steps. Currencies are added up each by itself, and in one where `[units]` converts them."""
    totals = added_up(step.report.cost for step in steps)
    unpriced = tuple(step.id for step in steps if step.report.cost is None)
    usd, in_credits = (_all_in(units, totals, name, is_known=not unpriced) for name in (USD, CREDITS))
    return WorkflowCost(
        workflow=workflow,
        steps=steps,
        totals=totals,
        usd=usd,
        credits=in_credits,
        price_usd=_charged(usd, USD, units),
        price_credits=_charged(in_credits, CREDITS, units),
        margin=units.margin,
        units_problem=units.problem,
        unpriced=unpriced,
        assumed=tuple(f"{step.id}: {said}" for step in steps for said in step.report.assumed),
        problems=problems,
        is_estimate=any(step.report.is_estimate for step in steps),
    )


def _all_in(units: Units, totals: Mapping[str, Decimal], currency: str, *, is_known: bool) -> Decimal | None:
    total = units.total(totals, currency) if is_known else None
    return None if total is None else shown(total)


def _charged(amount: Decimal | None, currency: str, units: Units) -> Decimal | None:
    charged = None if amount is None else units.charged(Cost(amount, currency))
    return None if charged is None else shown(charged.amount)
