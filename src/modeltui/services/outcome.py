"""What became of a request for many models."""

from __future__ import annotations

from msgspec import Struct

from modeltui.domain.snapshot import Snapshot


class Refusal(Struct, frozen=True):
    key: str
    reason: str
    hint: str | None = None


class Outcome(Struct, frozen=True):
    snapshot: Snapshot
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    """Already so."""
    refused: tuple[Refusal, ...] = ()
    warnings: tuple[str, ...] = ()
