"""A question whose answer is a line of text, such as a reason."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from modeltui.tui.present.line import Line, content
from modeltui.tui.widgets.dialog import Dialog
from modeltui.tui.widgets.line_input import LineInput


class Ask(Dialog[str]):
    """Gives the text. Where it may be left out, an empty one wants enter twice."""

    def __init__(
        self, title: str, lines: Sequence[Line], *, label: str, does: str, is_needed: bool, confirm: str = ""
    ) -> None:
        """`does` is what enter does, in a word. With `confirm`, that word must be typed as well."""
        super().__init__()
        self._title = title
        self._lines = lines
        self._label = label
        self._does = does
        self._is_needed = is_needed
        self._confirm = confirm
        self._was_empty = False

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = Content(f"enter {self._does}, esc cancel")
            if self._lines:
                yield Static(content(self._lines))
            yield Static(self._label, classes="label", markup=False)
            yield LineInput(id="text")
            if self._confirm:
                yield Static(f"type {self._confirm} to confirm", classes="label", markup=False)
                yield LineInput(id="confirm")
            yield Static(classes="problem", markup=False)

    @on(Input.Changed)
    def _changed(self) -> None:
        self._was_empty = False
        self.query_one(".problem").remove_class("-shown")

    @on(Input.Submitted)
    def _submit(self) -> None:
        text = self.query_one("#text", Input).value.strip()
        if not text and self._is_needed:
            self._refuse("say why")
        elif self._confirm and self.query_one("#confirm", Input).value.strip() != self._confirm:
            self.query_one("#confirm", Input).focus()
            self._refuse(f"type {self._confirm} to {self._does}")
        elif not text and not self._was_empty:
            self._was_empty = True
            self._refuse(f"no reason given; enter once more to {self._does} without one")
        else:
            self.dismiss(text)

    def _refuse(self, why: str) -> None:
        problem = self.query_one(".problem", Static)
        problem.update(why)
        problem.add_class("-shown")
