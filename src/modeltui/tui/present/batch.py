"""A batch in words: its price before, how it stands, what came of it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import Final

from modeltui.domain.batch import BatchFailure, BatchPlan, BatchProgress, BatchReport, BatchState, BatchSummary, Tally
from modeltui.domain.batch_formats import outcome
from modeltui.domain.money import USD, added_up, amount_text, totals_text
from modeltui.domain.run_values import age_text
from modeltui.domain.text import safe, some_of
from modeltui.services.running.batch_planning import reasons
from modeltui.tui.present.line import BLANK, Line, Piece, Role, cut, fit, line, width_of, wrapped

MANY: Final = 20
"""More runs than this want their number typed."""
_BAR: Final = 20
_CENT: Final = Decimal("0.01")
_NAME: Final = 12
_WIDE: Final = 100
_MOST_LANES: Final = 6
_MOST_REASONS: Final = 8
_STATES: Final[dict[BatchState, Piece]] = {
    BatchState.RUNNING: ("» running", "accent"),
    BatchState.PAUSED: ("= paused", "warn"),
    BatchState.STOPPED: ("– stopped", "warn"),
    BatchState.INTERRUPTED: ("! interrupted", "warn"),
    BatchState.FINISHED: ("✓ finished", "good"),
}


def counted(count: int, word: str = "run") -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def state_piece(state: BatchState, tally: Tally) -> Piece:
    """Sign and word; a finished batch is good where all of its runs are, whoever brought them to their end."""
    is_through = state is BatchState.INTERRUPTED and tally.done >= tally.total
    if is_through or state is BatchState.FINISHED:
        return ("x finished", "bad") if tally.succeeded < tally.total else ("✓ finished", "good")
    return _STATES[state]


def time_text(seconds: float) -> str:
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60}:{whole % 60:02d} min" if whole < 3600 else f"{whole // 3600}:{whole // 60 % 60:02d} h"


def bar(tally: Tally, width: int = _BAR) -> Line:
    """`█` ended well, `▓` ended otherwise, `▒` running, `░` to come."""
    if not tally.total:
        return (("░" * width, "muted"),)
    good = width * tally.succeeded // tally.total
    done = width * tally.done // tally.total
    running = min(-(-width * tally.running // tally.total), width - done)
    rest = width - done - running
    parts: Line = (("█" * good, "good"), ("▓" * (done - good), "bad"), ("▒" * running, "accent"), ("░" * rest, "muted"))
    return tuple(part for part in parts if part[0])


def tally_text(tally: Tally) -> str:
    names = ("running", "failed", "cancelled", "uncertain")
    parts = [f"{number} {name}" for name in names if (number := getattr(tally, name))]
    return ", ".join((f"{tally.done}/{tally.total}", *parts))


# Before


def total_text(plan: BatchPlan) -> str:
    """`40 credits + $1.2, together $1.4 ($2.1 with the margin of 1.5)`."""
    said = totals_text(plan.totals)
    if not plan.in_usd:
        return said
    usd = "" if list(plan.totals) == ["USD"] else f", together {_cents(plan.in_usd)}"
    if plan.margin is None or plan.margin == 1:
        return f"{said}{usd}"
    return f"{said}{usd} ({_cents(plan.in_usd * plan.margin)} with the margin of {plan.margin:f})"


def _cents(dollars: Decimal) -> str:
    return f"${dollars:,.2f}" if dollars >= _CENT else amount_text(dollars, USD)


def plan_head(plan: BatchPlan) -> list[Line]:
    """What would be sent, in numbers."""
    if not plan.items:
        return [line("nothing to send yet", "muted")]
    providers = len({item.provider for item in plan.items})
    lines: list[Line] = [
        ((counted(len(plan.items)), "strong"), (f" at {counted(providers, 'provider')}", "plain")),
        (("cost  ", "muted"), (safe(total_text(plan)), "strong")),
    ]
    if plan.units_problem is not None:
        lines.append(line(plan.units_problem, "warn"))
    if plan.unpriced:
        lines.append(line(f"{counted(plan.unpriced)} without a price: not in these sums", "warn"))
    if plan.budget is not None:
        cap = amount_text(plan.budget.amount, plan.budget.currency)
        role: Role = "good" if plan.within_budget == len(plan.items) else "warn"
        lines.append(line(f"{plan.within_budget} of {len(plan.items)} fit into the budget of {cap}", role))
    if again := sum(item.resend_of is not None for item in plan.items):
        lines.append(line(f"{counted(again)} of these may have been taken, and billed, before: sent once more", "bad"))
    return lines


def plan_lines(plan: BatchPlan, width: int) -> list[Line]:
    """All of it: by provider, what is left out, who is skipped and why."""
    head = (wrapped([each], width) if len(each) == 1 else [each] for each in plan_head(plan))
    lines = [*chain.from_iterable(head), BLANK]
    counts = Counter(item.provider for item in plan.items)
    for provider, count in counts.most_common():
        cost = totals_text(added_up(item.estimate for item in plan.items if item.provider == provider))
        lines.append(
            ((f"{fit(safe(provider), _NAME)} ", "plain"), (f"{counted(count):>9}  ", "muted"), (cost, "plain"))
        )
    notes: list[Line] = []
    for name, keys in plan.left_out.items():
        notes.append(line(f"without {name}, which they do not know: {some_of(keys, len(keys), 3)}", "muted"))
    notes += [line(f"not ready: {provider}: {why}", "warn") for provider, why in plan.unready.items()]
    if plan.skipped:
        notes.append(line(f"skipped: {counted(len(plan.skipped), 'model')}", "warn"))
    found = list(reasons(plan.skipped))
    for reason, keys in found[:_MOST_REASONS]:
        notes.append(line(f"{len(keys)}  {reason}", "warn"))
        notes.append(line(f"   {some_of(keys, len(keys), 3)}", "muted"))
    if len(found) > _MOST_REASONS:
        notes.append(line(f"… and {len(found) - _MOST_REASONS} reasons more", "muted"))
    return [*lines, *([BLANK] if notes else []), *wrapped(notes, width)]


# On the way and at the end


def batch_head(report: BatchReport, progress: BatchProgress | None, width: int) -> list[Line]:
    """The state with a bar, then time and money, then what is to be said of it where that finds no room beside."""
    state = progress.state if progress is not None else report.state
    tally = progress.tally if progress is not None else report.tally
    word, role = state_piece(state, tally)
    first: Line = (
        (f" {fit(word, _NAME + 1)} ", role),
        *bar(tally),
        (f" {tally_text(tally)}", "plain"),
    )
    told = (progress.note if progress is not None else "") or report.note
    note = "" if told == state.value else told
    money = _money(report, progress)
    if width_of(money) + len(note) + 2 <= width:
        return [cut(first, width), (*money, (f"  {safe(note)}" if note else "", "warn"))]
    return [cut(first, width), cut(money, width), cut(((" " * (_NAME + 3), "plain"), (safe(note), "warn")), width)]


def _money(report: BatchReport, progress: BatchProgress | None) -> Line:
    spent = progress.spent if progress is not None else report.spent
    budget = report.budget
    of = f" of {amount_text(budget.amount, budget.currency)}" if budget is not None else ""
    elapsed = progress.elapsed_s if progress is not None else report.elapsed_s
    parts: list[Piece] = [(f" {fit(time_text(elapsed), _NAME + 1)} ", "muted")]
    parts.append((f"spent {totals_text(spent)}{of}", "plain"))
    if progress is not None and progress.committed:
        parts.append((f" + {totals_text(progress.committed)} running", "muted"))
    if progress is not None and progress.eta_s is not None and progress.state is BatchState.RUNNING:
        parts.append((f", about {time_text(progress.eta_s)} left", "muted"))
    return tuple(parts)


def lane_lines(report: BatchReport, progress: BatchProgress | None, width: int, most: int = _MOST_LANES) -> list[Line]:
    """A row for each provider: bar, tally, and what its next run waits for; those that are not through first."""
    tallies = progress.providers if progress is not None else report.providers
    waiting = progress.waiting if progress is not None else {}
    names = sorted(tallies, key=lambda name: tallies[name].done == tallies[name].total)
    lines: list[Line] = []
    for name in names[:most]:
        why = f"  waits: {safe(waiting[name])}" if name in waiting else ""
        tally = tallies[name]
        head: Line = ((f"   {fit(safe(name), _NAME - 1)} ", "muted"), *bar(tally))
        lines.append(cut((*head, (f" {tally_text(tally)}", "plain"), (why, "muted")), width))
    if len(names) > most:
        lines.append(((f"   … and {len(names) - most} providers more", "muted"),))
    return lines


def failure_line(failure: BatchFailure, width: int, *, is_chosen: bool) -> Line:
    """`x 12 failed  HTTP 429 …`: many runs that ended for the same reason."""
    sign = "▾" if is_chosen else "▸"
    return cut(
        (
            (f" {sign} {len(failure.keys):>4} {failure.state.value:<10}", "bad"),
            (f" {safe(failure.reason)}", "plain"),
            (f"  {safe(failure.hint)}" if failure.hint else "", "muted"),
        ),
        width - 1,
    )


def failure_details(failure: BatchFailure, width: int) -> list[Line]:
    keys = tuple(dict.fromkeys(failure.keys))
    lines = wrapped([((safe(failure.reason), "bad"),)], width)
    lines += wrapped([((safe(failure.hint), "plain"),)], width) if failure.hint else []
    return [*lines, BLANK, *(line(f"• {key}") for key in keys)]


def summary_line(found: BatchSummary, width: int, now: datetime) -> Line:
    """`✓ finished   18/20  2 failed   bob   3h   provider:sandbox`. The last cell is the scrollbar's."""
    word, role = state_piece(found.state, found.tally)
    return cut(
        (
            (f" {fit(word, _NAME + 1)} ", role),
            *bar(found.tally, 8),
            (f" {fit(tally_text(found.tally), 24 if width >= _WIDE else 14)} ", "plain"),
            (f"{fit(safe(found.by), 8)} ", "muted"),
            (f"{fit(age_text(found.started_at, now), 4, right=True)}  ", "muted"),
            (safe(found.query), "plain"),
        ),
        width - 1,
    )


def told_at_end(progress: BatchProgress) -> str:
    """In one line, for whoever is elsewhere."""
    tally = progress.tally
    bad = [f"{count} {name}" for name in ("failed", "uncertain", "cancelled") if (count := getattr(tally, name))]
    left = [f"{tally.total - tally.done} not at their end"] if tally.done < tally.total else []
    note = f" ({progress.note})" if progress.note else ""
    told = ", ".join((f"{tally.succeeded} of {counted(tally.total)} succeeded", *bad, *left))
    return f"batch {progress.id[:8]} {progress.state.value}{note}: {told}, {totals_text(progress.spent)} spent"


def report_text(report: BatchReport) -> str:
    """A report as plain text: the numbers, what went wrong by reason, and a line for each run."""
    tally = report.tally
    lines = [
        f"batch {report.id}",
        f"query {safe(report.query)}",
        f"by {safe(report.by)} at {report.started_at.isoformat(timespec='seconds')}, {report.state.value}",
        f"{tally.succeeded} of {counted(tally.total)} succeeded; {tally_text(tally)}",
        f"{totals_text(report.spent)} spent in {time_text(report.elapsed_s)}",
        "",
    ]
    lines += [f"{len(each.keys)} {each.state.value}: {safe(each.reason)}" for each in report.failures]
    lines += [""] if report.failures else []
    for job in report.jobs:
        cost = "" if job.cost is None else amount_text(job.cost.amount, job.cost.currency)
        words = (f"{job.state.value:<11}", safe(job.key), f"{job.elapsed_s:.1f} s", cost, safe(outcome(job)))
        lines.append("  ".join(word for word in words if word))
    for skip in report.skipped:
        said = "; ".join(map(str, skip.problems))
        lines.append(f"skipped      {safe(skip.key)}  {safe(said)}")
    return "\n".join([*lines, ""])
