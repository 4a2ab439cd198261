"""A workflow in words: its steps, what they cost, how far a chain is, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, TypeAlias

from modeltui.domain.chain.costs import WorkflowCost
from modeltui.domain.chain.progress import ChainProgress, ChainState, ChainStep
from modeltui.domain.change import Action
from modeltui.domain.document import plain
from modeltui.domain.finding import Finding
from modeltui.domain.json_text import json_line
from modeltui.domain.model import Model
from modeltui.domain.money import amount_text, totals_text
from modeltui.domain.pricing.report import CostReport
from modeltui.domain.run_values import age_text
from modeltui.domain.text import safe
from modeltui.domain.workflow import Workflow
from modeltui.tui.present.line import BLANK, Line, Piece, Role, cut, fit, folded, wrapped

_SIGNS: Final[dict[str, Piece]] = {
    "waiting": ("· ", "muted"),
    "succeeded": ("✓ ", "good"),
    "failed": ("x ", "bad"),
    "cancelled": ("– ", "warn"),
    "uncertain": ("? ", "warn"),
}
_STATES: Final[dict[ChainState, Piece]] = {
    ChainState.RUNNING: ("» running", "accent"),
    ChainState.SUCCEEDED: ("✓ succeeded", "good"),
    ChainState.FAILED: ("x failed", "bad"),
    ChainState.CANCELLED: ("– cancelled", "warn"),
    ChainState.INTERRUPTED: ("! interrupted", "warn"),
}
ChainRow: TypeAlias = tuple[Line, ChainStep | None]
"""A line, and the step that it is of."""


def workflow_line(workflow: Workflow, last: ChainProgress | None, pending: Action | None, width: int) -> Line:
    """One row of the list: what waits for it, its name, its steps, and how the last chain of it stands."""
    mark: Piece = (" ", "plain") if pending is None else (pending.sign, "warn")
    if workflow.fault is not None:
        return cut((mark, ("! ", "bad"), (safe(workflow.slug), "bad"), ("  broken", "muted")), width)
    sign: Piece = ("● ", "good") if workflow.active else ("○ ", "muted")
    state = (("", "plain"),) if last is None else (_STATES[last.state], (f" {last.done}/{len(last.steps)}", "muted"))
    steps = " > ".join(safe(step.id) for step in workflow.steps)
    name = (fit(safe(workflow.name), 24), "strong")
    return cut((mark, sign, name, ("  ", "plain"), *state, ("  ", "plain"), (steps, "muted")), width)  # type: ignore[arg-type]


def head(workflow: Workflow) -> list[Line]:
    lines: list[Line] = [
        ((safe(workflow.name), "strong"), (f"  {safe(workflow.path)}", "muted")),
        (("● active", "good") if workflow.active else ("○ inactive", "muted"),),
    ]
    if workflow.description:
        lines.append(((safe(workflow.description), "plain"),))
    if workflow.fault is not None:
        lines += [BLANK, ((safe(workflow.fault.message), "bad"),)]
        if workflow.fault.hint:
            lines.append(((safe(workflow.fault.hint), "plain"),))
    return lines


def step_lines(
    workflow: Workflow, models: Sequence[Model | None], cost: WorkflowCost | None, *, with_inputs: bool
) -> Iterator[Line]:
    """Each step with its model, whether that can be used, and its price where that was asked for."""
    prices = [""] * len(models) if cost is None else [f"  {price_text(step.report)}" for step in cost.steps]
    for number, (step, model, price) in enumerate(zip(workflow.steps, models, prices, strict=True), 1):
        yield ((f"{number} ", "muted"), (safe(step.id), "strong"), (price, "muted"))
        state: Piece = ("  not in the catalogue", "bad")
        if model is not None:
            state = ("  ● active", "good") if model.active else ("  ○ inactive", "warn")
            if model.status == "deprecated":
                state = ("  deprecated", "warn")
        yield (("  ", "plain"), (safe(step.model), "plain"), state)
        for name, template in step.inputs.items() if with_inputs else ():
            text = template if isinstance(template, str) else json_line(plain(template))
            yield ((f"    {safe(name)} = ", "muted"), (safe(text), "plain"))


def price_text(report: CostReport) -> str:
    if report.cost is None:
        return "no price"
    about = "about " if report.is_estimate else ""
    return f"{about}{safe(amount_text(report.cost.amount, report.cost.currency))}"


def cost_lines(cost: WorkflowCost) -> list[Line]:
    """The sum, what it is in other money, and what is assumed."""
    about = "about " if cost.is_estimate else ""
    lines: list[Line] = [(("costs ", "muted"), (f"{about}{safe(cost.said)}", "strong"))]
    if cost.units_problem is not None:
        lines.append(((f"  {safe(cost.units_problem)}", "warn"),))
    if cost.unpriced:
        lines.append(((f"  ? is {safe(', '.join(cost.unpriced))}: no price is known", "warn"),))
    if cost.usd is not None and list(cost.totals) != ["USD"]:
        lines.append(((f"  is {safe(amount_text(cost.usd, 'USD'))}", "muted"),))
    return [*lines, *(((f"  {safe(said)}", "muted"),) for said in cost.assumed)]


def finding_lines(findings: Sequence[Finding]) -> list[Line]:
    roles = {"error": "bad", "warning": "warn"}
    return [((f"{each.severity}: {safe(each.message)}", roles.get(each.severity, "muted")),) for each in findings]  # type: ignore[misc]


def chain_line(chain: ChainProgress, width: int, now: datetime) -> Line:
    """One row of the chains: `✓ succeeded  3/3  3 credits  bob  3h  47eb5544`. The last cell is the scrollbar's."""
    word, role = _STATES[chain.state]
    return cut(
        (
            (f" {fit(word, 13)} ", role),
            (f"{chain.done}/{len(chain.steps)}  ", "plain"),
            (f"{fit(safe(totals_text(chain.spent)), 14)} ", "plain"),
            (f"{fit(safe(chain.by), 8)} ", "muted"),
            (f"{fit(age_text(chain.started_at, now), 4, right=True)}  ", "muted"),
            (chain.id[:8], "plain"),
            (f"  {safe(chain.note)}" if chain.note else "", "muted"),
        ),
        width - 1,
    )


def chain_lines(chain: ChainProgress, width: int) -> list[Line]:
    """How a chain stands: each step with its state, its time, its cost and what came of it."""
    return [each for each, _ in chain_rows(chain, width)]


def chain_rows(chain: ChainProgress, width: int) -> list[ChainRow]:
    """The same, each line with the step that it is of."""
    lines: list[Line] = [
        (
            _STATES[chain.state],
            (f"  {chain.done}/{len(chain.steps)} steps, spent ", "muted"),
            (safe(totals_text(chain.spent)), "plain"),
        )
    ]
    if chain.note:
        lines += wrapped([((safe(chain.note), "bad" if chain.state is ChainState.FAILED else "warn"),)], width)
    lines.append(BLANK)
    of_steps = [(each, step) for step in chain.steps for each in _step_of_chain(step, width)]
    return [*((each, None) for each in lines), *of_steps]


def _step_of_chain(step: ChainStep, width: int) -> Iterator[Line]:
    job = step.job
    sign = _SIGNS.get(step.state, ("» ", "accent"))
    if job is None:
        yield (sign, (safe(step.id), "muted"), ("  waiting", "muted"))
        return
    share = "" if job.progress is None or job.state.is_final else f" {job.progress:.0%}"
    detail = f" ({safe(job.detail)})" if job.detail and not job.state.is_final else ""
    said = f"  {job.state}{share}{detail}  {job.elapsed_s:.1f} s"
    cost = "" if job.cost is None else f"  {safe(amount_text(job.cost.amount, job.cost.currency))}"
    yield cut((sign, (safe(step.id), "strong"), (said, "plain"), (cost, "muted")), width)
    for file in job.files:
        path, facts = safe(file.path), safe(file.facts)
        if len(path) + len(facts) + 6 <= width:
            yield (("    ", "plain"), (path, "plain"), (f"  {facts}" if facts else "", "muted"))
        else:  # a path is opened or copied: all of it
            yield from _indented(path, "plain", width)
            yield from _indented(facts, "muted", width)
    if job.error:
        yield from _indented(safe(job.error), "bad", width)


def _indented(text: str, role: Role, width: int) -> Iterator[Line]:
    for part in folded(text, max(width - 4, 1)) if text else ():
        yield (("    ", "plain"), (part, role))
