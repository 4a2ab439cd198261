"""What a front end shows: everything, frozen, at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from modeltui.domain.catalog import Catalog
from modeltui.domain.plan import Plan
from modeltui.domain.queue import Queue


@dataclass(frozen=True, slots=True)
class Snapshot:
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
    others: Mapping[str, int] = field(default_factory=dict)
    """How many models other users have pending, by user; those with none are left out."""
