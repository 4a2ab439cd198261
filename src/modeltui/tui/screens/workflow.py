"""One workflow to be run: its inputs, the price of every step, and then how each of them goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message

from modeltui.domain.chain.costs import WorkflowCost
from modeltui.domain.chain.progress import ChainProgress
from modeltui.domain.inputs.specs import InputSpec
from modeltui.domain.model import Model
from modeltui.domain.money import totals_text
from modeltui.domain.text import safe
from modeltui.domain.workflow import Workflow
from modeltui.errors import ModeltuiError
from modeltui.services.running.chosen_files import chosen_files
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained
from modeltui.tui.messages import Failed
from modeltui.tui.present.line import BLANK, Line, line, wrapped
from modeltui.tui.present.workflow import ChainRow, chain_rows, cost_lines, step_lines
from modeltui.tui.screens.form_page import FormPage
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.widgets.input_form import InputForm
from modeltui.tui.widgets.step_view import StepView
from modeltui.tui.work_messages import CancelChain, ChainMoved, StartChain, WatchChain

_LOOKING: Final[list[Line]] = [(("Looking at the steps …", "muted"),)]


@dataclass(frozen=True, slots=True)
class Priced:
    """What was typed at `turn`, priced."""

    turn: int
    models: tuple[Model | None, ...]
    cost: WorkflowCost
    problems: Mapping[str, str]


class WorkflowScreen(FormPage):
    BINDING_GROUP_TITLE = "Workflow"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+s", "send", "Run", id="workflow.run", tooltip="all steps, one after the other; asks with the price"
        ),
        Binding("ctrl+g", "stop", "Cancel", id="workflow.cancel", tooltip="the step at work; what was made is kept"),
        Binding("f2", "turn", "Form or steps", id="workflow.switch", tooltip="go to the steps, and back"),
        Binding("ctrl+o", "unfold", "More inputs", id="workflow.unfold", tooltip="show or fold the rare inputs"),
        Binding("escape", "app.leave(False)", "Back", id="workflow.leave", tooltip="a chain goes on meanwhile"),
    ]
    CSS = "WorkflowScreen.-narrow #plan { height: 50%; }"
    LOOKING = _LOOKING
    HINTS = ("step.job", "step.open", "workflow.run", "workflow.cancel", "workflow.switch", "workflow.unfold")

    class Ready(Message):
        def __init__(self, workflow: Workflow, specs: tuple[InputSpec, ...]) -> None:
            super().__init__()
            self.workflow = workflow
            self.specs = specs

    class Looked(Message):
        def __init__(self, priced: Priced) -> None:
            super().__init__()
            self.priced = priced

    def __init__(self, workspace: Workspace, slug: str, draft: dict[str, Any]) -> None:
        """`draft` keeps what is typed, for the next time."""
        super().__init__(draft)
        self._workflows = workspace.workflows
        self._results = workspace.results
        self._slug = slug
        self._workflow: Workflow | None = None
        self._priced: Priced | None = None
        self._chain: ChainProgress | None = None
        self._is_at_work = False
        self._turn = 0
        self._sends_when_priced = False

    def title_line(self) -> Line:
        return ((" workflow ", "muted"), (safe(self._slug), "strong"))

    def plan(self) -> StepView:
        return StepView(self._results, empty=_LOOKING, id="plan")

    def on_mount(self) -> None:
        self.run_worker(self._read, thread=True, group="form")

    def on_screen_resume(self) -> None:
        """Somebody else may have been told meanwhile."""
        self.post_message(WatchChain(self, self._slug))

    def _read(self) -> None:
        try:
            workflow = self._workflows.usable(self._slug)
            self.post_message(self.Ready(workflow, self._workflows.inputs(workflow)))
        except ModeltuiError as error:
            self.post_message(Failed(error))

    @on(Ready)
    async def _show_form(self, event: Ready) -> None:
        self._workflow = event.workflow
        await self.show_form(event.specs)

    def check(self) -> None:
        self._turn += 1
        form = self.query_one(InputForm)
        work = partial(self._price, self._turn, form.specs, form.values, form.unreadable)
        self.run_worker(work, thread=True, exclusive=True, group="price")

    def _price(
        self, turn: int, specs: tuple[InputSpec, ...], values: Mapping[str, Any], unreadable: Mapping[str, str]
    ) -> None:
        assert self._workflow is not None
        given = chosen_files(specs, values).values
        try:
            cost = self._workflows.cost(self._slug, given)
        except ModeltuiError as error:
            self.post_message(Failed(error))
            return
        problems = {str(each.input): each.message for each in cost.problems} | dict(unreadable)
        missing = (spec for spec in specs if spec.required and spec.name not in given and spec.name not in problems)
        problems |= {spec.name: "is missing" for spec in missing}
        models = tuple(self._workflows.model(step) for step in self._workflow.steps)
        self.post_message(self.Looked(Priced(turn, models, cost, problems)))

    @on(Looked)
    def _show_price(self, event: Looked) -> None:
        if event.priced.turn != self._turn:
            return
        self._priced = event.priced
        wants_send, self._sends_when_priced = self._sends_when_priced, False
        form = self.query_one(InputForm)
        form.show_problems(event.priced.problems, is_everything=wants_send)
        if wants_send and event.priced.problems:
            form.focus_first_problem(event.priced.problems)
        elif wants_send:
            self._ask(event.priced.cost)
        self.draw()

    def draw(self) -> None:
        width = self.plan_width
        steps: list[ChainRow] = []
        lines: list[Line] = []
        if self._chain is not None:
            steps = [*chain_rows(self._chain, width), (BLANK, None)]
        elif self._priced is not None and self._workflow is not None:
            lines = [*step_lines(self._workflow, self._priced.models, self._priced.cost, with_inputs=False), BLANK]
        if self._priced is not None:
            lines += wrapped(
                [(("".join(text for text, _ in each), each[-1][1]),) for each in cost_lines(self._priced.cost)],
                width,
            )
        self._show_plan([*steps, *((each, None) for each in lines or _LOOKING)])
        self.refresh_bindings()

    def _show_plan(self, rows: Sequence[ChainRow]) -> None:
        self.query_one(StepView).show_rows(rows)

    def _ask(self, cost: WorkflowCost) -> None:
        wish = StartChain(self, self._slug, self.query_one(InputForm).values)

        def send() -> None:
            self._is_at_work, self._chain = True, None
            self.post_message(wish)
            self._show_plan([(line("Looking whether every step can run …"), None)])
            if not self.plan_view.has_focus:
                self.action_turn()

        def answered(is_sure: bool | None) -> None:
            if is_sure:
                send()

        if cost.is_free:
            send()
            return
        about = "about " if cost.is_estimate else ""
        price = "an unknown amount" if cost.unpriced else f"{about}{safe(totals_text(cost.totals))}"
        title = f"Run {safe(self._workflow.name if self._workflow else self._slug)} for {price}?"
        self.app.push_screen(Confirm(title, cost_lines(cost), yes="Run"), answered)

    @on(ChainMoved)
    def _moved(self, event: ChainMoved) -> None:
        event.stop()
        if event.progress.workflow != self._slug:
            return
        self._chain, self._is_at_work = event.progress, not event.is_over
        self.draw()

    def stands_still(self) -> None:
        """Where no step began, it is for the inputs to be mended."""
        if self._is_at_work and self._chain is None and self.plan_view.has_focus:
            self.action_turn()
        self._is_at_work = False

    def why_not(self, action: str) -> str | None:
        if action == "send" and self._is_at_work:
            return "it is at work"
        if action == "stop" and not self._is_at_work:
            return "nothing is at work"
        return super().why_not(action)

    @explained
    def action_send(self) -> None:
        if self.query(InputForm):
            self._sends_when_priced = True
            self.check()

    @explained
    def action_stop(self) -> None:
        self.post_message(CancelChain(self, self._slug))
