"""Inputs for many models at once, and what running them would cost, before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message

from modeltui.domain.batch import BatchPlan
from modeltui.domain.inputs.shared import shared_inputs
from modeltui.domain.inputs.specs import InputSpec
from modeltui.domain.text import safe
from modeltui.errors import ModeltuiError
from modeltui.services.running.chosen_files import FileReader
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained
from modeltui.tui.present.batch import counted, plan_lines
from modeltui.tui.present.batch_inputs import LIMITS, inputs_of, limits_of, read_for
from modeltui.tui.present.line import Line, line
from modeltui.tui.present.outcome import of_error
from modeltui.tui.screens.batch_questions import ask_to_send
from modeltui.tui.screens.form_page import FormPage
from modeltui.tui.widgets.input_form import InputForm
from modeltui.tui.work_messages import BatchMoved, OpenBatch, OpenBatchForm, OpenComparison, StartBatch

_LOOKING: Final[list[Line]] = [(("Looking at what the models take …", "muted"),)]


@dataclass(frozen=True, slots=True)
class Made:
    """The plan of what was typed at `turn`; or why there is none."""

    turn: int
    plan: BatchPlan | None
    problems: Mapping[str, str]
    error: ModeltuiError | None = None


class BatchFormScreen(FormPage):
    BINDING_GROUP_TITLE = "Batch"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "send", "Send", id="batch.send", tooltip="run all of the plan; asks, with numbers"),
        Binding("f2", "turn", "Form or plan", id="batch.switch", tooltip="go to the plan, and back"),
        Binding("ctrl+o", "unfold", "More inputs", id="batch.unfold", tooltip="show or fold the rare inputs"),
        Binding("escape", "app.leave(False)", "Back", id="batch.leave", tooltip="what was typed is kept"),
    ]
    LOOKING = _LOOKING
    HINTS = ("batch.send", "batch.switch", "batch.unfold")

    class FormRead(Message):
        def __init__(self, specs: tuple[InputSpec, ...]) -> None:
            super().__init__()
            self.specs = specs

    class Planned(Message):
        def __init__(self, made: Made) -> None:
            super().__init__()
            self.made = made

    def __init__(self, workspace: Workspace, wish: OpenBatchForm, draft: dict[str, Any]) -> None:
        """`draft` keeps what is typed, for the next time."""
        super().__init__(draft)
        self._workspace = workspace
        self._wish = wish
        self._read_file = FileReader()
        self._turn = 0
        self._is_planning = False
        self._made: Made | None = None
        self._sends_when_planned = False
        self._is_sent = False

    def title_line(self) -> Line:
        what = "compare " if self._wish.is_comparison else "run "
        chosen = self._wish.query if self._wish.query is not None else "marked"
        return (
            (f" {what}", "muted"),
            (counted(len(self._wish.keys), "model"), "strong"),
            (f"  {safe(chosen)}" if chosen else "", "muted"),
        )

    def on_mount(self) -> None:
        self.run_worker(self._read_form, thread=True, group="form")

    def _read_form(self) -> None:
        by_model: dict[str, tuple[InputSpec, ...]] = {}
        for key in self._wish.keys:
            try:
                by_model[key] = self._workspace.runs.inputs(key)
            except ModeltuiError:
                continue
        specs = tuple(each.spec for each in shared_inputs(by_model))
        self.post_message(self.FormRead((*specs, *LIMITS)))

    @on(FormRead)
    async def _show_form(self, event: FormRead) -> None:
        await self.show_form(event.specs)

    def check(self) -> None:
        """Plan off the loop, one at a time; of what was typed meanwhile only the last is planned."""
        self._turn += 1
        if not self._is_planning:
            self._is_planning = True
            form = self.query_one(InputForm)
            work = partial(self._plan, self._turn, form.values, form.unreadable)
            self.run_worker(work, thread=True, group="plan")

    def _plan(self, turn: int, values: Mapping[str, Any], unreadable: Mapping[str, str]) -> None:
        limits, given = limits_of(values), inputs_of(values)
        problems = {**limits.problems, **unreadable}
        try:
            plan = self._workspace.batches.plan(
                self._wish.query or "",
                {},
                models=self._wish.keys,
                spelled=partial(read_for, given, read=self._read_file),
                budget=limits.budget,
                concurrency=limits.concurrency,
                includes_retired=self._wish.is_comparison,
            )
            made = Made(turn, plan, problems)
        except ModeltuiError as error:
            made = Made(turn, None, problems, error)
        self.post_message(self.Planned(made))

    @on(Planned)
    def _show_plan(self, event: Planned) -> None:
        self._is_planning = False
        self._made = event.made
        self.draw()
        form, wants_send = self.query_one(InputForm), self._sends_when_planned
        if event.made.turn != self._turn:
            self.check()
            return
        self._sends_when_planned = False
        form.show_problems(event.made.problems, is_everything=wants_send)
        if wants_send and event.made.problems:
            form.focus_first_problem(event.made.problems)
        elif wants_send:
            self._ask()
        self.refresh_bindings()

    def draw(self) -> None:
        made = self._made
        if made is None:
            return
        if made.plan is not None:
            self.plan_view.show_lines(plan_lines(made.plan, self.plan_width))
        elif made.error is not None:
            self.plan_view.show_lines([line(row, "bad") for row in of_error(made.error).text.split("\n")])

    def _ask(self) -> None:
        plan = self._made.plan if self._made is not None else None
        if plan is None or not plan.items:
            self.refuse("there is nothing to send: the plan says why each model is skipped")
            return

        def send() -> None:
            self._is_sent = True
            self.post_message(StartBatch(self, plan))
            self.plan_view.show_lines([line("Keeping every run, before the first is sent …")])

        ask_to_send(self, plan, send)

    @on(BatchMoved)
    def _begun(self, event: BatchMoved) -> None:
        """The batch has a screen of its own; escape there leads to where this one was opened."""
        event.stop()
        if not self.is_current:
            return
        self.app.pop_screen()
        made = OpenComparison if self._wish.is_comparison else OpenBatch
        self.app.post_message(made(event.progress.id))

    def stands_still(self) -> None:
        self._is_sent = False

    def why_not(self, action: str) -> str | None:
        if action == "send" and self._is_sent:
            return "it is being sent"
        return super().why_not(action)

    @explained
    def action_send(self) -> None:
        self._sends_when_planned = True
        if not self._is_planning and self.query(InputForm):
            self.check()
