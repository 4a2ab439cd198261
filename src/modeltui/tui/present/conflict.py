"""Stale changes in words: three sides of every field, and what helps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from modeltui.domain.change import Action
from modeltui.domain.document import ABSENT, Absent, Value, format_field, shown
from modeltui.domain.merging.conflict import Conflict, Fate, FieldState, ThreeWay
from modeltui.domain.text import safe
from modeltui.tui.present.line import BLANK, Line, Piece, cut, fit

_SIGNS: Final[dict[FieldState, Piece]] = {
    FieldState.CLEAN: ("· clean", "good"),
    FieldState.SAME: ("= same", "muted"),
    FieldState.CONFLICT: ("! conflict", "bad"),
}
_MEANS: Final = {
    FieldState.CLEAN: "clean: only you changed it, so a rebase keeps yours",
    FieldState.SAME: "same: they did what you want, so nothing is left to do",
    FieldState.CONFLICT: "conflict: both sides changed it",
}
_STATE = 10
_LEAD = 3
_GAP = 2
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """A model with what happened to its file, or one field of it."""

    conflict: Conflict
    field: ThreeWay | None = None

    @property
    def id(self) -> str:
        return self.conflict.key if self.field is None else f"{self.conflict.key} {_name(self.field)}"


def conflict_rows(conflicts: Iterable[Conflict]) -> list[ConflictRow]:
    """Each model, and its fields below it."""
    return [
        row for each in conflicts for row in (ConflictRow(each), *(ConflictRow(each, field) for field in each.fields))
    ]


def conflict_titles(width: int) -> Line:
    cells = _cells(width, "field", "base", "theirs", "mine")
    return (("   ", "muted"), *((text, "muted") for text in cells), ("state", "muted"))


def conflict_line(row: ConflictRow, width: int) -> Line:
    """`! prompt_to_video/kling-2-6  the file changed …`, or `cost.base  "10"  "12"  "14"  ! conflict`."""
    if row.field is None:
        return cut(_heading(row.conflict), width)
    sides = [side_text(row.conflict, row.field, name) for name in ("base", "theirs", "mine")]
    name, base, theirs, mine = _cells(width, _name(row.field), *sides)
    return (
        ("   ", "plain"),
        (name, "plain"),
        (base, "muted"),
        (theirs, "removed"),
        (mine, "added"),
        _SIGNS[row.field.state],
    )


def _heading(conflict: Conflict) -> Line:
    sign: Piece = ("!", "bad") if _is_hard(conflict) else (conflict.action.sign, "warn")
    return (
        (" ", "plain"),
        sign,
        (" ", "plain"),
        (safe(conflict.key), "strong"),
        (f"  {safe(conflict.problem)}", "muted"),
    )


def _is_hard(conflict: Conflict) -> bool:
    return bool(conflict.clashes) or conflict.lock is not None or conflict.fate is not Fate.CHANGED


def _cells(width: int, field: str, *sides: str) -> tuple[str, ...]:
    """The texts in columns; the state comes after them."""
    room = max(width - _LEAD - _STATE - 1 - _GAP * 4, 12)
    first = max(room * 3 // 10, 3)
    each = (room - first) // 3
    columns = [fit(safe(field), first), *(fit(safe(side), each) for side in sides)]
    return tuple(text + " " * _GAP for text in columns)


def side_text(conflict: Conflict, field: ThreeWay, side: str) -> str:
    """One side of a field on a line. Not yet safe for a terminal."""
    if side == "base" and not conflict.is_base_known:
        return "not known"
    if side == "mine" and conflict.action is Action.DELETE:
        return "removed"
    value: Value | Absent = getattr(field, side)
    return "there" if not field.path and value is not ABSENT else shown(value)


def _name(field: ThreeWay) -> str:
    return format_field(field.path) or "the whole file"


def conflict_details(row: ConflictRow) -> list[Line]:
    """What happened to the model, what helps, and the field in full."""
    conflict, field = row.conflict, row.field
    lines: list[Line] = [((safe(conflict.key), "strong"),), ((safe(conflict.problem), "warn"),)]
    lines += [((safe(text), "plain"),) for text in _helps(conflict)]
    if field is not None:
        lines += [BLANK, ((safe(_name(field)), "accent"),)]
        lines += [
            ((f"  {name:<7} ", "muted"), (safe(side_text(conflict, field, name)), "plain"))
            for name in ("base", "theirs", "mine")
        ]
        lines.append(((f"  {_MEANS[field.state]}", "muted"),))
    return lines


def _helps(conflict: Conflict) -> Iterator[str]:
    why = why_no_rebase(conflict, mine=False)
    if why is not None:
        yield why
        return
    is_settled = _has_nothing_left(conflict)
    yield "b settles it: nothing is left to do" if is_settled else "b rebases it onto the file as it is: yours is kept"
    yield "x drops what you queued: theirs stays"


def why_no_rebase(conflict: Conflict, *, mine: bool) -> str | None:
    """Why a rebase would leave this model as it is, with the key that helps; None where it would work."""
    if _has_nothing_left(conflict):
        return None
    if conflict.lock is not None:
        return f"{conflict.key} is {conflict.lock}: have it unlocked first, or x drops what you queued"
    if conflict.fate is Fate.MOVED:
        return None if mine else f"it is {conflict.moved_to} now: f follows it, x drops what you queued"
    if (help_ := _HELP.get(conflict.fate)) is not None:
        return f"{conflict.problem}: {help_}"
    if conflict.clashes and not mine:
        return f"both sides changed {clashing(conflict)}: m takes yours, x takes theirs"
    return None


_HELP: Final = {
    Fate.GONE: "x drops what you queued",
    Fate.REPLACED: "x drops what you queued; make it again on the right one",
    Fate.TAKEN: "x drops what you queued; make it again under another key",
    Fate.BROKEN: "mend the file and press F5, or x drops what you queued",
}


def _has_nothing_left(conflict: Conflict) -> bool:
    if conflict.action is Action.DELETE:
        return conflict.fate is Fate.GONE
    return conflict.fate in {Fate.CHANGED, Fate.MOVED, Fate.TAKEN} and not conflict.edits(mine=True)


def why_no_mine(conflict: Conflict) -> str | None:
    """Why my values cannot be taken over theirs."""
    if not conflict.clashes and conflict.fate in {Fate.CHANGED, Fate.MOVED} and conflict.lock is None:
        helps = "b rebases it" if conflict.fate is Fate.CHANGED else "f follows it"
        return f"no field of this model is in conflict: {helps}"
    return why_no_rebase(conflict, mine=True)


def why_no_follow(conflict: Conflict) -> str | None:
    """Why a change cannot go after its model."""
    if conflict.fate is not Fate.MOVED:
        return f"{conflict.key} has no other key now: there is nothing to follow"
    if conflict.clashes:
        return f"both sides changed {clashing(conflict)}: m takes yours, x drops them"
    return None


def clashing(conflict: Conflict) -> str:
    """The fields in conflict by name, the first ones."""
    names = [_name(field) for field in conflict.clashes]
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


def mine_lines(conflict: Conflict) -> list[Line]:
    """What of theirs an apply would overwrite after a rebase with mine."""
    target = conflict.moved_to if conflict.fate is Fate.MOVED else conflict.key
    lines: list[Line] = [((f"In {safe(target)} the next apply overwrites", "plain"),)]
    for field in conflict.clashes[: _MOST_NAMED * 2]:
        theirs, mine = (safe(side_text(conflict, field, side)) for side in ("theirs", "mine"))
        lines.append(((f"  {safe(_name(field))}  ", "muted"), (theirs, "removed"), (" → ", "muted"), (mine, "added")))
    more = len(conflict.clashes) - _MOST_NAMED * 2
    return lines + ([((f"  … and {more} more", "muted"),)] if more > 0 else [])
