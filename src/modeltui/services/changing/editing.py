"""Editing one model as a whole: its fields in a form, or its text in an editor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from modeltui.domain.change import Action, Edit
from modeltui.domain.digest import digest
from modeltui.domain.document import (
    ABSENT,
    Absent,
    Document,
    FieldPath,
    Value,
    differences,
    format_field,
    get,
    parse_field,
    same,
    with_value,
)
from modeltui.domain.finding import Finding
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import PlannedFile, fold
from modeltui.domain.pending.queue import Step
from modeltui.domain.snapshot import Snapshot
from modeltui.domain.text import some_of
from modeltui.errors import (
    BrokenFileError,
    ConflictError,
    EditRefusedError,
    InvalidValueError,
    LockedError,
    RefusedError,
)
from modeltui.services.changing.queueing import Queueing, admit
from modeltui.services.changing.rebasing import Target
from modeltui.services.current import Current
from modeltui.services.outcome import Outcome
from modeltui.services.permissions import Deed, Permissions
from modeltui.services.rendering import Renderer, unified
from modeltui.storage.toml.codec import parse
from modeltui.storage.toml.editor import edited
from modeltui.storage.toml.locate import Lines

_FIXED = ("schema", "uid", "content_type", "lock")
_MOST_NAMED = 3


class Opened(Struct, frozen=True):
    """A model as it was when somebody began to edit it: what is queued is made on these bytes."""

    model: Model
    file: bytes
    """What the file held; empty for one that waits to be created."""
    planned: PlannedFile | None
    """What was pending."""
    content: bytes
    """The file with what was pending."""
    document: Document
    """What `content` says."""
    refusal: RefusedError | None = None
    """Why it takes no edit."""

    @property
    def key(self) -> str:
        return self.model.key


class EditService:
    def __init__(
        self,
        current: Current,
        queueing: Queueing,
        renderer: Renderer,
        read: Callable[[str], bytes],
        permissions: Permissions,
        *,
        editor: str = "",
    ) -> None:
        """`read` gives the bytes of a file of the catalogue; `editor` is the command of the user's own."""
        self._current = current
        self._queueing = queueing
        self._renderer = renderer
        self._read = read
        self._permissions = permissions
        self.editor = editor

    def look(self, key: str) -> Opened:
        """A model to be shown; `refusal` says why it is not edited. Raises NotFoundError, BrokenFileError."""
        with self._current.guard:
            snapshot = self._current.reload()
            model = snapshot.shown.find(key)
            document = snapshot.shown.document(model.key)
            if (refusal := self._refusal(snapshot, model)) is not None:
                return Opened(model, b"", None, b"", document, refusal)
            planned = snapshot.plan.files.get(model.key)
            file = self._read(model.path) if model.digest else b""
            if model.digest and digest(file) != model.digest:
                raise ConflictError(f"{model.label} is being changed on disk just now", hint="try again")
            content = file if planned is None else self._renderer.rendered(planned, file) or b""
            return Opened(model, file, planned, content, parse(content))

    def open(self, key: str) -> Opened:
        """A model to be edited. Raises what `look` raises, and RefusedError (LockedError) where it takes no edit."""
        self._permissions.require(Deed.QUEUE, "edit", [key])
        opened = self.look(key)
        if opened.refusal is None:
            return opened
        if isinstance(opened.refusal, LockedError):
            self._permissions.note_refused("edit", "locked", [key])
        raise opened.refusal

    def _refusal(self, snapshot: Snapshot, model: Model) -> RefusedError | None:
        try:
            admit(snapshot, model)
        except RefusedError as refusal:
            return refusal
        return self._permissions.standing().refusal(Deed.QUEUE)

    # Its text

    def faults(self, opened: Opened, content: bytes) -> tuple[Finding, ...]:
        """What keeps a new text from being queued, by line. Faults that were there before do not count."""
        from modeltui.domain.rules.files import check_model  # noqa: PLC0415  # loads pydantic

        path = opened.model.path
        try:
            document = parse(content)
        except BrokenFileError as error:
            return (Finding(error.code, "error", error.message, path, error.line, hint=error.hint),)
        known = {(finding.code, finding.field) for finding in check_model(path, opened.document)}
        fresh = (each for each in check_model(path, document) if (each.code, each.field) not in known)
        found = [*_of_fixed(opened, document), *(each for each in fresh if each.severity == "error")]
        lines = Lines(content)
        located = [replace(each, line=lines.line_of(parse_field(each.field)) if each.field else None) for each in found]
        return tuple(sorted(located, key=lambda finding: finding.line or 0))

    def queue_text(self, opened: Opened, content: bytes) -> Outcome:
        """Queue a new text: as edits of fields where those give just these bytes, else as it is.

        Raises InvalidValueError for the first of its `faults`, and RefusedError.
        """
        for fault in self.faults(opened, content):
            raise InvalidValueError(f"{fault.where}: {fault.message}", hint=fault.hint)
        if content == opened.content:
            return Outcome(self._current.snapshot(), unchanged=(opened.key,))
        values = [(path, new) for path, _, new in differences(opened.document, parse(content))]
        if _is_by_fields(opened, values, content):
            return self._queue(_label(values), opened, values, (opened.key,))
        if _holds_lock(opened):
            raise RefusedError(
                f"{opened.model.label} is about to be locked, and a new text would not fit that lock",
                hint="apply or discard the lock first",
            )
        return self._queue_whole(opened, content.decode())

    def _queue_whole(self, opened: Opened, text: str) -> Outcome:
        label, key = "edit as text", opened.key
        with self._current.guard:
            snapshot = self._current.reload()
            if _is_overtaken(opened, snapshot):
                return self._queue_late(label, opened, Target(opened.model, text=text), snapshot)
            if key not in snapshot.catalog.models:
                return self._queueing.replace(label, [key], lambda model, _: _creation(model, text))
            return self._queueing.queue(label, [], lambda *_: (), rewrites={key: text}, is_whole=True)

    # Its fields

    def queue_fields(self, opened: Opened, document: Document, keys: Sequence[str] = ()) -> Outcome:
        """Queue what differs in `document`, as one step: of this model, and of all of `keys` where there are any.

        Raises RefusedError for a single model; of several each refusal is told in the outcome.
        """
        values = [(path, new) for path, _, new in differences(opened.document, document)]
        if not values:
            return Outcome(self._current.snapshot(), unchanged=(opened.key,))
        wanted = tuple(keys) or (opened.key,)
        if len(wanted) > 1:
            values = [each for path, new in values for each in _within(path, new)]
        return self._queue(_label(values), opened, values, wanted)

    def diff(self, opened: Opened, document: Document) -> str:
        """What the edits of a form would change in the text, as a unified diff."""
        edits = [Edit(*each) for each in differences(opened.document, document)]
        try:
            return "".join(unified(opened.model.path, opened.content, edited(opened.content, edits)))
        except EditRefusedError as error:
            return f"# {opened.model.path}: {error.message}\n"

    def _queue(
        self, label: str, opened: Opened, values: Sequence[tuple[FieldPath, Value | Absent]], keys: tuple[str, ...]
    ) -> Outcome:
        from modeltui.domain.fields import check_values  # noqa: PLC0415  # loads pydantic

        def edits(_: Model, document: Document) -> list[Edit]:
            check_values(values, document)
            return _successive(document, values)

        with self._current.guard:
            snapshot = self._current.reload()
            if opened.key not in keys or not _is_overtaken(opened, snapshot):
                return self._queueing.queue(label, keys, edits, is_whole=len(keys) == 1)
            if len(keys) > 1:
                raise ConflictError(
                    f"{opened.model.label} changed on disk while you edited", hint="open the form again"
                )
            made = tuple(_successive(opened.document, values))
            return self._queue_late(label, opened, Target(opened.model, edits=made), snapshot)

    def _queue_late(self, label: str, opened: Opened, target: Target, snapshot: Snapshot) -> Outcome:
        """Queue a change of a file that is another by now: it is stale from the start, as any that was overtaken."""
        model, planned = snapshot.catalog.models.get(opened.key), snapshot.plan.files.get(opened.key)
        if model is not None and planned is None:
            admit(snapshot, model)
        if planned is not None and planned.base != opened.model.digest:
            raise RefusedError(
                f"{opened.model.label} changed on disk, and other edits of yours are pending for it",
                hint="apply or discard those, then edit again",
            )
        change = self._queueing.change_maker()(target)
        kept = replace(change, base_text=opened.file.decode())
        warning = f"{opened.model.label} changed on disk while you edited: your change is stale, both sides are kept"
        return Outcome(self._queueing.take(Step(label, (kept,))), (opened.key,), warnings=(warning,))


def _of_fixed(opened: Opened, document: Document) -> list[Finding]:
    """What an editor may not change."""
    return [
        Finding(
            "never-changes",
            "error",
            f"`{name}` never changes" if name != "lock" else "a lock is not set as a field",
            opened.model.path,
            field=name,
            hint="put it back as it was" if name != "lock" else "use lock and unlock",
        )
        for name in _FIXED
        if not same(opened.document.get(name, ABSENT), document.get(name, ABSENT))
    ]


def _is_by_fields(opened: Opened, values: Sequence[tuple[FieldPath, Value | Absent]], content: bytes) -> bool:
    """Whether edits of the values give just these bytes, on top of what is pending as well."""
    edits = _successive(opened.document, values)
    base: bytes = opened.content
    pending: tuple[Edit, ...] = ()
    if opened.planned is not None and not _holds_lock(opened):
        base = opened.file if opened.planned.text is None else opened.planned.text.encode()
        pending = opened.planned.edits
    try:
        return bool(edits) and edited(base, fold([*pending, *edits])) == content
    except EditRefusedError:
        return False


def _within(path: FieldPath, new: Value | Absent) -> Iterator[tuple[FieldPath, Value | Absent]]:
    """The values of a table one by one: another model may have such a table, with more in it."""
    if isinstance(new, Mapping) and new:
        for name, value in new.items():
            yield from _within((*path, name), value)
    else:
        yield path, new


def _holds_lock(opened: Opened) -> bool:
    return opened.planned is not None and any(edit.is_of_lock for edit in opened.planned.edits)


def _is_overtaken(opened: Opened, snapshot: Snapshot) -> bool:
    model = snapshot.shown.models.get(opened.key)
    return model is None or model.digest != opened.model.digest


def _creation(model: Model, text: str) -> Target:
    """A model that waits to be created waits with another text."""
    return Target(model, text=text, action=Action.CREATE)


def _successive(document: Document, values: Sequence[tuple[FieldPath, Value | Absent]]) -> list[Edit]:
    made: list[Edit] = []
    for path, value in values:
        made.append(Edit(path, get(document, path), value))
        document = with_value(document, path, value)
    return made


def _label(values: Sequence[tuple[FieldPath, Value | Absent]]) -> str:
    return f"edit {some_of((format_field(path) for path, _ in values), len(values), _MOST_NAMED)}"
