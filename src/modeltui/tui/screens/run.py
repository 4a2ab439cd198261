"""A test generation: a form, the cost as you type, the request, then progress and result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.message import Message
from textual.widgets import Static

from modeltui.domain.call import Prepared
from modeltui.domain.inputs.specs import InputSpec
from modeltui.domain.model import Model
from modeltui.domain.text import safe
from modeltui.errors import ModeltuiError
from modeltui.services.running.chosen_files import Chosen, chosen_files
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained
from modeltui.tui.messages import CancelRun, Failed, JobChanged, StartRun, WatchRun
from modeltui.tui.present.inputs import about_line
from modeltui.tui.present.line import Line, content
from modeltui.tui.present.run import file_lines, prepared_lines, stand_ins, warning_of
from modeltui.tui.screens.input_acts import InputActs
from modeltui.tui.screens.page import Page
from modeltui.tui.screens.run_questions import ask_to_send, copy_options
from modeltui.tui.widgets.header_line import HeaderLine
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.input_form import InputForm
from modeltui.tui.widgets.request_view import RequestView
from modeltui.tui.widgets.result_view import ResultView
from modeltui.tui.widgets.run_outcome import RunOutcome

_FIRST_FOCUS = "InputForm Input, InputForm TextArea, InputForm Choice"


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form held at some time."""

    turn: int
    specs: tuple[InputSpec, ...]
    values: Mapping[str, Any]
    unreadable: Mapping[str, str]


class RunScreen(Page):
    BINDING_GROUP_TITLE = "Run"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "send", "Send", id="run.send", tooltip="send it; asks first where it costs"),
        Binding("ctrl+g", "cancel", "Cancel the run", id="run.cancel", tooltip="stop it, and wait no longer"),
        Binding("f3", "file", "Choose a file…", id="run.file", tooltip="for the input that has the focus"),
        Binding("f2", "turn", "Form or result", id="run.switch", tooltip="go to the result, and back"),
        Binding("ctrl+t", "sets", "Inputs…", id="run.inputs", tooltip="the last ones, those under a name, save, clear"),
        Binding("ctrl+o", "fold('inputs')", "More inputs", id="run.unfold", tooltip="show or fold the rare inputs"),
        Binding(
            "f4", "fold('request')", "Request", id="run.request", tooltip="show or fold the exact request", show=False
        ),
        Binding("f7,y", "copy", "Copy…", id="run.copy", tooltip="request, inputs, path, text", show=False),
        Binding("ctrl+l", "copy_path", "Copy the path", id="run.copy_path", tooltip="of the result", show=False),
        Binding("escape", "app.leave(False)", "Back", id="run.leave", tooltip="a run goes on; what was typed is kept"),
    ]
    CSS_PATH = "run.tcss"
    AUTO_FOCUS = _FIRST_FOCUS

    class FormRead(Message):
        def __init__(self, specs: tuple[InputSpec, ...]) -> None:
            super().__init__()
            self.specs = specs

    class Checked(Message):
        """The inputs as they were at `turn`, made ready to send."""

        def __init__(self, typed: Typed, prepared: Prepared, request: dict[str, Any] | None, chosen: Chosen) -> None:
            super().__init__()
            self.turn = typed.turn
            self.prepared = prepared
            self.request = request
            self.chosen = chosen
            found = {problem.input: problem.message for problem in prepared.problems if problem.input}
            self.problems = {**found, **chosen.problems, **typed.unreadable}

    def __init__(self, workspace: Workspace, key: str, draft: dict[str, Any]) -> None:
        """`draft` keeps what is typed, for the next time this screen is opened."""
        super().__init__()
        self._workspace = workspace
        self._runs = workspace.runs
        self._key = key
        self._draft = draft
        self._inputs = InputActs(self, workspace, key)
        self._turn = 0
        self._checked: RunScreen.Checked | None = None
        self._sends_when_checked = False

    def compose(self) -> ComposeResult:
        yield HeaderLine().data_bind(RunScreen.snapshot)
        yield Static(id="what", markup=False)
        with Container(id="body"):
            with Vertical(id="left"):
                yield Vertical(id="form")
                yield Static(id="about", markup=False)
            yield RunOutcome(self._workspace.results)
        yield HintLine().data_bind(RunScreen.snapshot)

    def on_mount(self) -> None:
        self._read_form()
        self.post_message(WatchRun(self, self._key))

    @property
    def _outcome(self) -> RunOutcome:
        return self.query_one(RunOutcome)

    @property
    def model(self) -> Model | None:
        return self.snapshot.shown.models.get(self._key) if self.snapshot is not None else None

    def watch_snapshot(self) -> None:
        if self.snapshot is None:
            return
        self._outcome.units = self.snapshot.catalog.units
        model = self.model
        name: Line = ((" run ", "muted"), (safe(model.label if model else self._key), "strong"))
        provider: Line = ((f"  {safe(model.provider or '')}", "muted"),) if model else ()
        warning = warning_of(model, datetime.now(UTC).date()) if model else ""
        self.query_one("#what", Static).update(content([(*name, *provider, (f"  {warning}", "warn"))]))

    @work(thread=True, group="form")
    def _read_form(self) -> None:
        try:
            specs = self._runs.inputs(self._key)
            self._inputs.read()
            self.post_message(self.FormRead(specs))
        except ModeltuiError as error:
            self.post_message(Failed(error))

    @on(FormRead)
    async def _show_form(self, event: FormRead) -> None:
        form = InputForm(event.specs, self._draft, "ctrl+o")
        await self.query_one("#form").mount(form)
        form.offer(self._inputs.prompts)
        for control in list(form.query(_FIRST_FOCUS.replace("InputForm ", "")))[:1]:
            control.focus()
        self._check()

    @on(InputForm.Entered)
    def _tell_about(self, event: InputForm.Entered) -> None:
        self.query_one("#about", Static).update(content([about_line(event.spec)]))
        self.refresh_bindings()

    @on(InputForm.Changed)
    def _changed(self) -> None:
        if not self._outcome.is_running:
            self.remove_class("-ran")
        self._check()

    def _check(self) -> None:
        """Make the request ready off the loop; only what came last counts."""
        self._turn += 1
        form = self.query_one(InputForm)
        self._prepare(Typed(self._turn, form.specs, form.values, form.unreadable))

    @work(thread=True, group="prepare")
    def _prepare(self, typed: Typed) -> None:
        try:
            chosen = chosen_files(typed.specs, typed.values)
            prepared = self._runs.prepare(self._key, chosen.values, chosen.seconds)
            request = self._runs.request(self._key, prepared) if prepared.is_valid else None
            self.post_message(self.Checked(typed, prepared, request, chosen))
        except ModeltuiError as error:
            self.post_message(Failed(error))

    @on(Checked)
    def _show_checked(self, event: Checked) -> None:
        if event.turn != self._turn:
            return
        self._checked = event
        form = self.query_one(InputForm)
        problems = event.problems
        wants_send, self._sends_when_checked = self._sends_when_checked, False
        form.show_problems(problems, is_everything=wants_send)
        form.show_files(file_lines(event.chosen.files))
        self.query_one(RequestView).show(event.request, stand_ins(event.chosen.files))
        units = self._outcome.units
        if not self._outcome.is_running and not self.has_class("-ran"):
            offer = self._inputs.offer if not any(row.is_touched for row in form.rows) else []
            self._outcome.say([*prepared_lines(event.prepared, units, is_touched=wants_send), *offer])
        if wants_send and problems:
            form.focus_first_problem(problems)
        elif wants_send and event.prepared.is_valid:
            ask_to_send(self, self.model, event.prepared.cost, units, self._start)
        self.refresh_bindings()

    def _start(self) -> None:
        values = self.query_one(InputForm).values
        self.remove_class("-looking")
        self._outcome.begin()
        self._inputs.remember(values)
        self.post_message(StartRun(self, self._key, values))

    @on(JobChanged)
    def _follow(self, event: JobChanged) -> None:
        event.stop()
        self.add_class("-ran")
        self.set_class(event.job.state.is_final, "-done")
        self._outcome.follow(event)
        self.refresh_bindings()

    @on(Failed)
    def _failed(self, event: Failed) -> None:
        event.stop()
        self._outcome.say_failed(event.error)

    def why_not(self, action: str) -> str | None:
        outcome = self._outcome
        reasons: dict[str, str | None] = {
            "send": "it is running; ctrl+g cancels it" if outcome.is_running else None,
            "cancel": None if outcome.is_running else "nothing is running",
            "copy_path": None if outcome.path else "there is no result yet",
            "turn": None if outcome.has_result else "there is no result yet",
            "file": None if self._inputs.media_row() else "this input takes no file",
            "inputs": None if self.query("InputForm.-has-advanced") else "there are no more inputs",
        }
        return reasons.get(action)

    @explained
    def action_send(self) -> None:
        self._sends_when_checked = True
        if self._checked is not None and self._checked.turn == self._turn:
            self._show_checked(self._checked)

    @explained
    def action_cancel(self) -> None:
        self.post_message(CancelRun(self._key))

    @explained
    def action_turn(self) -> None:
        """Where there is little room, the one that has the focus has all of it."""
        view = self.query_one(ResultView)
        is_looking = not view.has_focus_within
        self.set_class(is_looking, "-looking")
        if is_looking:
            view.focus_result()
        else:
            self.call_after_refresh(self.query(_FIRST_FOCUS).first().focus)

    @explained
    def action_file(self) -> None:
        self._inputs.choose_file()

    def action_sets(self) -> None:
        self._inputs.ask()

    @explained
    def action_fold(self, what: str) -> None:
        if what == "request":
            view = self.query_one(RequestView)
            view.is_folded = not view.is_folded
        else:
            form = self.query_one(InputForm)
            form.is_unfolded = not form.is_unfolded

    def action_copy(self) -> None:
        request = self._checked.request if self._checked is not None else None
        values = self.query_one(InputForm).values if self.query(InputForm) else {}
        copy_options(self, self._workspace, request, values, self._outcome.job)

    @explained
    def action_copy_path(self) -> None:
        if (path := self._outcome.path) is not None:
            self.app.copy_to_clipboard(path)
            self.notify(safe(f"copied {path}"), markup=False)
