"""What became of a request for many models."""

from __future__ import annotations

from dataclasses import dataclass

from modeltui.domain.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Refusal:
    key: str
    reason: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    snapshot: Snapshot
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    """Already so."""
    refused: tuple[Refusal, ...] = ()
    warnings: tuple[str, ...] = ()
