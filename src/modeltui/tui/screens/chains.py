"""The chains that are kept of one workflow: their steps, going on with one, ending one, forgetting old ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from operator import attrgetter
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Static

from modeltui.domain.chain.progress import ChainProgress, ChainState
from modeltui.domain.text import safe
from modeltui.errors import ModeltuiError
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained
from modeltui.tui.messages import Failed
from modeltui.tui.present.line import Line, content
from modeltui.tui.present.outcome import of_error
from modeltui.tui.present.workflow import chain_line, chain_rows
from modeltui.tui.screens.chain_questions import (
    ask_days,
    ask_to_cancel,
    ask_to_forget,
    ask_to_go_on,
    can_go_on,
    may_be_billed,
)
from modeltui.tui.screens.following import FollowingPage
from modeltui.tui.widgets.header_line import HeaderLine
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.row_list import RowList
from modeltui.tui.widgets.step_view import StepView
from modeltui.tui.work_messages import ChainMoved, EndChain, OpenWorkflow, ResumeChain

_MOST: Final = 200
_READING: Final[list[Line]] = [(("Reading the chains …", "muted"),)]
_NONE: Final[list[Line]] = [(("It was not run yet, or its chains are forgotten: r runs it.", "plain"),)]


class ChainRows(RowList[ChainProgress]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Steps", id="chain.steps", tooltip="to the steps; enter there opens a job"),
    ]


class ChainsScreen(FollowingPage):
    BINDING_GROUP_TITLE = "Chains"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "space", "resume", "Go on", id="chain.resume", tooltip="where it stopped; what is done is not paid again"
        ),
        Binding("x", "stop", "Cancel", id="chain.cancel", tooltip="whoever is at work on it; asks"),
        Binding("r", "run", "Run…", id="chain.run", tooltip="the form of the workflow"),
        Binding(
            "S", "send_again", "Send again", id="chain.send_again", tooltip="a step that may be billed", show=False
        ),
        Binding("X", "forget", "Forget old…", id="chain.forget", tooltip="chains that ended; jobs and files stay"),
        Binding("tab", "app.focus_next", "Chains or steps", id="chain.focus", show=False),
    ]
    CSS_PATH = "chains.tcss"
    AUTO_FOCUS = "#chains"

    def __init__(self, workspace: Workspace, slug: str) -> None:
        super().__init__()
        self.jobs = workspace.jobs
        self._chains = workspace.chains
        self._results = workspace.results
        self._slug = slug

    def compose(self) -> ComposeResult:
        yield HeaderLine().data_bind(ChainsScreen.snapshot)
        yield Static(content([self._title("")]), id="what", markup=False)
        with Container(id="body"):
            yield ChainRows(attrgetter("id"), self._line, empty=_READING, id="chains")
            yield StepView(self._results, id="steps")
        hints = ("step.job", "step.open", "chain.steps", "chain.resume", "chain.cancel", "chain.run")
        yield HintLine(hints).data_bind(ChainsScreen.snapshot)

    def _title(self, said: str) -> Line:
        return ((" chains of ", "muted"), (safe(self._slug), "strong"), (said, "muted"))

    @staticmethod
    def _line(chain: ChainProgress, width: int) -> Line:
        return chain_line(chain, width, datetime.now(UTC))

    @property
    def _rows(self) -> ChainRows:
        return self.query_one(ChainRows)

    @property
    def _steps(self) -> StepView:
        return self.query_one(StepView)

    def read(self) -> tuple[ChainProgress, ...]:
        return self._chains.list(self._slug, _MOST + 1)

    @on(FollowingPage.Read)
    def _show(self, event: FollowingPage.Read) -> None:
        found: tuple[ChainProgress, ...] = event.found
        shown = found[:_MOST]
        self._rows.empty = _NONE
        self._rows.show(shown)
        more = ", the newest" if len(found) > _MOST else ""
        self.query_one("#what", Static).update(content([self._title(f"  {len(shown)}{more}")]))
        self._show_steps()

    @on(RowList.Highlighted, "#chains")
    def _show_steps(self) -> None:
        chain = self._rows.cursor_row
        width = max(self._steps.size.width - 2, 20)
        self._steps.show_rows(chain_rows(chain, width) if chain is not None else [])
        self.refresh_bindings()

    def on_resize(self) -> None:
        self.call_after_refresh(self._show_steps)

    @on(RowList.Chosen, "#chains")
    def _to_steps(self) -> None:
        if self._rows.cursor_row is not None:
            self._steps.focus()

    @on(ChainMoved)
    def _moved(self, event: ChainMoved) -> None:
        """The list shows it by itself."""
        event.stop()
        if event.is_over:
            self.look()

    @on(Failed)
    def _failed(self, event: Failed) -> None:
        event.stop()
        notice = of_error(event.error)
        self.notify(notice.text, title=notice.title, severity=notice.severity, markup=False)

    def why_not(self, action: str) -> str | None:
        if action not in ("resume", "stop", "send_again"):
            return None
        chain = self._rows.cursor_row
        if chain is None:
            return "no chain is under the cursor"
        if action == "stop":
            return f"it has ended: {chain.state}" if chain.state.is_final else None
        if not can_go_on(chain):
            is_done = chain.state is ChainState.SUCCEEDED
            return "every step of it is done" if is_done else "somebody is at work on it"
        is_needless = action == "send_again" and not may_be_billed(chain)
        return "no step of it may be billed already; space goes on" if is_needless else None

    # Keys

    @explained
    def action_resume(self) -> None:
        self._go_on(sends_again=False)

    @explained
    def action_send_again(self) -> None:
        self._go_on(sends_again=True)

    def _go_on(self, *, sends_again: bool) -> None:
        chain = self._rows.cursor_row
        assert chain is not None
        wish = ResumeChain(self, chain.workflow, chain.id, sends_again)
        ask_to_go_on(self, chain, lambda: self.post_message(wish), sends_again=sends_again)

    @explained
    def action_stop(self) -> None:
        chain = self._rows.cursor_row
        assert chain is not None
        wish = EndChain(self, chain.workflow, chain.id)
        ask_to_cancel(self, chain, lambda: self.post_message(wish))

    @explained
    def action_run(self) -> None:
        self.post_message(OpenWorkflow(self._slug))

    @explained
    def action_forget(self) -> None:
        ask_days(self, self._slug, self._look_for)

    @work(thread=True, group="forget")
    def _look_for(self, days: int) -> None:
        try:
            found = self._chains.ended(days, self._slug)
        except ModeltuiError as error:
            self.post_message(Failed(error))
        else:
            self.app.call_from_thread(ask_to_forget, self, found, lambda: self._forget(found))

    @work(thread=True, group="forget")
    def _forget(self, found: Sequence[ChainProgress]) -> None:
        try:
            gone = self._chains.forget(found)
        except ModeltuiError as error:
            self.post_message(Failed(error))
        else:
            self.app.call_from_thread(self.notify, f"{gone} forgotten; their jobs, files and statistics stay")
            self.app.call_from_thread(self.look)
