"""Locked files that were changed behind the lock: what changed, and what would give it back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from modeltui.domain.catalog import Catalog
from modeltui.domain.digest import digest
from modeltui.domain.document import Absent, Document, FieldPath, Value, differences, get, same
from modeltui.domain.lock import Lock, lock_of, unlocked_document
from modeltui.domain.snapshot import Snapshot
from modeltui.errors import BrokenFileError
from modeltui.history.record import FieldChange
from modeltui.history.repository import HistoryRepository
from modeltui.history.versions import Version, Versions
from modeltui.services.changing.changes import ChangeService
from modeltui.services.current import Current
from modeltui.services.lock_watch import LockWatch, LostLock
from modeltui.services.outcome import Outcome, Refusal
from modeltui.storage.applying.restoration import is_restored
from modeltui.storage.source import Source
from modeltui.storage.toml.codec import parse


class DriftedField(Struct, frozen=True):
    path: FieldPath
    was: Value | Absent
    """When it was locked."""
    now: Value | Absent


class Drift(Struct, frozen=True):
    key: str
    path: str
    lock: Lock
    fields: tuple[DriftedField, ...]
    """What changed in the data; a change of comments or form alone has none."""
    is_complete: bool
    """The locked version was found. Without it, the fields are those that the history knows of."""
    commit: str | None = None
    """The git commit that has the locked version."""
    restored: bytes | None = None
    """The locked version, where the file may be given back as it was."""


class _Broken(Struct, frozen=True):
    """A file that does not fit its lock, as it is on disk now."""

    key: str
    path: str
    content: bytes
    document: Document
    lock: Lock


class DriftService:
    def __init__(
        self,
        current: Current,
        store: Source,
        versions: Versions,
        repository: HistoryRepository,
        changes: ChangeService,
        *,
        watch: LockWatch,
    ) -> None:
        self._current = current
        self._store = store
        self._versions = versions
        self._repository = repository
        self._changes = changes
        self._watch = watch

    def find(self, keys: Sequence[str] | None = None) -> tuple[Drift, ...]:
        """The models of `keys` (None: all) whose file is not as it was locked, as they are on disk now, by key.

        Of `keys` only their own files are read; the snapshot stays as it is.
        """
        catalog = self._known(keys).catalog
        wanted = catalog.models if keys is None else sorted(set(keys) & catalog.models.keys())
        broken = [each for key in wanted if (each := self._broken(catalog, key)) is not None]
        versions = self._versions.find({each.path: each.lock.fits for each in broken})
        return tuple(self._drift(each, versions.get(each.path)) for each in broken)

    def lost(self, keys: Sequence[str] | None = None) -> tuple[LostLock, ...]:
        """The models of `keys` (None: all) whose lock was taken away or edited by hand, as they are on disk now.

        With None also those whose file is gone.
        """
        return self._watch.find(self._current.reload().catalog, keys)

    def relock(self, keys: Sequence[str], reason: str = "") -> Outcome:
        """Queue locking drifted models anew, as they are now. Those that are as they were locked are unchanged."""
        self._current.reload()
        found = {drift.key for drift in self.find(keys)}
        outcome = self._changes.relock([key for key in keys if key in found], reason)
        return _with_unchanged(outcome, keys, found)

    def restore(self, keys: Sequence[str]) -> Outcome:
        """Queue giving drifted models back what was locked, byte by byte, where that version is known."""
        self._current.reload()
        drifts = self.find(keys)
        texts = {drift.key: text for drift in drifts if (text := _text(drift)) is not None}
        outcome = self._changes.give_back(texts)
        unknown = [Refusal(drift.key, "the version that was locked is not known", _HINT) for drift in drifts]
        refused = [*outcome.refused, *(refusal for refusal in unknown if refusal.key not in texts)]
        return _with_unchanged(outcome, keys, {drift.key for drift in drifts}, refused)

    def _known(self, keys: Sequence[str] | None) -> Snapshot:
        """The last snapshot where it knows every one of `keys`, else a new one."""
        snapshot = self._current.snapshot()
        is_known = keys is not None and snapshot.catalog.models.keys() >= set(keys)
        return snapshot if is_known else self._current.reload()

    def _broken(self, catalog: Catalog, key: str) -> _Broken | None:
        """A model whose lock does not fit its file. Both are of the same bytes, whatever the snapshot says of them."""
        model = catalog.models[key]
        try:
            content = self._store.read(model.path)
            if model.digest == digest(content) and not model.is_drifted:
                return None
            document = parse(content)
        except BrokenFileError:
            return None
        lock = lock_of(document)
        if lock is None or lock.digest is None or lock.fits(content):
            return None
        return _Broken(key, model.path, content, document, lock)

    def _drift(self, broken: _Broken, version: Version | None) -> Drift:
        if version is None:
            records = self._repository.entries(broken.key)
            known = _last_known(broken.key, (each for record in records for each in record.changes))
            fields = tuple(_moved(known, broken.document))
            return Drift(broken.key, broken.path, broken.lock, fields, is_complete=False)
        before, now = unlocked_document(parse(version.content)), unlocked_document(broken.document)
        return Drift(
            key=broken.key,
            path=broken.path,
            lock=broken.lock,
            fields=tuple(DriftedField(*each) for each in differences(before, now)),
            is_complete=True,
            commit=version.commit,
            restored=version.content if is_restored(broken.content, version.content) else None,
        )


_HINT = "unlock it and edit it, or lock it anew as it is with --relock"


def _text(drift: Drift) -> str | None:
    """None also for what is not UTF-8, which no file of a catalogue is."""
    try:
        return None if drift.restored is None else drift.restored.decode()
    except UnicodeDecodeError:
        return None


def _with_unchanged(
    outcome: Outcome, keys: Iterable[str], drifted: set[str], refused: Sequence[Refusal] | None = None
) -> Outcome:
    return Outcome(
        outcome.snapshot,
        outcome.changed,
        tuple(key for key in dict.fromkeys(keys) if key not in drifted),
        outcome.refused if refused is None else tuple(refused),
    )


def _last_known(key: str, changes: Iterable[FieldChange]) -> dict[FieldPath, Value | Absent]:
    """What applies, newest first, set the fields of a model to, back to the last one that wrote the whole file."""
    known: dict[FieldPath, Value | Absent] = {}
    for change in changes:
        if change.key != key:
            continue
        if not change.field:
            break
        if change.field[0] != "lock" and not any(_is_within(change.field, path) for path in known):
            known[change.field] = change.new
    return known


def _is_within(one: FieldPath, other: FieldPath) -> bool:
    length = min(len(one), len(other))
    return one[:length] == other[:length]


def _moved(known: Mapping[FieldPath, Value | Absent], now: Document) -> Iterator[DriftedField]:
    for path, was in known.items():
        if not same(was, get(now, path)):
            yield DriftedField(path, was, get(now, path))
