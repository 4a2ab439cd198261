"""What a batch has spent, what its running jobs may still take, and whether one more fits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from modeltui.domain.call import Cost
from modeltui.domain.job import Job
from modeltui.domain.money import amount_text
from modeltui.domain.spend import billed
from modeltui.domain.units import Units


class Budget:
    """A cap that holds as long as the estimates do, and lets nothing new begin once they have not."""

    def __init__(self, cap: Cost | None, units: Units) -> None:
        self.cap = cap
        self._units = units
        self._estimates: dict[str, Cost | None] = {}
        self.spent: dict[str, Decimal] = {}
        """By currency, of what has ended."""
        self.committed: dict[str, Decimal] = {}
        """By currency, of what runs."""

    def begin(self, job_id: str, estimate: Cost | None) -> None:
        self._estimates[job_id] = estimate
        self.committed = _plus(self.committed, estimate)

    def end(self, job: Job) -> None:
        self.drop(job.id)
        self.count(job)

    def drop(self, job_id: str) -> None:
        """It did not begin after all."""
        estimate = self._estimates.pop(job_id, None)
        if estimate is not None:
            self.committed = _plus(self.committed, Cost(-estimate.amount, estimate.currency))

    def count(self, job: Job) -> None:
        """An ended job, also one from before the batch was resumed."""
        self.spent = _plus(self.spent, billed(job))

    def refusal(self, estimate: Cost | None) -> str | None:
        """Why one more does not fit; None where it does. What has no price counts as nothing: the plan asks first."""
        cap = self.cap
        if cap is None:
            return None
        parts = [self._units.total(totals, cap.currency) for totals in (self.spent, self.committed)]
        needed = Decimal(0) if estimate is None else self._units.converted(estimate, cap.currency)
        if needed is None or None in parts:
            return f"nothing says what its cost is in {cap.currency}"
        taken = sum((part for part in parts if part is not None), Decimal(0))
        if taken + needed > cap.amount or (estimate is None and taken >= cap.amount):
            return (
                f"the budget is {amount_text(cap.amount, cap.currency)}: {amount_text(taken, cap.currency)} taken, "
                f"the next needs {amount_text(needed, cap.currency)}"
            )
        return None


def _plus(totals: Mapping[str, Decimal], cost: Cost | None) -> dict[str, Decimal]:
    if cost is None:
        return dict(totals)
    changed = {**totals, cost.currency: totals.get(cost.currency, Decimal(0)) + cost.amount}
    return {name: amount for name, amount in changed.items() if amount}


def fitting(estimates: Iterable[Cost | None], cap: Cost | None, units: Units) -> int:
    """How many begin, one after the other, where every estimate holds. One that is too dear holds up no other."""
    budget, count = Budget(cap, units), 0
    for estimate in estimates:
        if budget.refusal(estimate) is None:
            budget.begin(str(count), estimate)
            count += 1
    return count
