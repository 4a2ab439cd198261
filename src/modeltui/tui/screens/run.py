"""A test generation: a form, the cost as you type, the request, then progress and result."""

from __future__ import annotations

from time import monotonic
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from modeltui.domain.call import Prepared
from modeltui.domain.inputs import InputSpec
from modeltui.domain.job import Job, JobState
from modeltui.domain.text import safe
from modeltui.errors import ModeltuiError
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained
from modeltui.tui.messages import CancelRun, Failed, JobChanged, StartRun
from modeltui.tui.present.line import Line, content
from modeltui.tui.present.outcome import of_error
from modeltui.tui.present.run import cost_text, job_lines, prepared_lines, request_lines
from modeltui.tui.screens.page import Page
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.widgets.header_line import HeaderLine
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.input_form import InputForm
from modeltui.tui.widgets.line_view import LineView
from modeltui.tui.widgets.picture import Picture

_LEAST_PICTURE = 6
"""Rows; a picture in fewer says nothing."""


class RunScreen(Page):
    BINDING_GROUP_TITLE = "Run"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "send", "Send", id="run.send", tooltip="send it; asks first where it costs"),
        Binding("ctrl+g", "cancel", "Cancel the run", id="run.cancel", tooltip="stop it, and wait no longer"),
        Binding("ctrl+l", "copy_path", "Copy the path", id="run.copy_path", tooltip="of the result", show=False),
        Binding("ctrl+o", "unfold", "More inputs", id="run.unfold", tooltip="show or fold the rare inputs"),
        Binding("escape", "app.leave(False)", "Back", id="run.leave", tooltip="a run goes on; what was typed is kept"),
    ]
    CSS_PATH = "run.tcss"
    AUTO_FOCUS = "InputForm Input, InputForm TextArea, InputForm Choice"

    class FormRead(Message):
        def __init__(self, specs: tuple[InputSpec, ...]) -> None:
            super().__init__()
            self.specs = specs

    class Checked(Message):
        """The inputs as they were at `turn`, made ready to send."""

        def __init__(self, turn: int, prepared: Prepared, request: dict[str, Any] | None) -> None:
            super().__init__()
            self.turn = turn
            self.prepared = prepared
            self.request = request

    def __init__(self, workspace: Workspace, key: str, draft: dict[str, Any]) -> None:
        """`draft` keeps what is typed, for the next time this screen is opened."""
        super().__init__()
        self._runs = workspace.runs
        self._key = key
        self._draft = draft
        self._turn = 0
        self._checked: RunScreen.Checked | None = None
        self._sends_when_checked = False
        self._job: Job | None = None
        self._heard = 0.0
        self._clock: Timer | None = None

    def compose(self) -> ComposeResult:
        yield HeaderLine().data_bind(RunScreen.snapshot)
        yield Static(id="what", markup=False)
        with Container(id="body"):
            yield Vertical(id="form")
            with Vertical(id="outcome"):
                yield Static(id="status", markup=False)
                yield Picture()
                yield LineView(id="request")
        yield HintLine().data_bind(RunScreen.snapshot)

    def on_mount(self) -> None:
        self._read_form()

    def watch_snapshot(self) -> None:
        if self.snapshot is None:
            return
        model = self.snapshot.shown.models.get(self._key)
        name: Line = ((" run ", "muted"), (safe(model.label if model else self._key), "strong"))
        provider: Line = ((f"  {safe(model.provider or '')}", "muted"),) if model else ()
        self.query_one("#what", Static).update(content([(*name, *provider)]))

    @work(thread=True, group="form")
    def _read_form(self) -> None:
        try:
            self.post_message(self.FormRead(self._runs.inputs(self._key)))
        except ModeltuiError as error:
            self.post_message(Failed(error))

    @on(FormRead)
    async def _show_form(self, event: FormRead) -> None:
        form = InputForm(event.specs, self._draft, "ctrl+o")
        await self.query_one("#form").mount(form)
        self.focus_next()
        self._check()

    @on(InputForm.Changed)
    def _check(self) -> None:
        """Make the request ready off the loop; only what came last counts."""
        self._turn += 1
        self._prepare(self._turn, self.query_one(InputForm).values)

    @work(thread=True, group="prepare")
    def _prepare(self, turn: int, values: dict[str, Any]) -> None:
        try:
            prepared = self._runs.prepare(self._key, values)
            request = self._runs.request(self._key, prepared) if prepared.is_valid else None
            self.post_message(self.Checked(turn, prepared, request))
        except ModeltuiError as error:
            self.post_message(Failed(error))

    @on(Checked)
    def _show_checked(self, event: Checked) -> None:
        if event.turn != self._turn:
            return
        self._checked = event
        problems = {problem.input: problem.message for problem in event.prepared.problems if problem.input}
        wants_send, self._sends_when_checked = self._sends_when_checked, False
        self.query_one(InputForm).show_problems(problems, is_everything=wants_send)
        self.query_one("#request", LineView).show_lines(request_lines(event.request))
        if not self._is_running:
            lines = prepared_lines(event.prepared, is_touched=wants_send)
            self.query_one("#status", Static).update(content(lines))
        if wants_send and event.prepared.is_valid:
            self._confirm(event.prepared)

    def _confirm(self, prepared: Prepared) -> None:
        cost = prepared.cost
        if cost is not None and cost.amount == 0:
            self._start()
            return

        def answered(is_sure: bool | None) -> None:
            if is_sure:
                self._start()

        price = cost_text(cost.amount, cost.currency) if cost else "not stated"
        lines: list[Line] = [(("cost  ", "muted"), (safe(price), "strong"))]
        self.app.push_screen(Confirm("Send this request?", lines, yes="Send"), answered)

    def _start(self) -> None:
        self._job = None
        self.query_one(Picture).show(None, 0, 0)
        self.post_message(StartRun(self, self._key, self.query_one(InputForm).values))

    @property
    def _is_running(self) -> bool:
        return self._job is not None and not self._job.state.is_final

    @on(JobChanged)
    def _follow(self, event: JobChanged) -> None:
        event.stop()
        self._job, self._heard = event.job, monotonic()
        if self._is_running and self._clock is None:
            self._clock = self.set_interval(1, self._show_job)
        elif not self._is_running and self._clock is not None:
            self._clock.stop()
            self._clock = None
        self.add_class("-ran")
        self._show_job()
        self.refresh_bindings()
        if event.job.state is JobState.SUCCEEDED:
            self.call_after_refresh(self._show_picture, event.job)

    def _show_job(self) -> None:
        if self._job is not None:
            since = monotonic() - self._heard if self._is_running else 0.0
            lines = job_lines(self._job, self._job.elapsed_s + since)
            self.query_one("#status", Static).update(content(lines))

    def _show_picture(self, job: Job) -> None:
        pictures = [file.path for file in job.files if file.media_type.startswith("image/")]
        area = self.query_one("#outcome").size
        room = area.height - self.query_one("#status").size.height - 2
        is_worth_it = bool(pictures) and room >= _LEAST_PICTURE
        self.query_one(Picture).show(pictures[0] if is_worth_it else None, area.width - 2, room)

    @on(Failed)
    def _failed(self, event: Failed) -> None:
        event.stop()
        notice = of_error(event.error)
        lines: list[Line] = [((row, "bad"),) for row in notice.text.split("\n")]
        self.query_one("#status", Static).update(content(lines))

    def why_not(self, action: str) -> str | None:
        if action == "send":
            return "it is running; ctrl+g cancels it" if self._is_running else None
        if action == "cancel" and not self._is_running:
            return "nothing is running"
        if action == "copy_path" and not (self._job and self._job.files):
            return "there is no result yet"
        return None

    @explained
    def action_send(self) -> None:
        self._sends_when_checked = True
        if self._checked is not None and self._checked.turn == self._turn:
            self._show_checked(self._checked)

    @explained
    def action_cancel(self) -> None:
        self.post_message(CancelRun(self))

    @explained
    def action_copy_path(self) -> None:
        if self._job is not None:
            self.app.copy_to_clipboard(self._job.files[0].path)
            self.notify(safe(f"copied {self._job.files[0].path}"), markup=False)

    def action_unfold(self) -> None:
        for form in self.query(InputForm):
            form.is_unfolded = not form.is_unfolded
