"""`plan`, and `apply --plan`: what is pending as a file, to be reviewed and applied elsewhere."""

from __future__ import annotations

import os
from argparse import Namespace

from modeltui.cli import asking, output, report
from modeltui.cli.arguments import Parser
from modeltui.cli.commands import Command
from modeltui.cli.outcome import counted
from modeltui.cli.plan_preview import confirmed, previewed, question, warn_of_limits, warn_of_swept
from modeltui.cli.reading import content_of
from modeltui.cli.session import Session
from modeltui.services.apply import ApplyOutcome, refuse_without_reason
from modeltui.services.changing.plan_files import LARGEST_PLAN
from modeltui.services.permissions import Deed


def plan(session: Session, arguments: Namespace) -> int:
    if arguments.out is None:
        output.file_content(session.workspace.plans.text().encode())
        return report.Exit.DONE
    count = session.workspace.plans.save(arguments.out)
    if count:
        report.say(f"{counted(count)} in {arguments.out}; `modeltui apply --plan {arguments.out}` applies it")
    else:
        report.say("nothing is pending, so there is no plan")
    return report.Exit.DONE


def apply_plan(session: Session, arguments: Namespace) -> ApplyOutcome | int:
    """The outcome of an apply, or the exit code where it came to none."""
    plans = session.workspace.plans
    plan_file = plans.parsed(content_of("-", LARGEST_PLAN)) if arguments.plan == "-" else plans.read(arguments.plan)
    found = plans.planned(plan_file)
    if arguments.dry_run:
        code = previewed(found, arguments.format, lambda: output.diff(plans.diff(found), color=session.settings.color))
        warn_of_swept(session, found)
        warn_of_limits(session, found)
        return code
    session.workspace.permissions.require(Deed.APPLY, "apply of a plan file", list(found.files))
    warn_of_swept(session, found)
    warn_of_limits(session, found)
    report.say(
        f"a plan by {plan_file.by}, {plan_file.at:%Y-%m-%d %H:%M}, made in {os.path.basename(plan_file.catalog)}"
    )
    reason = arguments.reason if arguments.reason is not None else "" if arguments.yes else asking.text("Why?")
    refuse_without_reason(session.workspace.catalog.snapshot(), found, reason)
    if found.files and not asking.confirm(question(found), is_yes=arguments.yes):
        report.say("nothing was applied")
        return report.Exit.REFUSED
    number = confirmed(session, found, arguments)
    return plans.apply(plan_file, reason, confirmed=number, on_wait=report.waiting)


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("--out", metavar="FILE", help="write it there; without it, to stdout")


COMMANDS = {
    "plan": Command(
        plan,
        _add_arguments,
        "Save all that is pending as a plan: JSON to be reviewed, and applied with `apply --plan FILE`.",
        "A plan names each file with its digest, and each field with its old and its new value. It is checked like\n"
        "any other change when it is applied. The queue stays as it is.",
    )
}
