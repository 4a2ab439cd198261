"""Locked files that were changed behind the lock: what changed, and what would give it back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from modeltui.domain.document import Absent, Document, FieldPath, Value, differences, get, same
from modeltui.domain.lock import Lock
from modeltui.domain.model import Model
from modeltui.domain.snapshot import Snapshot
from modeltui.errors import BrokenFileError
from modeltui.history.record import FieldChange
from modeltui.history.repository import HistoryRepository
from modeltui.history.versions import Version, Versions
from modeltui.services.changes import ChangeService, Outcome, Refusal
from modeltui.services.current import Current
from modeltui.storage.codec import parse
from modeltui.storage.restoration import is_restored
from modeltui.storage.store import Store


@dataclass(frozen=True, slots=True)
class DriftedField:
    path: FieldPath
    was: Value | Absent
    """When it was locked."""
    now: Value | Absent


@dataclass(frozen=True, slots=True)
class Drift:
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


class DriftService:
    def __init__(
        self,
        current: Current,
        store: Store,
        versions: Versions,
        repository: HistoryRepository,
        changes: ChangeService,
    ) -> None:
        self._current = current
        self._store = store
        self._versions = versions
        self._repository = repository
        self._changes = changes

    def find(self, keys: Sequence[str] | None = None) -> tuple[Drift, ...]:
        """The models of `keys` (None: all) whose file is not as it was locked, as they are on disk now, by key."""
        snapshot = self._current.reload()
        broken = list(self._broken(snapshot, keys))
        wanted = {model.path: model.lock.fits for model, _ in broken if model.lock is not None}
        versions = self._versions.find(wanted)
        return tuple(self._drift(snapshot, model, content, versions.get(model.path)) for model, content in broken)

    def relock(self, keys: Sequence[str], reason: str = "") -> Outcome:
        """Queue locking drifted models anew, as they are now. Those that are as they were locked are unchanged."""
        found = {drift.key for drift in self.find(keys)}
        outcome = self._changes.relock([key for key in keys if key in found], reason)
        return _with_unchanged(outcome, keys, found)

    def restore(self, keys: Sequence[str]) -> Outcome:
        """Queue giving drifted models back what was locked, byte by byte, where that version is known."""
        drifts = self.find(keys)
        texts = {drift.key: text for drift in drifts if (text := _text(drift)) is not None}
        outcome = self._changes.give_back(texts)
        unknown = [Refusal(drift.key, "the version that was locked is not known", _HINT) for drift in drifts]
        refused = [*outcome.refused, *(refusal for refusal in unknown if refusal.key not in texts)]
        return _with_unchanged(outcome, keys, {drift.key for drift in drifts}, refused)

    def _broken(self, snapshot: Snapshot, keys: Sequence[str] | None) -> Iterator[tuple[Model, bytes]]:
        """Locked models whose lock has a digest that does not fit, and their bytes."""
        models = snapshot.catalog.models
        for model in models.values() if keys is None else (models[key] for key in sorted(set(keys)) if key in models):
            if model.lock is None or model.lock.digest is None:
                continue
            try:
                content = self._store.read(model.path)
            except BrokenFileError:
                continue
            if not model.lock.fits(content):
                yield model, content

    def _drift(self, snapshot: Snapshot, model: Model, content: bytes, version: Version | None) -> Drift:
        assert model.lock is not None
        now = snapshot.catalog.documents[model.key]
        if version is None:
            known = _last_known(
                model.key, (each for record in self._repository.entries(model.key) for each in record.changes)
            )
            fields = tuple(_moved(known, now))
            return Drift(model.key, model.path, model.lock, fields, is_complete=False)
        before = _unlocked(parse(version.content))
        return Drift(
            key=model.key,
            path=model.path,
            lock=model.lock,
            fields=tuple(DriftedField(*each) for each in differences(before, _unlocked(now))),
            is_complete=True,
            commit=version.commit,
            restored=version.content if is_restored(content, version.content) else None,
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


def _unlocked(document: Document) -> Document:
    return {name: value for name, value in document.items() if name != "lock"}


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
