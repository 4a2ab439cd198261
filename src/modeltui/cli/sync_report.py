"""What a registry would change, in lines, as a table and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final

from modeltui.cli.layout import Heading
from modeltui.cli.outcome import counted
from modeltui.domain.document import ABSENT, format_field, plain, shown
from modeltui.domain.text import some_of
from modeltui.services.changing.sync import CHOICES, NO_PROVIDER, Choice, FieldRow, Resolution, SyncPlan, Verdict

HEADINGS: Final = (
    Heading("MODEL", least=12),
    Heading("FIELD", least=10),
    Heading("VERDICT", least=8),
    Heading("OURS"),
    Heading("THEIRS"),
    Heading("BASE"),
)


def shown_rows(plan: SyncPlan, choice: Choice, *, with_kept: bool) -> Iterator[FieldRow]:
    """Rows that somebody may want to decide about, in the order of the models."""
    for row in plan.rows:
        is_kept = row.verdict is Verdict.KEPT and not with_kept
        if row.verdict is not Verdict.SAME and not (is_kept and row.id not in choice.taken):
            yield row


def as_text(
    plan: SyncPlan, choice: Choice, resolution: Resolution, *, with_kept: bool, with_new: bool
) -> Iterator[str]:
    ids = {held.key: held.id for held in plan.held}
    shown_of = groupby(shown_rows(plan, choice, with_kept=with_kept), key=lambda row: row.key)
    for key, rows in sorted(((key, tuple(rows)) for key, rows in shown_of), key=_is_decided):
        yield f"{'~' if key in resolution.edits else '='} {key}  ({ids[key]})"
        yield from (f"    {_line(row, choice)}" for row in rows)
    for key, error in resolution.refused.items():
        yield f"! {key}: {error.message}{f'; {error.hint}' if error.hint else ''}"
    for unheld in (*plan.ambiguous, *plan.unreadable):
        about = f": {', '.join(unheld.ids)}" if unheld.ids else ""
        yield f"! {unheld.key}: {unheld.reason}{about}"
    if plan.ambiguous:
        yield "    hint: --map MODEL=ID says which entry a model is"
    for unheld in plan.missing:
        near = f"; is it {' or '.join(unheld.near)} now?" if unheld.near else ""
        yield f"- {unheld.key}: {unheld.ids[0]} is not there any more{near}"
    if any(unheld.near for unheld in plan.missing):
        yield "    hint: --map MODEL=ID says so"
    for reason, keys in plan.notes.items():
        yield f"= {some_of(keys, len(keys))}: {reason}"
    yield from _told(plan, resolution, with_new=with_new)


def _is_decided(model: tuple[str, Sequence[FieldRow]]) -> bool:
    """Whether nothing of a model is left to choose; such models come last."""
    return not any(row.verdict in CHOICES for row in model[1])


def _told(plan: SyncPlan, resolution: Resolution, *, with_new: bool) -> Iterator[str]:
    """What is only counted."""
    if resolution.noted:
        yield f"= {counted(resolution.noted)}: only what was seen is noted"
    if plan.without_provider:
        yield f"= {counted(len(plan.without_provider))}: {NO_PROVIDER}"
    if plan.unmatched:
        yield f"= {counted(len(plan.unmatched))}: no entry is about them"
    if plan.ignored:
        yield f"= {counted(len(plan.ignored))}: mapped to no entry"
    if plan.faults:
        yield f"= {_entries(len(plan.faults))} of theirs cannot be read (--format json names them)"
    if with_new:
        yield from (f"+ {new.id}  {new.name}" for new in plan.new)
    elif plan.new:
        yield f"= {_entries(len(plan.new))} of your providers: no model here (--new lists them)"


def _line(row: FieldRow, choice: Choice) -> str:
    if row.id in choice.taken:
        return f"{row.field}: {shown(row.ours)} → {shown(row.theirs)}"
    base = "" if row.base in (None, ABSENT) else f", was {shown(row.base)}"
    verdict = "ours" if row.id in choice.settled else row.verdict
    return f"{verdict}  {row.field}: {shown(row.ours)}, theirs {shown(row.theirs)}{base}"


def cells(plan: SyncPlan, choice: Choice, *, with_kept: bool) -> list[list[str]]:
    """A row of the table for each row of the plan."""
    return [
        [
            *(row.key, row.field, "take" if row.id in choice.taken else row.verdict.value),
            *(shown(value) for value in (row.ours, row.theirs, ABSENT if row.base is None else row.base)),
        ]
        for row in shown_rows(plan, choice, with_kept=with_kept)
    ]


def as_json(plan: SyncPlan, choice: Choice, resolution: Resolution, queued: int) -> dict[str, Any]:
    ids = {held.key: held.id for held in plan.held}
    return {
        "rows": [
            {
                "key": row.key,
                "id": ids[row.key],
                "field": format_field(row.path),
                "kind": row.kind,
                "verdict": row.verdict.value,
                "old": plain(row.ours),
                "new": plain(row.theirs),
                "base": None if row.base is None else plain(row.base),
                "taken": row.id in choice.taken,
            }
            for row in shown_rows(plan, choice, with_kept=True)
        ],
        "refused": [
            {"key": key, "reason": error.message, "hint": error.hint} for key, error in resolution.refused.items()
        ],
        "gone": [
            {"key": each.key, "id": each.ids[0], "reason": each.reason, "near": list(each.near)} for each in plan.gone
        ],
        "ambiguous": [{"key": each.key, "ids": list(each.ids)} for each in plan.ambiguous],
        "unreadable": [{"key": each.key, "reason": each.reason} for each in plan.unreadable],
        "unmatched": list(plan.unmatched),
        "ignored": list(plan.ignored),
        "new": [{"id": each.id, "name": each.name, "content_type": each.content_type} for each in plan.new],
        "not_compared": [{"reason": reason, "keys": list(keys)} for reason, keys in plan.notes.items()],
        "faults": [{"id": own_id, "reason": reason} for own_id, reason in plan.faults.items()],
        "noted": resolution.noted,
        "queued": queued,
    }


def summary(plan: SyncPlan, resolution: Resolution) -> str:
    """`3 fields to take in 2 models, 1 conflict, 4 differ`."""
    counts = plan.counts()
    models = len(resolution.edits) - resolution.noted
    taken = f"{counted(resolution.taken, 'field')} to take in {counted(models)}"
    parts = [taken if resolution.taken else "nothing to take"]
    words = {
        Verdict.CONFLICT: "in conflict",
        Verdict.DIFFERS: "that differ",
        Verdict.PINNED: "pinned",
        Verdict.LOCKED: "locked",
    }
    parts += [f"{counts[verdict]} {word}" for verdict, word in words.items() if counts[verdict]]
    if resolution.noted:
        parts.append(f"{counted(resolution.noted)} only to note what was seen")
    return ", ".join(parts)


def _entries(number: int) -> str:
    return f"{number} entry" if number == 1 else f"{number} entries"
