"""Where a stale change goes: to the file as it is now, or nowhere because nothing is left to do."""

from __future__ import annotations

from msgspec import Struct

from modeltui.domain.change import Action, Edit
from modeltui.domain.document import format_field
from modeltui.domain.file_fields import check_fields
from modeltui.domain.merging.conflict import Conflict, Fate
from modeltui.domain.model import Model
from modeltui.domain.snapshot import Snapshot
from modeltui.errors import LockedError, RefusedError

_MOST_NAMED = 5


class Target(Struct, frozen=True):
    """What a change is to do to a model as it is now."""

    model: Model
    edits: tuple[Edit, ...] = ()
    text: str | None = None
    action: Action = Action.UPDATE


def target_of(conflict: Conflict, snapshot: Snapshot, *, mine: bool, follow: bool) -> Target | None:
    """None where nothing is left to do. Raises RefusedError with the reason why it cannot be rebased."""
    if _is_settled(conflict):
        return None
    model = _model(conflict, snapshot, follow=follow)
    if conflict.lock is not None:
        raise LockedError(f"{model.label} is {conflict.lock}", hint="unlock it and apply that, or discard the change")
    if conflict.clashes and not mine:
        raise RefusedError(
            f"both sides changed {_named(conflict)}",
            hint="`modeltui conflicts` shows them; rebase --mine takes my values, discard takes theirs",
        )
    if conflict.action is Action.DELETE:
        return Target(model, action=Action.DELETE)
    edits = conflict.edits(mine=mine)
    check_fields(
        model.path,
        [(edit.path, edit.new) for edit in edits if not edit.is_of_lock],
        snapshot.catalog.any_document(model.key),
    )
    return Target(model, edits)


def _is_settled(conflict: Conflict) -> bool:
    if conflict.action is Action.DELETE:
        return conflict.fate is Fate.GONE
    return conflict.fate in {Fate.CHANGED, Fate.MOVED, Fate.TAKEN} and not conflict.edits(mine=True)


def _model(conflict: Conflict, snapshot: Snapshot, *, follow: bool) -> Model:
    """The model that the change is to be made on. Raises RefusedError where there is none that it was meant for."""
    if conflict.fate is Fate.CHANGED:
        return snapshot.catalog.any_row(conflict.key)
    if conflict.moved_to is None:
        hint = "discard the change" if conflict.fate is not Fate.TAKEN else "discard it, and make it under another key"
        raise RefusedError(conflict.problem, hint=hint)
    if conflict.fate is Fate.REPLACED:
        raise RefusedError(conflict.problem, hint=f"discard the change, and make it again on {conflict.moved_to}")
    if not follow:
        raise RefusedError(conflict.problem, hint="rebase --follow goes after it; or discard the change")
    if conflict.moved_to in snapshot.plan.files:
        raise RefusedError(f"{conflict.moved_to} has pending changes of its own", hint="apply or discard those first")
    return snapshot.catalog.models[conflict.moved_to]


def _named(conflict: Conflict) -> str:
    names = [format_field(field.path) or "the file" for field in conflict.clashes]
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
