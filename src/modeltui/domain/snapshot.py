"""What a front end shows: everything, frozen, at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct, field

from modeltui.domain.catalog import Catalog
from modeltui.domain.pending.plan import Plan
from modeltui.domain.pending.queue import Queue


class Snapshot(Struct, frozen=True, dict=True):
    catalog: Catalog
    """What the files say."""
    queue: Queue
    plan: Plan
    """What the queue would do to them."""
    user: str
    branch: str | None = None
    """The git branch of the catalogue; None outside a work tree."""
    notice: str | None = None
    """What the user should know now: an apply that was recovered, a state in doubt."""
    is_in_doubt: bool = False
    """An apply could be neither finished nor undone; no other is taken until `recover`."""
    is_queue_unread: bool = False
    """The system does not let this user read their own queue: what is pending is not known."""
    others: Mapping[str, int] = field(default_factory=dict)
    """How many models other users have pending, by user; those with none are left out."""

    @cached_property
    def shown(self) -> Catalog:
        """The catalogue with the models that wait to be created."""
        if not self.plan.files:
            return self.catalog
        from modeltui.domain.pending.drafts import with_drafts  # noqa: PLC0415  # for what is pending only

        return with_drafts(self.catalog, self.plan)

    def ready(self) -> Snapshot:
        """Itself, with what every screen asks of it at once worked out: called off the event loop."""
        self.shown.counts  # noqa: B018  # kept there
        return self
