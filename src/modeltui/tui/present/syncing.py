"""What a registry would change: a line for each field that can be chosen, then what is only told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from modeltui.domain.document import ABSENT, shown
from modeltui.domain.text import some_of
from modeltui.services.sync import CHOICES, NO_PROVIDER, Choice, FieldRow, SyncPlan, Verdict
from modeltui.tui.present.importing import ImportEntry
from modeltui.tui.present.line import BLANK, Line, Piece, line

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    Verdict.CONFLICT: "It changed there and here. Space takes theirs, again keeps ours, again leaves it open.",
    Verdict.DIFFERS: "Nobody looked there before. Space takes theirs; else ours stays, and is not asked about again.",
    Verdict.KEPT: "It differs as it did when it was last seen: decided here.",
    Verdict.PINNED: "Left alone: upstream.pinned of the model names it.",
    Verdict.LOCKED: "Left alone: the model is locked.",
}
_MOST_KEYS: Final = 400
VIEWS: Final = ("to decide", "everything", "take", "conflict", "differs", "kept", "pinned", "locked")


def sync_rows(plan: SyncPlan, view: str, words: str) -> list[FieldRow]:
    """The fields of a view whose model, field or verdict have all the words; first those that can be chosen."""
    wanted = words.casefold().split()
    found = [row for row in plan.rows if _is_in(row, view) and all(word in _searched(row) for word in wanted)]
    return sorted(found, key=lambda row: row.verdict not in CHOICES)


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
    right = f"{row.verdict}  {shown(row.ours)} → {shown(row.theirs)}"
    return ImportEntry(row.id, sign, f"{row.key}  {row.field}", right, ())


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
        yield ImportEntry("\0new", ("=", "muted"), f"{len(plan.new)} new", "of your providers, no model here", details)
    if plan.faults:
        names = tuple(line(f"{name}: {reason}") for name, reason in list(plan.faults.items())[:_MOST_KEYS])
        yield ImportEntry("\0faults", ("=", "muted"), f"{len(plan.faults)} of theirs", "cannot be read", names)


def _unheld(each: Unheld, sign: str, role: str) -> ImportEntry:
    piece: Piece = (sign, "bad" if role == "bad" else "removed")
    lines = [line(each.key, "strong"), line(each.reason, "bad"), BLANK, *map(line, each.ids)]
    lines += [line(f"perhaps {name} now", "muted") for name in each.near]
    about = f": {some_of(each.ids, len(each.ids))}" if each.ids else ""
    return ImportEntry(f"\0{each.key}", piece, each.key, f"{each.reason}{about}", tuple(lines))


def _counted(reason: str, keys: Sequence[str]) -> ImportEntry:
    models = f"{len(keys)} model" if len(keys) == 1 else f"{len(keys)} models"
    lines = (line(f"{models}: {reason}"), BLANK, *map(line, keys[:_MOST_KEYS]))
    return ImportEntry(f"\0{reason}", ("=", "muted"), models, reason, lines)


def sync_counts(plan: SyncPlan, choice: Choice) -> Line:
    """`+ 3 taken  ! 1 conflict  ? 4 differ`."""
    counts = plan.counts()
    parts: tuple[tuple[Piece, int, str], ...] = (
        (("+", "added"), len(choice.taken), "taken"),
        (("!", "bad" if counts[Verdict.CONFLICT] else "muted"), counts[Verdict.CONFLICT], "in conflict"),
        (("?", "warn"), counts[Verdict.DIFFERS], "differ"),
        (("^", "muted"), counts[Verdict.PINNED], "pinned"),
        (("#", "muted"), counts[Verdict.LOCKED], "locked"),
        (("-", "removed"), len(plan.missing), "gone"),
    )
    pieces: list[Piece] = []
    for (sign, role), number, word in parts:
        pieces += [(f" {sign} ", role), (f"{number} {word} ", "plain" if number else "muted")]
    return tuple(pieces)
