"""What an apply hands over to be recorded: the port between the writer of the catalogue and its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct


class Recorded(Struct, frozen=True):
    commit: str | None = None
    """The git commit that holds the apply; None without git, or while it is pending."""
    warning: str | None = None
    """Why there is no commit although there should be one."""


class Recorder(Protocol):
    """Called under the mutex. Every call may come twice for one apply, and then does nothing more."""

    def has(self, apply_id: str) -> bool:
        """Whether the apply is in the history, durably."""

    def catch_up(self) -> str | None:
        """Finish what earlier applies left pending, before files change again; a warning where that fails."""

    def record(self, record: Mapping[str, Any], paths: Sequence[str], /) -> Recorded:
        """Make the history record durable, then commit `paths` (relative to the catalogue) where there is git.

        Raises OSError when the record is certainly not in the history, ModeltuiError when it may be.
        A commit that fails is a warning: the files stay applied.
        """
