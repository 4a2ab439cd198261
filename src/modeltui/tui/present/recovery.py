"""An apply that did not come to its end, in words: what happened, and the ways out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from modeltui.domain.text import safe
from modeltui.tui.present.line import BLANK, Line, Piece

if TYPE_CHECKING:
    from modeltui.services.apply import ApplyStatus, Doubt

_SAID_ABOVE: Final = ("an apply could be neither finished nor undone: ", "an apply is in doubt: ")


def recovery_lines(status: ApplyStatus | None, notice: str | None) -> list[Line]:
    """`notice` is what the last try to recover said; None for `status` while that is being read."""
    if status is None:
        return [(("Looking at what happened …", "muted"),)]
    if status.state == "applying":
        return [((f"{_holder(status)} is writing now. F5 looks again.", "plain"),)]
    lines: list[Line] = [(("An apply is in doubt", "strong"),), BLANK, ((_what(status), "plain"),)]
    lines += [((f"Why: {safe(why)}", "warn"),) for why in dict.fromkeys(_reasons(status, notice))]
    lines += [
        *_kept(status),
        (("Until this is settled no apply begins; what is pending waits.", "plain"),),
        BLANK,
        *_ways(status),
    ]
    return [*lines, BLANK, ((f"{_count(len(files_of(status)))}:", "muted"),)] if files_of(status) else lines


def files_of(status: ApplyStatus) -> tuple[str, ...]:
    """The files of the apply, as far as they are known."""
    kept = status.doubt.kept if status.doubt else ()
    return status.files or tuple(each.path for each in kept if each.path is not None)


def _reasons(status: ApplyStatus, notice: str | None) -> Iterator[str]:
    """Each without what is said above them."""
    for why in filter(None, (status.reason, notice)):
        for said in _SAID_ABOVE:
            why = why.removeprefix(said)  # noqa: PLW2901
        yield why


def _kept(status: ApplyStatus) -> list[Line]:
    """What there is to go forward or back with."""
    if status.doubt is not None:
        return _kept_in_doubt(status.doubt)
    if status.why_not_back is not None:
        return [((safe(f"It cannot be undone: {status.why_not_back}. The new files are kept."), "plain"),)]
    return [(("Nothing is lost: the old and the new files are both kept.", "plain"),)]


def _kept_in_doubt(doubt: Doubt) -> list[Line]:
    if not doubt.stages:
        return [(("What it kept is not there: compare the files with git or a backup.", "plain"),)]
    holds = Counter(each.holds for each in doubt.kept)
    counts = ((holds["old"], "old, of new files"), (holds["new"], "new, of old files"), (holds[None], "not known"))
    told = ", ".join(f"{count} {what}" for count, what in counts if count)
    lines: list[Line] = [((safe(f"Kept in {', '.join(doubt.stages)}: {told or 'nothing'}."), "plain"),)]
    if doubt.why_not_back is not None:
        lines.append(((safe(f"It cannot be undone: {doubt.why_not_back}."), "plain"),))
    return lines


def _what(status: ApplyStatus) -> str:
    what = safe(f"The apply {status.id} by {status.by}") if status.id else "An apply"
    if status.state == "interrupted":
        return f"{what} stopped before its end."
    if status.doubt is not None:
        return "An apply was interrupted, and its journal is not to be believed: nothing of it is carried out."
    return f"{what} could be neither finished nor undone."


def _ways(status: ApplyStatus) -> list[Line]:
    back: list[Line] = [(_key("b"), ("back: undo it, every file as before", "plain"))]
    ways = back if status.why_not_back is None else []
    if status.doubt is not None:
        return [*ways, (_key("x"), ("accept: leave every file as it is now; what was kept is put aside", "plain"))]
    return [(_key("f"), ("forward: finish it, every file new", "plain")), *(ways if status.id else [])]


def _key(name: str) -> Piece:
    return f"  {name}  ", "accent"


def _count(count: int) -> str:
    return "1 file (enter shows it as it is now)" if count == 1 else f"{count} files (enter shows one as it is now)"


def _holder(status: ApplyStatus) -> str:
    holder = status.holder
    return safe(f"{holder.user} on {holder.host}") if holder else safe(status.by or "somebody")


def why_no_way(status: ApplyStatus | None) -> str | None:
    """Why nothing can be done about it now."""
    if status is None:
        return "what happened is still being read"
    return f"{_holder(status)} is writing now" if status.state == "applying" else None


def why_not_way(status: ApplyStatus | None, way: str) -> str | None:
    """Why `forward`, `back` or `accept` is no way out of it."""
    if status is None or status.state == "applying":
        return why_no_way(status)
    if way == "accept":
        return None if status.doubt is not None else "its journal is whole: f and b tell the ways"
    if way == "forward":
        return None if status.doubt is None else "only its journal told what to finish: b, then apply again"
    return f"it cannot be undone: {status.why_not_back}" if status.why_not_back is not None else None
