"""The history of a catalogue: one record for each apply, and beside it what git made of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from msgspec import Struct

from modeltui.history.record import ApplyRecord, decoded_record


class LogContent(Protocol):
    @property
    def entries(self) -> Iterable[Mapping[str, Any]]: ...


class Log(Protocol):
    """A durable, append-only file of entries. (storage.log_file has it; history does not import storage.)"""

    def locked(self) -> AbstractContextManager[None]: ...

    def read(self) -> LogContent: ...

    def mentions(self, text: str) -> bool:
        """Whether `text` stands anywhere in the file: a cheap no."""

    def append(self, entry: Mapping[str, Any]) -> None:
        """Durable when it returns; OSError when the entry is certainly not in the file."""


class PendingCommit(Struct, frozen=True):
    record: Mapping[str, Any]
    paths: tuple[str, ...]
    """Files of the apply, relative to the catalogue."""
    why: str = ""
    """Why it was not made."""


class HistoryRepository:
    """Appends are idempotent by the apply's id."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def has(self, apply_id: str) -> bool:
        return self._log.mentions(apply_id) and any(_is_record(entry, apply_id) for entry in self._log.read().entries)

    def append(self, record: Mapping[str, Any]) -> bool:
        """Whether the record is new. Raises OSError when it is certainly not there."""
        with self._log.locked():
            is_new = not self.has(record["id"])
            if is_new:
                self._log.append({**record, "kind": "apply"})
        return is_new

    def note_commit(self, apply_id: str, commit: str | None) -> None:
        """Say which commit holds an apply; None where git found nothing to commit."""
        self._note({"kind": "commit", "id": apply_id, "commit": commit, "pending": None})

    def note_pending(self, apply_id: str, why: str) -> None:
        """Say that the commit of an apply is still to be made."""
        self._note({"kind": "commit", "id": apply_id, "commit": None, "pending": why})

    def commit_of(self, apply_id: str) -> str | None:
        return _commits(self._log.read().entries).get(apply_id, {}).get("commit")

    def entries(self, key: str | None = None) -> list[ApplyRecord]:
        """Newest first; with `key` those that changed that model. What a newer program wrote may be left out."""
        entries = list(self._log.read().entries)
        commits = _commits(entries)
        records = (_record(entry, commits.get(entry.get("id"), {})) for entry in _records(entries))
        found = [record for record in records if record is not None and (key is None or _touches(record, key))]
        return found[::-1]

    def knows_locks(self) -> bool:
        """Whether any record may be of a lock: a cheap no."""
        return self._log.mentions('"field":["lock"]')

    def pending(self) -> list[PendingCommit]:
        """Applies whose commit is still to be made, oldest first."""
        if not self._log.mentions('"pending":"'):
            return []
        entries = list(self._log.read().entries)
        notes = {apply_id: note.get("pending") for apply_id, note in _commits(entries).items()}
        waiting = {apply_id: str(why) for apply_id, why in notes.items() if why is not None}
        return [
            PendingCommit(entry, tuple(str(file["path"]) for file in entry["files"]), waiting[entry["id"]])
            for entry in _records(entries)
            if entry["id"] in waiting
        ]

    def anchors(self) -> list[tuple[str, str]]:
        """The id of each apply that names a head of the audit log, with what it names; oldest first."""
        found = ((entry.get("id"), entry.get("audit")) for entry in _records(self._log.read().entries))
        return [(str(name), anchor) for name, anchor in found if isinstance(anchor, str)]

    def _note(self, note: Mapping[str, Any]) -> None:
        with self._log.locked():
            self._log.append(note)


def _is_record(entry: Mapping[str, Any], apply_id: str) -> bool:
    return entry.get("kind") == "apply" and entry.get("id") == apply_id


def _records(entries: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    return (entry for entry in entries if entry.get("kind") == "apply")


def _commits(entries: Iterable[Mapping[str, Any]]) -> dict[Any, Mapping[str, Any]]:
    """The last note of each apply."""
    return {entry.get("id"): entry for entry in entries if entry.get("kind") == "commit"}


def _record(entry: Mapping[str, Any], note: Mapping[str, Any]) -> ApplyRecord | None:
    try:
        return decoded_record(entry, commit=note.get("commit"), pending=note.get("pending"))
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _touches(record: ApplyRecord, key: str) -> bool:
    return any(file.key == key for file in record.files) or any(change.key == key for change in record.changes)
