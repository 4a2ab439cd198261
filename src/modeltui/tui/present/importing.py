"""What an import would do: a line for each model and each reason, and the details of the one under the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from modeltui.domain.document import format_field, shown
from modeltui.domain.text import safe
from modeltui.errors import UsageError
from modeltui.tui.present.line import BLANK, Line, Piece, Role, cut, line, spread, width_of

if TYPE_CHECKING:
    from modeltui.domain.exchange.import_plan import Changed, Created, ImportPlan
    from modeltui.domain.exchange.row import Refused

_MOST_FIELDS = 200
_MOST_LINES = 400


@dataclass(frozen=True, slots=True)
class ImportEntry:
    id: str
    sign: Piece
    name: str
    """Not yet safe for a terminal, and so is `right`."""
    right: str
    details: tuple[Line, ...]


def pairs_of(text: str, *, form: str, hint: str) -> dict[str, str]:
    """`a=b, c=d` as it is typed into a field; `form` is what that is to look like. Raises UsageError."""
    pairs = {}
    for word in filter(None, map(str.strip, text.split(","))):
        name, sign, value = word.partition("=")
        if not sign or not name.strip():
            raise UsageError(f"{word!r} is not {form}", hint=hint)
        pairs[name.strip()] = value.strip()
    return pairs


def providers_of(text: str) -> dict[str, str]:
    """The providers of ours by the names that theirs have there, as typed. Raises UsageError."""
    pairs = pairs_of(text, form="theirs=ours", hint="such as vertex_ai=google, with commas between several")
    return {theirs: ours for theirs, ours in pairs.items() if ours}


def import_entries(plan: ImportPlan) -> list[ImportEntry]:
    """Created, changed, refused, and the reasons for which rows are skipped, in this order."""
    return [
        *(_created(item) for item in plan.created),
        *(_changed(item) for item in plan.changed),
        *(_refused(reason, rows) for reason, rows in plan.refused_by_reason()),
        *(_skipped(reason, number) for reason, number in plan.skipped_by_reason().items()),
    ]


def entry_line(entry: ImportEntry, width: int) -> Line:
    left: Line = ((" ", "plain"), entry.sign, (" ", "plain"), (safe(entry.name), "plain"), ("  ", "plain"))
    room = width - width_of(left) - 2
    return spread(left, (*cut(((safe(entry.right), "muted"),), max(room, 8)), (" ", "plain")), width)


def import_counts(plan: ImportPlan) -> Line:
    """`+ 3 created  ~ 12 changed  = 7 skipped  ! 1 refused`."""
    parts: tuple[tuple[str, int, str, Role], ...] = (
        ("+", len(plan.created), "created", "added"),
        ("~", len(plan.changed), "changed", "warn"),
        ("=", len(plan.skipped), "skipped", "muted"),
        ("!", len(plan.refused), "refused", "bad" if plan.refused else "muted"),
    )
    pieces: list[Piece] = []
    for sign, number, word, role in parts:
        pieces += [(f" {sign} ", role), (f"{number} {word} ", "plain" if number else "muted")]
    return tuple(pieces)


def _created(item: Created) -> ImportEntry:
    lines = [line(text) for text in item.text.splitlines()[:_MOST_LINES]]
    return ImportEntry(f"+{item.key}", ("+", "added"), item.key, item.where, (*_head(item.key, item.where), *lines))


def _changed(item: Changed) -> ImportEntry:
    fields = ", ".join(format_field(edit.path) for edit in item.edits)
    lines: list[Line] = []
    for edit in item.edits[:_MOST_FIELDS]:
        lines += [line(format_field(edit.path), "muted"), line(f"- {shown(edit.old)}", "removed")]
        lines.append(line(f"+ {shown(edit.new)}", "added"))
    return ImportEntry(f"~{item.key}", ("~", "warn"), item.key, fields, (*_head(item.key, item.where), *lines))


def _refused(reason: str, rows: Sequence[Refused]) -> ImportEntry:
    first = rows[0]
    rest = first.where if len(rows) == 1 else f"{len(rows)} rows"
    name, right = (first.key, reason) if first.key else (reason, rest)
    lines = [line(row.where) for row in rows[:_MOST_LINES]]
    help_lines = [BLANK, line(first.hint, "muted")] if first.hint else []
    details = (line(reason, "bad"), *help_lines, BLANK, *lines)
    return ImportEntry(f"!{first.where} {first.key}", ("!", "bad"), name, right, details)


def _skipped(reason: str, number: int) -> ImportEntry:
    rows = f"{number} row" if number == 1 else f"{number} rows"
    return ImportEntry(f"={reason}", ("=", "muted"), rows, reason, (line(f"{rows}: {reason}"),))


def _head(key: str, where: str) -> tuple[Line, ...]:
    return line(key, "strong"), line(where, "muted"), BLANK
