"""A question whose answer is a line of text that has to fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from modeltui.domain.text import safe
from modeltui.errors import ModeltuiError
from modeltui.tui.present.line import Line, content
from modeltui.tui.widgets.dialog import Dialog
from modeltui.tui.widgets.line_input import LineInput


def _anything(_: str) -> None:
    return


class TypeIn(Dialog[str]):
    """Gives the text as it was typed, without blanks around it."""

    def __init__(
        self,
        title: str,
        lines: Sequence[Line] = (),
        *,
        label: str,
        value: str = "",
        check: Callable[[str], object] = _anything,
    ) -> None:
        """`check` raises ModeltuiError with what is wrong with a text."""
        super().__init__()
        self._title = title
        self._lines = lines
        self._label = label
        self._value = value
        self._check = check

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = Content("enter go on, esc cancel")
            if self._lines:
                yield Static(content(self._lines))
            yield Static(self._label, classes="label", markup=False)
            yield LineInput(self._value, id="text")
            yield Static(classes="problem", markup=False)

    @on(Input.Changed)
    def _changed(self) -> None:
        self.query_one(".problem").remove_class("-shown")

    @on(Input.Submitted)
    def _submit(self, event: Input.Submitted) -> None:
        text = event.value.strip()
        try:
            self._check(text)
        except ModeltuiError as error:
            problem = self.query_one(".problem", Static)
            problem.update(safe(f"{error.message}; {error.hint}" if error.hint else error.message))
            problem.add_class("-shown")
        else:
            self.dismiss(text)
