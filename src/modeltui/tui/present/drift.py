"""A locked file that was changed behind the lock, in words: what changed, and the ways out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from modeltui.tui.present.model import edit_line

if TYPE_CHECKING:
    from modeltui.services.drift import Drift
    from modeltui.tui.present.line import Line

_MOST = 8
_RELOCK: Final[Line] = (("  L ", "accent"), ("locks it anew, as it is now", "plain"))
_RESTORE: Final[Line] = (("  U ", "accent"), ("gives back what was locked", "plain"))
_PENDING: Final[Line] = (
    ("  ~ ", "warn"),
    ("pending: ", "plain"),
    ("a", "accent"),
    (" applies, ", "plain"),
    ("p", "accent"),
    (" shows it", "plain"),
)


def drift_lines(drift: Drift, *, is_pending: bool = False) -> list[Line]:
    """Each field as it was locked and as it is now, and what helps, or that something is pending for it already."""
    lines = [edit_line(field.path, field.was, field.now) for field in drift.fields[:_MOST]]
    if len(drift.fields) > _MOST:
        lines.append(((f"  … and {len(drift.fields) - _MOST} more", "muted"),))
    if not drift.is_complete:
        lines.append((("  the locked version is not known; there may be more", "muted"),))
    elif not drift.fields:
        lines.append((("  no value differs: comments or the form changed", "muted"),))
    if is_pending:
        return [*lines, _PENDING]
    return [*lines, _RELOCK, *([] if drift.restored is None else [_RESTORE])]


def why_no_restore(drift: Drift | None) -> str | None:
    """Why what was locked cannot be given back."""
    if drift is None:
        return "what changed is still being looked for"
    if drift.restored is None:
        return "the version that was locked is not known: L locks it anew as it is, l unlocks it"
    return None
