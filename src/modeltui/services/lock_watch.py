"""Locks that somebody took away, or wrote anew, by hand: the history knows of each lock, whatever its file says now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from msgspec import Struct

from modeltui.domain.catalog import Catalog
from modeltui.domain.change import Action
from modeltui.domain.document import ABSENT, Document
from modeltui.domain.finding import Finding
from modeltui.domain.lock import Lock, lock_of
from modeltui.domain.lock_text import may_name_lock
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import Plan
from modeltui.errors import ApplyError, BrokenFileError, LockedError
from modeltui.storage.fs import reason_of
from modeltui.storage.state_names import HISTORY

if TYPE_CHECKING:
    from modeltui.history.commits import Commits
    from modeltui.history.record import ApplyRecord, FieldChange
    from modeltui.history.repository import HistoryRepository

Way: TypeAlias = Literal["unlocked", "removed", "rewritten"]

_MOST_COMMITS: Final = 200
"""Of one file, looked through for an unlock that another clone recorded."""
_SAID: Final[Mapping[Way, str]] = {
    "unlocked": "its lock was taken away by hand",
    "removed": "its file was removed by hand, or has another key now",
    "rewritten": "the lines of its lock were edited by hand",
}
_HINTS: Final[Mapping[Way, str]] = {
    "unlocked": "lock it anew as it is with `modeltui lock`; to accept it, apply that and then an unlock",
    "removed": "get it back, from git or a copy; to accept it, unlock it then and remove it, or create the model anew",
    "rewritten": "take the edit back; to accept it, apply an unlock, then lock it anew",
}


class LostLock(Struct, frozen=True):
    """A lock that an apply of ours set last, and that is not in the file any more as it was set."""

    key: str
    path: str
    lock: Lock
    """As it was set; without its digest."""
    way: Way

    @property
    def message(self) -> str:
        return f"{self.lock}, and {_SAID[self.way]}"

    @property
    def hint(self) -> str:
        return _HINTS[self.way]


class _Held(Struct, frozen=True):
    """The last that the history has of a locked model."""

    path: str
    lock: Lock
    digest: str | None
    """Of the file, as the last apply left it."""
    commits: tuple[str, ...]
    """That of the lock, and of each apply since."""


class LockWatch:
    def __init__(self, repository: HistoryRepository, commits: Callable[[], Commits]) -> None:
        """`commits` are asked for only where a lock looks lost."""
        self._repository = repository
        self._commits = commits

    def find(self, catalog: Catalog, keys: Collection[str] | None = None) -> tuple[LostLock, ...]:
        """The lost locks of `keys` (None: all), by key. The history is read once, and git only for what looks lost.

        Raises ApplyError where the history cannot be read.
        """
        records = self._records()
        found = []
        for key, held in sorted(_held(records).items()):
            if keys is None or key in keys:
                way = _way(catalog.models.get(key), held)
                if way is not None and not self._is_explained(held, {record.id for record in records}):
                    found.append(LostLock(key, held.path, held.lock, way))
        return tuple(found)

    def findings(self, catalog: Catalog) -> tuple[Finding, ...]:
        try:
            lost = self.find(catalog)
        except ApplyError as error:
            return (Finding("unreadable", "error", error.message, HISTORY, hint=error.hint),)
        return tuple(Finding("lock-lost", "error", each.message, each.path, hint=each.hint) for each in lost)

    def refuse(self, catalog: Catalog, plan: Plan) -> None:
        """Raises LockedError where a plan edits a model whose lock was lost. To lock or to unlock it mends that."""
        keys = {key for key, file in plan.files.items() if not (file.is_of_lock_only or file.action is Action.CREATE)}
        lost = self.find(catalog, keys) if keys else ()
        if lost:
            more = f" (and {len(lost) - 1} more)" if len(lost) > 1 else ""
            raise LockedError(f"{lost[0].key}: {lost[0].message}{more}; nothing was written", hint=lost[0].hint)

    def _records(self) -> list[ApplyRecord]:
        try:
            with suppress(OSError):  # of what is no file to be believed, `entries` says that it has none
                if not self._repository.knows_locks():
                    return []
            return self._repository.entries()
        except OSError as error:
            message = f"the history cannot be read, which knows of locks: {reason_of(error)}"
            raise ApplyError(message, hint="nothing was written; see to that file") from error

    def _is_explained(self, held: _Held, own: Collection[str]) -> bool:
        """Whether git says why: another branch, which has not that lock, or since then an apply of another clone."""
        from modeltui.history.git import GitError  # noqa: PLC0415  # few locks are lost

        noted = [commit for commit in held.commits if commit]
        if not noted:
            return False
        commits = self._commits()
        try:
            if not commits.is_there():
                return False
            first, last = commits.resolve(noted[0]), commits.resolve(noted[-1])
            if first is None or last is None:
                return False
            if not commits.holds(first):
                return True
            since = commits.since(last, held.path, _MOST_COMMITS)
        except GitError:
            return False
        return any(claimed not in own for commit in since for claimed in commit.applies)


def _held(records: Sequence[ApplyRecord]) -> dict[str, _Held]:
    """The models that are locked by their last record of a lock, as the history has it; `records` newest first."""
    held: dict[str, _Held] = {}
    for record in reversed(records):
        digests = {file.key: file.after for file in record.files}
        for key, changes in _by_key(record.changes).items():
            lock = held[key].lock if key in held else None
            for change in changes:
                lock = _lock_after(change, lock)
            if lock is None:
                held.pop(key, None)
                continue
            before = held[key].commits if key in held and held[key].lock == lock else ()
            held[key] = _Held(changes[0].path, lock, digests.get(key), (*before, record.commit or ""))
    return held


def _by_key(changes: Iterable[FieldChange]) -> dict[str, list[FieldChange]]:
    found: dict[str, list[FieldChange]] = {}
    for change in changes:
        found.setdefault(change.key, []).append(change)
    return found


def _lock_after(change: FieldChange, before: Lock | None) -> Lock | None:
    if change.action is Action.DELETE:
        return None
    if not change.field:
        return _plain(lock_of(_said(change.new)))
    if change.field[0] != "lock":
        return before
    return _plain(lock_of({"lock": change.new})) if change.field == ("lock",) and change.new is not ABSENT else None


def _said(text: Any) -> Document:
    """What a whole new text says, as far as its lock goes."""
    from modeltui.storage.toml.codec import parse  # noqa: PLC0415  # few records hold a whole text

    content = text.encode(errors="replace") if isinstance(text, str) else b""
    try:
        return parse(content) if may_name_lock(content) else {}
    except BrokenFileError:
        return {}


def _plain(lock: Lock | None) -> Lock | None:
    """Without its digest, which a record of a lock has not."""
    return None if lock is None else Lock(lock.by, lock.at, lock.reason)


def _way(model: Model | None, held: _Held) -> Way | None:
    """None where the file is as we left it, or changed in a way that its lock tells by itself."""
    if model is None:
        return "removed"
    if model.digest == held.digest or model.is_broken:
        return None
    if model.lock is None:
        return "unlocked"
    if _plain(model.lock) != held.lock or (model.lock.digest is None or not model.is_drifted):
        return "rewritten"
    return None
