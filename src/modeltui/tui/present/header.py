"""The line at the top: the catalogue in numbers, who and where."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from modeltui.domain.change import Action
from modeltui.domain.text import safe
from modeltui.services.permissions import Role, Standing
from modeltui.tui.present.line import Line, fit, separated, spread, width_of

if TYPE_CHECKING:
    from modeltui.domain.snapshot import Snapshot

_LONGEST_NAME: Final = 14
"""Cells of another user's name."""
_LONGEST_BRANCH: Final = 16
"""Cells of the name of a branch where there is no room for all of it."""


def header(snapshot: Snapshot, width: int, standing: Standing | None = None, work: str = "", apart: Line = ()) -> Line:
    """One line of `width` cells. Where it is narrow the counts go first, then who, never what is pending or at work."""
    between = " · "
    name: Line = ((" modeltui", "accent"), ("  ", "plain"), (safe(os.path.basename(snapshot.catalog.root)), "strong"))
    who: list[Line] = [((safe(snapshot.user), "muted"),)]
    at_work: list[Line] = [((work, "accent"),)] if work else []
    pending = [*at_work, *_restriction(standing), *_pending(snapshot)]
    counts, others = _counts(snapshot), _others(snapshot)
    alarming = [count for count in counts if count[0][1] == "bad"]
    branch, short = _branch(snapshot, None, apart), _branch(snapshot, _LONGEST_BRANCH, apart)
    for middle, right in (
        (counts, [*who, *branch, *others, *pending]),
        (alarming, [*who, *branch, *others, *pending]),
        ([], [*who, *branch, *others, *pending]),
        ([], [*branch, *others, *pending]),
        ([], [*short, *others, *pending]),
        ([], [*short, *pending]),
    ):
        left: Line = (*name, ("   ", "plain"), *separated(middle, between)) if middle else name
        end: Line = (*separated(right, between), (" ", "plain"))
        if width_of(left) + width_of(end) + 2 < width:
            return spread(left, end, width)
    return spread(name, (*separated(pending, between), (" ", "plain")), width)


def _branch(snapshot: Snapshot, most: int | None, apart: Line) -> list[Line]:
    """`git main ↑2 ↓1`, the name in at most so many cells."""
    if not snapshot.branch:
        return []
    branch = safe(snapshot.branch)
    return [((f"git {fit(branch, min(most or cell_len(branch), cell_len(branch)))}", "muted"), *apart)]


def apart_line(ahead: int, behind: int) -> Line:
    """Commits to push and to pull; nothing where there are none."""
    to_push: Line = ((f" ↑{ahead}", "muted"),) if ahead else ()
    return (*to_push, (f" ↓{behind}", "warn")) if behind else to_push


def _restriction(standing: Standing | None) -> list[Line]:
    """What keeps the user from some things; nothing for an admin."""
    if standing is None or (standing.role is Role.ADMIN and not standing.is_read_only):
        return []
    if standing.read_as:
        return [((f"{fit(name := safe(standing.read_as), min(_LONGEST_NAME, cell_len(name)))}, read-only", "warn"),)]
    if standing.is_read_only:
        return [(("read-only", "warn"),)]
    return [(("policy unreadable", "bad"),)] if standing.policy.fault else [((standing.role.word, "warn"),)]


def _counts(snapshot: Snapshot) -> list[Line]:
    counts = snapshot.shown.counts
    parts: list[Line] = [((f"{counts.total} models", "muted"),)]
    parts.append(((f"{counts.active} active", "muted"),))
    if counts.locked:
        parts.append(((f"{counts.locked} locked", "muted"),))
    if counts.drifted:
        parts.append(((f"{counts.drifted} drifted", "bad"),))
    if broken := counts.broken + len(snapshot.catalog.faults):
        parts.append(((f"{broken} broken", "bad"),))
    return parts


def _others(snapshot: Snapshot) -> list[Line]:
    """`bob: 3 pending`, and how many users more have something."""
    if not snapshot.others:
        return []
    user, count = min(snapshot.others.items(), key=lambda item: (-item[1], item[0]))
    more = f" +{len(snapshot.others) - 1}" if len(snapshot.others) > 1 else ""
    name = safe(user)
    return [((f"{fit(name, min(_LONGEST_NAME, cell_len(name)))}: {count} pending{more}", "muted"),)]


def _pending(snapshot: Snapshot) -> list[Line]:
    plan = snapshot.plan
    doubt: list[Line] = [(("an apply is in doubt: F6", "bad"),)] if snapshot.is_in_doubt else []
    if not plan.files:
        return doubt
    signs = "".join(action.sign for action in Action if plan.count(action))
    if plan.problems:
        doubt.append(((f"{len(plan.problems)} cannot apply", "bad"),))
    return [((f"{signs}{len(plan.files)} pending", "warn"),), *doubt]
