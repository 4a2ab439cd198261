"""Where a file is to be written."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from modeltui.tui.widgets.dialog import Dialog
from modeltui.tui.widgets.line_input import LineInput


class PathQuestion(Dialog[str]):
    """Gives the path as it was typed, never an empty one."""

    def __init__(self, title: str, *, value: str, does: str) -> None:
        super().__init__()
        self._title = title
        self._value = value
        self._does = does

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = Content(f"enter {self._does}, esc cancel")
            yield Static("file", classes="label", markup=False)
            yield LineInput(self._value)
            yield Static("name a file", classes="problem", markup=False)

    @on(Input.Submitted)
    def _submit(self, event: Input.Submitted) -> None:
        if path := event.value.strip():
            self.dismiss(path)
        else:
            self.query_one(".problem").add_class("-shown")
