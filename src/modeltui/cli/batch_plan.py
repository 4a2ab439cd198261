"""A plan of many runs as text and as JSON, and the one question that it asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from modeltui.cli import asking, output, report
from modeltui.cli.layout import Heading, laid_out
from modeltui.cli.outcome import counted
from modeltui.domain.batch import BatchItem, BatchPlan
from modeltui.domain.batch_formats import amounts_data, skip_data
from modeltui.domain.money import amount_text, cost_data, totals_text
from modeltui.domain.text import some_of
from modeltui.services.running.batch_planning import reasons

_HEADINGS: Final = (Heading("Model", least=12), Heading("Provider"), Heading("Runs", "right"), Heading("Each", "right"))
_MOST_ROWS: Final = 30
"""Of the table that stands above a question; `--dry-run` shows all."""
_MOST_REASONS: Final = 12
_MANY: Final = 20
"""More runs than this want their number typed."""


def show_plan(plan: BatchPlan, form: str) -> None:
    """`--dry-run`: all of it on stdout, the numbers on stderr."""
    if form == "json":
        output.json_document(plan_data(plan))
    else:
        output.table(_HEADINGS, _rows(plan))
    _say_numbers(plan)


def say_plan(plan: BatchPlan) -> None:
    """As it stands above a question, on stderr."""
    rows = list(_rows(plan))
    for line in laid_out(_HEADINGS, rows[:_MOST_ROWS], None, "…"):
        report.say(f"  {line}")
    if len(rows) > _MOST_ROWS:
        report.say(f"  … and {len(rows) - _MOST_ROWS} more; --dry-run shows all")
    _say_numbers(plan)


def confirmed(plan: BatchPlan, *, is_yes: bool) -> bool:
    """Whether it shall be sent. Raises UsageError where nobody can be asked."""
    say_plan(plan)
    count = len(plan.items)
    if not count and plan.fetches:
        return True
    question = f"Send {counted(count, 'run')} for {totals_text(plan.totals)}?"
    if is_yes or count <= _MANY or not asking.can_ask():
        return asking.confirm(question, is_yes=is_yes)
    return asking.text(f"{question} Type {count} to go on:") == str(count)


def plan_data(plan: BatchPlan) -> dict[str, Any]:
    return {
        "query": plan.query,
        "runs": len(plan.items),
        "fetches": plan.fetches,
        "totals": amounts_data(plan.totals),
        "in_usd": _amount(plan.in_usd),
        "margin": _amount(plan.margin),
        "units_problem": plan.units_problem,
        "unpriced": plan.unpriced,
        "budget": cost_data(plan.budget),
        "within_budget": plan.within_budget,
        "concurrency": plan.concurrency,
        "unready": dict(plan.unready),
        "left_out": {name: list(keys) for name, keys in plan.left_out.items()},
        "items": [
            {"model": item.key, "provider": item.provider, "estimate": cost_data(item.estimate)} for item in plan.items
        ],
        "skipped": [skip_data(skip) for skip in plan.skipped],
    }


def _rows(plan: BatchPlan) -> Iterator[tuple[str, ...]]:
    runs = Counter(item.key for item in plan.items)
    items: Mapping[str, BatchItem] = {item.key: item for item in plan.items}
    for key, item in items.items():
        price = "unknown" if item.estimate is None else amount_text(item.estimate.amount, item.estimate.currency)
        yield key, item.provider, str(runs[key]), price


def _say_numbers(plan: BatchPlan) -> None:
    if plan.fetches:
        report.say(f"{counted(plan.fetches, 'result')} can be fetched without paying again: that is done first")
    if plan.fetches and not plan.items:
        return
    providers = len({item.provider for item in plan.items})
    report.say(f"{counted(len(plan.items), 'run')} at {counted(providers, 'provider')}: {_total(plan)}")
    if plan.units_problem is not None:
        report.warn([plan.units_problem])
    if plan.unpriced:
        report.say(f"{counted(plan.unpriced, 'run')} without a price: not in these sums")
    if plan.budget is not None:
        cap = amount_text(plan.budget.amount, plan.budget.currency)
        report.say(f"{plan.within_budget} of {len(plan.items)} fit into the budget of {cap}")
    if again := sum(item.resend_of is not None for item in plan.items):
        report.say(f"{counted(again, 'run')} of these may have been taken, and billed, before: sent once more")
    for name, keys in plan.left_out.items():
        report.say(f"without {name}, which they do not know: {some_of(keys, len(keys))}")
    for provider, why in plan.unready.items():
        report.say(f"not ready: {provider}: {why}")
    grouped = list(reasons(plan.skipped))
    for reason, keys in grouped[:_MOST_REASONS]:
        report.say(f"skipped {some_of(keys, len(keys))}: {reason}")
    if rest := sum(len(keys) for _, keys in grouped[_MOST_REASONS:]):
        report.say(f"skipped {rest} more, for other reasons; --dry-run --format json names them")


def _total(plan: BatchPlan) -> str:
    said = totals_text(plan.totals)
    if plan.in_usd is None or not plan.in_usd:
        return said
    usd = "" if list(plan.totals) == ["USD"] else f", together {amount_text(round(plan.in_usd, 2), 'USD')}"
    if plan.margin is None or plan.margin == 1:
        return f"{said}{usd}"
    margin = amount_text(round(plan.in_usd * plan.margin, 2), "USD")
    return f"{said}{usd} ({margin} with the margin of {plan.margin:f})"


def _amount(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"
