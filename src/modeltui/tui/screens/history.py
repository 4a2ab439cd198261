"""What was applied and what was committed by hand, newest first: of one model or of the whole catalogue."""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from typing import ClassVar, Final, Literal

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from modeltui.domain.text import safe
from modeltui.errors import ModeltuiError
from modeltui.services.changing.rollback import Reversal
from modeltui.services.history import ApplyRecord, History
from modeltui.services.outcome import Outcome
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained
from modeltui.tui.messages import Failed, Perform, Performed
from modeltui.tui.present.line import BLANK, Line, content
from modeltui.tui.present.outcome import of_result
from modeltui.tui.present.record import (
    Part,
    compared_lines,
    parts_of,
    record_details,
    record_diff,
    record_line,
    refused_lines,
    reversal_lines,
    shown_of,
)
from modeltui.tui.screens.page import Page
from modeltui.tui.widgets.chooser import Chooser, Option, within
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.widgets.header_line import HeaderLine
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.line_input import LineInput
from modeltui.tui.widgets.line_view import LineView
from modeltui.tui.widgets.row_list import RowList

_PAGE: Final = 200
_MANY: Final = 12
_READING: list[Line] = [(("Reading the history …", "muted"),)]
_NONE: list[Line] = [
    (("Nothing was applied yet.", "plain"),),
    BLANK,
    (("Who changed what, when and why is kept at every apply (a).", "muted"),),
]
_NOT_FOUND: list[Line] = [(("No record holds these words.", "plain"),), BLANK, (("/ takes others.", "muted"),)]


class WordsInput(LineInput):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "drop", "All records", id="words.drop", show=False, priority=True),
    ]

    def action_drop(self) -> None:
        self.value = ""
        self.post_message(self.Submitted(self, ""))


class HistoryScreen(Page):
    BINDING_GROUP_TITLE = "History"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "R", "roll_back", "Roll back", id="record.rollback", tooltip="queue its inverse: all, a model, a field"
        ),
        Binding("d", "show('diff')", "Diff", id="record.diff", tooltip="the record as a diff, and back"),
        Binding("c", "show('now')", "To now", id="record.compare", tooltip="what changed from then until now"),
        Binding("slash", "find", "Find", id="record.find", tooltip="by who, why, model or field"),
        Binding("m", "more", "More", id="record.more", tooltip="older records", show=False),
        Binding("tab", "app.focus_next", "Records or details", id="record.focus", show=False),
    ]
    CSS_PATH = "history.tcss"
    AUTO_FOCUS = "#records"

    class Read(Message):
        def __init__(self, found: History) -> None:
            super().__init__()
            self.found = found

    class Compared(Message):
        def __init__(self, name: str, lines: list[Line]) -> None:
            super().__init__()
            self.name = name
            self.lines = lines

    class Previewed(Message):
        """What rolling a part of a record back would do; and what, if later changes counted for nothing."""

        def __init__(self, record: ApplyRecord, part: Part, reversal: Reversal, forced: Reversal) -> None:
            super().__init__()
            self.record = record
            self.part = part
            self.reversal = reversal
            self.forced = forced

    def __init__(self, workspace: Workspace, key: str | None) -> None:
        """`key` of the model whose history is shown; None for all."""
        super().__init__(name=None if key else "history")
        self._history = workspace.history
        self._rollback = workspace.rollback
        self._key = key
        self._words = ""
        self._limit = _PAGE
        self._is_complete = True
        self._shown: Literal["fields", "diff", "now"] = "fields"

    def compose(self) -> ComposeResult:
        yield HeaderLine().data_bind(HistoryScreen.snapshot)
        title: Line = ((" history of ", "muted"), (safe(self._key or "the whole catalogue"), "strong"))
        with Horizontal(id="top"):
            yield Static(content([title]), id="of", markup=False)
            yield WordsInput(placeholder="who, why, model or field", id="words")
            yield Static(id="count", markup=False)
        with Container(id="body"):
            yield RowList[ApplyRecord](attrgetter("id"), record_line, empty=_READING, id="records")
            yield LineView(id="details")
        yield HintLine(("record.rollback", "record.diff", "record.find")).data_bind(HistoryScreen.snapshot)

    @property
    def _records(self) -> RowList[ApplyRecord]:
        return self.query_one("#records", RowList)

    @property
    def _details(self) -> LineView:
        return self.query_one("#details", LineView)

    def watch_snapshot(self) -> None:
        if self.snapshot is not None:
            self._read()

    @work(thread=True, exclusive=True, group="history")
    def _read(self) -> None:
        try:
            self.post_message(self.Read(self._history.read(self._key, limit=self._limit, words=self._words)))
        except ModeltuiError as error:
            self.post_message(Failed(error))

    @on(Read)
    def _show_records(self, event: Read) -> None:
        self._is_complete = event.found.is_complete
        self._records.empty = _NOT_FOUND if self._words else _NONE
        self._records.show(event.found.records)
        if event.found.warning:
            self.refuse(event.found.warning)
        count = shown_of(len(event.found.records), self._words, is_complete=self._is_complete)
        self.query_one("#count", Static).update(content([count]))
        self._show_details()

    @on(RowList.Highlighted, "#records")
    def _show_details(self) -> None:
        record = self._records.cursor_row
        if record is None:
            self._details.show_lines([])
        elif self._shown == "now":
            self._details.show_lines([(("Comparing …", "muted"),)])
            self._compare(record)
        else:
            self._details.show_lines(record_diff(record) if self._shown == "diff" else record_details(record))
        self.refresh_bindings()

    @work(thread=True, exclusive=True, group="compare")
    def _compare(self, record: ApplyRecord) -> None:
        try:
            found = self._history.compare(f"{record.id}..", self._key)
            self.post_message(self.Compared(record.id, compared_lines(found)))
        except ModeltuiError as error:
            self.post_message(Failed(error))

    @on(Compared)
    def _show_compared(self, event: Compared) -> None:
        if self._shown == "now" and event.name == self._records.cursor_key:
            self._details.show_lines(event.lines)

    def why_not(self, action: str) -> str | None:
        if action == "more":
            return "these are all" if self._is_complete else None
        return "there is no record" if action in {"roll_back", "diff", "now"} and not self._records.rows else None

    @explained
    def action_show(self, what: Literal["diff", "now"]) -> None:
        self._shown = "fields" if self._shown == what else what
        self._show_details()

    @explained
    def action_more(self) -> None:
        self._limit *= 4
        self._read()

    def action_find(self) -> None:
        self.query_one("#top").add_class("-finding")
        words = self.query_one(WordsInput)
        words.value = self._words
        words.focus()

    @on(Input.Submitted, "#words")
    def _found(self, event: Input.Submitted) -> None:
        self._words, self._limit = event.value.strip(), _PAGE
        self.query_one("#top").remove_class("-finding")
        self._records.focus()
        self._read()

    # Rolling back

    @explained
    def action_roll_back(self) -> None:
        record = self._records.cursor_row
        assert record is not None
        parts = [part for part in parts_of(record) if self._key is None or part.key in {None, self._key}]
        if len(parts) == 1:
            self._preview(record, parts[0])
            return
        options = [Option(str(at), ((safe(part.said), "plain"),)) for at, part in enumerate(parts)]

        def chosen(at: str | None) -> None:
            if at is not None:
                self._preview(record, parts[int(at)])

        menu = Chooser("Roll back what?", within(options), has_filter=len(options) > _MANY)
        self.app.push_screen(menu, chosen)

    @work(thread=True, exclusive=True, group="preview")
    def _preview(self, record: ApplyRecord, part: Part) -> None:
        try:
            reversal = self._rollback.preview(record.id, key=part.key, field=part.field)
            forced = reversal
            if not reversal.keys:
                forced = self._rollback.preview(record.id, key=part.key, field=part.field, even_if_changed=True)
            self.post_message(self.Previewed(record, part, reversal, forced))
        except ModeltuiError as error:
            self.post_message(Failed(error))

    @on(Previewed)
    def _confirm(self, event: Previewed) -> None:
        is_forced = not event.reversal.keys
        if not event.forced.keys:
            reasons = [f"{refusal.key}: {refusal.reason}" for refusal in event.forced.refused[:2]]
            self.refuse("\n".join(reasons) or "nothing changes: it is so already")
            return
        title = "Take the old values all the same?" if is_forced else "Roll back, as pending changes?"
        lines = [*refused_lines(event.reversal), *reversal_lines(event.forced)]

        def answered(is_sure: bool | None) -> None:
            if is_sure:
                work = partial(
                    self._rollback.roll_back,
                    event.record.id,
                    key=event.part.key,
                    field=event.part.field,
                    even_if_changed=is_forced,
                )
                self.post_message(Perform(self, work))

        self.app.push_screen(Confirm(title, lines, yes="Roll back"), answered)

    @on(Performed)
    def _report(self, event: Performed) -> None:
        if not isinstance(event.result, Outcome):
            return
        event.stop()
        count = len(event.result.changed)
        if count:
            self.notify(
                f"{count} {'model' if count == 1 else 'models'} pending: p shows it, u takes it back", markup=False
            )
        if event.result.refused or not count:
            for notice in of_result(event.result, ""):
                self.notify(notice.text, severity=notice.severity, markup=False)
