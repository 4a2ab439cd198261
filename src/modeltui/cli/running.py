"""`run`: a test generation, or only its price and exact request."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from typing import Any

from modeltui.cli import asking, output, report
from modeltui.cli.arguments import Parser, add_format, add_yes, assignment
from modeltui.cli.commands import Command
from modeltui.cli.following import follow
from modeltui.cli.input_values import input_values
from modeltui.cli.job_report import finished
from modeltui.cli.json_reading import json_object
from modeltui.cli.reading import line_batches, opened
from modeltui.cli.session import Session
from modeltui.cli.verdicts import answers, verdict
from modeltui.domain.call import Cost, Prepared
from modeltui.domain.model import Model
from modeltui.domain.price import cost_text
from modeltui.errors import InvalidValueError, UsageError


def run(session: Session, arguments: Namespace) -> int:
    if arguments.jsonl is not None:
        return _answer_lines(session, arguments)
    if arguments.model is None:
        raise UsageError("MODEL is missing", hint="`modeltui list` shows the keys")
    model = session.model(arguments.model)
    inputs = _inputs(session, model, arguments)
    prepared = session.workspace.runs.prepare(model.key, inputs)
    session.tell_units()
    if arguments.dry_run:
        return _show(session, model, prepared, arguments.format)
    if not prepared.is_valid:
        raise InvalidValueError(_problems(prepared), hint=f"`modeltui show {model.key}` shows what it takes")
    if not asking.confirm(_question(model, prepared.cost), is_yes=arguments.yes or _is_free(prepared.cost)):
        report.say("nothing was sent")
        return report.Exit.REFUSED
    job = asyncio.run(follow(session.workspace.runs.run(model.key, inputs, arguments.out)))
    return finished(job, model, arguments.format)


def _answer_lines(session: Session, arguments: Namespace) -> int:
    if not arguments.dry_run:
        raise UsageError("--jsonl answers without sending", hint="say so with --dry-run")
    if arguments.model is not None or arguments.input or arguments.inputs or arguments.upload:
        raise UsageError("with --jsonl each line names its model and its inputs")
    session.tell_units()
    with opened(arguments.jsonl) as file:
        output.json_lines(answers(session.workspace.runs, line_batches(file)))
    return report.Exit.DONE


def _inputs(session: Session, model: Model, arguments: Namespace) -> dict[str, Any]:
    """Those of `--inputs`, over them those of `-i`, and over them the files of `--upload`."""
    given = json_object(arguments.inputs) if arguments.inputs else {}
    if arguments.input:
        given |= input_values(arguments.input, session.workspace.runs.inputs(model.key))
    return session.workspace.runs.with_files(model.key, given, [assignment(word) for word in arguments.upload])


def _show(session: Session, model: Model, prepared: Prepared, form: str) -> int:
    found = verdict(session.workspace.runs, model, prepared)
    if form == "json":
        output.json_document({**found, "units_problem": session.workspace.costing.units.problem})
    elif prepared.is_valid:
        report.say(f"{model.label} would cost {_cost(prepared.cost)}; nothing was sent")
        output.json_document(found["request"])
    if prepared.is_valid:
        return report.Exit.DONE
    if form != "json":
        raise InvalidValueError(_problems(prepared), hint=f"`modeltui show {model.key}` shows what it takes")
    return report.Exit.REFUSED


def _problems(prepared: Prepared) -> str:
    return "; ".join(map(str, prepared.problems))


def _is_free(cost: Cost | None) -> bool:
    return cost is not None and cost.amount == 0


def _cost(cost: Cost | None) -> str:
    if cost is None:
        return "an unknown amount"
    if cost.currency == "credits":
        return f"{cost.amount:f} credit{'' if cost.amount == 1 else 's'}"
    return cost_text(cost.amount, cost.currency)


def _question(model: Model, cost: Cost | None) -> str:
    return f"Run {model.label} for {_cost(cost)}?"


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("model", nargs="?", metavar="MODEL", help="a key, a uid or a model_id that only one model has")
    parser.add_argument(
        "-i", "--input", action="append", default=[], metavar="NAME=VALUE", help="an input; may be repeated"
    )
    parser.add_argument("--inputs", metavar="JSON|@FILE", help="all inputs as a JSON object, or a file that holds it")
    parser.add_argument(
        "--upload",
        action="append",
        default=[],
        metavar="NAME=FILE",
        help="a file for an image, audio or video input; may be repeated",
    )
    parser.add_argument("--out", metavar="DIR", help="where result files go")
    add_yes(parser)
    parser.add_argument(
        "--dry-run", action="store_true", help="validate, price and show the exact request; send nothing"
    )
    parser.add_argument("--jsonl", metavar="FILE|-", help="with --dry-run: a request a line in, a verdict a line out")
    add_format(parser, "text", "json")


COMMANDS = {
    "run": Command(
        run,
        _add_arguments,
        "Run a test generation: validate, price, ask, send, follow, download. Inactive models run too.",
        'Each line of --jsonl: {"model": KEY|UID, "inputs": {...}, "media_seconds": 7.3}\n'
        "The paths of result files go to stdout, one a line; what happens on the way to stderr.",
        usage="modeltui run [-C DIR] MODEL [-i NAME=VALUE ...] [--inputs JSON|@FILE] [--upload NAME=FILE ...]\n"
        "                    [--out DIR] [-y] [--dry-run]\n"
        "       modeltui run --dry-run --jsonl FILE|-",
    )
}
