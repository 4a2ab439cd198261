"""What comes in from another clone, or goes out: conflicts first, then each commit with its fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from modeltui.domain.document import ABSENT, Absent, Value, format_field, shown
from modeltui.domain.merging.incoming import name_of, sides_of_file
from modeltui.tui.present.importing import ImportEntry
from modeltui.tui.present.line import BLANK, Line, Piece, line
from modeltui.tui.present.model import moment

if TYPE_CHECKING:
    from modeltui.domain.merging.merge import Clash, Whose
    from modeltui.services.history import ApplyRecord
    from modeltui.services.sharing.pulling import PullPlan
    from modeltui.services.sharing.pushing import PushPlan

_SIGNS: Final[Mapping[str, Piece]] = {"+": ("+", "added"), "~": ("~", "warn"), "-": ("-", "removed")}
_MOST_ROWS: Final = 5_000


def incoming_entries(plan: PullPlan, taken: Mapping[str, Whose]) -> list[ImportEntry]:
    entries = [_clash_entry(key, clash, taken.get(name_of(key, clash.path))) for key, clash in plan.clashes]
    entries += _commit_entries(plan.commits)
    entries += [
        ImportEntry(f"\0{path}", ("~", "warn"), path, "outside the catalogue", (line(path),)) for path in plan.others
    ]
    return entries[:_MOST_ROWS]


def outgoing_entries(plan: PushPlan) -> list[ImportEntry]:
    return list(_commit_entries(plan.commits))[:_MOST_ROWS]


def incoming_counts(plan: PullPlan, taken: Mapping[str, Whose]) -> list[Line]:
    how = "" if plan.is_forward or not plan.apart.behind else f", merged with {_commits(plan.apart.ahead)} of yours"
    head: Line = ((" ", "plain"), *line(f"{_commits(plan.apart.behind)} from {plan.upstream.name}{how}", "strong"))
    notes = _notes(plan.notes)
    clashes = len(plan.clashes)
    if not clashes:
        said = " enter takes all of it; edits that are in no commit are never overwritten" if plan.apart.behind else ""
        return [head, *(notes or [((said, "muted"),)])]
    open_ones = sum(name_of(key, clash.path) not in taken for key, clash in plan.clashes)
    how = f"{open_ones} not decided: t takes theirs, o keeps ours, with ctrl in all"
    said = f" {clashes} in conflict, {how if open_ones else 'all decided: enter takes all of it in'}"
    return [head, *notes, ((said, "bad" if open_ones else "good"),)]


def outgoing_counts(plan: PushPlan) -> list[Line]:
    if plan.other is None:
        about = f"{plan.upstream.local} to {plan.upstream.name}, which is new"
    else:
        about = f"{_commits(plan.apart.ahead)} to {plan.upstream.name}"
    lines: list[Line] = [((" ", "plain"), *line(about, "strong")), *_notes(plan.notes)]
    if plan.apart.behind:
        lines.append(((f" {_commits(plan.apart.behind)} there that are not here: pull first", "bad"),))
    elif plan.pending:
        lines.append(((f" {plan.pending} pending here stay here: only what is applied goes out", "muted"),))
    return lines


def _notes(notes: Iterable[str]) -> list[Line]:
    return [((" ", "plain"), *line(note, "warn")) for note in notes]


def _commits(number: int) -> str:
    return f"{number} commit" if number == 1 else f"{number} commits"


def _commit_entries(records: Iterable[ApplyRecord]) -> Iterator[ImportEntry]:
    for record in records:
        about = f"{record.by}, {moment(record.at.astimezone())}"
        head = (line(record.reason or "(no reason)", "strong"), line(about, "muted"))
        yield ImportEntry(record.id, ("●", "accent"), record.reason or "(no reason)", about, head)
        for number, change in enumerate(record.changes):
            field = format_field(change.field) or "the whole file"
            values = f"{shown(change.old)} → {shown(change.new)}" if change.field else ""
            lines = (*head, BLANK, line(f"{change.key}  {field}"), line(values))
            sign = _SIGNS[change.action.sign]
            yield ImportEntry(f"{record.id} {number}", sign, f"  {change.key}  {field}", values, lines)


def _clash_entry(key: str, clash: Clash, whose: Whose | None) -> ImportEntry:
    sign: Piece = ("!", "bad") if whose is None else ("=", "good")
    field = format_field(clash.path) or "the whole file"
    right = clash.why or "both sides changed it"
    lines: list[Line] = [line(f"{key}  {field}", "strong"), line(right, "bad")]
    if clash.path:
        for word, value in (("base    ", clash.base), ("ours    ", clash.ours), ("theirs  ", clash.theirs)):
            lines.append(((word, "muted"), *line(_value(value))))
    else:
        for side, told in sides_of_file(clash):
            lines += [((f"{'' if number else side:<8}", "muted"), *line(text)) for number, text in enumerate(told)]
    return ImportEntry(
        name_of(key, clash.path), sign, f"{key}  {field}", right if whose is None else f"{whose} is taken", tuple(lines)
    )


def _value(value: Value | Absent) -> str:
    return "not there" if value is ABSENT else shown(value)
