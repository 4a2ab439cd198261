"""`cost`: what a run would cost us and a user, and how that comes about."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from modeltui.cli import output, report
from modeltui.cli.arguments import Parser, add_format, add_model
from modeltui.cli.commands import Command
from modeltui.cli.input_values import input_values
from modeltui.cli.json_reading import json_object
from modeltui.cli.session import Session
from modeltui.domain.call import InputProblem
from modeltui.domain.model import Model
from modeltui.domain.pricing.report import CostReport, CostStep
from modeltui.errors import InvalidValueError
from modeltui.services.asked import typed_amount

_SIGNS = {"price": " ", "times": "×", "plus": "+", "minimum": "≥", "round": "≈"}


def cost(session: Session, arguments: Namespace) -> int:
    model = session.model(arguments.model)
    seconds = typed_amount(arguments.media_seconds, "--media-seconds")
    found = session.workspace.costing.cost(model.key, _inputs(session, model, arguments), seconds)
    session.tell_units()
    if arguments.format == "json":
        output.json_document(_document(found))
    elif found.cost is not None:
        output.lines(_lines(found))
    if found.problems:
        for problem in found.problems if found.cost is not None or arguments.format == "json" else ():
            report.say(_problem(problem))
        if found.cost is None and arguments.format != "json":
            raise InvalidValueError(
                "; ".join(map(_problem, found.problems)), hint=f"`modeltui show {model.key}` shows what it takes"
            )
        return report.Exit.REFUSED
    if found.cost is None and arguments.format != "json":
        report.say(f"{model.label} states no cost")
    return report.Exit.DONE


def _inputs(session: Session, model: Model, arguments: Namespace) -> dict[str, Any]:
    given = json_object(arguments.inputs) if arguments.inputs else {}
    return given | input_values(arguments.input, session.workspace.costing.inputs(model.key))


def _lines(found: CostReport) -> Iterator[str]:
    assert found.cost is not None
    about = "about " if found.is_estimate else ""
    yield f"{about}{_money(found.cost.amount, found.cost.currency)}"
    others = ((found.usd, "USD"), (found.credits, "credits"))
    others_said = [_money(each, name) for each, name in others if each is not None and name != found.cost.currency]
    if others_said:
        yield f"  is {', '.join(others_said)}"
    prices = ((found.price_usd, "USD"), (found.price_credits, "credits"))
    charged = [_money(each, name) for each, name in prices if each is not None]
    if found.margin is None:
        yield "  for users: not known, since the margin is not"
    elif charged:
        yield f"  for users × {found.margin:f}: {', '.join(charged)}"
    width = max(len(f"{step.amount:f}") for step in found.steps) if found.steps else 0
    for step in found.steps:
        yield f"  {_SIGNS[step.kind]} {step.amount:f}{' ' * (width - len(f'{step.amount:f}'))}  {step.what}"
    for assumed in found.assumed:
        yield f"  note: {assumed}"


def _money(amount: Decimal, currency: str) -> str:
    return f"{amount:f} {'credit' if currency == 'credits' and amount == 1 else currency}"


def _problem(problem: InputProblem) -> str:
    return f"{problem.input}: {problem.message}" if problem.input else problem.message


def _document(found: CostReport) -> dict[str, Any]:
    cost = found.cost
    return {
        "model": found.model,
        "cost": None if cost is None else {"amount": f"{cost.amount:f}", "currency": cost.currency},
        "usd": _text(found.usd),
        "credits": _text(found.credits),
        "margin": _text(found.margin),
        "units_problem": found.units_problem,
        "price": {"usd": _text(found.price_usd), "credits": _text(found.price_credits)},
        "estimate": found.is_estimate,
        "steps": [_step(step) for step in found.steps],
        "assumed": list(found.assumed),
        "errors": [{"input": problem.input, "message": problem.message} for problem in found.problems],
    }


def _step(step: CostStep) -> dict[str, str]:
    return {"kind": step.kind, "amount": f"{step.amount:f}", "what": step.what}


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"


def _add_arguments(parser: Parser) -> None:
    add_model(parser)
    parser.add_argument(
        "-i", "--input", action="append", default=[], metavar="NAME=VALUE", help="an input; may be repeated"
    )
    parser.add_argument("--inputs", metavar="JSON|@FILE", help="inputs as a JSON object, or a file that holds it")
    parser.add_argument("--media-seconds", metavar="S", help="length of the audio or video that is sent")
    add_format(parser, "text", "json")


COMMANDS = {
    "cost": Command(
        cost,
        _add_arguments,
        "Show what a run costs us and what a user pays for it, in USD and credits, and how that comes about.\n"
        "Inputs may be left out: what is assumed for them is said. Nothing is sent.",
    )
}
