"""The main screen: every model in one table, filtered as you type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.screen import Screen

from modeltui.domain.columns import COLUMNS
from modeltui.domain.model import Model
from modeltui.domain.snapshot import Snapshot
from modeltui.errors import QueryError
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained
from modeltui.tui.messages import OpenEdit, OpenHistory, OpenModel, OpenRun
from modeltui.tui.present.line import BLANK
from modeltui.tui.screens.model_acts import ModelActs
from modeltui.tui.type_ahead import ROWS
from modeltui.tui.widgets.browser import Browser
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.widgets.header_line import HeaderLine
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.model_table import ModelTable

_COLUMNS = {
    "name": 24,
    "provider": 10,
    "type": 16,
    "cost": 8,
    "time": 6,
    "status": 12,
    "category": 9,
    "family": 16,
    "version": 10,
    "verified": 10,
}
"""The columns from left to right, with a width in cells at which most of their values fit."""
_HINTS = ("model.toggle", "filter.edit", "apply.open", "pending.open", "model.edit_cell", "mark.toggle")
_FIELDS = {"cost": "cost.base", "time": "timing.estimated_seconds", "verified": "verified_on"}
"""The field of the file that a column shows, where it has another name."""
_FIXED = {"type": "the content type is the folder of the file, so it is not edited here"}


class CatalogScreen(Screen[None]):
    BINDING_GROUP_TITLE = "Models"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "t", "switch", "Toggle", id="model.toggle", tooltip="active on or off: the marked models, else this one"
        ),
        Binding("i", "edit_cell", "Edit", id="model.edit_cell", tooltip="edit the cell under the cursor"),
        Binding("l", "lock", "Lock", id="model.lock", tooltip="lock, with a reason, or unlock"),
        Binding("r", "run", "Run", id="model.run", tooltip="a test generation"),
        Binding(
            "h", "history", "History", id="model.history", tooltip="who changed this model, when and why", show=False
        ),
        Binding("y", "copy", "Copy", id="model.copy", tooltip="key, id, uid … to the clipboard", show=False),
    ]
    CSS_PATH = "catalog.tcss"
    AUTO_FOCUS = "ModelTable"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012  # Textual's own type

    snapshot: reactive[Snapshot | None] = reactive(None)

    class Selected(Message):
        """The rows of the query, or what is wrong with it."""

        def __init__(self, turn: int, found: list[Model] | QueryError) -> None:
            super().__init__()
            self.turn = turn
            self.found = found

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._catalog = workspace.catalog
        self._acts = ModelActs(self, workspace.changes)
        self._turn = 0
        self._is_selecting = False

    def compose(self) -> ComposeResult:
        yield HeaderLine().data_bind(CatalogScreen.snapshot)
        columns = [replace(COLUMNS[name], width=width) for name, width in _COLUMNS.items()]
        yield Browser(columns).data_bind(CatalogScreen.snapshot)
        yield HintLine(
            ("model.toggle", "filter.edit", "apply.open", "pending.open", "model.edit_cell", "mark.toggle")
        ).data_bind(CatalogScreen.snapshot)

    @property
    def _browser(self) -> Browser:
        return self.query_one(Browser)

    @property
    def _table(self) -> ModelTable:
        return self._browser.table

    @on(Browser.Wanted)
    def _ask_rows(self) -> None:
        """Select off the loop, one at a time; of those asked for meanwhile only the last one is run."""
        self._turn += 1
        if not self._is_selecting:
            self._is_selecting = True
            self._select(self._turn, self._browser.text, str(self._table.ordering))

    @work(thread=True, group=ROWS)
    def _select(self, turn: int, query: str, order: str) -> None:
        found: list[Model] | QueryError
        try:
            found = self._catalog.select(query, order)
        except QueryError as error:
            found = error
        self.post_message(self.Selected(turn, found))

    @on(Selected)
    def _show_rows(self, event: Selected) -> None:
        self._is_selecting = False
        if isinstance(event.found, QueryError):
            self._browser.show_error(event.found)
        else:
            self._browser.show_rows(event.found)
        if event.turn != self._turn:
            self._ask_rows()

    @on(ModelTable.Highlighted)
    def _moved(self) -> None:
        self.refresh_bindings()

    @on(ModelTable.Typed)
    def _typed(self, event: ModelTable.Typed) -> None:
        self.query_one(HintLine).typed = event.text

    @on(ModelTable.Chosen)
    def _open(self, event: ModelTable.Chosen) -> None:
        if event.key is not None:
            self.post_message(OpenModel(event.key))

    def why_not(self, action: str) -> str | None:
        model = self._table.cursor_row
        if action in ("switch", "lock") and self._table.marks:
            return None
        if model is None:
            return "no model is under the cursor"
        if model.is_broken and action in ("switch", "lock", "edit_cell", "run"):
            return f"{model.label} is broken: mend the file, then press F5"
        return None

    def refuse(self, reason: str) -> None:
        self.notify(reason, severity="warning", markup=False)

    @explained
    def action_switch(self) -> None:
        self._with_targets("Toggle", self._acts.toggle)

    @explained
    def action_lock(self) -> None:
        snapshot = self.snapshot
        if snapshot is not None:
            self._with_targets("Lock or unlock", lambda keys: self._acts.lock_or_unlock(keys, snapshot))

    def _with_targets(self, verb: str, act: Callable[[Sequence[str]], None]) -> None:
        """Act on the marked models, else on this one; marks that the filter hides are named first."""
        keys, hidden = self._table.targets, self._table.hidden_marks
        if not hidden or self.snapshot is None:
            act(keys)
            return
        shown = {row.key for row in self._table.rows}
        models = [self.snapshot.catalog.models[key] for key in keys if key not in shown]

        def answered(is_sure: bool | None) -> None:
            if is_sure:
                act(keys)

        lines = [((f"{len(keys)} marked, {hidden} hidden by the filter:", "plain"),), BLANK, *self._acts.named(models)]
        self.app.push_screen(Confirm(f"{verb} {len(keys)} models?", lines, yes=verb), answered)

    @explained
    def action_edit_cell(self) -> None:
        column = self._table.columns[self._table.column].id
        key = self._table.cursor_key
        if column in _FIXED:
            self.refuse(_FIXED[column])
        elif key is not None:
            self.post_message(OpenEdit(key, _FIELDS.get(column, column), self._table.cell))

    @explained
    def action_run(self) -> None:
        if self._table.cursor_key is not None:
            self.post_message(OpenRun(self._table.cursor_key))

    @explained
    def action_history(self) -> None:
        if self._table.cursor_key is not None:
            self.post_message(OpenHistory(self._table.cursor_key))

    @explained
    def action_copy(self) -> None:
        if self._table.cursor_row is not None:
            self._acts.copy(self._table.cursor_row)
