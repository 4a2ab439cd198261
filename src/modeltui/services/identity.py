"""Who acts, and names for what they do."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from typing import Any

from msgspec import Struct


class Stamp(Struct, frozen=True):
    """Who applied, when and why."""

    id: str
    """Such as `20261120-101500-3fa9c1`."""
    by: str
    host: str
    at: datetime
    reason: str


class Identity(Struct, frozen=True):
    user: str
    host: str
    now: Callable[[], datetime]
    """The time in UTC."""

    def change_ids(self) -> Iterator[str]:
        """Ids that sort by time, and by the order they are taken in; unique between processes."""
        stem = f"{int(self.now().timestamp() * 1_000_000):016x}-{os.urandom(4).hex()}"
        return (f"{stem}-{number:06d}" for number in count())

    def lock_table(self, reason: str) -> dict[str, Any]:
        """The `[lock]` of a lock that this user sets now; its digest is added when the file is written."""
        table = {"locked": True, "by": self.user, "at": self.now().replace(microsecond=0)}
        return {**table, "reason": reason.strip()} if reason.strip() else table

    def stamp(self, reason: str) -> Stamp:
        """A new apply by this user, now. Its id sorts by time and is short enough to type."""
        at = self.now().replace(microsecond=0)
        return Stamp(f"{at:%Y%m%d-%H%M%S}-{os.urandom(3).hex()}", self.user, self.host, at, reason)
