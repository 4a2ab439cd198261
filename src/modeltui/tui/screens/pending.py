"""Everything that waits to be applied, and the diff that applying it would make."""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.reactive import reactive
from textual.screen import Screen

from modeltui.domain.plan import PlannedFile
from modeltui.domain.snapshot import Snapshot
from modeltui.errors import ModeltuiError
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained
from modeltui.tui.messages import Failed, OpenConflicts, OpenModel, Perform
from modeltui.tui.present.diff import diff_lines
from modeltui.tui.present.line import BLANK, Line
from modeltui.tui.present.pending import files, planned_line
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.widgets.header_line import HeaderLine
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.line_view import LineView
from modeltui.tui.widgets.row_list import RowList

_EMPTY: list[Line] = [
    (("Nothing is pending.", "plain"),),
    BLANK,
    (("In the catalogue t switches a model on or off, i edits a cell, l locks.", "muted"),),
    (("What was dropped by mistake comes back with u.", "muted"),),
]


class PendingScreen(Screen[None]):
    BINDING_GROUP_TITLE = "Pending changes"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "drop", "Drop", id="change.drop", tooltip="take back what is pending for this model"),
        Binding("X", "drop_all", "Drop all", id="change.drop_all", tooltip="take back everything that is pending"),
        Binding("c", "conflicts", "Conflicts", id="conflicts.open", tooltip="what is stale: both sides, by field"),
        Binding("tab", "app.focus_next", "Files or diff", id="pending.focus", show=False),
    ]
    CSS_PATH = "pending.tcss"
    AUTO_FOCUS = "#files"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012  # Textual's own type

    snapshot: reactive[Snapshot | None] = reactive(None)

    class DiffMade(Message):
        def __init__(self, key: str, diff: str) -> None:
            super().__init__()
            self.key = key
            self.diff = diff

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(name="pending")
        self._changes = workspace.changes

    def compose(self) -> ComposeResult:
        yield HeaderLine().data_bind(PendingScreen.snapshot)
        with Container(id="body"):
            yield RowList[PlannedFile](attrgetter("key"), planned_line, empty=_EMPTY, id="files")
            yield LineView(id="diff")
        yield HintLine(("conflicts.open",)).data_bind(PendingScreen.snapshot)

    @property
    def _files(self) -> RowList[PlannedFile]:
        return self.query_one("#files", RowList)

    @property
    def _diff(self) -> LineView:
        return self.query_one(LineView)

    def watch_snapshot(self) -> None:
        if self.snapshot is not None:
            self._files.show(list(self.snapshot.plan.files.values()))
            self._files.styles.height = max(6, len(self.snapshot.plan.files))
            self._ask_diff()
            self.refresh_bindings()

    @on(RowList.Highlighted, "#files")
    def _ask_diff(self) -> None:
        if self._files.cursor_key is None:
            self._diff.show_lines([])
        else:
            self._make_diff(self._files.cursor_key)

    @work(thread=True, group="diff")
    def _make_diff(self, key: str) -> None:
        try:
            self.post_message(self.DiffMade(key, self._changes.diff([key])))
        except ModeltuiError as error:
            self.post_message(Failed(error))

    @on(DiffMade)
    def _show_diff(self, event: DiffMade) -> None:
        if event.key == self._files.cursor_key:
            self._diff.show_lines(diff_lines(event.diff))

    @on(RowList.Chosen, "#files")
    def _open(self, event: RowList.Chosen) -> None:
        if event.key is not None:
            self.post_message(OpenModel(event.key))

    @on(RowList.Typed)
    def _typed(self, event: RowList.Typed) -> None:
        self.query_one(HintLine).typed = event.text

    def why_not(self, action: str) -> str | None:
        if action == "conflicts" and not any(file.is_stale for file in self._files.rows):
            return "nothing is stale: no file changed since its edit was queued"
        return "nothing is pending" if action.startswith("drop") and not self._files.rows else None

    def refuse(self, reason: str) -> None:
        self.notify(reason, severity="warning", markup=False)

    @explained
    def action_conflicts(self) -> None:
        self.post_message(OpenConflicts(self._files.cursor_key))

    @explained
    def action_drop(self) -> None:
        key = self._files.cursor_key
        if key is not None:
            self.post_message(Perform(self, partial(self._changes.drop, [key]), f"dropped: {key}"))

    @explained
    def action_drop_all(self) -> None:
        count = len(self._files.rows)

        def answered(is_sure: bool | None) -> None:
            if is_sure:
                self.post_message(Perform(self, partial(self._changes.drop, None), f"dropped: {count} {files(count)}"))

        lines: list[Line] = [((f"The pending changes of {count} {files(count)} go; u brings them back.", "plain"),)]
        self.app.push_screen(Confirm("Drop everything that is pending?", lines, yes="Drop"), answered)
