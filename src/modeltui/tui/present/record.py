"""The history in words: a record on a line, what it changed, the same as a diff, and what rolling it back would do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from modeltui.domain.change import Action
from modeltui.domain.document import ABSENT, format_field, shown
from modeltui.domain.text import safe
from modeltui.tui.present.diff import diff_lines
from modeltui.tui.present.line import BLANK, Line, line, spread
from modeltui.tui.present.model import edit_line, fact, moment

if TYPE_CHECKING:
    from modeltui.services.changing.rollback import Reversal
    from modeltui.services.history import ApplyRecord, Comparison, FieldChange

_MOST_REFUSED = 6
_WHOLE = {Action.CREATE: "the file was made", Action.UPDATE: "the whole file", Action.DELETE: "the file was removed"}


@dataclass(frozen=True, slots=True)
class Part:
    """What of a record can be rolled back by itself."""

    key: str | None
    """None: every model."""
    field: str | None
    """None: every field."""
    said: str


def record_line(record: ApplyRecord, width: int) -> Line:
    """`2026-11-20 10:00  alice  why …          3 models`."""
    models = len({change.key for change in record.changes})
    left: Line = (
        (f" {moment(record.at.astimezone())}  ", "muted"),
        (f"{safe(record.by)}  ", "accent"),
        (safe(record.reason) or "no reason given", "plain" if record.reason else "muted"),
    )
    by_hand = "by hand  " if record.is_by_hand else ""
    return spread(left, ((f"  {by_hand}{_models(models)} ", "muted"),), width)


def record_details(record: ApplyRecord) -> list[Line]:
    """Who, when, why, then each field from what to what by model."""
    lines: list[Line] = [
        ((safe(record.reason) or "no reason given", "strong"),),
        BLANK,
        fact("by", record.by),
        fact("at", moment(record.at.astimezone())),
        *([fact("commit", f"{record.name}, made by hand")] if record.is_by_hand else _of_apply(record)),
    ]
    return lines + list(_by_model(record.changes))


def _of_apply(record: ApplyRecord) -> list[Line]:
    return [fact("apply", record.id), fact("commit", record.commit[:12] if record.commit else "none")]


def compared_lines(found: Comparison) -> list[Line]:
    """What differs between two moments, by model."""
    lines: list[Line] = [((f"from {safe(found.before)} to {safe(found.after)}", "strong"),)]
    if not found.is_complete:
        lines.append((("from our records: edits by hand unknown", "muted"),))
    if not found.changes:
        lines += [BLANK, (("nothing differs", "plain"),)]
    return lines + list(_by_model(found.changes))


def _by_model(changes: Iterable[FieldChange]) -> Iterator[Line]:
    key = None
    for change in changes:
        if change.key != key:
            key = change.key
            yield BLANK
            yield ((safe(key), "accent"),)
        if change.field:
            yield edit_line(format_field(change.field), change.old, change.new)
        else:
            yield ((f"  {_WHOLE[change.action]}", "plain"),)


def record_diff(record: ApplyRecord) -> list[Line]:
    """Whole files line by line, fields as the two lines that they would be."""
    texts = {file.key: file.old_text for file in record.files}
    lines: list[Line] = []
    key = None
    for change in record.changes:
        if change.key != key:
            key = change.key
            lines += [*([BLANK] if lines else []), ((f" {change.action.sign} {safe(change.path)}", "accent"),)]
        if not change.field:
            lines += _whole(change, texts.get(change.key))
            continue
        name = safe(format_field(change.field))
        if change.old is not ABSENT:
            lines.append(((f" -{name} = {safe(shown(change.old))}", "removed"),))
        if change.new is not ABSENT:
            lines.append(((f" +{name} = {safe(shown(change.new))}", "added"),))
    return lines


def _whole(change: FieldChange, old_text: str | None) -> list[Line]:
    before = (old_text or "").split("\n")
    after = change.new.split("\n") if isinstance(change.new, str) else []
    rows = difflib.unified_diff(before, after, lineterm="", n=3)
    return diff_lines("\n".join(row for row in rows if not row.startswith(("--- ", "+++ "))))


def parts_of(record: ApplyRecord) -> list[Part]:
    """The whole first, then each model, and each field of it."""
    keys = list(dict.fromkeys(file.key for file in record.files))
    parts = [Part(None, None, f"all of it: {_models(len(keys))}")] if len(keys) > 1 else []
    for key in keys:
        fields = [change.field for change in record.changes if change.key == key and change.field]
        parts.append(Part(key, None, f"{key}{f': {_fields(len(fields))}' if len(fields) > 1 else ''}"))
        if len(fields) > 1:
            parts += [Part(key, name, f"    {name}") for name in map(format_field, fields)]
    return parts


def reversal_lines(reversal: Reversal) -> list[Line]:
    """What would be queued, in numbers."""
    counts = (
        (len(reversal.edits), f"get back {_fields(reversal.fields)}"),
        (len(reversal.rewrites), "get back their whole old text"),
        (len(reversal.creations), "are made again"),
        (len(reversal.removals), "are removed"),
    )
    lines: list[Line] = [line(f"{_models(count)}: {what}") for count, what in counts if count]
    if reversal.unchanged:
        lines.append(line(f"{_models(len(reversal.unchanged))}: so already", "muted"))
    return lines


def refused_lines(reversal: Reversal) -> list[Line]:
    """What would not be queued, with the reason."""
    refused = reversal.refused
    lines: list[Line] = [line(f"not {each.key}: {each.reason}", "warn") for each in refused[:_MOST_REFUSED]]
    more = len(refused) - _MOST_REFUSED
    return [*lines, *([line(f"and {more} more", "warn")] if more > 0 else [])]


def shown_of(count: int, words: str, *, is_complete: bool) -> Line:
    """How much of the history is on the screen."""
    said = f"{count} {'record' if count == 1 else 'records'}" if is_complete else f"the newest {count}, m for more"
    found: Line = ((f"with {safe(words)}  ", "accent"),) if words else ()
    return (*found, (f"{said} ", "muted"))


def _models(count: int) -> str:
    return f"{count} model{'' if count == 1 else 's'}"


def _fields(count: int) -> str:
    return f"{count} field{'' if count == 1 else 's'}"
