"""What a plan from elsewhere may ask for: no more than the commands that queue changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from msgspec.structs import replace

from modeltui.domain.catalog import Catalog, folded_key
from modeltui.domain.change import Action, Edit
from modeltui.domain.document import ABSENT, Document, format_field, get, same, with_value
from modeltui.domain.file_fields import check_fields, check_new_workflow, check_workflow
from modeltui.domain.file_paths import is_workflow, path_of
from modeltui.domain.model import Model
from modeltui.domain.pending.plan_file import PlanEntry
from modeltui.errors import BrokenFileError, InvalidValueError, LockedError, RefusedError, UsageError
from modeltui.storage.applying.request import check_path
from modeltui.storage.toml.codec import parse

_NOTHING: Final = "nothing was written"
_FIXED: Final = ("schema", "uid", "content_type")
_LOCK_MEMBERS: Final = frozenset({"locked", "by", "at", "reason"})
"""What `lock` sets; the digest is added when the file is written, and never taken from a plan."""


def check_form(entry: PlanEntry, catalog: Catalog) -> None:
    """Whether an entry can be meant for a file of a catalogue at all. Raises RefusedError."""
    if entry.path not in {f"models/{entry.key}.toml", path_of(entry.key)}:
        raise RefusedError(f"the plan gives {entry.key} the path {entry.path}", hint=_NOTHING)
    check_path(entry.path)
    model = catalog.row(entry.key)
    if model is not None and model.path != entry.path:
        raise RefusedError(f"{entry.key} is {model.path}, not {entry.path}", hint=_NOTHING)


def check_creations(entries: Iterable[PlanEntry]) -> None:
    """Whether new files differ from each other, those of the catalogue left aside. Raises RefusedError."""
    new = [entry for entry in entries if entry.action is Action.CREATE]
    if len({folded_key(entry.key) for entry in new}) < len(new):
        raise RefusedError("two new files of the plan differ only in case or in how a letter is encoded", hint=_NOTHING)
    models = [entry for entry in new if not is_workflow(entry.path)]
    if len({str(_said(entry).get("uid")).casefold() for entry in models}) < len(models):
        raise InvalidValueError("two new models of the plan have one uid", hint=_NOTHING)


def check_entry(entry: PlanEntry, catalog: Catalog) -> None:
    """Whether an entry for a file that is as the plan says asks only for what may be asked. Raises RefusedError.

    What names a file that goes is asked of the plan as a whole: see `refuse_needed`.
    """
    try:
        _CHECKS[entry.action](entry, catalog)
    except (UsageError, BrokenFileError) as error:
        raise InvalidValueError(f"{entry.key}: {error.message}", hint=error.hint) from error
    except RefusedError as error:
        raise _named(error, entry.key) from error


def _named(error: RefusedError, key: str) -> RefusedError:
    return type(error)(f"{key}: {error.message}", hint=error.hint or _NOTHING)


def with_own_locks(entry: PlanEntry, lock_table: Callable[[str], Mapping[str, Any]]) -> PlanEntry:
    """Whoever applies a plan sets its locks: a plan cannot lock in the name of somebody else."""
    return replace(entry, edits=tuple(_own(edit, lock_table) for edit in entry.edits))


def _own(edit: Edit, lock_table: Callable[[str], Mapping[str, Any]]) -> Edit:
    if edit.path != ("lock",) or edit.new is ABSENT:
        return edit
    return replace(edit, new=lock_table(str(edit.new.get("reason", ""))))


def _check_creation(entry: PlanEntry, catalog: Catalog) -> None:
    if is_workflow(entry.path):
        if folded_key(entry.key) in {folded_key(each.key) for each in catalog.workflows.values()}:
            raise RefusedError("a workflow of this name, but for its case, is there")
        check_new_workflow(entry.path, _edited(_said(entry), entry.edits))
        return
    from modeltui.domain.rules.files import check_model  # noqa: PLC0415  # loads pydantic

    if entry.key.casefold() in catalog.casefolded_keys:
        raise RefusedError("a model of this key, but for its case, is there")
    document = _said(entry)
    if "lock" in document:
        raise LockedError("a new model is never locked", hint="create it, then lock it")
    if document.get("content_type") != entry.key.partition("/")[0]:
        raise InvalidValueError("its content_type is not that of its folder")
    if str(document.get("uid")).casefold() in catalog.by_uid:
        raise InvalidValueError("its uid is that of another model")
    after = _edited(document, entry.edits)
    for finding in check_model(entry.path, {name: value for name, value in after.items() if name != "lock"}):
        if finding.severity == "error":
            raise InvalidValueError(finding.message, hint=finding.hint)


def _check_update(entry: PlanEntry, catalog: Catalog) -> None:
    document = catalog.any_document(_sound(entry, catalog).key)
    if entry.text is not None:
        document = (_check_new_workflow if is_workflow(entry.path) else _check_rewrite)(document, entry, catalog)
    _edited(document, entry.edits)
    check_fields(entry.path, [(edit.path, edit.new) for edit in entry.edits if not edit.is_of_lock], document)


def _check_new_workflow(before: Document, entry: PlanEntry, _: Catalog) -> Document:
    after = _said(entry)
    check_workflow(entry.path, before, after)
    return after


def _check_rewrite(before: Document, entry: PlanEntry, catalog: Catalog) -> Document:
    """The new document. A locked file that gets back what was locked needs no further check."""
    from modeltui.domain.rules.files import check_model  # noqa: PLC0415  # loads pydantic

    after = _said(entry)
    if not same(before.get("lock", ABSENT), after.get("lock", ABSENT)):
        raise LockedError("a lock is not set by a new text", hint="use lock and unlock")
    for name in _FIXED:
        if not same(before.get(name, ABSENT), after.get(name, ABSENT)):
            raise InvalidValueError(f"`{name}` never changes")
    if catalog.models[entry.key].lock is not None:
        return after
    known = {(finding.code, finding.field) for finding in check_model(entry.path, before)}
    for finding in check_model(entry.path, after):
        if finding.severity == "error" and (finding.code, finding.field) not in known:
            raise InvalidValueError(finding.message, hint=finding.hint)
    return after


def _check_deletion(entry: PlanEntry, catalog: Catalog) -> None:
    _sound(entry, catalog)


_CHECKS: Mapping[Action, Callable[[PlanEntry, Catalog], None]] = {
    Action.CREATE: _check_creation,
    Action.UPDATE: _check_update,
    Action.DELETE: _check_deletion,
}


def _sound(entry: PlanEntry, catalog: Catalog) -> Model:
    model = catalog.any_row(entry.key)
    if model.fault is not None:
        raise RefusedError(f"the file is broken: {model.fault.message}", hint=model.fault.hint)
    return model


def _said(entry: PlanEntry) -> Document:
    assert entry.text is not None
    return parse(entry.text.encode())


def _edited(document: Document, edits: tuple[Edit, ...]) -> Document:
    """The document with all edits made. Raises RefusedError where an edit shows an old value that is not there."""
    for edit in edits:
        if edit.is_of_lock:
            _check_lock(edit)
        if not same(get(document, edit.path), edit.old):
            raise RefusedError(
                f"the plan shows an old value of `{format_field(edit.path)}` that the file does not have"
            )
        document = with_value(document, edit.path, edit.new)
    return document


def _check_lock(edit: Edit) -> None:
    is_of_whole = edit.path == ("lock",)
    if is_of_whole and (edit.new is ABSENT or _is_lock_table(edit.new)):
        return
    raise LockedError("a lock is not set as a field", hint="use lock and unlock")


def _is_lock_table(table: Any) -> bool:
    return (
        isinstance(table, Mapping)
        and table.keys() <= _LOCK_MEMBERS
        and table.get("locked") is True
        and isinstance(table.get("reason", ""), str)
    )
