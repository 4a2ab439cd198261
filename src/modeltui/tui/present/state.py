"""The state of a model in six cells: marked, pending, locked, drifted or broken, default, active."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from modeltui.domain.document import Value
    from modeltui.domain.model import Model
    from modeltui.domain.pending.plan import PlannedFile
    from modeltui.tui.present.line import Line, Piece

STATE_WIDTH: Final = 6

_NONE: Final[Piece] = (" ", "plain")


def state(model: Model, planned: PlannedFile | None, *, is_marked: bool) -> Line:
    """STATE_WIDTH cells. What is pending shows as it would be, but for the lock: the lock of the file holds."""
    return (
        ("✓", "accent") if is_marked else _NONE,
        _pending(planned),
        ("!", "bad")
        if model.is_broken
        else ("≠", "bad")
        if model.is_drifted
        else ("L", "muted")
        if model.is_locked
        else _NONE,
        ("D", "muted") if would_be(model.default, planned, ("default",)) is True else _NONE,
        _active(model, planned),
        _NONE,
    )


def would_be(value: Value, planned: PlannedFile | None, path: tuple[str]) -> Value:
    """What a field at the top of the file, where it is `value` now, is after the apply."""
    for edit in planned.edits if planned else ():
        if edit.path == path:
            return edit.new
    written = planned.document if planned else None
    return value if written is None else written.get(path[0])


def _pending(planned: PlannedFile | None) -> Piece:
    if planned is None:
        return _NONE
    return (planned.action.sign, "bad" if planned.problem else "warn")


def _active(model: Model, planned: PlannedFile | None) -> Piece:
    if model.is_broken:
        return _NONE
    return ("●", "good") if would_be(model.active, planned, ("active",)) is True else ("○", "muted")
