"""`pending`, `discard`, `undo` and `redo`: the changes that wait."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from typing import Any

from modeltui.cli import output, report
from modeltui.cli.arguments import QUERY_NOTE, Parser, add_format, add_query, query_of
from modeltui.cli.commands import Command
from modeltui.cli.outcome import counted_keys, say_skipped
from modeltui.cli.session import Session
from modeltui.domain.document import format_field, plain, shown
from modeltui.domain.pending.plan import Plan, PlannedFile
from modeltui.domain.snapshot import Snapshot
from modeltui.errors import NotFoundError, RefusedError, UsageError


def pending(session: Session, arguments: Namespace) -> int:
    plan = session.workspace.catalog.snapshot().plan
    others = session.workspace.changes.others() if arguments.all_users else {}
    if arguments.format == "json":
        output.json_array(_row(file) for each in (plan, *others.values()) for file in each.files.values())
    elif arguments.format == "diff":
        output.diff(session.workspace.changes.diff(), color=session.settings.color)
    else:
        output.lines(line for file in plan.files.values() for line in described(file))
        output.lines(line for user, theirs in others.items() for line in _of_user(user, theirs))
        if not plan.files:
            report.say("nothing is pending" if not others else "nothing of yours is pending")
    return report.Exit.DONE


def discard(session: Session, arguments: Namespace) -> int:
    query = query_of(arguments)
    if bool(query.strip()) == arguments.all:
        raise UsageError("discard takes a QUERY or --all", hint="`modeltui pending` shows what waits")
    before = session.workspace.catalog.snapshot()
    keys = None if arguments.all else pending_keys(session, before, query)
    if arguments.field:
        return _discard_fields(session, keys or list(before.plan.files), arguments.field)
    if not before.queue.changes:
        report.say("nothing is pending, so nothing was discarded")
        return report.Exit.DONE
    after = session.workspace.changes.drop(keys)
    gone = before.plan.files.keys() - after.plan.files.keys()
    report.say(f"{counted_keys(gone)} discarded; `modeltui undo` brings it back")
    return report.Exit.DONE


def _discard_fields(session: Session, keys: Sequence[str], fields: Sequence[str]) -> int:
    """Of models that have more pending, only these fields."""
    outcome = session.workspace.changes.drop_fields(keys, fields)
    named = ", ".join(fields)
    if not outcome.changed and outcome.refused:
        raise RefusedError(outcome.refused[0].reason, hint=outcome.refused[0].hint)
    say_skipped(outcome)
    if not outcome.changed:
        raise NotFoundError(f"nothing is pending for {named} there", hint="`modeltui pending` names the fields")
    report.say(f"{named} of {counted_keys(outcome.changed)} discarded; `modeltui undo` brings it back")
    return report.Exit.DONE


def undo(session: Session, _: Namespace) -> int:
    queue = session.workspace.catalog.snapshot().queue
    if not queue.done:
        raise NotFoundError(queue.no_undo)
    return _moved("undone", queue.done[-1].label, session.workspace.changes.undo())


def redo(session: Session, _: Namespace) -> int:
    undone = session.workspace.catalog.snapshot().queue.undone
    if not undone:
        raise NotFoundError("nothing to redo")
    return _moved("redone", undone[-1].label, session.workspace.changes.redo())


def described(file: PlannedFile) -> Iterator[str]:
    """A planned file in lines: what would become of it, and of each field."""
    yield f"{file.action.sign} {file.key}  ({file.by}, {file.at:%Y-%m-%d %H:%M} UTC)"
    if file.problem is not None:
        yield f"    ! {file.problem}"
    if file.text is not None:
        yield "    the whole file"
    for edit in file.edits:
        yield f"    {format_field(edit.path)}: {shown(edit.old)} → {shown(edit.new)}"


def _of_user(user: str, plan: Plan) -> Iterator[str]:
    """What another user has pending, by key only: it is theirs to apply."""
    yield f"{user}: {len(plan.files)} pending"
    yield from (f"    {file.action.sign} {file.key}{' !' if file.problem else ''}" for file in plan.files.values())


def _row(file: PlannedFile) -> dict[str, Any]:
    return {
        "key": file.key,
        "path": file.path,
        "action": file.action.value,
        "changes": [
            {"field": format_field(edit.path), "old": plain(edit.old), "new": plain(edit.new)} for edit in file.edits
        ],
        "queued_by": file.by,
        "queued_at": file.at.isoformat(),
        "stale": file.is_stale,
        "problem": file.problem,
    }


def pending_keys(session: Session, snapshot: Snapshot, query: str) -> list[str]:
    """Pending models that the query chooses; a whole key also names one whose file is gone."""
    if query in snapshot.plan.files:
        return [query]
    keys = [model.key for model in session.workspace.catalog.select(query) if model.key in snapshot.plan.files]
    if not keys:
        raise NotFoundError(f"nothing pending matches {query!r}", hint="`modeltui pending` shows what waits")
    return keys


def _moved(verb: str, label: str, after: Snapshot) -> int:
    report.say(f"{verb}: {label}; {counted_keys(after.plan.files)} pending")
    return report.Exit.DONE


def _add_pending_arguments(parser: Parser) -> None:
    parser.add_argument("--all-users", action="store_true", help="also what other users have pending (not as a diff)")
    add_format(parser, "text", "diff", "json")


def _add_discard_arguments(parser: Parser) -> None:
    add_query(parser, is_needed=False)
    parser.add_argument("--all", action="store_true", help="everything that waits")
    parser.add_argument(
        "--field",
        action="append",
        default=[],
        metavar="FIELD",
        help="only what is pending for this field, and those inside it; may be repeated",
    )


def _add_nothing(_: Parser) -> None:
    return


COMMANDS = {
    "pending": Command(pending, _add_pending_arguments, "Show the changes that wait to be applied."),
    "discard": Command(discard, _add_discard_arguments, "Drop changes that wait. `undo` brings them back.", QUERY_NOTE),
    "undo": Command(undo, _add_nothing, "Take the last step back: all that one command queued or discarded."),
    "redo": Command(redo, _add_nothing, "Do the step again that was undone last."),
}
