"""A form of inputs beside what it would come to: what batches and workflows are begun from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.widgets import Static

from modeltui.domain.inputs.specs import InputSpec
from modeltui.tui.commands import explained
from modeltui.tui.messages import Failed
from modeltui.tui.present.inputs import about_line
from modeltui.tui.present.line import Line, content
from modeltui.tui.present.outcome import of_error
from modeltui.tui.screens.page import Page
from modeltui.tui.widgets.header_line import HeaderLine
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.input_form import InputForm
from modeltui.tui.widgets.line_view import LineView

_FIRST_FOCUS: Final = "InputForm Input, InputForm TextArea, InputForm Choice"


class FormPage(Page):
    CSS_PATH = "form_page.tcss"
    AUTO_FOCUS = _FIRST_FOCUS
    LOOKING: ClassVar[list[Line]] = []
    """Stands in the plan until there is one."""
    HINTS: ClassVar[Sequence[str]] = ()

    def __init__(self, draft: dict[str, Any]) -> None:
        """`draft` keeps what is typed, for the next time."""
        super().__init__()
        self._draft = draft

    def title_line(self) -> Line:
        """What the form is of."""
        raise NotImplementedError

    def check(self) -> None:
        """Work out off the loop what the inputs as they stand would come to."""
        raise NotImplementedError

    def plan(self) -> LineView:
        """What stands beside the form, with the id `plan`."""
        return LineView(empty=self.LOOKING, id="plan")

    def draw(self) -> None:
        """Show what was worked out last."""
        raise NotImplementedError

    def stands_still(self) -> None:
        """Nothing is under way any more: it failed."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        yield HeaderLine().data_bind(FormPage.snapshot)
        yield Static(content([self.title_line()]), id="what", markup=False)
        with Container(id="body"):
            with Vertical(id="left"):
                yield Vertical(id="form")
                yield Static(id="about", markup=False)
            yield self.plan()
        yield HintLine(self.HINTS).data_bind(FormPage.snapshot)

    async def show_form(self, specs: tuple[InputSpec, ...]) -> None:
        await self.query_one("#form").mount(InputForm(specs, self._draft, "ctrl+o"))
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        for control in list(self.query(_FIRST_FOCUS))[:1]:
            control.focus()
        self.check()

    @property
    def plan_view(self) -> LineView:
        return self.query_one("#plan", LineView)

    @property
    def plan_width(self) -> int:
        """Cells that a line of the plan has."""
        return max(self.plan_view.size.width - 2, 20)

    @on(InputForm.Entered)
    def _tell_about(self, event: InputForm.Entered) -> None:
        self.query_one("#about", Static).update(content([about_line(event.spec)]))
        self.refresh_bindings()

    @on(InputForm.Changed)
    def _changed(self) -> None:
        self.check()

    def on_resize(self) -> None:
        self.call_after_refresh(self.draw)

    @on(Failed)
    def _failed(self, event: Failed) -> None:
        event.stop()
        self.stands_still()
        notice = of_error(event.error)
        self.notify(notice.text, title=notice.title, severity=notice.severity, markup=False)
        self.draw()

    def why_not(self, action: str) -> str | None:
        if action == "unfold":
            return None if self.query("InputForm.-has-advanced") else "there are no more inputs"
        return None

    def action_turn(self) -> None:
        """Where there is little room, the one that has the focus has all of it."""
        plan = self.plan_view
        is_looking = not plan.has_focus
        self.set_class(is_looking, "-looking")
        if is_looking:
            plan.focus()
        else:
            self.call_after_refresh(self.query(_FIRST_FOCUS).first().focus)

    @explained
    def action_unfold(self) -> None:
        for form in self.query(InputForm):
            form.is_unfolded = not form.is_unfolded
