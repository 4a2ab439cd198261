"""`apply`: what waits becomes so, all files or none."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence

from modeltui.cli import asking, output, report
from modeltui.cli.arguments import Parser, add_format, add_yes
from modeltui.cli.commands import Command
from modeltui.cli.outcome import counted
from modeltui.cli.plan_preview import confirmed, previewed, question, warn_of_limits, warn_of_swept
from modeltui.cli.session import Session
from modeltui.domain.snapshot import Snapshot
from modeltui.errors import RefusedError
from modeltui.services.apply import ApplyOutcome, refuse_without_reason
from modeltui.services.permissions import Deed


def apply(session: Session, arguments: Namespace) -> int:
    outcome = _apply_plan(session, arguments) if arguments.plan is not None else _apply_queue(session, arguments)
    if isinstance(outcome, int):
        return outcome
    report.warn(outcome.warnings)
    if outcome.id is not None:
        commit = f", commit {outcome.commit[:12]}" if outcome.commit else ""
        report.say(f"applied {outcome.id}: {counted(len(outcome.files), 'file')}{commit}")
    return _done(arguments.format, outcome.id, outcome.files, outcome.commit)


def _apply_plan(session: Session, arguments: Namespace) -> ApplyOutcome | int:
    from modeltui.cli.planning import apply_plan  # noqa: PLC0415  # for plans in files only

    return apply_plan(session, arguments)


def _apply_queue(session: Session, arguments: Namespace) -> ApplyOutcome | int:
    """The outcome of an apply, or the exit code where it came to none."""
    session.workspace.applying.refuse_in_doubt()
    snapshot = session.workspace.catalog.snapshot()
    if snapshot.is_queue_unread:
        raise RefusedError(
            "your queue cannot be read, so nothing can be applied",
            hint="ask for the right to read your file in .modeltui/queue, then apply again",
        )
    if not snapshot.plan.files:
        report.say("nothing is pending")
        return ApplyOutcome(snapshot)
    if arguments.dry_run:
        diff = session.workspace.changes.diff
        code = previewed(snapshot.plan, arguments.format, lambda: output.diff(diff(), color=session.settings.color))
        warn_of_swept(session, snapshot.plan)
        warn_of_limits(session, snapshot.plan)
        return code
    session.workspace.permissions.require(Deed.APPLY, "apply", list(snapshot.plan.files))
    warn_of_swept(session, snapshot.plan)
    warn_of_limits(session, snapshot.plan)
    reason = _reason(session, arguments, snapshot)
    if not asking.confirm(question(snapshot.plan), is_yes=arguments.yes):
        report.say("nothing was applied; all stays pending")
        return report.Exit.REFUSED
    number = confirmed(session, snapshot.plan, arguments)
    outcome = session.workspace.applying.apply(reason, confirmed=number, on_wait=report.waiting, looks_again=False)
    return outcome if outcome.id is not None else _nothing_left(outcome)


def _nothing_left(outcome: ApplyOutcome) -> int:
    """The queue is another than the one that was shown: taken back elsewhere meanwhile, or not readable now."""
    report.warn(filter(None, [outcome.snapshot.notice]))
    report.say("nothing is pending any more; nothing was applied")
    return report.Exit.CONFLICT


def _reason(session: Session, arguments: Namespace, snapshot: Snapshot) -> str:
    """The reason that was given, or is asked for. Raises UsageError where one is wanted and nobody can be asked."""
    if arguments.reason is not None:
        return str(arguments.reason)
    reason = "" if arguments.yes else asking.text("Why?")
    refuse_without_reason(snapshot, snapshot.plan, reason or session.workspace.applying.usual_reason())
    return reason


def _done(form: str, apply_id: str | None, files: Sequence[str], commit: str | None) -> int:
    if form == "json":
        output.json_document({"id": apply_id, "files": list(files), "commit": commit})
    return report.Exit.DONE


def _add_apply_arguments(parser: Parser) -> None:
    parser.add_argument(
        "--plan", metavar="FILE", help="apply a plan that `plan --out` saved (- is stdin), and leave the queue alone"
    )
    parser.add_argument("--reason", metavar="TEXT", help="why; kept in the history and the commit")
    add_yes(parser)
    parser.add_argument(
        "--confirm", type=int, metavar="N", help="the number of files, for an apply beyond policy.limits.apply_files"
    )
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
