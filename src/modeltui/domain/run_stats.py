"""What became of the runs of a model, in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from msgspec import Struct, field

TREND: Final = 20
"""How many of the last runs a trend shows."""


class RunStats(Struct, frozen=True, kw_only=True):
    """Counted are runs that ended; one that was never submitted (cancelled before) is not among them."""

    total: int = 0
    succeeded: int = 0
    failed: int = 0
    cancelled: int = 0
    uncertain: int = 0
    average_s: float | None = None
    """Of the runs that succeeded, as the next two."""
    p50_s: float | None = None
    p95_s: float | None = None
    """Nearest rank: the time that at least 95 % of the runs stayed within."""
    spend: Mapping[str, Decimal] = field(default_factory=dict)
    """By currency: what the provider reported, else what was estimated, of every run that may be billed."""
    tested_at: datetime | None = None
    """When the last run ended that succeeded or failed."""
    trend: tuple[bool, ...] = ()
    """Whether each of the last runs succeeded, the newest last; those that were cancelled or uncertain are left out."""

    @property
    def success(self) -> float | None:
        """Percent of the runs that succeeded or failed; None where there is none."""
        decided = self.succeeded + self.failed
        return 100 * self.succeeded / decided if decided else None


NONE: Final = RunStats()
