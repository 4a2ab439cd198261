"""All fields of a model in one list, edited where they stand. What changed is queued as one step."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.widgets import Static

from modeltui.domain.document import Document, FieldPath, same
from modeltui.domain.form import Form, FormSteps, moved
from modeltui.domain.pending.plan import pending_document
from modeltui.domain.snapshot import Snapshot
from modeltui.errors import ModeltuiError
from modeltui.services.changing.editing import Opened
from modeltui.services.outcome import Outcome
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained
from modeltui.tui.messages import Failed, OpenText, Perform, Performed
from modeltui.tui.present.form import about_lines, title_line
from modeltui.tui.present.line import content
from modeltui.tui.screens.field_acts import FieldActs
from modeltui.tui.screens.page import Page
from modeltui.tui.widgets.chooser import Chooser, Option, within
from modeltui.tui.widgets.filter_bar import FilterBar
from modeltui.tui.widgets.form_diff import FormDiff
from modeltui.tui.widgets.form_list import FormList
from modeltui.tui.widgets.header_line import HeaderLine
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.row_list import RowList

_HINTS = ("form.queue", "form.diff", "field.add", "field.remove", "form.find")
_WRITING = frozenset({"queue", "edit", "toggle", "add", "remove", "restore", "undo", "redo"})
_LEAVING = {"queue": "queue them", "drop": "give them up", "stay": "go on editing"}


class FormScreen(Page):
    BINDING_GROUP_TITLE = "Edit"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "queue", "Queue", id="form.queue", tooltip="queue what changed, as one step"),
        Binding("D", "diff", "Diff", id="form.diff", tooltip="what would change in the file"),
        Binding("plus", "act('add')", "Add", id="field.add", tooltip="a field to this table, an entry to this list"),
        Binding("minus", "act('remove')", "Remove", id="field.remove", tooltip="this field, table or entry"),
        Binding("slash", "find", "Find", id="form.find", tooltip="fields by name or value, also those not there yet"),
        Binding(
            "space", "act('toggle')", "Toggle", id="field.toggle", tooltip="a switch, or the next choice", show=False
        ),
        Binding("r", "act('restore')", "As it was", id="field.restore", tooltip="a field as it was before", show=False),
        Binding("u", "step('undo')", "Undo here", id="form.undo", tooltip="the last edit in this form", show=False),
        Binding("ctrl+r", "step('redo')", "Redo here", id="form.redo", tooltip="undone in this form", show=False),
        Binding("E", "text", "As text", id="model.edit_text", tooltip="the file in your own editor", show=False),
        Binding("escape,q", "close", "Back", id="form.leave", tooltip="asks if something was changed", show=False),
    ]
    CSS_PATH = "form.tcss"
    AUTO_FOCUS = "#fields"

    class Looked(Message):
        """The model as it is now."""

        def __init__(self, opened: Opened) -> None:
            super().__init__()
            self.opened = opened

    def __init__(
        self, workspace: Workspace, key: str, keys: Sequence[str], drafts: MutableMapping[str, FormSteps]
    ) -> None:
        """What changes goes to all of `keys`. `drafts` keeps by key what was changed and not queued."""
        super().__init__(name="form")
        self._service = workspace.editing
        self._key = key
        self._keys = tuple(dict.fromkeys((key, *keys)))
        self._drafts = drafts
        self._opened: Opened | None = None
        self._steps: FormSteps | None = None
        self._is_queueing = False
        self._acts = FieldActs(self)

    def compose(self) -> ComposeResult:
        yield HeaderLine().data_bind(FormScreen.snapshot)
        yield Static(id="title", markup=False)
        yield FilterBar()
        yield FormList(id="fields")
        yield Static(id="about", markup=False)
        yield HintLine(_HINTS).data_bind(FormScreen.snapshot)

    # The file

    def watch_snapshot(self) -> None:
        if self.snapshot is None:
            return
        if self._key not in self.snapshot.shown.models:
            self.refuse(f"{self._key} is no longer in the catalogue")
            self._leave()
        elif not self._is_queueing and (self._opened is None or _is_other(self._opened, self.snapshot)):
            self._look()

    @work(thread=True, exclusive=True, group="look")
    def _look(self) -> None:
        try:
            self.post_message(self.Looked(self._service.look(self._key)))
        except ModeltuiError as error:
            self.post_message(Failed(error))

    @on(Looked)
    def _begin(self, event: Looked) -> None:
        """What was changed before stays changed, on the file as it is now."""
        opened, is_first = event.opened, self._opened is None
        fresh = Form(opened.model.path, opened.document, opened.document, _others(self.snapshot, self._key, self._keys))
        steps = self._drafts.get(self._key) if self._steps is None else self._steps
        self._opened = opened
        if steps is not None and same(steps.now.base, opened.document):
            self._show(steps)
        else:
            self._show(FormSteps(fresh if steps is None else moved(steps.now, fresh)))
            if steps is not None:
                self.notify("the file changed; this is how it is now, with what you changed here", markup=False)
        if is_first and self.form.changes:
            self.notify("what you changed here before is still there", markup=False)

    # What is shown

    @property
    def form(self) -> Form:
        assert self._steps is not None
        return self._steps.now

    @property
    def _fields(self) -> FormList:
        return self.query_one(FormList)

    def on_resize(self) -> None:
        self.call_after_refresh(self._tell)

    def _show(self, steps: FormSteps) -> None:
        self._steps = steps
        if steps.now.changes:
            self._drafts[self._key] = steps
        else:
            self._drafts.pop(self._key, None)
        self._refresh()

    @on(FilterBar.Changed)
    def _refresh(self) -> None:
        if self._steps is None:
            return
        bar, fields = self.query_one(FilterBar), self._fields
        fields.show_form(self.form, bar.text)
        found = len([row for row in fields.rows if not row.can_fold]) if bar.text else 0
        bar.show_found(((f"{found} found" if bar.text else "", "muted"),))
        self._tell()

    @on(RowList.Highlighted, "#fields")
    def _tell(self) -> None:
        if self._steps is None or self._opened is None:
            return
        refusal = self._opened.refusal
        why = refusal.message if refusal is not None else None
        title = title_line(self._opened.model.label, self.form, len(self._keys), why, self.size.width)
        self.query_one("#title", Static).update(content([title]))
        self.query_one("#about", Static).update(content(about_lines(self._fields.cursor_row, self.form)))
        self.refresh_bindings()

    def place_of(self, path: FieldPath) -> Region | None:
        return self._fields.place_of(path)

    def put(self, form: Form, at: FieldPath) -> None:
        assert self._steps is not None
        self._show(self._steps.took(form))
        self._fields.go_to(at)
        self._tell()

    @on(FilterBar.Left)
    def _to_fields(self) -> None:
        self._fields.focus()

    # Keys

    def why_not(self, action: str) -> str | None:
        if self._steps is None or self._opened is None:
            return "the file is being read"
        if action in _WRITING and (refusal := self._opened.refusal) is not None:
            return f"{refusal.message}; {refusal.hint}" if refusal.hint else refusal.message
        reasons = {
            "queue": (self.form.changes, "nothing is changed here"),
            "diff": (self.form.changes, "nothing is changed here"),
            "undo": (self._steps.before, "there is nothing to undo in this form"),
            "redo": (self._steps.undone, "there is nothing to redo in this form"),
            "text": (not self.form.changes, "queue or give up first what you changed here"),
        }
        is_possible, reason = reasons.get(action, (self._fields.rows, "no field is under the cursor"))
        return None if is_possible else reason

    @on(RowList.Chosen, "#fields")
    def _choose(self, event: RowList.Chosen) -> None:
        event.stop()
        row = self._fields.cursor_row
        if row is None:
            return
        if row.opens:
            self._fields.fold(row, is_folded=row.is_unfolded)
        else:
            self.action_act("add" if row.kind == "table" else "edit")

    @explained
    def action_act(self, verb: str) -> None:
        row = self._fields.cursor_row
        if row is not None:
            getattr(self._acts, verb)(row)

    @explained
    def action_step(self, verb: str) -> None:
        assert self._steps is not None
        self._show(self._steps.back() if verb == "undo" else self._steps.again())

    def action_find(self) -> None:
        """A new search; the arrow up recalls the last one."""
        bar = self.query_one(FilterBar)
        bar.put("")
        bar.begin()

    @explained
    def action_text(self) -> None:
        self.post_message(OpenText(self._key))

    @explained
    def action_diff(self) -> None:
        if self._opened is None:
            return

        def answered(is_sure: bool | None) -> None:
            if is_sure:
                self.action_queue()

        make = partial(self._service.diff, self._opened, self.form.document)
        self.app.push_screen(FormDiff("What would change", make), answered)

    @explained
    def action_queue(self) -> None:
        """Only what changed, as one step. With a new fault nothing is queued, and the cursor goes there."""
        if self._opened is None:
            return
        if faults := self.form.new_faults:
            self._fields.go_to(self.form.path_of(faults[0]))
            self.refuse(f"not queued: {faults[0].message}")
            return
        self._is_queueing = True
        work = partial(self._service.queue_fields, self._opened, self.form.document, self._keys)
        self.post_message(Perform(self, work, "edited"))

    @on(Performed)
    @on(Failed)
    def _queued(self, event: Performed | Failed) -> None:
        """What is to be told, the app tells."""
        self._is_queueing = False
        result = event.result if isinstance(event, Performed) else None
        if isinstance(result, Outcome) and (result.changed or not result.refused):
            self._drafts.pop(self._key, None)
            self._leave()
        elif self._opened is not None:
            self._look()

    def action_close(self) -> None:
        """The filter goes first."""
        bar = self.query_one(FilterBar)
        if bar.text:
            bar.put("")
            return
        if self._steps is None or not self.form.changes:
            self._leave()
            return

        def answered(what: str | None) -> None:
            if what == "queue":
                self.action_queue()
            elif what == "drop":
                self._drafts.pop(self._key, None)
                self._leave()

        count = len(self.form.changes)
        options = [Option(name, ((said, "plain"),)) for name, said in _LEAVING.items()]
        title = f"{count} {'field' if count == 1 else 'fields'} changed and not queued"
        self.app.push_screen(Chooser(title, within(options), at="stay"), answered)

    def _leave(self) -> None:
        if self.is_current:
            self.dismiss()


def _others(snapshot: Snapshot | None, key: str, keys: Sequence[str]) -> tuple[Document, ...]:
    """What the other models say that get the same changes."""
    if snapshot is None:
        return ()
    there = (other for other in keys if other != key and other in snapshot.shown.documents)
    return tuple(pending_document(snapshot.plan, snapshot.catalog, other) for other in there)


def _is_other(opened: Opened, snapshot: Snapshot) -> bool:
    """Whether the model is no longer as it was opened; a lock that waits has no digest yet."""
    model = snapshot.shown.models[opened.key]
    document = dict(pending_document(snapshot.plan, snapshot.catalog, opened.key))
    before = dict(opened.document)
    is_locked = document.pop("lock", None) is not None, before.pop("lock", None) is not None
    return model != opened.model or is_locked[0] != is_locked[1] or not same(document, before)
