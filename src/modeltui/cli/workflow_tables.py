"""Workflows, their costs and their chains as tables and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Final

from modeltui.cli.layout import Heading
from modeltui.domain.chain.costs import WorkflowCost
from modeltui.domain.chain.progress import ChainProgress
from modeltui.domain.document import plain
from modeltui.domain.finding import Finding
from modeltui.domain.inputs.specs import InputSpec
from modeltui.domain.json_text import json_line
from modeltui.domain.money import amount_text, cost_data, totals_text
from modeltui.domain.pricing.report import CostReport
from modeltui.domain.workflow import Workflow
from modeltui.services.running.workflows import WorkflowService

HEADINGS: Final = (
    Heading("Name", least=12),
    Heading("Title", least=10),
    Heading("Active", least=6),
    Heading("Steps", least=12),
    Heading("Inputs", least=8),
    Heading("About", "right", least=6),
)
RUN_HEADINGS: Final = (
    Heading("Chain", least=8),
    Heading("Workflow", least=10),
    Heading("State", least=9),
    Heading("Steps", "right", least=5),
    Heading("Spent", "right", least=6),
    Heading("Started", least=16),
    Heading("By", least=4),
    Heading("Note", least=10),
)


def cells(workflow: Workflow, service: WorkflowService) -> list[str]:
    if workflow.fault is not None:
        return [workflow.slug, f"broken: {workflow.fault.message}", "", "", "", ""]
    cost = service.cost(workflow.slug)
    return [
        workflow.slug,
        workflow.name,
        "yes" if workflow.active else "no",
        " > ".join(step.id for step in workflow.steps),
        ", ".join(spec.name for spec in service.inputs(workflow)),
        cost.said,
    ]


def row(workflow: Workflow, service: WorkflowService) -> dict[str, Any]:
    """As `list` has it."""
    fault = workflow.fault
    return {
        "name": workflow.slug,
        "title": workflow.name,
        "description": workflow.description or None,
        "active": workflow.active,
        "tags": list(workflow.tags),
        "path": workflow.path,
        "steps": [{"id": step.id, "model": step.model} for step in workflow.steps],
        "inputs": [] if fault else [spec.name for spec in service.inputs(workflow)],
        "broken": None if fault is None else {"code": fault.code, "message": fault.message, "line": fault.line},
    }


def shown_document(workflow: Workflow, service: WorkflowService, findings: Iterable[Finding]) -> dict[str, Any]:
    cost = None if workflow.is_broken else cost_document(service.cost(workflow.slug))
    said = [{"code": each.code, "severity": each.severity, "message": each.message} for each in findings]
    return {**row(workflow, service), "document": plain(workflow.document), "cost": cost, "findings": said}


def shown_lines(workflow: Workflow, service: WorkflowService, findings: Iterable[Finding]) -> Iterator[str]:
    yield f"{workflow.slug}: {workflow.name}{'' if workflow.active else ' (not active)'}"
    if workflow.description:
        yield f"  {workflow.description}"
    if workflow.fault is None:
        yield from _inputs(service.inputs(workflow))
        yield "steps"
        cost = service.cost(workflow.slug)
        for step, priced in zip(workflow.steps, cost.steps, strict=True):
            model = service.model(step)
            state = "not in the catalogue" if model is None else "active" if model.active else "not active"
            yield f"  {step.id}: {step.model} ({state}, {_price(priced.report)})"
            for name, template in step.inputs.items():
                yield f"      {name} = {template if isinstance(template, str) else json_line(plain(template))}"
        yield f"cost: {'about ' if cost.is_estimate else ''}{cost.said}"
        for name, text in workflow.outputs.items():
            yield f"output {name} = {text}"
    for finding in findings:
        yield f"{finding.severity}: {finding.message} [{finding.code}]"


def _inputs(specs: Iterable[InputSpec]) -> Iterator[str]:
    for number, spec in enumerate(specs):
        if number == 0:
            yield "inputs"
        default = "" if spec.default is None else f", {json_line(plain(spec.default))} by default"
        yield f"  {spec.name}: {spec.type}{', needed' if spec.required else ''}{default}"


def _price(report: CostReport) -> str:
    if report.cost is None:
        return "no price"
    about = "about " if report.is_estimate else ""
    return f"{about}{amount_text(report.cost.amount, report.cost.currency)}"


def cost_lines(cost: WorkflowCost) -> Iterator[str]:
    yield f"{'about ' if cost.is_estimate else ''}{cost.said}"
    others = [amount_text(amount, name) for amount, name in ((cost.usd, "USD"), (cost.credits, "credits")) if amount]
    if others and list(cost.totals) != ["credits", "USD"]:
        yield f"  is {', or '.join(others)}"
    prices = ((cost.price_usd, "USD"), (cost.price_credits, "credits"))
    charged = [amount_text(amount, name) for amount, name in prices if amount is not None]
    if cost.margin is None:
        yield "  for users: not known, since the margin is not"
    elif charged:
        yield f"  for users × {cost.margin:f}: {', or '.join(charged)}"
    width = max(len(step.id) for step in cost.steps)
    for step in cost.steps:
        yield f"  {step.id.ljust(width)}  {_price(step.report)}  {step.report.model}"
        for problem in step.report.problems:
            yield f"  {' ' * width}  note: {problem}"
    for said in cost.assumed:
        yield f"  note: {said}"


def cost_document(cost: WorkflowCost) -> dict[str, Any]:
    return {
        "workflow": cost.workflow,
        "totals": [{"amount": f"{amount:f}", "currency": name} for name, amount in cost.totals.items()],
        "usd": _text(cost.usd),
        "credits": _text(cost.credits),
        "margin": _text(cost.margin),
        "units_problem": cost.units_problem,
        "price": {"usd": _text(cost.price_usd), "credits": _text(cost.price_credits)},
        "estimate": cost.is_estimate,
        "unpriced": list(cost.unpriced),
        "steps": [
            {
                "id": step.id,
                "model": step.report.model,
                "cost": cost_data(step.report.cost),
                "usd": _text(step.report.usd),
                "estimate": step.report.is_estimate,
                "assumed": list(step.report.assumed),
                "errors": [{"input": each.input, "message": each.message} for each in step.report.problems],
            }
            for step in cost.steps
        ],
        "errors": [{"input": each.input, "message": each.message} for each in cost.problems],
    }


def chain_cells(chain: ChainProgress) -> list[str]:
    return [
        chain.id[:8],
        chain.workflow,
        str(chain.state),
        f"{chain.done}/{len(chain.steps)}",
        totals_text(chain.spent),
        f"{chain.started_at.astimezone():%Y-%m-%d %H:%M}",
        chain.by,
        chain.note,
    ]


def chain_document(chain: ChainProgress) -> dict[str, Any]:
    return {
        "id": chain.id,
        "workflow": chain.workflow,
        "state": chain.state.value,
        "by": chain.by,
        "started_at": chain.started_at.isoformat(),
        "note": chain.note or None,
        "outputs": dict(chain.outputs),
        "spent": [{"amount": f"{amount:f}", "currency": name} for name, amount in chain.spent.items()],
        "steps": [
            {
                "id": step.id,
                "model": step.model,
                "state": step.state,
                "job": None if step.job is None else step.job.id,
                "elapsed_s": None if step.job is None else round(step.job.elapsed_s, 3),
                "cost": None if step.job is None else cost_data(step.job.cost),
                "files": [] if step.job is None else [_file(file) for file in step.job.files],
                "text": None if step.job is None else step.job.text,
                "error": None if step.job is None else step.job.error,
            }
            for step in chain.steps
        ],
    }


def _file(file: Any) -> dict[str, Any]:
    return {"path": file.path, "media_type": file.media_type, "size": file.size, "facts": file.facts}


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"
