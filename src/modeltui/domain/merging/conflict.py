"""A pending change whose file is no longer the one it was made on: base, theirs and mine, field by field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from modeltui.domain.catalog import Catalog
from modeltui.domain.change import Action, Edit
from modeltui.domain.document import ABSENT, Absent, Document, FieldPath, Value, differences, get, same
from modeltui.domain.lock import Lock, lock_of
from modeltui.domain.merging.bonds import Changed, bound
from modeltui.domain.merging.list_places import list_of, place_in
from modeltui.domain.merging.merge import with_edits
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import PlannedFile, is_uid_of


class FieldState(StrEnum):
    CLEAN = "clean"
    """Only I changed it: a rebase keeps my value."""
    SAME = "same"
    """They changed it to what I want: nothing is left to do."""
    CONFLICT = "conflict"
    """Both changed it, each to something else."""


class Fate(StrEnum):
    """What became of the file since the change was queued."""

    CHANGED = "changed"
    GONE = "gone"
    MOVED = "moved"
    """Gone, and the same model is under another key now."""
    REPLACED = "replaced"
    """Another model is in its place."""
    TAKEN = "taken"
    """A file that was to be made is there already."""
    BROKEN = "broken"
    """What is there now cannot be read."""


class ThreeWay(Struct, frozen=True):
    """One field as it was when I saw it, as the file has it now, and as I want it."""

    path: FieldPath
    """Empty for the file as a whole."""
    base: Value | Absent
    theirs: Value | Absent
    mine: Value | Absent
    state: FieldState


class Conflict(Struct, frozen=True, kw_only=True):
    key: str
    path: str
    action: Action
    fate: Fate
    problem: str
    """In one sentence."""
    fields: tuple[ThreeWay, ...]
    moved_to: str | None = None
    """The key under which the same model is now."""
    lock: Lock | None = None
    """A lock that holds the file now against this change."""
    is_base_known: bool = True
    """Without it, every field of a whole new text that differs from theirs is in conflict."""

    @property
    def clashes(self) -> tuple[ThreeWay, ...]:
        return tuple(field for field in self.fields if field.state is FieldState.CONFLICT)

    def edits(self, *, mine: bool) -> tuple[Edit, ...]:
        """What is left to do to their file: my clean fields, and with `mine` those in conflict too."""
        wanted = {FieldState.CLEAN, FieldState.CONFLICT} if mine else {FieldState.CLEAN}
        return tuple(Edit(field.path, field.theirs, field.mine) for field in self.fields if field.state in wanted)


class Sides(Struct, frozen=True):
    """Documents that the catalogue itself does not hold, by key."""

    bases: Mapping[str, Document]
    """Files as they were when their changes were queued, where that can be known."""
    texts: Mapping[str, Document]
    """What new texts say, with the edits made on top."""


def find_conflicts(files: Iterable[PlannedFile], catalog: Catalog, sides: Sides) -> tuple[Conflict, ...]:
    """One for each stale file of a plan."""
    by_digest = {model.digest: model for model in catalog.models.values() if model.digest}
    return tuple(_conflict(file, catalog, sides, by_digest) for file in files if file.is_stale)


def _conflict(file: PlannedFile, catalog: Catalog, sides: Sides, by_digest: Mapping[str, Model]) -> Conflict:
    twin = by_digest.get(file.base or "")
    base = catalog.said(twin.key) if twin else sides.bases.get(file.key)
    fate, moved_to = _fate(file, catalog, base, twin)
    theirs = catalog.said(moved_to if fate is Fate.MOVED and moved_to else file.key)
    fields = tuple(_fields(file, base, theirs, sides.texts.get(file.key)))
    if fate in {Fate.GONE, Fate.REPLACED, Fate.BROKEN}:
        fields = tuple(ThreeWay(each.path, each.base, each.theirs, each.mine, FieldState.CONFLICT) for each in fields)
    elif file.action is Action.UPDATE and base is not None and theirs is not None:
        fields = tuple(_bound(fields, base, theirs))
    lock = None if theirs is None or file.is_of_lock_only else lock_of(theirs)
    return Conflict(
        key=file.key,
        path=file.path,
        action=file.action,
        fate=fate,
        problem=_problem(fate, moved_to, lock),
        fields=fields,
        moved_to=moved_to,
        lock=lock,
        is_base_known=base is not None or (file.text is None and file.action is Action.UPDATE),
    )


def _fate(file: PlannedFile, catalog: Catalog, base: Document | None, twin: Model | None) -> tuple[Fate, str | None]:
    if file.action is Action.CREATE:
        return Fate.TAKEN, None
    uid = file.uid or (base.get("uid") if base else None)
    model = catalog.row(file.key)
    if model is not None and (model.key not in catalog.documents and catalog.said(model.key) is None):
        return Fate.BROKEN, None
    if model is not None and (not isinstance(uid, str) or is_uid_of(model, uid)):
        return Fate.CHANGED, None
    found = twin or (catalog.by_uid.get(uid.casefold()) if isinstance(uid, str) else None)
    moved_to = found.key if found is not None and found.key != file.key else None
    if model is not None:
        return Fate.REPLACED, moved_to
    return (Fate.MOVED if moved_to else Fate.GONE), moved_to


def _problem(fate: Fate, moved_to: str | None, lock: Lock | None) -> str:
    said = {
        Fate.CHANGED: "the file changed since the edit was queued",
        Fate.GONE: "the file is gone",
        Fate.MOVED: f"the file is gone; the same model is {moved_to} now",
        Fate.REPLACED: "another model is in its place",
        Fate.TAKEN: "a file of this name is there now",
        Fate.BROKEN: "the file cannot be read any more",
    }[fate]
    if fate is Fate.REPLACED and moved_to:
        said = f"{said}; the one that was meant is {moved_to} now"
    return said if lock is None else f"{said}, and is {lock}"


def _fields(
    file: PlannedFile, base: Document | None, theirs: Document | None, mine: Document | None
) -> Iterator[ThreeWay]:
    if file.action is Action.DELETE:
        return _of_removal(base, theirs)
    if file.text is None:
        return _of_edits(file.edits, base, theirs or {})
    if base is not None:
        return _of_rewrite(base, theirs or {}, mine or {})
    return (
        ThreeWay(path, ABSENT, old, new, FieldState.CONFLICT)
        for path, old, new in differences(theirs or {}, mine or {})
    )


def _of_edits(edits: Iterable[Edit], base: Document | None, theirs: Document) -> Iterator[ThreeWay]:
    """Each edit at the place that its field has in their file. A list in which a place is not to be found is one
    value, with all that I want of it.
    """
    by_list: dict[FieldPath, list[Edit]] = {}
    for edit in edits:
        by_list.setdefault(list_of(edit.path), []).append(edit)
    for path, mine in by_list.items():
        places = [edit.path if edit.path == path else _place(edit.path, base, theirs) for edit in mine]
        if base is not None and None in places:
            yield _three_way(path, get(base, path), get(theirs, path), get(with_edits(base, mine), path))
            continue
        for edit, place in zip(mine, places, strict=True):
            if place is not None:
                yield _three_way(place, edit.old, get(theirs, place), edit.new)
            else:  # a position says nothing in a list that others may have changed
                now = get(theirs, edit.path)
                state = FieldState.SAME if same(now, edit.new) else FieldState.CONFLICT
                yield ThreeWay(edit.path, edit.old, now, edit.new, state)


def _place(path: FieldPath, base: Document | None, theirs: Document) -> FieldPath | None:
    return None if base is None else place_in(path, base, theirs)


def _of_rewrite(base: Document, theirs: Document, mine: Document) -> Iterator[ThreeWay]:
    return (_three_way(path, old, get(theirs, path), new) for path, old, new in differences(base, mine))


def _of_removal(base: Document | None, theirs: Document | None) -> Iterator[ThreeWay]:
    """What they did to a file that I want to remove: all of it would be lost."""
    if theirs is None:
        return
    if base is None:
        yield ThreeWay((), ABSENT, theirs, ABSENT, FieldState.CONFLICT)
        return
    for path, old, new in differences(base, theirs):
        yield ThreeWay(path, old, new, ABSENT, FieldState.CONFLICT)


def _bound(fields: tuple[ThreeWay, ...], base: Document, theirs: Document) -> Iterator[ThreeWay]:
    """Fields that make sense only together are in conflict together, with those of them that only they changed."""
    mine = {field.path: field for field in fields if field.state is not FieldState.SAME}
    other = {path: (old, new) for path, old, new in differences(base, theirs) if path not in mine}
    sides = [Changed(path, by_ours=True, by_theirs=not same(each.theirs, each.base)) for path, each in mine.items()]
    paths = frozenset[FieldPath]().union(*bound((*sides, *(Changed(path, False, True) for path in other))))
    for field in fields:
        is_held = field.path in paths and field.path in mine
        yield replace(field, state=FieldState.CONFLICT) if is_held else field
    for path, (old, new) in other.items():
        if path in paths:
            yield ThreeWay(path, old, new, old, FieldState.CONFLICT)


def _three_way(path: FieldPath, base: Value | Absent, theirs: Value | Absent, mine: Value | Absent) -> ThreeWay:
    return ThreeWay(path, base, theirs, mine, _state(path, base, theirs, mine))


def _state(path: FieldPath, base: Value | Absent, theirs: Value | Absent, mine: Value | Absent) -> FieldState:
    if same(theirs, mine):
        return FieldState.SAME
    if same(theirs, base):
        return FieldState.CLEAN
    is_locked_by_both = path == ("lock",) and _holds(theirs) and _holds(mine)
    return FieldState.SAME if is_locked_by_both else FieldState.CONFLICT


def _holds(table: Any) -> bool:
    return table is not ABSENT and lock_of({"lock": table}) is not None
