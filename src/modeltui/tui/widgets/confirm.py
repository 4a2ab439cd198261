"""A question that is answered by yes or no. No is the answer of enter, escape and a slip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult, RenderResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from modeltui.tui.present.line import Line, content
from modeltui.tui.widgets.dialog import Dialog


class Answers(Widget, can_focus=True):
    """No and yes side by side; one of them is the one that enter takes."""

    DEFAULT_CSS = """
    Answers { height: 1; width: auto; }
    """

    is_yes: reactive[bool] = reactive(False)

    def __init__(self, yes: str) -> None:
        super().__init__()
        self._no, self._yes = " n  No ", f" y  {yes} "

    def render(self) -> RenderResult:
        no: Line = ((self._no, "muted" if self.is_yes else "chosen"),)
        yes: Line = ((self._yes, "chosen" if self.is_yes else "muted"),)
        return content([(*no, ("  ", "plain"), *yes)])

    def get_content_width(self, *_: object) -> int:
        return len(self._no) + 2 + len(self._yes)

    def on_click(self, event: events.Click) -> None:
        self.is_yes = event.x > len(self._no)


class Confirm(Dialog[bool]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes", id="dialog.yes"),
        Binding("n", "answer(False)", "No", id="dialog.no"),
        Binding("left,right,tab,h,l", "switch", "The other answer", id="dialog.switch", show=False),
        Binding("enter", "take", "Take the answer", id="dialog.take", show=False),
    ]
    DEFAULT_CSS = """
    Confirm {
        #answers { height: 1; margin-top: 1; align-horizontal: right; }
    }
    """

    def __init__(self, title: str, lines: Sequence[Line], *, yes: str) -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        self._yes = yes

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(self._title)
            if self._lines:
                yield Static(content(self._lines))
            with Vertical(id="answers"):
                yield Answers(self._yes)

    def action_switch(self) -> None:
        answers = self.query_one(Answers)
        answers.is_yes = not answers.is_yes

    def action_take(self) -> None:
        self.dismiss(self.query_one(Answers).is_yes)

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)
