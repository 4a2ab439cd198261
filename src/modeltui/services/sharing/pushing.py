"""Giving out what was committed here: the branch that is checked out, to the one it follows, and never by force."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from modeltui.errors import ConflictError, UsageError
from modeltui.history.git import Git
from modeltui.history.record import ApplyRecord
from modeltui.history.remotes import Apart, Remotes, Upstream
from modeltui.history.timeline import Timeline
from modeltui.services.current import Current
from modeltui.services.permissions import Deed, Permissions, foreign_refusal
from modeltui.services.sharing.pull_plan import rewritten

__all__ = ["PushPlan", "PushService"]

_MOST_COMMITS: Final = 200


class PushPlan(Struct, frozen=True):
    upstream: Upstream
    head: str
    other: str | None
    """The commit that is there; None where there is no such branch yet."""
    apart: Apart
    commits: tuple[ApplyRecord, ...] = ()
    """Ours, newest first, as far as they touched models."""
    pending: int = 0
    """Files with changes that wait here, and do not go out."""
    taken_out: int = 0
    """Commits of ours that were there once: somebody rewrote that branch."""

    @property
    def notes(self) -> tuple[str, ...]:
        return rewritten(self.upstream, self.taken_out)


class PushService:
    def __init__(self, current: Current, permissions: Permissions, timeline: Timeline) -> None:
        self._current = current
        self._permissions = permissions
        self._timeline = timeline

    def require(self) -> None:
        """Raises NotPermittedError."""
        self._permissions.require(Deed.APPLY, "push")

    def preview(self, remote: str | None = None, branch: str | None = None) -> PushPlan:
        """Fetch, and say what would go out. Raises UsageError, and ModeltuiError for what git says."""
        if self._permissions.read_as:
            raise foreign_refusal(self._permissions.read_as)
        snapshot = self._current.snapshot()
        remotes = Remotes(snapshot.catalog.root, Git(snapshot.catalog.root))
        upstream = remotes.upstream(remote, branch)
        head, pending = remotes.commit("HEAD") or "", len(snapshot.plan.files)
        try:
            other = remotes.fetch(upstream)
        except UsageError:
            return PushPlan(upstream, head, None, Apart(1, 0), (), pending)
        apart = remotes.apart(head, other)
        commits = tuple(self._timeline.between(other, head, _MOST_COMMITS)) if apart.ahead else ()
        taken_out = remotes.taken_out(upstream, head, other) if apart.ahead else 0
        return PushPlan(upstream, head, other, apart, commits, pending, taken_out)

    def push(self, plan: PushPlan) -> None:
        """Raises NotPermittedError, ConflictError where they have more, and ModeltuiError for what git says."""
        self.require()
        refuse_behind(plan)
        remotes = Remotes(self._current.snapshot().catalog.root)
        remotes.push(plan.upstream, plan.head)
        remotes.follow(plan.upstream)


def refuse_behind(plan: PushPlan) -> None:
    """Raises ConflictError."""
    if plan.apart.behind:
        count = plan.apart.behind
        raise ConflictError(
            f"{plan.upstream.name} has {f'{count} commits that are' if count > 1 else 'a commit that is'} not here",
            hint="`modeltui pull`, then push again",
        )
