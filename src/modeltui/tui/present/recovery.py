"""An apply that did not come to its end, in words: what happened, and the ways out."""

from __future__ import annotations

from modeltui.domain.text import safe
from modeltui.services.apply import ApplyStatus
from modeltui.tui.present.line import BLANK, Line, Piece


def recovery_lines(status: ApplyStatus | None, notice: str | None) -> list[Line]:
    """`notice` is what the last try to recover said; None for `status` while that is being read."""
    if status is None:
        return [(("Looking at what happened …", "muted"),)]
    if status.state == "applying":
        return [((f"{_holder(status)} is writing now. F5 looks again.", "plain"),)]
    lines: list[Line] = [(("An apply is in doubt", "strong"),), BLANK, ((_what(status), "plain"),)]
    lines += [((f"Why: {safe(why)}", "warn"),) for why in dict.fromkeys((status.reason, notice)) if why]
    lines += [
        (("Nothing is lost: the old and the new files are both kept.", "plain"),),
        (("Until this is settled no apply begins; what is pending waits.", "plain"),),
        BLANK,
        *_ways(status),
    ]
    return [*lines, BLANK, ((f"{_count(status)}:", "muted"),)] if status.files else lines


def _what(status: ApplyStatus) -> str:
    what = safe(f"The apply {status.id} by {status.by}") if status.id else "An apply"
    if status.state == "interrupted":
        return f"{what} stopped before its end."
    return f"{what} could be neither finished nor undone."


def _ways(status: ApplyStatus) -> list[Line]:
    if not status.id:
        return [(_key("f"), ("try once more; a journal that cannot be believed is put aside, and kept", "plain"))]
    return [
        (_key("f"), ("forward: finish it, every file new", "plain")),
        (_key("b"), ("back: undo it, every file as before", "plain")),
    ]


def _key(name: str) -> Piece:
    return f"  {name}  ", "accent"


def _count(status: ApplyStatus) -> str:
    count = len(status.files)
    return "1 file (enter shows it as it is now)" if count == 1 else f"{count} files (enter shows one as it is now)"


def _holder(status: ApplyStatus) -> str:
    holder = status.holder
    return safe(f"{holder.user} on {holder.host}") if holder else safe(status.by or "somebody")


def why_no_way(status: ApplyStatus | None) -> str | None:
    """Why nothing can be done about it now."""
    if status is None:
        return "what happened is still being read"
    return f"{_holder(status)} is writing now" if status.state == "applying" else None
