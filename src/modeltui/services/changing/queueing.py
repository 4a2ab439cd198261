"""The one way into the queue. What a lock refuses is refused here, and again at apply."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from modeltui.domain.catalog import Catalog, folded_key
from modeltui.domain.change import Action, Change, Edit
from modeltui.domain.document import ABSENT, Absent, Document, Value, same
from modeltui.domain.file_paths import is_workflow
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import pending_document
from modeltui.domain.pending.queue import Step
from modeltui.domain.row_document import RowDocument
from modeltui.domain.snapshot import Snapshot
from modeltui.domain.value_size import LARGEST_FILE, refuse_large, size_of
from modeltui.errors import BrokenFileError, LockedError, RefusedError
from modeltui.services.changing.base_texts import with_base_texts
from modeltui.services.changing.preview import EditsOf, Preview
from modeltui.services.changing.rebasing import Target
from modeltui.services.changing.stale_locks import takes_lock, with_overtaken
from modeltui.services.current import Current
from modeltui.services.identity import Identity
from modeltui.services.outcome import Outcome, Refusal
from modeltui.services.permissions import Deed, Permissions
from modeltui.storage.applying.hard_links import refuse_linked
from modeltui.storage.queue_file import QueueFile

_LARGE: Final = 4_096
"""Bytes of values from which the file is looked at."""


class Creation(Struct, frozen=True):
    """A file that is to be there."""

    key: str
    path: str
    """Relative to the catalogue."""
    text: str


class Queueing:
    """Every call is one undo step, and returns how things stand after it."""

    def __init__(self, current: Current, queue_file: QueueFile, identity: Identity, permissions: Permissions) -> None:
        self._current = current
        self._queue_file = queue_file
        self._identity = identity
        self._permissions = permissions

    def queue(
        self,
        label: str,
        keys: Sequence[str],
        edits_of: EditsOf,
        *,
        creations: Sequence[Creation] = (),
        rewrites: Mapping[str, str] = MappingProxyType({}),
        removals: Sequence[str] = (),
        of_lock: bool = False,
        is_whole: bool = False,
    ) -> Outcome:
        """Queue edits of the models `keys`, new files, whole new texts (by key) and removals, as one step.

        Raises the first refusal where `is_whole`, and queues nothing then; else each refusal is told in the outcome.
        Raises NotPermittedError where this user may not.
        """
        self._permissions.require(Deed.QUEUE, label, keys)
        with self._current.guard, self._tallied(label, is_whole=is_whole) as tally:
            snapshot = self._current.snapshot()
            new_change = self.change_maker()
            for model in map(snapshot.shown.any_row, dict.fromkeys(keys)):
                with tally.of(model.key):
                    edits, overtaken = with_overtaken(
                        snapshot, model.key, _edits(snapshot, model, edits_of, of_lock=of_lock)
                    )
                    tally.add(model.key, new_change(Target(model, edits=edits)) if edits else None, overtaken)
            for creation in creations:
                with tally.of(creation.key):
                    tally.add(creation.key, new_change(_created(snapshot, creation)))
            for model in map(snapshot.catalog.any_row, rewrites):
                with tally.of(model.key):
                    admit(snapshot, model)
                    tally.add(model.key, new_change(Target(model, text=rewrites[model.key])))
            for model in map(snapshot.shown.any_row, dict.fromkeys(removals)):
                with tally.of(model.key):
                    admit(snapshot, model)
                    is_draft = snapshot.catalog.row(model.key) is None
                    gone = None if is_draft else new_change(Target(model, action=Action.DELETE))
                    tally.add(model.key, gone, snapshot.queue.of(model.key) if is_draft else ())
            return self._outcome(label, snapshot, tally)

    def foresee(self, label: str, keys: Sequence[str], edits_of: EditsOf, *, of_lock: bool = False) -> Preview:
        """What `queue` would do to the models `keys`. Queues nothing."""
        snapshot = self._current.snapshot()
        changed: dict[str, tuple[Edit, ...]] = {}
        tally = _Tally()
        for model in map(snapshot.shown.any_row, dict.fromkeys(keys)):
            with tally.of(model.key):
                if edits := _edits(snapshot, model, edits_of, of_lock=of_lock):
                    changed[model.key] = edits
                else:
                    tally.add(model.key, None)
        return Preview(label, snapshot, changed, unchanged=tuple(tally.unchanged), refused=tuple(tally.refused))

    def replace(self, label: str, keys: Sequence[str], target_for: Callable[[Model, Document], Target]) -> Outcome:
        """Queue one change for each model in the place of all that is pending for it. Raises NotPermittedError."""
        self._permissions.require(Deed.QUEUE, label, keys)
        with self._current.guard, self._tallied(label) as tally:
            snapshot = self._current.snapshot()
            new_change = self.change_maker()
            for model in map(snapshot.shown.any_row, dict.fromkeys(keys)):
                with tally.of(model.key):
                    change = new_change(target_for(model, snapshot.shown.any_document(model.key)))
                    tally.add(model.key, change, snapshot.queue.of(model.key))
            return self._outcome(label, snapshot, tally)

    def take(self, step: Step) -> Snapshot:
        """Queue a step as it is. Raises NotPermittedError."""
        for deed in _deeds(step):
            self._permissions.require(deed, step.label, [change.key for change in step.added])
        self._current.refuse_in_doubt()
        kept = with_base_texts(step, self._current.snapshot().catalog.root)
        return self._current.with_queue(self._queue_file.take(kept))

    def undo(self) -> Snapshot:
        """Take the last step back; nothing when there is none. Raises NotPermittedError."""
        self._permissions.require(Deed.QUEUE, "undo")
        with self._current.guard:
            self._current.refuse_in_doubt()
            return self._current.with_queue(self._queue_file.undo())

    def redo(self) -> Snapshot:
        """Do the step again that was undone last; nothing when there is none. Raises NotPermittedError."""
        self._permissions.require(Deed.QUEUE, "redo")
        with self._current.guard:
            self._current.refuse_in_doubt()
            return self._current.with_queue(self._queue_file.redo())

    def change_maker(self) -> Callable[[Target], Change]:
        """Makes the changes of one step: their ids sort in the order they are made.

        Raises InDoubtError. What it returns raises RefusedError for a file that changed since the snapshot, has hard
        links or is too large.
        """
        self._current.refuse_in_doubt()
        ids, by, at = self._identity.change_ids(), self._identity.user, self._identity.now()
        catalog = self._current.snapshot().catalog

        def make(target: Target) -> Change:
            if target.action is not Action.CREATE:
                refuse_newer(catalog, target.model)
                refuse_linked(catalog.root, target.model.path)
            _refuse_large_text(target)
            return Change(
                id=next(ids),
                key=target.model.key,
                path=target.model.path,
                action=target.action,
                base=target.model.digest or None,
                edits=target.edits,
                text=target.text,
                by=by,
                at=at,
                uid=None if target.action is Action.CREATE else target.model.uid,
            )

        return make

    @contextmanager
    def _tallied(self, label: str, *, is_whole: bool = False) -> Iterator[_Tally]:
        """What a lock refused is in the audit log, whatever else comes of it."""
        tally = _Tally(is_whole=is_whole)
        try:
            yield tally
        finally:
            if tally.locked:
                self._permissions.note_refused(label, "locked", tally.locked)

    def _outcome(self, label: str, snapshot: Snapshot, tally: _Tally) -> Outcome:
        step = Step(label, added=tuple(tally.added.values()), removed=tuple(tally.removed))
        after = self.take(step) if step.added or step.removed else snapshot
        return Outcome(after, tuple(tally.changed), tuple(tally.unchanged), tuple(tally.refused))


class _Tally:
    """What a step is made of, and what becomes of each model."""

    def __init__(self, *, is_whole: bool = False) -> None:
        self._is_whole = is_whole
        self.added: dict[str, Change] = {}
        self.removed: list[Change] = []
        self.changed: list[str] = []
        self.unchanged: list[str] = []
        self.refused: list[Refusal] = []
        self.locked: list[str] = []
        """Those that a lock refused."""

    @contextmanager
    def of(self, key: str) -> Iterator[None]:
        """What is refused inside is a refusal of this model."""
        try:
            yield
        except (RefusedError, BrokenFileError) as error:
            if isinstance(error, LockedError):
                self.locked.append(key)
            if self._is_whole:
                raise
            self.refused.append(Refusal(key, error.message, error.hint))

    def add(self, key: str, change: Change | None, instead_of: Sequence[Change] = ()) -> None:
        if change is None and not instead_of:
            self.unchanged.append(key)
            return
        if change is not None:
            self.added[key] = change
        self.removed += instead_of
        self.changed.append(key)


def _deeds(step: Step) -> Iterator[Deed]:
    """What a step takes more than a place in the queue. A lock that is set anew is taken away as well."""
    yield Deed.QUEUE
    if any(edit.is_of_lock and _is_held(edit.old) for change in step.added for edit in change.edits):
        yield Deed.UNLOCK
    if any(change.action is Action.DELETE for change in step.added):
        yield Deed.REMOVE


def _is_held(lock: Value | Absent) -> bool:
    return lock is not ABSENT and not (isinstance(lock, Mapping) and lock.get("locked") is not True)


def _edits(snapshot: Snapshot, model: Model, edits_of: EditsOf, *, of_lock: bool) -> tuple[Edit, ...]:
    """What would really change."""
    admit(snapshot, model, of_lock=of_lock)
    edits = edits_of(model, _document(snapshot, model))
    refuse_newer(snapshot.catalog, model)
    wanted = tuple(edit for edit in edits if not same(edit.old, edit.new))
    _refuse_large_edits(snapshot, model, wanted)
    return wanted


def _document(snapshot: Snapshot, model: Model) -> Document:
    """With what is pending for it. Raises BrokenFileError, at the latest when it is read, for a file that went."""
    plan, catalog = snapshot.plan, snapshot.catalog
    if model.key not in plan.files:
        return RowDocument(model, lambda: catalog.any_document(model.key))
    if model.key in catalog.models:
        catalog.document(model.key)
    return pending_document(plan, catalog, model.key)


def refuse_newer(catalog: Catalog, model: Model) -> None:
    """Raises RefusedError where edits would be made on a file that is not the one of their base.

    If it came back to that base before the apply, nothing would be stale, and what was made of other values written.
    """
    if catalog.is_newer(model.key):
        raise RefusedError(
            f"{model.label} changed on disk since it was read", hint="read the catalogue again, then do it again"
        )


def _refuse_large_edits(snapshot: Snapshot, model: Model, edits: Sequence[Edit]) -> None:
    """Raises RefusedError where the file would be larger than any that is read, or a number longer."""
    is_large = sum(size_of(edit.new) for edit in edits) > _LARGE
    try:
        refuse_large(edits, _size(snapshot, model) if is_large else 0)
    except RefusedError as error:
        raise RefusedError(f"{model.label}: {error.message}", hint=error.hint) from None


def _size(snapshot: Snapshot, model: Model) -> int:
    """About the bytes of a file with what is pending for it."""
    planned, size = snapshot.plan.files.get(model.key), 0
    if planned is not None and planned.text is not None:
        size = len(planned.text.encode(errors="surrogatepass"))
    else:
        with suppress(OSError):
            size = os.path.getsize(os.path.join(snapshot.catalog.root, model.path))
    edits = planned.edits if planned is not None else ()
    return size + sum(size_of(edit.new) - size_of(edit.old) for edit in edits)


def _refuse_large_text(target: Target) -> None:
    size = 0 if target.text is None else len(target.text.encode(errors="surrogatepass"))
    if size > LARGEST_FILE:
        raise RefusedError(
            f"{target.model.label}: the file would have {size:,} bytes; {LARGEST_FILE:,} is the most",
            hint="keep large texts outside the catalogue",
        )


def admit(snapshot: Snapshot, model: Model, *, of_lock: bool = False) -> None:
    """Raises RefusedError with the reason why this model takes no change."""
    if model.fault is not None:
        raise RefusedError(
            f"{model.label} is broken: {model.fault.where}: {model.fault.message}", hint=model.fault.hint
        )
    if model.key in snapshot.catalog.twins:
        raise RefusedError(
            f"{model.key} differs from another file only in case or in how a letter is encoded",
            hint="rename one of the two files first",
        )
    if model.lock is not None and not of_lock:
        raise LockedError(f"{model.label} is {model.lock}", hint="unlock it, and apply that, before you change it")
    planned = snapshot.plan.files.get(model.key)
    if planned is not None and planned.is_stale and not (of_lock and takes_lock(planned, snapshot)):
        raise RefusedError(
            f"{model.label} has a pending change that is stale: {planned.problem}",
            hint="`modeltui conflicts` shows both sides; rebase that change or discard it first",
        )
    if planned is not None and planned.action is Action.DELETE:
        raise RefusedError(f"{model.label} is about to be removed", hint="discard the removal first")


def _created(snapshot: Snapshot, creation: Creation) -> Target:
    """Raises RefusedError where the key is taken, also by another spelling."""
    taken = snapshot.shown.by_folded_key.get(folded_key(creation.key))
    if taken is None and is_workflow(creation.path) and snapshot.shown.row(creation.key) is not None:
        raise RefusedError(f"there is a workflow of this name already: {creation.path}", hint="choose another name")
    if taken is not None:
        raise RefusedError(f"there is a model {taken} already", hint="choose another key")
    return Target(Model(key=creation.key, path=creation.path), text=creation.text, action=Action.CREATE)
