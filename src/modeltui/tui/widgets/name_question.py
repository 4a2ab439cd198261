"""A short text that something is to be called, or is called already."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from modeltui.tui.widgets.dialog import Dialog
from modeltui.tui.widgets.line_input import LineInput


class NameQuestion(Dialog[str]):
    """Gives the text as it was typed, never an empty one."""

    def __init__(self, title: str, *, label: str, does: str, value: str = "") -> None:
        super().__init__()
        self._title = title
        self._label = label
        self._does = does
        self._value = value

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = Content(f"enter {self._does}, esc cancel")
            yield Static(self._label, classes="label", markup=False)
            yield LineInput(self._value)
            yield Static("type something", classes="problem", markup=False)

    @on(Input.Submitted)
    def _submit(self, event: Input.Submitted) -> None:
        if text := event.value.strip():
            self.dismiss(text)
        else:
            self.query_one(".problem").add_class("-shown")
