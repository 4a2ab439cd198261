"""Running a workflow on the command line: its question, its progress, and what came of it."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from modeltui.cli import asking, output, report
from modeltui.cli.following import Leaving, left_on_signal
from modeltui.cli.job_report import Progress
from modeltui.cli.session import Session
from modeltui.cli.workflow_tables import RUN_HEADINGS, chain_cells, chain_document
from modeltui.domain.chain.costs import WorkflowCost
from modeltui.domain.chain.progress import ChainProgress, ChainState
from modeltui.domain.money import parse_budget, totals_text
from modeltui.domain.workflow import Workflow
from modeltui.errors import ProviderError, RefusedError, UsageError
from modeltui.services.running.costing import units_for_budget

if TYPE_CHECKING:
    from modeltui.services.running.chains import ChainService


def dry_run(session: Session, workflow: Workflow, inputs: Mapping[str, Any], form: str) -> int:
    """The exact request of each step on stdout; what an earlier step will give stands as its placeholder."""
    service = session.workspace.workflows
    given = service.given(workflow, inputs)
    found, cost = service.requests(workflow, given), service.cost(workflow.slug, inputs)
    session.tell_units()
    rows = [
        {
            "id": step.id,
            "model": step.model,
            "request": step.request,
            "errors": [{"input": each.input, "message": each.message} for each in step.problems],
        }
        for step in found
    ]
    output.json_document(
        {"workflow": workflow.slug, "steps": rows} if form == "json" else {row["id"]: row["request"] for row in rows}
    )
    report.say(f"{workflow.name} would cost {_about(cost)}; nothing was sent")
    service.refuse_unsound(workflow, given, found)
    return report.Exit.DONE


def run(session: Session, workflow: Workflow, inputs: Mapping[str, Any], arguments: Namespace, form: str) -> int:
    service, budget = session.workspace.workflows, _budget(arguments)
    units = session.workspace.costing.units if budget is None else units_for_budget(session.workspace.costing.units)
    session.tell_units()
    given = service.given(workflow, inputs)
    service.refuse_unsound(workflow, given)
    cost = service.cost(workflow.slug, inputs)
    if budget is not None and not cost.is_free:
        total = units.total(cost.totals, budget.currency)
        if cost.unpriced or total is None:
            raise RefusedError(
                "a step has no price in the budget's money", hint="leave --budget out, or state the price"
            )
        if total > budget.amount:
            raise RefusedError(f"it would cost {_about(cost)}, beyond the budget", hint="nothing was sent")
    question = f"Run {workflow.name}, {len(workflow.steps)} steps, for {_about(cost)}?"
    if not asking.confirm(question, is_yes=arguments.yes or cost.is_free):
        report.say("nothing was sent")
        return report.Exit.REFUSED
    stream = session.workspace.chains.run(workflow.slug, inputs, arguments.out, budget=budget)
    return _finished(asyncio.run(_followed(stream)), form)


def resume(session: Session, name: str, arguments: Namespace, form: str) -> int:
    chains = session.workspace.chains
    chain = chains.get(name)
    if arguments.budget is not None and arguments.no_budget:
        raise UsageError("--budget and --no-budget exclude each other")
    if chain.state is not ChainState.SUCCEEDED:
        left = [step.id for step in chain.steps if not step.is_done]
        question = f"Go on with {chain.name} at {left[0]}, {len(left)} of {len(chain.steps)} steps left?"
        if not asking.confirm(question, is_yes=arguments.yes):
            report.say("nothing was sent")
            return report.Exit.REFUSED
    stream = chains.resume(
        chain.id, send_again=arguments.send_again, budget=_budget(arguments), no_budget=arguments.no_budget
    )
    return _finished(asyncio.run(_followed(stream)), form)


def cancel(session: Session, name: str, form: str) -> int:
    chain = asyncio.run(session.workspace.chains.cancel(name))
    if form == "json":
        output.json_document(chain_document(chain))
    report.say(f"{chain.id} is {chain.state}")
    return report.Exit.DONE


def runs(session: Session, words: Sequence[str], arguments: Namespace, form: str) -> int:
    if len(words) > 1:
        raise UsageError("workflow runs takes one NAME", hint="without it, all are listed")
    workflow, chains = words[0] if words else None, session.workspace.chains
    if arguments.prune is not None:
        return _prune(chains, workflow, arguments, form)
    _listed(chains.list(workflow), form)
    return report.Exit.DONE


def _prune(chains: ChainService, workflow: str | None, arguments: Namespace, form: str) -> int:
    """Those that it takes away go to stdout, as `runs` lists them."""
    if arguments.prune < 0:
        raise UsageError("--prune takes a number of days from 0")
    found = chains.ended(arguments.prune, workflow)
    if not found:
        report.say("no chain has ended that is so old")
    elif arguments.dry_run:
        report.say(f"{len(found)} would be forgotten")
    elif asking.confirm(f"Forget {len(found)} chains? Jobs and files stay.", is_yes=arguments.yes):
        report.say(f"{chains.forget(found)} forgotten; their jobs, files and statistics stay")
    else:
        report.say("nothing was forgotten")
        return report.Exit.REFUSED
    _listed(found, form)
    return report.Exit.DONE


def _listed(found: Sequence[ChainProgress], form: str) -> None:
    if form == "json":
        output.json_array(map(chain_document, found))
    else:
        output.table(RUN_HEADINGS, map(chain_cells, found))


async def _followed(chain: AsyncGenerator[ChainProgress, None]) -> ChainProgress | None:
    """The chain as it was at its end. An interruption cancels the step at work; a signal leaves it to be resumed."""
    last: ChainProgress | None = None
    leaving, told = Leaving(), ""
    progress = Progress()
    try:
        with left_on_signal(leaving):
            async with aclosing(chain) as stream:
                async for last in stream:
                    if not leaving.again:
                        report.say(f"chain {last.id}")
                        leaving.again = f"workflow resume {last.id}"
                    current = last.current
                    if current is None or current.job is None:
                        continue
                    if current.id != told:
                        report.say(f"step {current.id}: {current.model}, job {current.job.id}")
                        told, progress = current.id, Progress()
                    leaving.told(current.job)
                    progress.show(current.job)
    except asyncio.CancelledError:
        if last is None:
            raise
        report.say(f"`modeltui workflow resume {last.id}` goes on with it")
    return last


def _finished(chain: ChainProgress | None, form: str) -> int:
    """Shows what was made, also of a chain that did not come to its end, and returns the exit code."""
    if chain is None:
        raise ProviderError("the run ended without a step")
    if form == "json":
        output.json_document(chain_document(chain))
    else:
        jobs = [step.job for step in chain.steps if step.job is not None]
        output.paths(file.path for job in jobs for file in job.files)
    report.say(f"{chain.done} of {len(chain.steps)} steps done, spent {totals_text(chain.spent)}")
    if chain.state is ChainState.SUCCEEDED:
        return report.Exit.DONE
    again = f"`modeltui workflow resume {chain.id[:8]}` goes on from there"
    if chain.state is ChainState.CANCELLED or chain.state is ChainState.RUNNING:
        report.say(f"cancelled{f': {chain.note}' if chain.note else ''}; {again}")
        return report.Exit.INTERRUPTED
    raise ProviderError(chain.note or f"the chain is {chain.state}", hint=again)


def _budget(arguments: Namespace) -> Any:
    return None if arguments.budget is None else parse_budget(arguments.budget)


def _about(cost: WorkflowCost) -> str:
    if cost.unpriced and not any(cost.totals.values()):
        return "an unknown amount"
    return f"about {cost.said}" if cost.is_estimate else cost.said
