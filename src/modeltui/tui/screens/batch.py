"""A batch: how it stands by provider and run, what it spends, what went wrong; and what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Static

from modeltui.domain.batch import BatchFailure, BatchProgress, BatchReport, BatchState
from modeltui.domain.batch_report import reason_of
from modeltui.domain.job import KeptJob
from modeltui.domain.text import safe
from modeltui.domain.units import NO_UNITS, Units
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained
from modeltui.tui.messages import Failed, JobChanged
from modeltui.tui.present.batch import batch_head, failure_details, failure_line, lane_lines, told_at_end
from modeltui.tui.present.job import job_details, job_line
from modeltui.tui.present.line import Line, content
from modeltui.tui.present.outcome import of_error
from modeltui.tui.screens.batch_acts import BATCH_BINDINGS, BATCH_VERBS, BatchActs, why_not_batch
from modeltui.tui.screens.following import FollowingPage
from modeltui.tui.screens.job_acts import JobActs, why_not_job
from modeltui.tui.widgets.header_line import HeaderLine
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.line_view import LineView
from modeltui.tui.widgets.row_list import RowList
from modeltui.tui.work_messages import BatchMoved, OpenJob, WatchBatch

_READING: Final[list[Line]] = [(("Reading the batch …", "muted"),)]
_OVER: Final = frozenset({BatchState.FINISHED, BatchState.STOPPED, BatchState.INTERRUPTED})
_MOST_LANES: Final = 6


@dataclass(frozen=True, slots=True)
class Row:
    """A reason for which runs failed, or a run."""

    failure: BatchFailure | None = None
    kept: KeptJob | None = None

    @property
    def id(self) -> str:
        if self.kept is not None:
            return self.kept.job.id
        assert self.failure is not None
        return f"{self.failure.state} {self.failure.reason}"


@dataclass(frozen=True, slots=True)
class Found:
    report: BatchReport
    jobs: tuple[KeptJob, ...]


class BatchScreen(FollowingPage):
    BINDING_GROUP_TITLE = "Batch"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "open",
            "Open",
            id="batch.run",
            tooltip="the run; of a reason only its runs, and all again",
            priority=True,
        ),
        *BATCH_BINDINGS,
        Binding("y", "job('copy')", "Copy…", id="job.copy", tooltip="id, path, request, error", show=False),
        Binding("m", "job('model')", "Model", id="job.model", tooltip="its row in the catalogue", show=False),
        Binding("tab", "app.focus_next", "Runs or details", id="batch.focus", show=False),
    ]
    CSS_PATH = "batch.tcss"
    AUTO_FOCUS = "#runs"

    def __init__(self, workspace: Workspace, batch_id: str) -> None:
        super().__init__()
        self.jobs = workspace.jobs
        self._batches = workspace.batches
        self._batch_id = batch_id
        self._acts = BatchActs(self, workspace)
        self._job_acts = JobActs(self, workspace)
        self._found: Found | None = None
        self._progress: BatchProgress | None = None
        self._only: str | None = None
        """The reason whose runs alone are shown."""

    def compose(self) -> ComposeResult:
        yield HeaderLine().data_bind(BatchScreen.snapshot)
        yield Static(id="what", markup=False)
        yield Static(id="status", markup=False)
        with Container(id="body"):
            yield RowList[Row](lambda row: row.id, self._line, empty=_READING, id="runs")
            yield LineView(id="details")
        yield HintLine(
            ("batch.pause", "batch.stop", "batch.retry", "batch.report", "batch.run", "batch.compare")
        ).data_bind(BatchScreen.snapshot)

    def on_mount(self) -> None:
        self.post_message(WatchBatch(self, self._batch_id))

    def _line(self, row: Row, width: int) -> Line:
        if row.kept is not None:
            return job_line(row.kept, width, datetime.now(UTC))
        assert row.failure is not None
        return failure_line(row.failure, width, is_chosen=self._only == row.id)

    @property
    def _rows(self) -> RowList[Row]:
        return self.query_one("#runs", RowList)

    @property
    def units(self) -> Units:
        return self.snapshot.catalog.units if self.snapshot is not None else NO_UNITS

    @property
    def report(self) -> BatchReport | None:
        return self._found.report if self._found is not None else None

    def read(self) -> Found:
        report = self._batches.report(self._batch_id)
        kept = {each.job.id: each for each in self.jobs.list(batch=report.id)}
        return Found(report, tuple(kept[job.id] for job in report.jobs if job.id in kept))

    @on(FollowingPage.Read)
    def _show(self, event: FollowingPage.Read) -> None:
        found: Found = event.found
        self._found = found
        if self._progress is None or found.report.state in _OVER:
            self._progress = None
        self.is_live = found.report.state not in _OVER
        what: Line = ((f" batch {found.report.id[:8]}  ", "muted"), (safe(found.report.query), "strong"))
        self.query_one("#what", Static).update(content([what]))
        self._show_status()
        self._show_rows()

    def _show_rows(self) -> None:
        if self._found is None:
            return
        failures = self._found.report.failures
        if self._only not in [f"{each.state} {each.reason}" for each in failures]:
            self._only = None
        rows = [Row(failure=each) for each in failures]
        rows += [Row(kept=kept) for kept in self._found.jobs if self._only in (None, _reason_id(kept))]
        self._rows.show(rows)
        self._show_details()

    def _show_status(self) -> None:
        report = self.report
        if report is None:
            return
        width, most = self.size.width - 1, _MOST_LANES if self.size.height >= 24 else 2
        lanes = lane_lines(report, self._progress, width, most)
        lines = [*batch_head(report, self._progress, width), *lanes]
        self.query_one("#status", Static).update(content(lines))

    def tick(self) -> None:
        self._rows.show(self._rows.rows)
        self._show_status()

    def on_resize(self) -> None:
        self.call_after_refresh(self._show_status)
        self.call_after_refresh(self._show_details)

    @on(RowList.Highlighted, "#runs")
    def _show_details(self) -> None:
        row, view = self._rows.cursor_row, self.query_one("#details", LineView)
        width = max(view.size.width - 2, 20)
        lines: list[Line] = []
        if row is not None and row.kept is not None:
            lines = job_details(row.kept, width, datetime.now(UTC), self.units)
        elif row is not None and row.failure is not None:
            lines = failure_details(row.failure, width)
        if lines != list(view.rows):
            view.show_lines(lines)
        self.refresh_bindings()

    @on(BatchMoved)
    def _moved(self, event: BatchMoved) -> None:
        event.stop()
        if event.progress.id != self._batch_id:
            self._batch_id, self._found, self._only = event.progress.id, None, None
            self.look()
        self._progress = event.progress
        self._show_status()
        if event.is_over:
            self.notify(safe(told_at_end(event.progress)), markup=False)
            self.look()
        self.refresh_bindings()

    @on(JobChanged)
    def _ended(self, event: JobChanged) -> None:
        event.stop()
        self._job_acts.ended(event.job)

    @on(Failed)
    def _failed(self, event: Failed) -> None:
        event.stop()
        notice = of_error(event.error)
        self.notify(notice.text, title=notice.title, severity=notice.severity, markup=False)

    def why_not(self, action: str) -> str | None:
        row = self._rows.cursor_row
        if action in BATCH_VERBS:
            return why_not_batch(action, self.report)
        if action in ("copy", "model"):
            return why_not_job(action, row.kept if row is not None else None)
        return "there is no run" if action == "open" and row is None else None

    @on(RowList.Chosen, "#runs")
    def _chosen(self) -> None:
        self.action_open()

    @explained
    def action_open(self) -> None:
        row = self._rows.cursor_row
        assert row is not None
        if row.kept is not None:
            self.post_message(OpenJob(row.kept.job.id))
        else:
            self._only = None if self._only == row.id else row.id
            self._show_rows()

    @explained
    def action_job(self, verb: str) -> None:
        row = self._rows.cursor_row
        assert row is not None
        assert row.kept is not None
        self._job_acts.do(verb, row.kept, self.units)

    @explained
    def action_batch(self, verb: str) -> None:
        assert self.report is not None
        tally = self._progress.tally if self._progress is not None else self.report.tally
        state = self._progress.state if self._progress is not None else self.report.state
        self._acts.do(verb, self.report, state, tally)


def _reason_id(kept: KeptJob) -> str:
    """Of the failure that a run is counted with."""
    return f"{kept.job.state} {reason_of(kept.job.error or kept.job.state)}"
