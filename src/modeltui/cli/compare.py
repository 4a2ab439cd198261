"""`compare`: the same inputs to a few models, side by side."""

from __future__ import annotations

from argparse import Namespace

from modeltui.cli import report
from modeltui.cli.arguments import Parser, add_format, add_yes
from modeltui.cli.batch import add_limits, add_reports, ended, send
from modeltui.cli.batch_inputs import add_inputs, common_and_own, files_of, spelled
from modeltui.cli.batch_plan import show_plan
from modeltui.cli.batch_report import check_files, show, side_by_side
from modeltui.cli.commands import Command
from modeltui.cli.session import Session
from modeltui.domain.money import parse_budget


def compare(session: Session, arguments: Namespace) -> int:
    check_files(arguments.report, force=arguments.force)
    common, own = common_and_own(arguments)
    plan = session.workspace.batches.plan(
        "",
        common,
        models=arguments.models,
        inputs_by_model=own,
        spelled=spelled(arguments.input),
        files=files_of(arguments),
        budget=parse_budget(arguments.budget) if arguments.budget else None,
        concurrency=arguments.concurrency,
        is_strict=arguments.strict,
        includes_retired=True,
        allows_unpriced=arguments.allow_unpriced,
        is_dry=arguments.dry_run,
    )
    if arguments.dry_run:
        show_plan(plan, arguments.format)
        is_fitting = plan.budget is None or plan.within_budget == len(plan.items)
        return report.Exit.DONE if plan.items and is_fitting and not plan.skipped else report.Exit.REFUSED
    outcome = send(session, plan, is_yes=arguments.yes)
    if outcome is None:
        return report.Exit.REFUSED
    is_text = arguments.format == "text"
    shows = side_by_side if is_text else lambda found: show(found, "json")
    return ended(session, arguments, outcome, shows, outcome.report.skipped)


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("models", nargs="+", metavar="MODEL", help="keys, uids or model_ids that only one model has")
    add_inputs(parser)
    add_limits(parser)
    parser.add_argument("--dry-run", action="store_true", help="the plan with its price; send nothing")
    add_reports(parser)
    add_yes(parser)
    add_format(parser, "text", "json")


COMMANDS = {
    "compare": Command(
        compare,
        _add_arguments,
        "Run the same inputs on a few models, and show what came of each side by side. It is a batch, and resumable.",
        "Each model gets those inputs that it knows. Exit code 0: every model was run and succeeded; 1: not every one.",
    )
}
