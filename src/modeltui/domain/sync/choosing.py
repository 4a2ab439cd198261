"""From a plan and what was chosen of it to the edits of each model, and what is noted as seen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from modeltui.domain.change import Edit
from modeltui.domain.document import ABSENT, Absent, Document, Value, differences, get, same, with_value
from modeltui.domain.schema.upstream import PER, SyncKind
from modeltui.domain.sync.entry import Entry, seen_name, with_entry
from modeltui.domain.sync.fields import Source, agree
from modeltui.domain.sync.prices import with_prices
from modeltui.domain.sync.sync_plan import CHOICES, FieldRow, Held, SyncPlan, Verdict
from modeltui.errors import LockedError, RefusedError

Check: TypeAlias = Callable[[str, tuple[Edit, ...], Document, Document], None]
"""(key, edits, before, after). Raises RefusedError where a model cannot take these."""


class Choice(Struct, frozen=True):
    """Ids of rows."""

    taken: frozenset[str]
    """Theirs is taken."""
    settled: frozenset[str] = frozenset()
    """Conflicts that ours has won: they are not told of again."""


class Resolution(Struct, frozen=True):
    """What would be queued."""

    edits: Mapping[str, tuple[Edit, ...]]
    refused: Mapping[str, RefusedError]
    taken: int
    """Fields that would change."""
    noted: int
    """Models of which only what was seen would be written."""


def usual(plan: SyncPlan) -> Choice:
    """What is taken where nobody chooses."""
    return Choice(frozenset(row.id for row in plan.rows if row.verdict is Verdict.TAKE))


def all_theirs(plan: SyncPlan, *, with_kept: bool) -> Choice:
    """Everything that can be chosen."""
    wanted = [verdict for verdict in CHOICES if with_kept or verdict is not Verdict.KEPT]
    return Choice(frozenset(row.id for row in plan.rows if row.verdict in wanted))


def all_ours(plan: SyncPlan) -> Choice:
    """What is taken anyway, and every conflict settled for ours."""
    return replace(usual(plan), settled=frozenset(row.id for row in plan.rows if row.verdict is Verdict.CONFLICT))


def resolved(plan: SyncPlan, choice: Choice, check: Check) -> Resolution:
    """The edits of each model that would change."""
    edits: dict[str, tuple[Edit, ...]] = {}
    refused: dict[str, RefusedError] = {}
    taken = noted = 0
    for held in (*plan.held, *plan.newly_ignored):
        rows = [row for row in held.rows if row.id in choice.taken and row.verdict in CHOICES]
        try:
            found = _edits(held, plan.source, rows, choice.settled, check)
        except RefusedError as error:
            refused[held.key] = error
            continue
        if found:
            edits[held.key] = found
            taken += len(rows)
            noted += not rows
    return Resolution(edits, refused, taken, noted)


def _edits(
    held: Held, source: Source, taken: Collection[FieldRow], settled: Collection[str], check: Check
) -> tuple[Edit, ...]:
    if held.lock is not None:
        if held.is_mapped:
            raise LockedError(f"it is {held.lock}", hint="unlock it, and apply that, before you map it")
        return ()
    after = with_entry(_with_values(held.document, taken), source, _entry_after(held, taken, settled))
    touched = [name for name in after if not same(held.document.get(name, ABSENT), after[name])]
    old = {name: held.document[name] for name in touched if name in held.document}
    edits = tuple(Edit(*difference) for difference in differences(old, {name: after[name] for name in touched}))
    gone = [Edit((name,), held.document[name], ABSENT) for name in held.document if name not in after]
    if edits or gone:
        check(held.key, (*edits, *gone), held.document, after)
    return (*edits, *gone)


def _with_values(document: Document, rows: Collection[FieldRow]) -> Document:
    prices = {row.path: str(row.theirs) for row in rows if row.kind == "price"}
    for row in rows:
        if row.kind != "price":
            document = with_value(document, row.path, row.theirs)
            if len(row.path) > 1 and get(document, row.path[:1]) == {}:
                document = with_value(document, row.path[:1], ABSENT)
    return with_prices(document, prices) if prices else document


def _entry_after(held: Held, taken: Collection[FieldRow], settled: Collection[str]) -> Entry:
    """What the registry says now, but for fields whose change waits for somebody to choose."""
    if held.entry.is_ignored:
        return held.entry
    taken_ids = {row.id for row in taken}
    seen: dict[str, Value] = dict(held.entry.seen)
    for row in held.rows:
        if row.id not in taken_ids and row.id not in settled and row.verdict in (Verdict.TAKE, Verdict.CONFLICT):
            continue
        if row.theirs is ABSENT:
            seen.pop(seen_name(row.path), None)
        else:
            seen[seen_name(row.path)] = _kept(seen.get(seen_name(row.path), ABSENT), row)
    if held.per is not None and any(row.path[:2] == ("cost", "rate") for row in held.rows):
        seen[PER] = held.per
    compared: frozenset[SyncKind] = held.entry.compared | held.whole
    return replace(held.entry, id=held.id, seen=seen, compared=compared)


def _kept(before: Value | Absent, row: FieldRow) -> Value:
    """As it was written before, where it says the same."""
    return before if before is not ABSENT and agree(row.path, before, row.theirs) else row.theirs
