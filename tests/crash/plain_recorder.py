"""A recorder that knows no git, for applies whose history is all that is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from modeltui.domain.recorder import Recorded
from modeltui.history.repository import HistoryRepository


class PlainRecorder:
    def __init__(self, repository: HistoryRepository) -> None:
        self._repository = repository

    def has(self, apply_id: str) -> bool:
        return self._repository.has(apply_id)

    def catch_up(self) -> str | None:
        return None

    def record(self, record: Mapping[str, Any], _paths: Sequence[str], /) -> Recorded:
        self._repository.append(record)
        return Recorded()
