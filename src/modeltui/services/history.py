"""Looking back: who changed what, when and why."""

from __future__ import annotations

from modeltui.history.record import ApplyRecord, FieldChange
from modeltui.history.repository import HistoryRepository
from modeltui.services.current import Current

__all__ = ["ApplyRecord", "FieldChange", "HistoryService"]


class HistoryService:
    def __init__(self, current: Current, repository: HistoryRepository) -> None:
        self._current = current
        self._repository = repository

    def entries(self, key: str | None = None) -> list[ApplyRecord]:
        """Applies, newest first: all, or those that touched one model (by key; it may be gone by now)."""
        return self._repository.entries(key)
