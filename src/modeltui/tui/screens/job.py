"""One kept job: its result as large as the screen allows, with all that is kept of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Static

from modeltui.domain.job import KeptJob
from modeltui.domain.text import safe
from modeltui.domain.units import NO_UNITS, Units
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained
from modeltui.tui.messages import Failed, JobChanged
from modeltui.tui.present.job import job_details, state_piece
from modeltui.tui.present.line import Line, content
from modeltui.tui.present.outcome import of_error
from modeltui.tui.screens.following import FollowingPage
from modeltui.tui.screens.job_acts import JOB_BINDINGS, JOB_VERBS, JobActs, why_not_job
from modeltui.tui.widgets.header_line import HeaderLine
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.line_view import LineView
from modeltui.tui.widgets.result_view import ResultView


class JobScreen(FollowingPage):
    BINDING_GROUP_TITLE = "Job"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,f2", "app.focus_next", "Result or details", id="job.focus"),
        *JOB_BINDINGS,
    ]
    CSS_PATH = "job.tcss"
    AUTO_FOCUS = "#details"

    def __init__(self, workspace: Workspace, job_id: str) -> None:
        super().__init__()
        self.jobs = workspace.jobs
        self._workspace = workspace
        self._acts = JobActs(self, workspace)
        self._job_id = job_id
        self._kept: KeptJob | None = None

    def compose(self) -> ComposeResult:
        yield HeaderLine().data_bind(JobScreen.snapshot)
        yield Static(id="what", markup=False)
        with Container(id="body"):
            yield ResultView(self._workspace.results)
            yield LineView(id="details")
        yield HintLine(("job.focus", "result.open", "result.save", "job.resume", "job.again")).data_bind(
            JobScreen.snapshot
        )

    def on_mount(self) -> None:
        self.query_one(ResultView).display = False

    def read(self) -> KeptJob:
        return self.jobs.get(self._job_id)

    @on(FollowingPage.Read)
    def _show(self, event: FollowingPage.Read) -> None:
        first, self._kept = self._kept is None, event.found
        kept: KeptJob = event.found
        self.is_live = kept.is_followed and not kept.job.state.is_final
        word, role = state_piece(kept)
        what: Line = ((f" {word}  ", role), (safe(kept.job.key), "strong"), (f"  {safe(kept.job.provider)}", "muted"))
        self.query_one("#what", Static).update(content([what]))
        view = self.query_one(ResultView)
        has_result = bool(kept.job.files or kept.job.text)
        if has_result and not view.display:
            view.display = True
            self.set_class(True, "-result")
            self.call_after_refresh(view.show, kept.job)
            if first:
                self.call_after_refresh(view.focus_result)
        self.tick()
        self.refresh_bindings()

    def tick(self) -> None:
        if self._kept is None:
            return
        view = self.query_one("#details", LineView)
        width = max(view.size.width - 2, 20)
        lines = job_details(self._kept, width, datetime.now(UTC), self.units)
        if list(lines) != list(view.rows):
            view.show_lines(lines, view.cursor)

    def on_resize(self) -> None:
        self.call_after_refresh(self.tick)

    @property
    def units(self) -> Units:
        return self.snapshot.catalog.units if self.snapshot is not None else NO_UNITS

    @on(JobChanged)
    def _ended(self, event: JobChanged) -> None:
        event.stop()
        self._acts.ended(event.job)
        self._job_id = event.job.id
        self.look()

    @on(Failed)
    def _failed(self, event: Failed) -> None:
        event.stop()
        notice = of_error(event.error)
        self.notify(notice.text, title=notice.title, severity=notice.severity, markup=False)

    def why_not(self, action: str) -> str | None:
        return why_not_job(action, self._kept) if action in JOB_VERBS else None

    @explained
    def action_job(self, verb: str) -> None:
        assert self._kept is not None
        self._acts.do(verb, self._kept, self.units)
