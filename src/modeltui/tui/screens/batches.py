"""The batches that are kept, newest first."""

from __future__ import annotations

from datetime import UTC, datetime
from operator import attrgetter
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.widgets import Static

from modeltui.domain.batch import BatchReport, BatchState, BatchSummary
from modeltui.errors import ModeltuiError
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained
from modeltui.tui.messages import Failed
from modeltui.tui.present.batch import batch_head, counted, failure_line, lane_lines, summary_line
from modeltui.tui.present.line import BLANK, Line, content, cut
from modeltui.tui.present.outcome import of_error
from modeltui.tui.screens.batch_questions import ask_to_go_on
from modeltui.tui.screens.following import FollowingPage
from modeltui.tui.widgets.header_line import HeaderLine
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.row_list import RowList
from modeltui.tui.work_messages import BatchMoved, OpenBatch, ResumeBatch

_MOST: Final = 500
_READING: Final[list[Line]] = [(("Reading the batches …", "muted"),)]
_NONE: Final[list[Line]] = [
    (("No batch was run yet.", "plain"),),
    BLANK,
    (("In the catalogue mark models with space and press R, or R alone for", "muted"),),
    (("all that the filter shows: a form, a price, and one question.", "muted"),),
]


class BatchesScreen(FollowingPage):
    BINDING_GROUP_TITLE = "Batches"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="batch.open", tooltip="how it stands, its runs, its report", priority=True),
        Binding("space", "resume", "Go on", id="batch.resume", tooltip="with one that was interrupted or stopped"),
    ]
    CSS_PATH = "batches.tcss"
    AUTO_FOCUS = "#batches"

    class Looked(Message):
        """The report of the batch under the cursor."""

        def __init__(self, report: BatchReport) -> None:
            super().__init__()
            self.report = report

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(name="batches")
        self.jobs = workspace.jobs
        self._batches = workspace.batches

    def compose(self) -> ComposeResult:
        yield HeaderLine().data_bind(BatchesScreen.snapshot)
        yield Static(id="counts", markup=False)
        with Container(id="body"):
            yield RowList[BatchSummary](attrgetter("id"), self._line, empty=_READING, id="batches")
            yield Static(id="details", markup=False)
        yield HintLine(("batch.open", "batch.resume")).data_bind(BatchesScreen.snapshot)

    @staticmethod
    def _line(found: BatchSummary, width: int) -> Line:
        return summary_line(found, width, datetime.now(UTC))

    @property
    def _rows(self) -> RowList[BatchSummary]:
        return self.query_one("#batches", RowList)

    def read(self) -> tuple[BatchSummary, ...]:
        return self._batches.list(_MOST)

    @on(FollowingPage.Read)
    def _show(self, event: FollowingPage.Read) -> None:
        found: tuple[BatchSummary, ...] = event.found
        self.is_live = any(each.state in (BatchState.RUNNING, BatchState.PAUSED) for each in found)
        self._rows.empty = _NONE
        self._rows.show(found)
        waiting = sum(each.can_resume for each in found)
        more = f", {waiting} to go on with: space" if waiting else ""
        said = f" {len(found)} {'batch' if len(found) == 1 else 'batches'}{more}"
        self.query_one("#counts", Static).update(content([((said, "muted"),)]))
        self._look_closer()

    @on(RowList.Highlighted, "#batches")
    def _look_closer(self) -> None:
        row = self._rows.cursor_row
        if row is None:
            self.query_one("#details", Static).update("")
        else:
            self.run_worker(lambda: self._report(row.id), thread=True, exclusive=True, group="report")
        self.refresh_bindings()

    def _report(self, batch_id: str) -> None:
        try:
            self.post_message(self.Looked(self._batches.report(batch_id)))
        except ModeltuiError as error:
            self.post_message(Failed(error))

    @on(Looked)
    def _show_report(self, event: Looked) -> None:
        report = event.report
        if report.id != self._rows.cursor_key:
            return
        width = max(self.query_one("#details").size.width - 2, 20)
        lines = [*batch_head(report, None, width), *lane_lines(report, None, width, 4)]
        failures = [failure_line(each, width, is_chosen=False) for each in report.failures[:4]]
        skipped: list[Line] = []
        if report.skipped:
            skipped = [((f" {counted(len(report.skipped), 'model')} skipped", "muted"),)]
        lines = [*lines, *([BLANK, *failures] if failures else []), *skipped]
        self.query_one("#details", Static).update(content(cut(line, width) for line in lines))

    @on(BatchMoved)
    def _moved(self, event: BatchMoved) -> None:
        """Of a batch that was gone on with here: to its own screen."""
        event.stop()
        if not event.is_over and self.is_current:
            self.post_message(OpenBatch(event.progress.id))

    @on(Failed)
    def _failed(self, event: Failed) -> None:
        event.stop()
        notice = of_error(event.error)
        self._rows.empty = [((row, "bad"),) for row in notice.text.split("\n")]
        self._rows.refresh()
        self.notify(notice.text, title=notice.title, severity=notice.severity, markup=False)

    def why_not(self, action: str) -> str | None:
        row = self._rows.cursor_row
        if action not in ("open", "resume"):
            return None
        if row is None:
            return "there is no batch"
        if action == "resume" and not row.can_resume:
            return f"it is {row.state}" if row.tally.done < row.tally.total else "every run of it has ended"
        return None

    @on(RowList.Chosen, "#batches")
    def _chosen(self) -> None:
        self.action_open()

    @explained
    def action_open(self) -> None:
        row = self._rows.cursor_row
        assert row is not None
        self.post_message(OpenBatch(row.id))

    @explained
    def action_resume(self) -> None:
        row = self._rows.cursor_row
        assert row is not None
        wish = ResumeBatch(self, row.id)

        def go_on() -> None:
            self.post_message(wish)

        ask_to_go_on(self, row.tally, go_on)
