"""Importing a file: which, as what, what it would do; then into the queue as one step."""

from __future__ import annotations

import os
from functools import partial
from operator import attrgetter
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import Container, Grid, VerticalScroll
from textual.events import Key
from textual.message import Message
from textual.widgets import Input, Static

from modeltui.errors import ModeltuiError
from modeltui.services.exchange import IMPORTS, ImportFormat, ImportPlan, Options
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained, shown_key
from modeltui.tui.messages import Perform, Performed
from modeltui.tui.present.importing import ImportEntry, entry_line, import_counts, import_entries
from modeltui.tui.present.line import BLANK, Line, content, line
from modeltui.tui.screens.page import Page
from modeltui.tui.widgets.choice import Choice
from modeltui.tui.widgets.header_line import HeaderLine
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.line_input import LineInput
from modeltui.tui.widgets.row_list import RowList

_EMPTY: list[Line] = [
    (("Name a file and press enter: what it would do is shown here first.", "plain"),),
    BLANK,
    (("json: documents with their keys; csv: a row a model; litellm: a price map;", "muted"),),
    (("models.dev: a folder or a .tar.gz. Locked models are never touched.", "muted"),),
]
_READING: list[Line] = [(("Reading …", "muted"),)]
_NOTHING: list[Line] = [(("The file holds no rows.", "plain"),)]
_FORM = (
    ("path", "File"),
    ("format", "Format"),
    ("new", "New models"),
    ("providers", "Providers"),
)
_PLACEHOLDERS = {"path": "path of the file", "providers": "theirs=ours, where a name differs"}
_NEW = {False: "of json and csv only", True: "of registries too, inactive"}


class ImportRows(RowList[ImportEntry]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Queue", id="import.queue", tooltip="all that is shown, as one step"),
    ]


class ImportScreen(Page):
    BINDING_GROUP_TITLE = "Import"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "tab", "app.focus_next", "Next", id="import.next", tooltip="file, format, new models, rows", show=False
        ),
        Binding("shift+tab", "app.focus_previous", "Previous", id="import.previous", show=False),
    ]
    CSS_PATH = "importing.tcss"
    AUTO_FOCUS = "#path"

    class Previewed(Message):
        """What the import of a file would do, or why it cannot be read."""

        def __init__(self, turn: int, found: ImportPlan | ModeltuiError) -> None:
            super().__init__()
            self.turn = turn
            self.found = found

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(name="import")
        self._exchange = workspace.exchange
        self._plan: ImportPlan | None = None
        self._turn = 0

    def compose(self) -> ComposeResult:
        yield HeaderLine().data_bind(ImportScreen.snapshot)
        with Grid(id="form"):
            for name, title in _FORM:
                yield Static(title, classes="label", markup=False)
                yield self._field(name)
        yield Static(id="counts", markup=False)
        with Container(id="body"):
            yield ImportRows(attrgetter("id"), entry_line, empty=_EMPTY, id="rows")
            with VerticalScroll(id="details", can_focus=False):
                yield Static(id="entry", markup=False)
        yield HintLine(("import.queue",)).data_bind(ImportScreen.snapshot)

    def _field(self, name: str) -> Choice | LineInput:
        if name in _PLACEHOLDERS:
            return LineInput(placeholder=_PLACEHOLDERS[name], id=name)
        if name == "format":
            choice = Choice(IMPORTS, str, "Format", IMPORTS[0])
        else:
            choice = Choice((False, True), lambda is_new: _NEW[is_new], "New models", False)
        choice.id = name
        return choice

    @property
    def _rows(self) -> ImportRows:
        return self.query_one(ImportRows)

    @property
    def _form(self) -> ImportFormat:
        form: ImportFormat = self.query_one("#format", Choice).value
        return form

    def on_key(self, event: Key) -> None:
        """What is typed here is meant for the form, whatever has focus: keys that write do nothing elsewhere."""
        found = super().active_bindings.get(event.key)
        if event.is_printable and found is not None and found.node is self.app:
            event.stop()
            event.prevent_default()

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """As they act here: the hints and the help name no key that does nothing."""
        found = super().active_bindings
        return {key: each for key, each in found.items() if each.node is not self.app or len(shown_key(key)) > 1}

    @on(Choice.Changed)
    def _changed(self) -> None:
        """Another format or wish: what was shown is not true any longer."""
        if self._plan is not None:
            self._ask()

    @on(Input.Changed)
    def _renamed(self) -> None:
        if self._plan is not None:
            self._forget(_EMPTY)

    @on(Input.Submitted)
    def _ask(self) -> None:
        path = os.path.expanduser(self.query_one("#path", LineInput).value.strip())
        if not path:
            self.refuse("name a file")
            return
        self._forget(_READING)
        options = Options(creates=self.query_one("#new", Choice).value, providers=self._providers())
        self._preview(self._turn, self._form, path, options)

    def _providers(self) -> dict[str, str]:
        """The names of providers that were typed: ours by theirs."""
        pairs = (text.partition("=") for text in self.query_one("#providers", LineInput).value.split(","))
        return {theirs.strip(): ours.strip() for theirs, sign, ours in pairs if sign}

    def _forget(self, said: list[Line]) -> None:
        self._turn += 1
        self._plan = None
        self._rows.empty = said
        self._rows.show([])
        self.query_one("#counts", Static).update("")
        self.refresh_bindings()

    @work(thread=True, exclusive=True, group="preview")
    def _preview(self, turn: int, form: ImportFormat, path: str, options: Options) -> None:
        found: ImportPlan | ModeltuiError
        try:
            found = self._exchange.preview(form, path, options)
        except ModeltuiError as error:
            found = error
        self.post_message(self.Previewed(turn, found))

    @on(Previewed)
    def _show(self, event: Previewed) -> None:
        if event.turn != self._turn:
            return
        if isinstance(event.found, ModeltuiError):
            hint = [BLANK, line(event.found.hint, "muted")] if event.found.hint else []
            self._forget([line(event.found.message, "bad"), *hint])
            return
        self._plan = event.found
        self._rows.empty = _NOTHING
        self._rows.show(import_entries(event.found))
        warnings = [line(f" ! {warning}", "warn") for warning in event.found.warnings]
        self.query_one("#counts", Static).update(content([import_counts(event.found), *warnings]))
        self._rows.focus()
        self._show_details()
        self.refresh_bindings()

    @on(RowList.Highlighted)
    def _show_details(self) -> None:
        entry = self._rows.cursor_row
        self.query_one("#entry", Static).update(content(entry.details if entry else [BLANK]))
        self.query_one("#details").scroll_home(animate=False)

    def why_not(self, action: str) -> str | None:
        if action != "queue":
            return None
        if self._plan is None:
            return "name a file first, and press enter to see what it would do"
        return "there is nothing to queue" if self._plan.is_empty else None

    @on(RowList.Chosen)
    def _chosen(self) -> None:
        self.action_queue()

    @explained
    def action_queue(self) -> None:
        if self._plan is not None:
            self.post_message(Perform(self, partial(self._exchange.queue, self._plan), "to be imported"))

    @on(Performed)
    def _queued(self) -> None:
        self.dismiss()
