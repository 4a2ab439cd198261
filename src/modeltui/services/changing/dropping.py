"""Taking single fields out of what is pending for a model; the rest of it stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from modeltui.domain.change import Action, Change, Edit
from modeltui.domain.document import FieldPath, format_field, parse_field
from modeltui.domain.pending.fields import field_edits, is_within
from modeltui.domain.pending.plan import PlannedFile, fold
from modeltui.domain.pending.queue import Step
from modeltui.domain.snapshot import Snapshot
from modeltui.domain.text import some_of
from modeltui.errors import RefusedError
from modeltui.services.changing.queueing import Queueing, refuse_newer
from modeltui.services.outcome import Outcome, Refusal

_MOST_NAMED: Final = 3


def drop_fields(
    queueing: Queueing, snapshot: Snapshot, keys: Sequence[str], fields: Sequence[str], ids: Iterator[str]
) -> Outcome:
    """Drop what is pending for `fields`, and the fields inside them, of these models, as one step.

    `ids` are those of the changes that stand for what remains. In the outcome, `unchanged` are the models for which
    nothing of it was pending. Raises UsageError for a field that is no field.
    """
    paths = [parse_field(field) for field in fields]
    added: list[Change] = []
    removed: list[Change] = []
    changed: list[str] = []
    unchanged: list[str] = []
    refused: list[Refusal] = []
    for key in dict.fromkeys(keys):
        file = snapshot.plan.files.get(key)
        try:
            rest = None if file is None else _rest(snapshot, file, paths)
        except RefusedError as error:
            refused.append(Refusal(key, error.message, error.hint))
            continue
        if file is None or rest is None:
            unchanged.append(key)
            continue
        changes = snapshot.queue.of(key)
        removed += changes
        added += _remaining(changes[0], file, rest, ids)
        changed.append(key)
    label = f"drop {some_of((format_field(path) for path in paths), len(paths), _MOST_NAMED)}"
    after = queueing.take(Step(label, tuple(added), tuple(removed))) if removed else snapshot
    return Outcome(after, tuple(changed), tuple(unchanged), tuple(refused))


def _remaining(first: Change, file: PlannedFile, edits: tuple[Edit, ...], ids: Iterator[str]) -> Iterator[Change]:
    """What stands for all that is pending for a model: on the bytes of the first change, by the user of the last."""
    change = replace(first, action=file.action, edits=(), text=None, by=file.by, at=file.at, uid=file.uid)
    if file.text is not None:
        yield replace(change, id=next(ids), text=file.text)
    if edits:
        action = Action.UPDATE if file.text is not None else file.action
        yield replace(change, id=next(ids), action=action, edits=edits)


def _rest(snapshot: Snapshot, file: PlannedFile, paths: Sequence[FieldPath]) -> tuple[Edit, ...] | None:
    """The edits that remain; None where nothing of `paths` is pending. Raises RefusedError."""
    model = snapshot.catalog.row(file.key)
    found = [edit for edit in field_edits(file, snapshot.catalog) if _is_named(edit, paths)]
    if file.text is not None and model is not None:
        refuse_newer(snapshot.catalog, model)
    if not found:
        _refuse_whole(file)
        return None
    if len({change.base for change in snapshot.queue.of(file.key)}) > 1:
        raise RefusedError(
            f"{file.key} has pending changes made on several versions of the file",
            hint="rebase them first, or discard all of them",
        )
    if file.text is None or file.action is Action.CREATE:
        return tuple(edit for edit in file.edits if not _is_named(edit, paths))
    if file.is_stale or model is None or model.lock is not None:
        raise RefusedError(
            f"{file.key} is pending as a whole text{f', and {file.problem}' if file.problem else ''}",
            hint="discard it as a whole, or rebase it first",
        )
    return fold((*file.edits, *(Edit(edit.path, edit.new, edit.old) for edit in found)))


def _refuse_whole(file: PlannedFile) -> None:
    if file.action is not Action.UPDATE:
        what = "is to be created" if file.action is Action.CREATE else "is to be removed"
        raise RefusedError(f"{file.key} {what}, as a whole", hint="discard it as a whole")


def _is_named(edit: Edit, paths: Sequence[FieldPath]) -> bool:
    return any(is_within(edit.path, path) for path in paths)
