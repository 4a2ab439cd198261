"""A model that refuses changes. (One writer at a time between processes is the mutex.)"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from modeltui.domain.document import Document

_HEADER = re.compile(rb"[ \t]*\[")
_LOCK_HEADER = re.compile(rb"[ \t]*\[[ \t]*lock[ \t]*\][ \t]*(#.*)?\r?\n?")


@dataclass(frozen=True, slots=True)
class Lock:
    by: str | None = None
    at: datetime | None = None
    reason: str | None = None
    digest: str | None = None
    """`sha256:` and the digest of the file without its `[lock]` lines, taken when the lock was set."""

    def fits(self, content: bytes) -> bool:
        """Whether `content`, but for its lock, is what was locked."""
        return self.digest is not None and self.digest == lock_digest(content)

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


def lock_digest(content: bytes) -> str:
    """`sha256:…` of the file's bytes with the lines from `[lock]` up to the next header cut out."""
    return f"sha256:{hashlib.sha256(without_lock(content)).hexdigest()}"


def without_lock(content: bytes) -> bytes:
    """The file's bytes with the lines from `[lock]` up to the next header cut out."""
    kept: list[bytes] = []
    inside = False
    for line in content.splitlines(keepends=True):
        if _LOCK_HEADER.fullmatch(line):
            inside = True
        elif inside and _HEADER.match(line):
            inside = False
        if not inside:
            kept.append(line)
    return b"".join(kept)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _moment(value: Any) -> datetime | None:
    return value if isinstance(value, datetime) else None
