"""`history`: who changed what, when and why."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from typing import Any

from modeltui.cli import output, report
from modeltui.cli.arguments import Parser, add_format
from modeltui.cli.commands import Command
from modeltui.cli.session import Session
from modeltui.domain.document import ABSENT, format_field, plain, shown
from modeltui.domain.lock import lock_of
from modeltui.errors import NotFoundError
from modeltui.services.history import ApplyRecord, FieldChange


def history(session: Session, arguments: Namespace) -> int:
    key, records = _records(session, arguments.model)
    if arguments.format == "json":
        output.json_array(_row(record, _changes(record, key)) for record in records)
    elif records:
        output.lines(line for record in records for line in _described(record, _changes(record, key)))
    else:
        report.say("nothing was applied yet")
    return report.Exit.DONE


def _records(session: Session, name: str | None) -> tuple[str | None, list[ApplyRecord]]:
    """The key that is meant and its applies. Raises NotFoundError for what neither catalogue nor history knows."""
    entries = session.workspace.history.entries
    if name is None:
        return None, entries()
    try:
        key = session.model(name).key
    except NotFoundError:
        if records := entries(name):
            return name, records
        raise
    return key, entries(key)


def _changes(record: ApplyRecord, key: str | None) -> Sequence[FieldChange]:
    return record.changes if key is None else [change for change in record.changes if change.key == key]


def _row(record: ApplyRecord, changes: Sequence[FieldChange]) -> dict[str, Any]:
    return {
        "id": record.id,
        "at": record.at.isoformat(),
        "by": record.by,
        "reason": record.reason,
        "commit": record.commit,
        "changes": [
            {"key": change.key, "field": _field(change), "old": plain(change.old), "new": plain(change.new)}
            for change in changes
        ],
    }


def _described(record: ApplyRecord, changes: Sequence[FieldChange]) -> Iterator[str]:
    commit = f"  commit {record.commit[:12]}" if record.commit else ""
    yield f"{record.id}  {record.at:%Y-%m-%d %H:%M} UTC  {record.by}  {record.reason or '(no reason)'}{commit}"
    for change in changes:
        yield f"    {change.action.sign} {change.key}  {_told(change)}"


def _told(change: FieldChange) -> str:
    if change.field == ("lock",):
        return _lock_told(change)
    field = _field(change)
    return "the whole file" if field is None else f"{field}: {shown(change.old)} → {shown(change.new)}"


def _lock_told(change: FieldChange) -> str:
    """A lock or an unlock in words: who and why as the lock says, when and by whom as the record does."""
    before, after = (lock_of({} if value is ABSENT else {"lock": value}) for value in (change.old, change.new))
    if after is None:
        return "unlocked" if before is None else f"unlocked; it was {before}"
    reason = f" ({after.reason})" if after.reason else ""
    return f"{'locked' if before is None else 'locked anew'}{reason}"


def _field(change: FieldChange) -> str | None:
    """None where the whole file was made, rewritten or deleted."""
    return format_field(change.field) or None


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("model", nargs="?", metavar="MODEL", help="only what touched this model; it may be gone by now")
    add_format(parser, "text", "json")


COMMANDS = {"history": Command(history, _add_arguments, "Show what was applied: by whom, when, why, and which fields.")}
