"""What a registry would change: a line for each field that can be chosen, then what is only told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from modeltui.domain.document import ABSENT, shown
from modeltui.domain.text import some_of
from modeltui.services.changing.sync import CHOICES, NO_PROVIDER, Choice, FieldRow, SyncPlan, Verdict
from modeltui.tui.present.importing import ImportEntry, pairs_of
from modeltui.tui.present.line import BLANK, Line, Piece, line

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from modeltui.domain.sync.sync_plan import Unheld

_OPEN: Final[dict[Verdict, Piece]] = {
    Verdict.TAKE: ("·", "muted"),
    Verdict.CONFLICT: ("!", "bad"),
    Verdict.DIFFERS: ("?", "warn"),
    Verdict.KEPT: ("=", "muted"),
    Verdict.PINNED: ("^", "muted"),
    Verdict.LOCKED: ("#", "muted"),
}
"""Signs of fields that are not taken."""
_SAID: Final = {
    Verdict.TAKE: "It changed there, and not here.",
    Verdict.CONFLICT: "Both changed it. Space takes theirs, again ours, again leaves it open.",
    Verdict.DIFFERS: "Never looked at before. Space takes theirs; else ours stays for good.",
    Verdict.KEPT: "It differs as it did when it was last seen: decided here.",
    Verdict.PINNED: "Left alone: upstream.pinned of the model names it.",
    Verdict.LOCKED: "Left alone: the model is locked.",
}
_LAST: Final = (Verdict.PINNED, Verdict.LOCKED)
_MOST_KEYS: Final = 400
_UNHELD: Final = "\0"
"""Before the ids of what is only told."""
VIEWS: Final = ("to decide", "everything", "take", "conflict", "differs", "kept", "pinned", "locked")


def sync_rows(plan: SyncPlan, view: str, words: str) -> list[FieldRow]:
    """The fields of a view whose model, field or verdict have all the words; first those that can be chosen."""
    wanted = words.casefold().split()
    found = [row for row in plan.rows if _is_in(row, view) and all(word in _searched(row) for word in wanted)]
    return sorted(found, key=lambda row: row.verdict not in CHOICES and _LAST.index(row.verdict) + 1)


def _is_in(row: FieldRow, view: str) -> bool:
    if row.verdict is Verdict.SAME:
        return False
    if view == "to decide":
        return row.verdict is not Verdict.KEPT
    return view in ("everything", row.verdict.value)


def _searched(row: FieldRow) -> str:
    return f"{row.key} {row.field} {row.kind} {row.verdict}".casefold()


def sync_entries(plan: SyncPlan, rows: Sequence[FieldRow], choice: Choice) -> list[ImportEntry]:
    return [*(row_entry(row, choice) for row in rows), *_told(plan)]


def row_entry(row: FieldRow, choice: Choice) -> ImportEntry:
    sign = _OPEN[row.verdict]
    if row.id in choice.taken:
        sign = ("+", "added")
    elif row.id in choice.settled:
        sign = ("=", "good")
    return ImportEntry(row.id, sign, f"{row.key}  {row.field}", _difference(row), ())


def _difference(row: FieldRow) -> str:
    """From ours to theirs; of a list what is added and what is taken away."""
    if isinstance(row.ours, list) and isinstance(row.theirs, list):
        more = [f"+ {shown(item)}" for item in row.theirs if item not in row.ours]
        less = [f"- {shown(item)}" for item in row.ours if item not in row.theirs]
        if more or less:
            return "  ".join((*more, *less))
    return f"{shown(row.ours)} → {shown(row.theirs)}"


def row_details(row: FieldRow, own_id: str) -> list[Line]:
    base = "never seen" if row.base is None else "nothing" if row.base is ABSENT else shown(row.base)
    return [
        (*line(row.key, "strong"), ("  ", "plain"), *line(own_id, "muted")),
        line(row.field),
        (("ours    ", "muted"), *line(shown(row.ours))),
        (("theirs  ", "muted"), *line(shown(row.theirs))),
        (("before  ", "muted"), *line(base)),
        line(_SAID.get(row.verdict, "")),
    ]


def mapping_of(text: str) -> dict[str, str]:
    """Entries by the names of models, as typed; empty for none. Raises UsageError."""
    return pairs_of(text, form="model=entry", hint="model= says that it has no entry there")


def entry_to_map(plan: SyncPlan, entry: ImportEntry) -> str | None:
    """`model=entry` for a model that was not held against any; with what is most like it, if anything is."""
    for each in (*plan.ambiguous, *plan.unreadable, *plan.missing):
        if entry.id == f"{_UNHELD}{each.key}":
            return f"{each.key}={next(iter((*each.near, *each.ids)), '')}"
    return "" if entry.id.startswith(_UNHELD) else None


def said_of(plan: SyncPlan, choice: Choice, noted: Collection[str]) -> str:
    """What is queued, in words; a number of models follows."""
    parts = []
    if taken := len(choice.taken):
        parts.append(f"{taken} field{'' if taken == 1 else 's'} to be taken over")
    if choice.settled:
        parts.append(f"{len(choice.settled)} kept")
    if not parts:
        return "only noted as seen"
    return ", ".join((*parts, "the rest only noted") if _only_noted(plan, choice, noted) else parts)


def _only_noted(plan: SyncPlan, choice: Choice, noted: Collection[str]) -> int:
    decided = choice.taken | choice.settled
    return len(set(noted) - {row.key for row in plan.rows if row.id in decided})


def _told(plan: SyncPlan) -> Iterator[ImportEntry]:
    """What nobody can choose from."""
    yield from (_unheld(each, "!", "bad") for each in (*plan.ambiguous, *plan.unreadable))
    yield from (_unheld(each, "-", "removed") for each in plan.missing)
    for reason, keys in plan.notes.items():
        yield _counted(reason, keys)
    counted = (
        (NO_PROVIDER, plan.without_provider),
        ("no entry is about them", plan.unmatched),
        ("mapped to no entry", plan.ignored),
    )
    for reason, keys in counted:
        if keys:
            yield _counted(reason, keys)
    if plan.new:
        details = tuple(line(f"{new.id}  {new.name}") for new in plan.new[:_MOST_KEYS])
        yield ImportEntry(
            f"{_UNHELD}new", ("=", "muted"), f"{len(plan.new)} new", "of your providers, no model here", details
        )
    if plan.faults:
        names = tuple(line(f"{name}: {reason}") for name, reason in list(plan.faults.items())[:_MOST_KEYS])
        yield ImportEntry(f"{_UNHELD}faults", ("=", "muted"), f"{len(plan.faults)} of theirs", "cannot be read", names)


def _unheld(each: Unheld, sign: str, role: str) -> ImportEntry:
    piece: Piece = (sign, "bad" if role == "bad" else "removed")
    lines = [line(each.key, "strong"), line(each.reason, "bad"), BLANK, *map(line, each.ids)]
    lines += [line(f"perhaps {name} now", "muted") for name in each.near]
    about = f": {some_of(each.ids, len(each.ids))}" if each.ids else ""
    return ImportEntry(f"{_UNHELD}{each.key}", piece, each.key, f"{each.reason}{about}", tuple(lines))


def _counted(reason: str, keys: Sequence[str]) -> ImportEntry:
    models = f"{len(keys)} model" if len(keys) == 1 else f"{len(keys)} models"
    lines = (line(f"{models}: {reason}"), BLANK, *map(line, keys[:_MOST_KEYS]))
    return ImportEntry(f"{_UNHELD}{reason}", ("=", "muted"), models, reason, lines)


def sync_counts(plan: SyncPlan, choice: Choice, noted: Collection[str]) -> Line:
    """`+ 3 taken  ! 1 in conflict  ? 4 differ  = 12 noted`: what is still open, and what would be written.

    noted: models that are told what was seen, whatever is taken.
    """
    decided = choice.taken | choice.settled
    counts = Counter(row.verdict for row in plan.rows if row.id not in decided)
    parts: tuple[tuple[Piece, int, str], ...] = (
        (("!", "bad"), counts[Verdict.CONFLICT], "in conflict"),
        (("?", "warn"), counts[Verdict.DIFFERS], "differ"),
        (("^", "muted"), counts[Verdict.PINNED], "pinned"),
        (("#", "muted"), counts[Verdict.LOCKED], "locked"),
        (("-", "removed"), len(plan.missing), "gone"),
        (("=", "good"), len(choice.settled), "kept"),
        (("·", "muted"), _only_noted(plan, choice, noted), "only noted"),
    )
    pieces: list[Piece] = [(" + ", "added"), (f"{len(choice.taken)} taken ", "plain" if choice.taken else "muted")]
    for (sign, role), number, word in parts:
        if number:
            pieces += [(f" {sign} ", role), (f"{number} {word} ", "plain")]
    return tuple(pieces)
