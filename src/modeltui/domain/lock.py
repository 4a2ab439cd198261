"""A model that refuses changes. (One writer at a time between processes is the mutex.)"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from modeltui.domain.document import Document


class Lock(Struct, frozen=True):
    by: str | None = None
    at: datetime | None = None
    reason: str | None = None
    digest: str | None = None
    """`sha256:` and the digest of the file without its lock, taken when the lock was set."""

    def fits(self, content: bytes) -> bool:
        """Whether `content`, but for its lock, is what was locked."""
        if self.digest is None:
            return False
        from modeltui.domain.lock_text import lock_digest  # noqa: PLC0415  # 10 ms, for what has a digest

        return self.digest == lock_digest(content)

    def __str__(self) -> str:
        who = f"locked by {self.by}" if self.by else "locked"
        return f"{who} ({self.reason})" if self.reason else who


def lock_of(document: Document) -> Lock | None:
    """The lock that holds, or None. Anything in `lock` but a plain `locked = false` holds: a lock fails safe."""
    table = document.get("lock")
    if table is None:
        return None
    if not isinstance(table, Mapping):
        return Lock()
    if table.get("locked") is False:
        return None
    return Lock(
        by=_text(table.get("by")),
        at=_moment(table.get("at")),
        reason=_text(table.get("reason")),
        digest=_text(table.get("digest")),
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _moment(value: Any) -> datetime | None:
    return value if isinstance(value, datetime) else None


def unlocked_document(document: Document) -> Document:
    """What a model file says besides its lock."""
    return {name: value for name, value in document.items() if name != "lock"}
