"""What comes of a form: the cost before, then how the run stands, what it made, and the exact request."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.timer import Timer
from textual.widgets import Static

from modeltui.domain.job import Job
from modeltui.domain.units import NO_UNITS
from modeltui.errors import ModeltuiError
from modeltui.services.running.results import ResultService
from modeltui.tui.messages import JobChanged
from modeltui.tui.present.line import Line, content
from modeltui.tui.present.outcome import of_error
from modeltui.tui.present.run import job_lines
from modeltui.tui.widgets.request_view import RequestView
from modeltui.tui.widgets.result_view import ResultView


class RunOutcome(Vertical):
    def __init__(self, results: ResultService) -> None:
        super().__init__(id="outcome")
        self._results = results
        self._said: JobChanged | None = None
        self._clock: Timer | None = None
        self.units = NO_UNITS

    def compose(self) -> ComposeResult:
        yield Static(id="status", markup=False)
        yield ResultView(self._results)
        yield RequestView()

    def on_mount(self) -> None:
        self.query_one(ResultView).display = False

    @property
    def job(self) -> Job | None:
        """Of the last run; None before the first one, and where another one begins."""
        return self._said.job if self._said is not None else None

    @property
    def is_running(self) -> bool:
        return self.job is not None and not self.job.state.is_final

    @property
    def has_result(self) -> bool:
        return bool(self.query_one(ResultView).display)

    @property
    def path(self) -> str | None:
        """Of the result that is shown, or of the first one."""
        item = self.query_one(ResultView).item
        if item is not None and item.file is not None:
            return item.file.path
        return self.job.files[0].path if self.job is not None and self.job.files else None

    def say(self, lines: Sequence[Line]) -> None:
        self.query_one("#status", Static).update(content(lines))

    def say_failed(self, error: ModeltuiError) -> None:
        self.say([((row, "bad"),) for row in of_error(error).text.split("\n")])

    def begin(self) -> None:
        """Another run begins: nothing of the last one is left."""
        self._said = None
        view = self.query_one(ResultView)
        view.show(None)
        view.display = False

    def follow(self, event: JobChanged) -> None:
        """Show how the run stands, with a clock while it goes on."""
        if self.job is None:
            self.query_one(RequestView).is_folded = True
        self._said = event
        if self.is_running and self._clock is None:
            self._clock = self.set_interval(1, self._show_job)
        elif not self.is_running and self._clock is not None:
            self._clock.stop()
            self._clock = None
        self._show_job()
        if event.job.state.is_final and (event.job.files or event.job.text):
            view = self.query_one(ResultView)
            view.display = True
            self.call_after_refresh(view.show, event.job)

    def _show_job(self) -> None:
        if self._said is not None:
            job = self._said.job
            elapsed_s = job.elapsed_s + (monotonic() - self._said.heard if self.is_running else 0.0)
            self.say(job_lines(job, elapsed_s, self._said.steps, self.units))
