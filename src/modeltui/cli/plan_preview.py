"""What an apply would do, told before it is done."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable

from modeltui.cli import asking, output, report
from modeltui.cli.outcome import counted
from modeltui.cli.session import Session
from modeltui.domain.change import Action
from modeltui.domain.pending.plan import Plan
from modeltui.domain.text import some_of
from modeltui.services.apply import limits

_LONGEST = 10
"""Digits of a number that is typed."""


def question(plan: Plan) -> str:
    counts = ", ".join(f"{number} {action.value}" for action in Action if (number := plan.count(action)))
    return f"Apply {counted(len(plan.files), 'file')} ({counts})?"


def warn_of_limits(session: Session, plan: Plan) -> None:
    """What of a plan the policy wants a second yes or a reason for."""
    report.warn(limits(session.workspace.catalog.snapshot(), plan).said)


def confirmed(session: Session, plan: Plan, arguments: Namespace) -> int | None:
    """The number of files as a person said it, where the policy wants that; what `--yes` does not answer."""
    found = limits(session.workspace.catalog.snapshot(), plan)
    if arguments.confirm is not None or found.files is None or arguments.yes or not asking.can_ask():
        return None if arguments.confirm is None else int(arguments.confirm)
    answer = asking.text(f"That is a large apply. Type {found.files} to go on:")
    return int(answer) if answer.isdecimal() and len(answer) < _LONGEST else None


def warn_of_swept(session: Session, plan: Plan) -> None:
    """Edits by hand that the commit of a plan would take along."""
    if swept := session.workspace.applying.swept(plan):
        report.warn([f"the commit takes along what is not committed yet in {some_of(swept, len(swept))}"])


def previewed(plan: Plan, form: str, show_diff: Callable[[], None]) -> int:
    """`--dry-run`: the diff or the JSON of an apply, what stands in its way, and its exit code."""
    from modeltui.cli.queue import described  # noqa: PLC0415  # not for the apply itself

    problems = plan.problems
    if form == "json":
        output.json_document({"id": None, "files": [file.path for file in plan.files.values()], "commit": None})
    else:
        show_diff()
    report.say(f"{counted(len(plan.files), 'file')} would be written; nothing was")
    for file in problems:
        for line in described(file):
            report.say(line)
    if not problems:
        return report.Exit.DONE
    return report.Exit.CONFLICT if any(file.is_stale for file in problems) else report.Exit.REFUSED
