"""`workflow`: chains of models: which there are, what one costs, running it and going on with it."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from modeltui.cli import output, report
from modeltui.cli.arguments import Parser, add_format, add_yes
from modeltui.cli.commands import Command
from modeltui.cli.input_values import input_values
from modeltui.cli.json_reading import json_object
from modeltui.cli.session import Session
from modeltui.cli.workflow_tables import (
    HEADINGS,
    cells,
    cost_document,
    cost_lines,
    row,
    shown_document,
    shown_lines,
)
from modeltui.domain.workflow import Workflow
from modeltui.errors import InvalidValueError, UsageError

_VERB_HINT: Final = "list, show, cost, run, resume, cancel, runs, new, enable, disable or remove"


def workflow(session: Session, arguments: Namespace) -> int:
    first, *rest = arguments.words or ["list"]
    verb = _VERBS.get(first)
    if verb is None:
        raise UsageError(f"workflow has no {first!r}", hint=f"it has {_VERB_HINT}")
    return verb(session, rest, arguments)


def _list(session: Session, words: Sequence[str], arguments: Namespace) -> int:
    if words:
        raise UsageError("workflow list takes no name", hint="`modeltui workflow show NAME` shows one")
    service = session.workspace.workflows
    found = service.all()
    if found:
        session.tell_units()
    if _form(arguments) == "json":
        output.json_array(row(workflow, service) for workflow in found)
    elif found:
        output.table(HEADINGS, (cells(workflow, service) for workflow in found))
    else:
        report.say("no workflows; docs/catalog-format.md says how to write workflows/NAME.toml")
    return report.Exit.DONE


def _show(session: Session, words: Sequence[str], arguments: Namespace) -> int:
    service = session.workspace.workflows
    found = service.get(only(words, "show"))
    findings = service.findings(found)
    session.tell_units()
    if _form(arguments) == "json":
        output.json_document(shown_document(found, service, findings))
    else:
        output.lines(shown_lines(found, service, findings))
    return report.Exit.REFUSED if found.is_broken else report.Exit.DONE


def _cost(session: Session, words: Sequence[str], arguments: Namespace) -> int:
    service = session.workspace.workflows
    found = service.usable(only(words, "cost"))
    cost = service.cost(found.slug, given_inputs(session, found, arguments))
    session.tell_units()
    if _form(arguments) == "json":
        output.json_document(cost_document(cost))
    else:
        output.lines(cost_lines(cost))
    for problem in cost.problems:
        report.say(str(problem))
    return report.Exit.REFUSED if cost.problems else report.Exit.DONE


def _run(session: Session, words: Sequence[str], arguments: Namespace) -> int:
    from modeltui.cli import workflow_run  # noqa: PLC0415  # what runs is for runs only

    found = session.workspace.workflows.usable(only(words, "run"))
    given = given_inputs(session, found, arguments)
    if arguments.dry_run:
        return workflow_run.dry_run(session, found, given, _form(arguments))
    return workflow_run.run(session, found, given, arguments, _form(arguments))


def _resume(session: Session, words: Sequence[str], arguments: Namespace) -> int:
    from modeltui.cli import workflow_run  # noqa: PLC0415  # as above

    return workflow_run.resume(session, only(words, "resume", "CHAIN"), arguments, _form(arguments))


def _cancel(session: Session, words: Sequence[str], arguments: Namespace) -> int:
    from modeltui.cli import workflow_run  # noqa: PLC0415  # as above

    return workflow_run.cancel(session, only(words, "cancel", "CHAIN"), _form(arguments))


def _runs(session: Session, words: Sequence[str], arguments: Namespace) -> int:
    from modeltui.cli import workflow_run  # noqa: PLC0415  # as above

    return workflow_run.runs(session, words, arguments, _form(arguments))


def _new(session: Session, words: Sequence[str], arguments: Namespace) -> int:
    from modeltui.cli import workflow_files  # noqa: PLC0415  # for changes only

    return workflow_files.new(session, words, arguments)


def _remove(session: Session, words: Sequence[str], arguments: Namespace) -> int:
    from modeltui.cli import workflow_files  # noqa: PLC0415  # as above

    return workflow_files.remove(session, words, arguments)


def _enable(session: Session, words: Sequence[str], arguments: Namespace) -> int:
    from modeltui.cli import workflow_files  # noqa: PLC0415  # as above

    return workflow_files.switch(session, words, arguments, active=True)


def _disable(session: Session, words: Sequence[str], arguments: Namespace) -> int:
    from modeltui.cli import workflow_files  # noqa: PLC0415  # as above

    return workflow_files.switch(session, words, arguments, active=False)


def only(words: Sequence[str], verb: str, what: str = "NAME") -> str:
    """The one word after the verb. Raises UsageError."""
    if len(words) != 1:
        raise UsageError(f"workflow {verb} takes one {what}", hint=f"`modeltui workflow {_LISTS[what]}` shows them")
    return words[0]


def given_inputs(session: Session, found: Workflow, arguments: Namespace) -> dict[str, Any]:
    """Those of `--inputs`, over them those of `-i`, and over them the files of `--upload`. Raises UsageError."""
    from modeltui.cli.arguments import assignment  # noqa: PLC0415  # beside the others
    from modeltui.services.running.local_files import with_files  # noqa: PLC0415

    specs = session.workspace.workflows.inputs(found)
    given = json_object(arguments.inputs) if arguments.inputs else {}
    given |= input_values(arguments.input, specs)
    if unknown := sorted(given.keys() - {spec.name for spec in specs}):
        hint = f"its inputs are {', '.join(spec.name for spec in specs)}" if specs else "it has no inputs"
        raise InvalidValueError(f"{found.slug} has no input {unknown[0]}", hint=hint)
    return with_files(given, [assignment(word) for word in arguments.upload], specs)


def _form(arguments: Namespace) -> str:
    form: str = arguments.format
    return form


_LISTS: Final = {"NAME": "list", "CHAIN": "runs"}
_VERBS: Final[Mapping[str, Callable[[Session, Sequence[str], Namespace], int]]] = {
    "list": _list,
    "show": _show,
    "cost": _cost,
    "run": _run,
    "resume": _resume,
    "cancel": _cancel,
    "runs": _runs,
    "new": _new,
    "enable": _enable,
    "disable": _disable,
    "remove": _remove,
}


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("words", nargs="*", metavar="WORD", help=f"{_VERB_HINT}; then NAME of a workflow, or CHAIN")
    parser.add_argument("--file", metavar="FILE", help="with new: the text of the workflow; - is stdin")
    parser.add_argument(
        "-i", "--input", action="append", default=[], metavar="NAME=VALUE", help="an input; may be repeated"
    )
    parser.add_argument("--inputs", metavar="JSON|@FILE", help="all inputs as a JSON object, or a file that holds it")
    parser.add_argument(
        "--upload", action="append", default=[], metavar="NAME=FILE", help="a file for a media input; may be repeated"
    )
    parser.add_argument("--out", metavar="DIR", help="where result files go, a folder for each step")
    parser.add_argument("--budget", metavar="AMOUNT", help="begin no step that would go beyond it: 40credits, 2.50USD")
    parser.add_argument("--no-budget", action="store_true", help="with resume: without the budget that it had")
    parser.add_argument("--send-again", action="store_true", help="with resume: run a step anew that may be billed")
    parser.add_argument("--prune", type=int, metavar="DAYS", help="with runs: forget those that ended, and are older")
    add_yes(parser)
    parser.add_argument(
        "--dry-run", action="store_true", help="show what would happen: of run the exact requests, of new the file"
    )
    add_format(parser, "table", "json")


COMMANDS = {
    "workflow": Command(
        workflow,
        _add_arguments,
        "Chains of models: workflows/NAME.toml says the steps, and what each gives to the next.\n"
        "A run is one job a step; a step that fails ends it, and `resume` goes on without paying again.",
        "In a dry run, what an earlier step will give stands as its placeholder: ${steps.still.results[0]}.\n"
        "The paths of result files go to stdout, one a line; what happens on the way to stderr.\n"
        "`new`, `enable`, `disable` and `remove` are queued. Of STEP=MODEL, what a model needs comes from the\n"
        "step before, or becomes an input of the workflow, which is not active until `workflow enable` is applied.\n"
        "Chains are kept until `runs --prune` forgets them. Their jobs, files and statistics stay then.",
        usage="modeltui workflow [-C DIR] [list | show NAME | runs [NAME]] [--format table|json]\n"
        "       modeltui workflow [-C DIR] runs [NAME] --prune DAYS [-y] [--dry-run]\n"
        "       modeltui workflow [-C DIR] cost NAME [-i NAME=VALUE ...]\n"
        "       modeltui workflow [-C DIR] run NAME [-i NAME=VALUE ...] [--inputs JSON|@FILE]\n"
        "                         [--upload NAME=FILE ...] [--out DIR] [--budget AMOUNT] [-y] [--dry-run]\n"
        "       modeltui workflow [-C DIR] resume CHAIN [--send-again] [--budget AMOUNT | --no-budget] [-y]\n"
        "       modeltui workflow [-C DIR] cancel CHAIN\n"
        "       modeltui workflow [-C DIR] new NAME (STEP=MODEL ... | --file FILE) [--dry-run]\n"
        "       modeltui workflow [-C DIR] enable|disable NAME ... [--dry-run]\n"
        "       modeltui workflow [-C DIR] remove NAME ... [--dry-run]",
    )
}
