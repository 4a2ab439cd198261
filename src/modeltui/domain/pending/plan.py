"""What applying the queue would do: a pure function of catalogue and queue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Final

from msgspec import Struct

from modeltui.domain.catalog import Catalog
from modeltui.domain.change import Action, Change, Edit
from modeltui.domain.document import ABSENT, Absent, Document, FieldPath, Value, get, same, with_value
from modeltui.domain.model import Model
from modeltui.errors import UsageError

CHANGED: Final = "the file changed since the edit was queued"
"""The problem of a file that is stale, and nothing else."""


class PlannedFile(Struct, frozen=True, kw_only=True):
    """All pending changes of one model, folded into one."""

    key: str
    path: str
    action: Action
    base: str | None
    """Digest that the file must have; None for a new file."""
    edits: tuple[Edit, ...]
    """Net edits: the first old and the last new value of each field, made on `text` where there is one."""
    text: str | None
    change_ids: tuple[str, ...]
    by: str
    at: datetime
    document: Document | None = None
    """What `text` says."""
    problem: str | None = None
    """Why this file cannot be applied now; None when it can."""
    is_stale: bool = False
    """The file's bytes are no longer those the edit was made on."""
    uid: str | None = None
    """Of the model that it is meant for; None where that is not known."""

    @property
    def is_of_lock_only(self) -> bool:
        return self.text is None and bool(self.edits) and all(edit.is_of_lock for edit in self.edits)


class Plan(Struct, frozen=True):
    files: Mapping[str, PlannedFile]
    """By key, in the order of keys."""

    @property
    def problems(self) -> tuple[PlannedFile, ...]:
        return tuple(file for file in self.files.values() if file.problem is not None)

    def count(self, action: Action) -> int:
        return sum(file.action is action for file in self.files.values())


def _unread(_: str) -> Document:
    return {}


def _unknown() -> Document | None:
    return None


def make_plan(catalog: Catalog, changes: Iterable[Change], read: Callable[[str], Document] = _unread) -> Plan:
    """Fold `changes` by model and hold each against the catalogue. A field set back to its old value is no change.

    `read` tells what a whole new text says.
    """
    grouped: dict[str, list[Change]] = {}
    for change in changes:
        grouped.setdefault(change.key, []).append(change)
    planned = (_planned(catalog, grouped[key], read) for key in sorted(grouped))
    return Plan({file.key: file for file in planned if file is not None})


def _planned(catalog: Catalog, changes: list[Change], read: Callable[[str], Document]) -> PlannedFile | None:
    first, last = changes[0], changes[-1]
    action = _net_action(changes)
    if action is None:
        return None
    text, tail = _last_text(changes)
    base = partial(_base, catalog, first, text, read)
    edits = () if action is Action.DELETE else fold((edit for change in tail for edit in change.edits), base)
    if action is Action.UPDATE and text is None and not edits:
        return None
    kept = None if action is Action.DELETE else text
    problem, is_stale = _problem(catalog, changes, action, edits, text)
    return PlannedFile(
        key=first.key,
        path=first.path,
        action=action,
        base=first.base,
        edits=edits,
        text=kept,
        document=None if kept is None else read(kept),
        change_ids=tuple(change.id for change in changes),
        by=last.by,
        at=last.at,
        problem=problem,
        is_stale=is_stale,
        uid=_meant_uid(catalog.row(first.key), changes),
    )


def _meant_uid(model: Model | None, changes: list[Change]) -> str | None:
    """The uid that the changes were made on: one that the file does not have, where they do not agree."""
    uids = [change.uid for change in changes if change.uid is not None]
    foreign = (uid for uid in uids if model is not None and not is_uid_of(model, uid))
    return next(foreign, uids[0] if uids else None)


def is_uid_of(model: Model, uid: str) -> bool:
    return model.uid is not None and model.uid.casefold() == uid.casefold()


def _net_action(changes: list[Change]) -> Action | None:
    is_new, is_gone = changes[0].action is Action.CREATE, changes[-1].action is Action.DELETE
    if is_new:
        return None if is_gone else Action.CREATE
    return Action.DELETE if is_gone else Action.UPDATE


def _last_text(changes: list[Change]) -> tuple[str | None, list[Change]]:
    """The last whole text, and the changes that come on top of it."""
    for index in range(len(changes) - 1, -1, -1):
        if (text := changes[index].text) is not None:
            return text, changes[index + 1 :]
    return None, changes


def _base(catalog: Catalog, first: Change, text: str | None, read: Callable[[str], Document]) -> Document | None:
    """What the edits were made on; None where that is no longer there."""
    if text is not None:
        return read(text)
    model = catalog.row(first.key)
    return catalog.said(first.key) if model is not None and model.digest == first.base else None


def fold(edits: Iterable[Edit], base: Callable[[], Document | None] = _unknown) -> tuple[Edit, ...]:
    """Net edits. An edit of a whole table takes over those made inside it, and one inside it becomes a part of it.

    So no two of them touch the same value, and each can be taken back alone. `base` tells what they were made on.
    """
    net: dict[FieldPath, tuple[Value | Absent, Value | Absent]] = {}
    for edit in edits:
        if not net:
            net[edit.path] = (edit.old, edit.new)
            continue
        outer = next((path for length in range(1, len(edit.path)) if (path := edit.path[:length]) in net), None)
        if outer is not None and (merged := _with_part(net[outer][1], edit, len(outer))) is not None:
            net[outer] = (net[outer][0], merged)
            continue
        old = net.pop(edit.path, (edit.old, None))[0]
        if inside := [path for path in net if path[: len(edit.path)] == edit.path]:
            old = _before(edit.path, old, {path: net.pop(path)[0] for path in inside}, base())
        net[edit.path] = (old, edit.new)
    return tuple(Edit(path, old, new) for path, (old, new) in net.items() if not same(old, new))


def _with_part(whole: Value | Absent, edit: Edit, depth: int) -> Value | Absent | None:
    """A new value with an edit inside it, `depth` parts down; None where it has no such inside."""
    if whole is ABSENT and edit.new is ABSENT:
        return whole
    try:
        return with_value({} if whole is ABSENT else whole, edit.path[depth:], edit.new)
    except UsageError:
        return None


def _before(
    path: FieldPath, whole: Value | Absent, parts: Mapping[FieldPath, Value | Absent], base: Document | None
) -> Value | Absent:
    """What a table held before edits were made inside it: `parts` are their old values."""
    if base is not None:
        return get(base, path)
    for inner, value in parts.items():
        if isinstance(whole, Mapping):
            whole = with_value(whole, inner[len(path) :], value)
    return ABSENT if whole == {} and ABSENT in parts.values() else whole  # the first edit inside made the table


def _problem(
    catalog: Catalog, changes: list[Change], action: Action, edits: tuple[Edit, ...], text: str | None
) -> tuple[str | None, bool]:
    model = catalog.row(changes[0].key)
    if action is Action.CREATE:
        return ("a file of this name is there now", True) if model is not None else (None, False)
    if model is None or model.path != changes[0].path:
        return "the file is gone", True
    uid = _meant_uid(model, changes)
    if uid is not None and model.uid is not None and not is_uid_of(model, uid):
        return "another model is in its place", True
    if any(change.base != model.digest for change in changes):
        return CHANGED if model.fault is None else f"the file cannot be used now: {model.fault.message}", True
    of_lock_only = text is None and bool(edits) and all(edit.is_of_lock for edit in edits)
    gives_back = action is Action.UPDATE and text is not None and not edits and _is_what_was_locked(model, text)
    if model.lock is not None and not of_lock_only and not gives_back:
        return f"{model.lock}; unlock it and apply that first", False
    return None, False


def _is_what_was_locked(model: Model, text: str) -> bool:
    """Whether `text` takes back what somebody did to a locked file. The writer looks closer."""
    return model.lock is not None and model.lock.fits(text.encode(errors="surrogatepass"))


def pending_document(plan: Plan, catalog: Catalog, key: str) -> Document:
    """The document of a model with what is pending for it."""
    file = plan.files.get(key)
    written = file.document if file else None
    document: Document = catalog.said(key) or {} if written is None else written
    for edit in file.edits if file else ():
        document = with_value(document, edit.path, edit.new)
    return document


def pending_value(plan: Plan, catalog: Catalog, key: str, path: FieldPath) -> Value | Absent:
    """The value that a field of a model would have after the apply."""
    return get(pending_document(plan, catalog, key), path)
