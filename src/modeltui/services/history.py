"""Looking back: who changed what, when and why, and what differs between two moments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from msgspec import Struct

from modeltui.domain.document import format_field
from modeltui.errors import RefusedError
from modeltui.history.record import ApplyRecord, FieldChange
from modeltui.history.timeline import Timeline
from modeltui.services.comparing import Comparer, Comparison
from modeltui.storage.fs import reason_of

__all__ = ["ApplyRecord", "Comparison", "FieldChange", "History", "HistoryService"]


class History(Struct, frozen=True):
    records: tuple[ApplyRecord, ...]
    """Newest first: applies, and commits that others made by hand (their id is that of the commit)."""
    is_complete: bool = True
    """False where there are older ones."""
    warning: str | None = None
    """Why commits or records are missing."""


class HistoryService:
    def __init__(
        self, timeline: Timeline, comparer: Comparer, trouble: Callable[[], str | None] = lambda: None
    ) -> None:
        """`trouble` says what of our own records cannot be read."""
        self._trouble = trouble
        self._timeline = timeline
        self._comparer = comparer

    def entries(self, key: str | None = None) -> list[ApplyRecord]:
        """All of them, newest first: of the catalogue, or those that touched one model."""
        return list(self.read(key).records)

    def read(self, key: str | None = None, *, limit: int | None = None, words: str = "") -> History:
        """The newest `limit` records: of all, or of those that touched one model (by key; it may be gone by now).

        `words` choose records that hold each of them, whatever the case: in who, why, id, key or field. Raises
        RefusedError where the history cannot be read.
        """
        try:
            trouble = self._trouble()
            reading = self._timeline.read(key)
            wanted = words.casefold().split()
            chosen = (record for record in reading if not wanted or _holds(record, wanted))
            found = tuple(islice(chosen, limit))
            is_complete = limit is None or next(chosen, None) is None
        except OSError as error:
            why = f"the history cannot be read: {reason_of(error)}"
            raise RefusedError(why, hint="ask its owner for the right to read it") from error
        return History(found, is_complete, "; ".join(filter(None, (trouble, reading.trouble))) or None)

    def record(self, name: str) -> ApplyRecord:
        """An apply or a commit by its id, or its first characters. Raises NotFoundError, UsageError."""
        return self._timeline.find(name)

    def compare(self, points: str, key: str | None = None) -> Comparison:
        """What differs between two moments, `A..B`: applies or commits, each as it was left; `A..` is until now.

        Raises NotFoundError, UsageError.
        """
        return self._comparer.compare(points, key)


def _holds(record: ApplyRecord, words: list[str]) -> bool:
    text = "\n".join(_texts(record)).casefold()
    return all(word in text for word in words)


def _texts(record: ApplyRecord) -> Iterator[str]:
    yield from (record.id, record.by, record.reason, record.commit or "")
    yield from dict.fromkeys(file.key for file in record.files)
    yield from dict.fromkeys(format_field(change.field) for change in record.changes)
