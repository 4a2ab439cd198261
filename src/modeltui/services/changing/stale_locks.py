"""A lock on a file that changed under what is pending: it need not wait for a rebase, where it has no part in that."""

from __future__ import annotations

from modeltui.domain.change import Action, Change, Edit
from modeltui.domain.document import get, same
from modeltui.domain.lock import lock_of
from modeltui.domain.pending.plan import PlannedFile, fold, is_uid_of
from modeltui.domain.snapshot import Snapshot
from modeltui.services.changing.conflicts import kept_base


def takes_lock(file: PlannedFile, snapshot: Snapshot) -> bool:
    """Whether a stale file is still of the model that was meant, and its lock (or that it has none) is what it was.

    What is not known is not so.
    """
    model, theirs = snapshot.catalog.models.get(file.key), snapshot.catalog.documents.get(file.key)
    if model is None or theirs is None or file.action is not Action.UPDATE:
        return False
    if file.uid is None or not is_uid_of(model, file.uid):
        return False
    if locks := [edit for edit in file.edits if edit.is_of_lock]:
        return all(same(edit.old, get(theirs, edit.path)) for edit in locks)
    if file.text is None:
        return lock_of(theirs) is None  # only a file that was not locked took the edits
    base = kept_base(file, snapshot.queue.base_texts)
    return base is not None and same(get(base, ("lock",)), get(theirs, ("lock",)))


def with_overtaken(
    snapshot: Snapshot, key: str, edits: tuple[Edit, ...]
) -> tuple[tuple[Edit, ...], tuple[Change, ...]]:
    """`edits` of a lock with what was pending of the lock alone on older bytes, and the changes they take the place of.

    Whatever else is pending stays stale, until a rebase takes it and the lock to the file as it is.
    """
    file = snapshot.plan.files.get(key)
    if file is None or not (file.is_stale and file.is_of_lock_only):
        return edits, ()
    return fold((*file.edits, *edits)), snapshot.queue.of(key)
