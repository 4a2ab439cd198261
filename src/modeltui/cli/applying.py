"""`apply`: what waits becomes so, all files or none."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence

from modeltui.cli import asking, output, report
from modeltui.cli.arguments import Parser, add_format, add_yes
from modeltui.cli.commands import Command
from modeltui.cli.outcome import counted
from modeltui.cli.plan_preview import previewed, question
from modeltui.cli.planning import apply_plan
from modeltui.cli.session import Session
from modeltui.domain.snapshot import Snapshot
from modeltui.errors import UsageError
from modeltui.services.apply import ApplyOutcome, wants_reason


def apply(session: Session, arguments: Namespace) -> int:
    outcome = apply_plan(session, arguments) if arguments.plan is not None else _apply_queue(session, arguments)
    if isinstance(outcome, int):
        return outcome
    report.warn(outcome.warnings)
    if outcome.id is not None:
        commit = f", commit {outcome.commit[:12]}" if outcome.commit else ""
        report.say(f"applied {outcome.id}: {counted(len(outcome.files), 'file')}{commit}")
    return _done(arguments.format, outcome.id, outcome.files, outcome.commit)


def _apply_queue(session: Session, arguments: Namespace) -> ApplyOutcome | int:
    """The outcome of an apply, or the exit code where it came to none."""
    snapshot = session.workspace.catalog.snapshot()
    if not snapshot.plan.files:
        report.say("nothing is pending")
        return ApplyOutcome(snapshot)
    if arguments.dry_run:
        diff = session.workspace.changes.diff
        return previewed(snapshot.plan, arguments.format, lambda: output.diff(diff(), color=session.settings.color))
    if swept := session.workspace.applying.swept():
        report.warn([f"the commit takes along what is not committed yet in {', '.join(swept)}"])
    reason = _reason(session, arguments, snapshot)
    if not asking.confirm(question(snapshot.plan), is_yes=arguments.yes):
        report.say("nothing was applied; all stays pending")
        return report.Exit.REFUSED
    return session.workspace.applying.apply(reason)


def _reason(session: Session, arguments: Namespace, snapshot: Snapshot) -> str:
    """The reason that was given, or is asked for. Raises UsageError where one is wanted and nobody can be asked."""
    if arguments.reason is not None:
        return str(arguments.reason)
    reason = "" if arguments.yes else asking.text("Why?")
    if not reason and not session.workspace.applying.usual_reason() and wants_reason(snapshot):
        raise UsageError("this catalogue wants a reason for every apply", hint="say why with --reason")
    return reason


def _done(form: str, apply_id: str | None, files: Sequence[str], commit: str | None) -> int:
    if form == "json":
        output.json_document({"id": apply_id, "files": list(files), "commit": commit})
    return report.Exit.DONE


def _add_apply_arguments(parser: Parser) -> None:
    parser.add_argument(
        "--plan", metavar="FILE", help="apply a plan that `plan --out` saved, and leave the queue alone"
    )
    parser.add_argument("--reason", metavar="TEXT", help="why; kept in the history and the commit")
    add_yes(parser)
    parser.add_argument("--dry-run", action="store_true", help="show what would be written, and write nothing")
    add_format(parser, "text", "json")


COMMANDS = {
    "apply": Command(
        apply,
        _add_apply_arguments,
        "Write all pending changes, all files or none, and record them (in a git work tree with one commit).",
        "Exit code 3 means that nothing was written: a file changed since its edit was queued (`modeltui conflicts`\n"
        "shows both sides), or somebody else is applying.",
    )
}
