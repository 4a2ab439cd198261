"""`history`: who changed what, when and why; what differs between two moments; the audit log and its walk."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from typing import Any, Final

from modeltui.cli import output, report
from modeltui.cli.arguments import Parser, add_format
from modeltui.cli.commands import Command
from modeltui.cli.session import Session
from modeltui.domain.document import ABSENT, format_field, plain, shown
from modeltui.domain.lock import lock_of
from modeltui.domain.text import cut, some_of
from modeltui.errors import NotFoundError, RefusedError, UsageError
from modeltui.services.auditing import AuditEntry
from modeltui.services.history import ApplyRecord, FieldChange, History

_LIMIT: Final = 200
_LONGEST: Final = 200
"""Characters of a value in text; JSON has all of it."""


def history(session: Session, arguments: Namespace) -> int:
    if sum((arguments.diff is not None, arguments.verify, arguments.audit)) > 1:
        raise UsageError("--diff, --verify and --audit exclude each other")
    if arguments.verify:
        return _verified(session, arguments.format)
    if arguments.audit:
        return _audit(session, arguments)
    if arguments.diff is not None:
        return _compared(session, arguments)
    key, found = _read(session, arguments)
    if arguments.format == "json":
        output.json_array(_row(record, _changes(record, key)) for record in found.records)
    else:
        output.lines(line for record in found.records for line in described(record, _changes(record, key)))
    if found.warning:
        report.warn([found.warning])
    if not found.is_complete:
        report.say(f"the newest {len(found.records)}; --limit 0 shows all")
    elif not found.records and arguments.format != "json":
        report.say("nothing matches" if arguments.find else "nothing was applied yet")
    return report.Exit.DONE


def _read(session: Session, arguments: Namespace) -> tuple[str | None, History]:
    """The key that is meant and its records. Raises NotFoundError for what neither catalogue nor history knows."""
    if arguments.limit < 0:
        raise UsageError("--limit takes a number from 0")
    name, limit = arguments.model, arguments.limit or None

    def read(key: str | None) -> History:
        return session.workspace.history.read(key, limit=limit, words=arguments.find or "")

    if name is None:
        return None, read(None)
    key = _key(session, name)
    return key, read(key)


def _key(session: Session, name: str) -> str:
    """The key of a model; it may be gone by now. Raises NotFoundError."""
    try:
        return session.model(name).key
    except NotFoundError:
        if session.workspace.history.read(name, limit=1).records:
            return name
        raise


def _compared(session: Session, arguments: Namespace) -> int:
    key = None if arguments.model is None else _key(session, arguments.model)
    found = session.workspace.history.compare(arguments.diff, key)
    if arguments.format == "json":
        rows = [change_row(change) for change in found.changes]
        output.json_document({"from": found.before, "to": found.after, "complete": found.is_complete, "changes": rows})
    else:
        output.lines(
            line for change in found.changes for line in (f"{change.action.sign} {change.key}  {_told(change)}",)
        )
    if not found.changes:
        report.say("nothing differs")
    if not found.is_complete:
        report.say("note: told from our records; edits by hand between the two are not known")
    return report.Exit.DONE


def _verified(session: Session, form: str) -> int:
    verdict = session.workspace.audit.verify()
    if form == "json":
        output.json_document(
            {
                "intact": verdict.broken is None,
                "entries": verdict.entries,
                "broken": verdict.broken,
                "entry": verdict.number,
                "notes": list(verdict.notes),
            }
        )
    for note in verdict.notes:
        report.say(f"note: {note}")
    if verdict.broken is not None:
        raise RefusedError(
            f"the audit log is broken: {verdict.broken}", hint="docs/security.md says what that can mean"
        )
    report.say(f"the audit log is whole: {verdict.entries} {'entry' if verdict.entries == 1 else 'entries'}")
    return report.Exit.DONE


def _audit(session: Session, arguments: Namespace) -> int:
    entries = session.workspace.audit.entries()[::-1]
    shown = entries[: arguments.limit or None]
    if arguments.format == "json":
        output.json_array(map(_entry_row, shown))
    else:
        output.lines(map(_entry_line, shown))
    if len(shown) < len(entries):
        report.say(f"the newest {len(shown)} of {len(entries)}; --limit 0 shows all")
    return report.Exit.DONE


def _entry_row(entry: AuditEntry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "at": entry.at.isoformat(),
        "by": entry.by,
        "host": entry.host,
        "what": entry.what,
        "subject": entry.subject,
        "detail": entry.detail,
        "keys": list(entry.keys),
    }


def _entry_line(entry: AuditEntry) -> str:
    names = f"  {some_of(entry.keys, len(entry.keys))}" if entry.keys else ""
    detail = f"  {entry.detail}" if entry.detail else ""
    return f"{entry.number:>5}  {entry.at:%Y-%m-%d %H:%M} UTC  {entry.by}  {entry.what} {entry.subject}{names}{detail}"


def _changes(record: ApplyRecord, key: str | None) -> Sequence[FieldChange]:
    return record.changes if key is None else [change for change in record.changes if change.key == key]


def _row(record: ApplyRecord, changes: Sequence[FieldChange]) -> dict[str, Any]:
    return {
        "id": record.id,
        "at": record.at.isoformat(),
        "by": record.by,
        "reason": record.reason,
        "commit": record.commit,
        "commit_error": record.pending,
        "changes": [change_row(change) for change in changes],
    }


def change_row(change: FieldChange) -> dict[str, Any]:
    return {"key": change.key, "field": _field(change), "old": plain(change.old), "new": plain(change.new)}


def described(record: ApplyRecord, changes: Sequence[FieldChange]) -> Iterator[str]:
    commit = f"  commit {record.commit[:12]}" if record.commit and not record.is_by_hand else ""
    if record.pending is not None:
        commit = f"  not committed: {record.pending}"
    yield f"{record.name}  {record.at:%Y-%m-%d %H:%M} UTC  {record.by}  {record.reason or '(no reason)'}{commit}"
    for change in changes:
        yield f"    {change.action.sign} {change.key}  {_told(change)}"


def _told(change: FieldChange) -> str:
    if change.field == ("lock",):
        return _lock_told(change)
    field = _field(change)
    if field is None:
        return "the whole file"
    old, new = (cut(shown(value), _LONGEST) for value in (change.old, change.new))
    return f"{field}: {old} → {new}"


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
    parser.add_argument("--limit", type=int, default=_LIMIT, metavar="N", help=f"the newest N ({_LIMIT}); 0 for all")
    parser.add_argument("--find", metavar="WORDS", help="only what holds each of these words: who, why, model or field")
    parser.add_argument("--diff", metavar="A..B", help="what differs between two applies or commits; A.. is until now")
    parser.add_argument("--audit", action="store_true", help="the audit log: applies, locks, roll-backs, refusals")
    parser.add_argument("--verify", action="store_true", help="whether the audit log is whole; exit code 1 where not")
    add_format(parser, "text", "json")


COMMANDS = {
    "history": Command(
        history,
        _add_arguments,
        "Show what was applied, and in git what was committed by hand: by whom, when, why, and which fields.",
    )
}
