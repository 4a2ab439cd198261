"""What would take an apply or a commit back: a pure function of its record and of how things stand now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress

from msgspec import Struct, field

from modeltui.domain.change import Action, Edit
from modeltui.domain.document import ABSENT, Absent, Document, FieldPath, Value, format_field, get, same, with_value
from modeltui.domain.file_fields import check_fields
from modeltui.domain.file_paths import path_of
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import fold, pending_document
from modeltui.domain.pending.plan_file import PlanEntry
from modeltui.domain.snapshot import Snapshot
from modeltui.errors import BrokenFileError, LockedError, RefusedError, UsageError
from modeltui.history.record import ApplyRecord, FieldChange, FileChange
from modeltui.services.changing.plan_checks import check_entry
from modeltui.services.changing.queueing import Creation
from modeltui.services.outcome import Refusal
from modeltui.storage.toml.editor import edited

ReadFile = Callable[[str], bytes]
"""The bytes of a file by its path; raises BrokenFileError."""

WhoChanged = Callable[[str, FieldPath], str]
"""Says who gave a field (empty: the file) of a model, by key, the value that it has now."""

_FORCE = "roll back with --even-if-changed to take the old value all the same"


class Wanted(Struct, frozen=True):
    """What of a record is to be taken back."""

    key: str | None = None
    """None: every model."""
    field: FieldPath | None = None
    """None: every field."""
    even_if_changed: bool = False
    """Also where something later gave the field another value."""


class Reversal(Struct):
    """What rolling back would queue, by model, and what it would not."""

    edits: dict[str, tuple[Edit, ...]] = field(default_factory=dict)
    rewrites: dict[str, str] = field(default_factory=dict)
    """Whole old texts, of files that are as the record left them."""
    creations: list[Creation] = field(default_factory=list)
    removals: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    @property
    def keys(self) -> tuple[str, ...]:
        """Models of which something would be queued."""
        return (*self.edits, *self.rewrites, *(each.key for each in self.creations), *self.removals)

    @property
    def fields(self) -> int:
        """How many fields would get their old value."""
        return sum(map(len, self.edits.values()))


def reversal_of(record: ApplyRecord, snapshot: Snapshot, wanted: Wanted, who: WhoChanged, read: ReadFile) -> Reversal:
    """Raises UsageError where the record has nothing of what is wanted."""
    files = {file.key: file for file in record.files if wanted.key in {None, file.key}}
    changes = {key: _net(found) for key, found in _by_key(record.changes).items() if key in files}
    if wanted.field is not None:
        within = {key: [_within(change, wanted.field) for change in found] for key, found in changes.items()}
        changes = {key: parts for key, found in within.items() if (parts := [each for each in found if each])}
        files = {key: file for key, file in files.items() if key in changes}
    if not files:
        raise UsageError(f"{record.id} did not touch that", hint="`modeltui history` shows what it changed")
    reverser = _Reverser(snapshot, wanted, who, read)
    for key, file in files.items():
        try:
            reverser.take(file, changes.get(key, []))
        except (RefusedError, BrokenFileError) as error:
            reverser.done.refused.append(Refusal(key, error.message, error.hint))
    return reverser.done


def _by_key(changes: Sequence[FieldChange]) -> dict[str, list[FieldChange]]:
    found: dict[str, list[FieldChange]] = {}
    for change in changes:
        found.setdefault(change.key, []).append(change)
    return found


def _net(changes: Sequence[FieldChange]) -> list[FieldChange]:
    """Of one file, without those of a field inside another one's: older versions recorded both."""
    if len(changes) < 2 or not all(change.field for change in changes):
        return list(changes)
    first, net = changes[0], fold(Edit(change.field, change.old, change.new) for change in changes)
    return [FieldChange(first.key, first.path, edit.path, edit.old, edit.new, first.action) for edit in net]


def _within(change: FieldChange, field: FieldPath) -> FieldChange | None:
    """The part of a change that is inside a field; None where it touched nothing of it."""
    if change.field[: len(field)] == field:
        return change
    rest = field[len(change.field) :]
    if not change.field or field[: len(change.field)] != change.field:
        return None
    old, new = (get(value, rest) if isinstance(value, Mapping) else ABSENT for value in (change.old, change.new))
    if same(old, new):
        return None
    return FieldChange(change.key, change.path, field, old, new, change.action)


class _Reverser:
    """Fills a Reversal, file by file."""

    def __init__(self, snapshot: Snapshot, wanted: Wanted, who: WhoChanged, read: ReadFile) -> None:
        self.done = Reversal()
        self._snapshot = snapshot
        self._wanted = wanted
        self._who = who
        self._read = read

    def take(self, file: FileChange, changes: Sequence[FieldChange]) -> None:
        """Raises RefusedError, BrokenFileError."""
        if file.action is Action.DELETE:
            self.done.creations.append(_creation(file, self._snapshot))
            return
        model = self._snapshot.catalog.row(file.key)
        if model is None:
            if file.action is not Action.CREATE:
                raise RefusedError("the model is gone", hint="roll back what removed it first")
            self.done.unchanged.append(file.key)
            return
        if model.lock is not None:
            raise LockedError(
                f"{model.label} is {model.lock}", hint="unlock it, and apply that, before you roll it back"
            )
        is_as_left = model.digest == file.after and file.key not in self._snapshot.plan.files
        if file.action is Action.CREATE:
            self._remove(file, is_as_left=is_as_left)
        elif is_as_left and self._wanted.field is None and (text := _old_text(file, self._snapshot)) is not None:
            self._take_text(file, text, changes)
        else:
            self._take_fields(model, changes)

    def _remove(self, file: FileChange, *, is_as_left: bool) -> None:
        if not is_as_left and not self._wanted.even_if_changed:
            raise RefusedError(f"it was made, and then {self._who(file.key, ())}", hint=_FORCE)
        entry = PlanEntry(key=file.key, path=file.path, action=Action.DELETE, base=None, edits=(), text=None)
        check_entry(entry, self._snapshot.catalog)
        self.done.removals.append(file.key)

    def _take_text(self, file: FileChange, text: str, changes: Sequence[FieldChange]) -> None:
        """By field where that gives the old text byte by byte: a person can read it. Else the whole text."""
        document = self._snapshot.catalog.any_document(file.key)
        with suppress(RefusedError, UsageError):
            edits = tuple(_edits(document, [(change.field, change.old) for change in changes if change.field]))
            if edited(self._read(file.path), edits) == text.encode():
                self.done.edits[file.key] = edits
                return
        self.done.rewrites[file.key] = text

    def _take_fields(self, model: Model, changes: Sequence[FieldChange]) -> None:
        key = model.key
        document = pending_document(self._snapshot.plan, self._snapshot.catalog, key)
        values: list[tuple[FieldPath, Value | Absent]] = []
        refused = 0
        for change in changes:
            if (refusal := self._refusal(change, document)) is not None:
                self.done.refused.append(refusal)
                refused += 1
            elif not same(get(document, change.field), change.old):
                values.append((change.field, change.old))
        try:
            edits = tuple(_edits(document, values))
            check_fields(model.path, [(edit.path, edit.new) for edit in edits], document)
        except UsageError as error:
            raise RefusedError(error.message, hint=error.hint) from error
        if edits:
            self.done.edits[key] = edits
        elif not refused:
            self.done.unchanged.append(key)

    def _refusal(self, change: FieldChange, document: Document) -> Refusal | None:
        if not change.field:
            hint = "roll back single fields, or use git"
            return Refusal(change.key, "the whole file was written, and is another now", hint)
        if change.field[0] == "lock":
            return Refusal(change.key, "a lock is not rolled back", "use lock and unlock")
        now = get(document, change.field)
        if self._wanted.even_if_changed or same(now, change.new) or same(now, change.old):
            return None
        return Refusal(change.key, f"{format_field(change.field)}: {self._who(change.key, change.field)}", _FORCE)


def _creation(file: FileChange, snapshot: Snapshot) -> Creation:
    if snapshot.catalog.row(file.key) is not None:
        raise RefusedError("a model of this key is there again", hint="remove or rename that first")
    if file.old_text is None:
        raise RefusedError("what was in the file is not known", hint="git may have it: git log -- the file")
    path = path_of(file.key)
    entry = PlanEntry(key=file.key, path=path, action=Action.CREATE, base=None, edits=(), text=file.old_text)
    check_entry(entry, snapshot.catalog)
    return Creation(file.key, entry.path, file.old_text)


def _old_text(file: FileChange, snapshot: Snapshot) -> str | None:
    """The whole text of before; None where it is not known, or may not be taken as a whole: another lock, a uid."""
    if file.old_text is None:
        return None
    entry = PlanEntry(key=file.key, path=file.path, action=Action.UPDATE, base=file.after, edits=(), text=file.old_text)
    with suppress(RefusedError, BrokenFileError):
        check_entry(entry, snapshot.catalog)
        return file.old_text
    return None


def _edits(document: Document, values: Sequence[tuple[FieldPath, Value | Absent]]) -> Iterator[Edit]:
    """Edits that set `values` one after the other. A table that is left empty goes too: setting its field made it."""
    for path, value in values:
        yield Edit(path, get(document, path), value)
        document = with_value(document, path, value)
    for path, value in values:
        for length in range(len(path) - 1, 0, -1):
            above = path[:length]
            if value is not ABSENT or get(document, above) != {}:
                break
            yield Edit(above, {}, ABSENT)
            document = with_value(document, above, ABSENT)
