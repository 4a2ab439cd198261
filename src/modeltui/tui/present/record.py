"""The history in words: an apply on a line, and what it changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from modeltui.domain.document import format_field, shown
from modeltui.domain.text import safe
from modeltui.tui.present.line import BLANK, Line, spread
from modeltui.tui.present.model import edit_line, fact, moment


class FieldChange(Protocol):
    """One field of one model in a record; what is not a field is a whole file."""

    @property
    def key(self) -> str: ...
    @property
    def field(self) -> Any: ...
    @property
    def old(self) -> Any: ...
    @property
    def new(self) -> Any: ...


class Record(Protocol):
    """One apply as the history service gives it."""

    @property
    def id(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def by(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def commit(self) -> str | None: ...
    @property
    def changes(self) -> Sequence[FieldChange]: ...


def record_line(record: Record, width: int) -> Line:
    """`2026-11-20 10:00  alice  why …          3 models`."""
    models = len({change.key for change in record.changes})
    left: Line = (
        (f" {moment(record.at.astimezone())}  ", "muted"),
        (f"{safe(record.by)}  ", "accent"),
        (safe(record.reason) or "no reason given", "plain" if record.reason else "muted"),
    )
    count = f"{models} model{'' if models == 1 else 's'}"
    return spread(left, ((f"{count} ", "muted"),), width)


def record_details(record: Record) -> list[Line]:
    """Who, when, why, then each field from what to what by model."""
    lines: list[Line] = [
        ((safe(record.reason) or "no reason given", "strong"),),
        BLANK,
        fact("by", record.by),
        fact("at", moment(record.at.astimezone())),
        fact("apply", record.id),
        fact("commit", record.commit[:12] if record.commit else "none"),
    ]
    key = None
    for change in record.changes:
        if change.key != key:
            key = change.key
            lines += [BLANK, ((safe(key), "accent"),)]
        lines.append(_change(change))
    return lines


def _change(change: FieldChange) -> Line:
    if change.field:
        name = change.field if isinstance(change.field, str) else format_field(change.field)
        return edit_line(name, change.old, change.new)
    return (("  the whole file ", "plain"), (f"({safe(shown(change.new))[:20]})", "muted"))
