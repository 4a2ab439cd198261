"""What was applied, newest first: of one model or of the whole catalogue."""

from __future__ import annotations

from operator import attrgetter
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.message import Message
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Static

from modeltui.domain.snapshot import Snapshot
from modeltui.domain.text import safe
from modeltui.errors import ModeltuiError
from modeltui.services.workspace import Workspace
from modeltui.tui.messages import Failed
from modeltui.tui.present.line import BLANK, Line, content
from modeltui.tui.present.record import Record, record_details, record_line
from modeltui.tui.widgets.header_line import HeaderLine
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.line_view import LineView
from modeltui.tui.widgets.row_list import RowList

_READING: list[Line] = [(("Reading the history …", "muted"),)]
_NONE: list[Line] = [
    (("Nothing was applied yet.", "plain"),),
    BLANK,
    (("Who changed what, when and why is kept at every apply (a).", "muted"),),
]


class HistoryScreen(Screen[None]):
    BINDING_GROUP_TITLE = "History"
    BINDINGS: ClassVar[list[BindingType]] = []
    CSS_PATH = "history.tcss"
    AUTO_FOCUS = "#records"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012  # Textual's own type

    snapshot: reactive[Snapshot | None] = reactive(None)

    class Read(Message):
        def __init__(self, records: list[Record]) -> None:
            super().__init__()
            self.records = records

    def __init__(self, workspace: Workspace, key: str | None) -> None:
        """`key` of the model whose history is shown; None for all."""
        super().__init__(name=None if key else "history")
        self._history = workspace.history
        self._key = key

    def compose(self) -> ComposeResult:
        yield HeaderLine().data_bind(HistoryScreen.snapshot)
        title: Line = ((" history of ", "muted"), (safe(self._key or "the whole catalogue"), "strong"))
        yield Static(content([title]), id="of", markup=False)
        with Container(id="body"):
            yield RowList[Record](attrgetter("id"), record_line, empty=_READING, id="records")
            yield LineView(id="details")
        yield HintLine().data_bind(HistoryScreen.snapshot)

    @property
    def _records(self) -> RowList[Record]:
        return self.query_one("#records", RowList)

    def watch_snapshot(self) -> None:
        if self.snapshot is not None:
            self._read()

    @work(thread=True, exclusive=True, group="history")
    def _read(self) -> None:
        try:
            self.post_message(self.Read(list(self._history.entries(self._key))))
        except ModeltuiError as error:
            self.post_message(Failed(error))

    @on(Read)
    def _show(self, event: Read) -> None:
        self._records.empty = _NONE
        self._records.show(event.records)
        self._show_details()

    @on(RowList.Highlighted, "#records")
    def _show_details(self) -> None:
        record = self._records.cursor_row
        self.query_one(LineView).show_lines(record_details(record) if record else [])

    @on(RowList.Typed)
    def _typed(self, event: RowList.Typed) -> None:
        self.query_one(HintLine).typed = event.text
