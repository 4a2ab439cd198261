"""`drift`: locked files that were changed behind the lock, and locks that are gone."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from typing import Any

from modeltui.cli import asking, output, report
from modeltui.cli.arguments import QUERY_NOTE, Parser, add_format, add_query, query_of
from modeltui.cli.commands import Command
from modeltui.cli.outcome import counted, reported
from modeltui.cli.session import Session
from modeltui.domain.document import format_field, plain, shown
from modeltui.errors import UsageError
from modeltui.services.drift import Drift
from modeltui.services.lock_watch import LostLock


def drift(session: Session, arguments: Namespace) -> int:
    query = query_of(arguments)
    if arguments.relock or arguments.restore:
        return _resolve(session, query, arguments)
    keys = [model.key for model in session.workspace.catalog.select(query)] if query.strip() else None
    found, lost = session.workspace.drift.find(keys), session.workspace.drift.lost(keys)
    if arguments.format == "json":
        output.json_array([*map(_row, found), *map(_lost_row, lost)])
    else:
        output.lines(line for each in found for line in _described(each))
        output.lines(line for each in lost for line in (f"{each.path}: {each.message}", f"    hint: {each.hint}"))
    if lost:
        report.say(f"{counted(len(lost), 'lock')} lost behind our back")
    if found or not lost:
        report.say(f"{counted(len(found), 'locked file')} changed behind the lock" if found else "every lock holds")
    return report.Exit.REFUSED if found or lost else report.Exit.DONE


def _resolve(session: Session, query: str, arguments: Namespace) -> int:
    if arguments.relock and arguments.restore:
        raise UsageError("--relock and --restore exclude each other")
    keys = session.chosen(query)
    if arguments.restore:
        return reported(session.workspace.drift.restore(keys))
    reason = arguments.reason if arguments.reason is not None else asking.text("Why lock anew?")
    return reported(session.workspace.drift.relock(keys, reason))


def _lock_row(found: Drift | LostLock, what: str) -> dict[str, Any]:
    return {
        "key": found.key,
        "path": found.path,
        "what": what,
        "locked_by": found.lock.by,
        "locked_at": plain(found.lock.at) if found.lock.at is not None else None,
        "reason": found.lock.reason,
    }


def _lost_row(lost: LostLock) -> dict[str, Any]:
    return {**_lock_row(lost, lost.way), "complete": False, "commit": None, "restorable": False, "changes": []}


def _row(found: Drift) -> dict[str, Any]:
    return {
        **_lock_row(found, "changed"),
        "complete": found.is_complete,
        "commit": found.commit,
        "restorable": found.restored is not None,
        "changes": [
            {"field": format_field(each.path), "from": plain(each.was), "to": plain(each.now)} for each in found.fields
        ],
    }


def _described(found: Drift) -> Iterator[str]:
    yield f"{found.path}: {found.lock}, and changed since"
    for each in found.fields:
        yield f"    {format_field(each.path)}: {shown(each.was)} → {shown(each.now)}"
    if not found.is_complete:
        yield "    the locked version is not known; there may be more"
    elif not found.fields:
        yield "    no value differs: comments or the form changed"
    if found.commit:
        yield f"    locked version: commit {found.commit[:12]}"


def _add_arguments(parser: Parser) -> None:
    add_query(parser, is_needed=False)
    parser.add_argument("--relock", action="store_true", help="queue locking these models as they are now")
    parser.add_argument("--restore", action="store_true", help="queue giving these models back what was locked")
    parser.add_argument("--reason", metavar="TEXT", help="why, of --relock")
    add_format(parser, "text", "json")


COMMANDS = {
    "drift": Command(
        drift,
        _add_arguments,
        "Show locked files that were changed behind the lock, and what changed. Exit code 1 if there are any.",
        QUERY_NOTE,
        usage="modeltui drift [-C DIR] [QUERY] [--format text|json]\n"
        "       modeltui drift [-C DIR] QUERY --relock [--reason TEXT]\n"
        "       modeltui drift [-C DIR] QUERY --restore",
    )
}
