"""A question whose answer is a line of text, such as a reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from modeltui.tui.present.line import Line, content
from modeltui.tui.widgets.dialog import Dialog
from modeltui.tui.widgets.line_input import LineInput

_TALLEST: Final = 90
"""Of the screen, in percent, as in Dialog."""
_FRAME: Final = 4
_ROWS_TO_TYPE: Final = 3
"""A label with the blank line before it, and the line to type in."""
_ROWS_OF_PROBLEM: Final = 2


class Ask(Dialog[str]):
    """Gives the text. Where it may be left out, an empty one wants enter twice."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "page(1)", "Page down", id="dialog.page_down", show=False),
        Binding("pageup", "page(-1)", "Page up", id="dialog.page_up", show=False),
    ]
    DEFAULT_CSS = """
    Ask {
        #about { height: auto; scrollbar-size: 0 1; }
        .note { display: none; margin-bottom: 1; }
        .note.-shown { display: block; }
    }
    """

    def __init__(
        self,
        title: str,
        lines: Sequence[Line],
        *,
        label: str,
        does: str,
        is_needed: bool,
        confirm: str = "",
        offers: Sequence[str] = (),
    ) -> None:
        """`does` is what enter does, in a word. With `confirm`, that word must be typed as well.

        `offers` are completed as one types, and taken with the right arrow.
        """
        super().__init__()
        self._title = title
        self._lines = lines
        self._label = label
        self._does = does
        self._is_needed = is_needed
        self._confirm = confirm
        self._offers = offers
        self._was_empty = False

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = Content(f"enter {self._does}, esc cancel")
            with VerticalScroll(id="about", can_focus=False):
                yield Static(classes="note", markup=False)
                yield Static(content(self._lines))
            yield Static(self._label, classes="label", markup=False)
            yield LineInput(id="text", offers=self._offers)
            if self._confirm:
                yield Static(f"type {self._confirm} to confirm", classes="label", markup=False)
                yield LineInput(id="confirm")
            yield Static(classes="problem", markup=False)

    def on_resize(self) -> None:
        """What is to be read scrolls, so that what is to be typed, and what is wrong with it, stays in view."""
        typed = _ROWS_TO_TYPE * (2 if self._confirm else 1)
        rows = self.size.height * _TALLEST // 100 - _FRAME - typed - _ROWS_OF_PROBLEM
        self.query_one("#about").styles.max_height = max(rows, 2)

    @on(Input.Changed)
    def _changed(self) -> None:
        self._was_empty = False
        self.query_one(".problem").remove_class("-shown")

    @on(Input.Submitted)
    def _submit(self) -> None:
        text = self.query_one("#text", Input).value.strip()
        if not text and self._is_needed:
            self.refuse("say why")
        elif self._confirm and self.query_one("#confirm", Input).value.strip() != self._confirm:
            self.query_one("#confirm", Input).focus()
            self.refuse(f"type {self._confirm} to {self._does}")
        elif not text and not self._was_empty:
            self._was_empty = True
            self.refuse(f"no reason: enter once more to {self._does} without")
        else:
            self.answer(text)

    def answer(self, text: str) -> None:
        """Take the text, which is as it should be."""
        self.dismiss(text)

    def note(self, lines: Sequence[Line]) -> None:
        """Say something above all the rest; nothing takes it away."""
        note = self.query_one(".note", Static)
        note.update(content(lines))
        note.set_class(bool(lines), "-shown")

    def action_page(self, pages: int) -> None:
        about = self.query_one("#about", VerticalScroll)
        about.scroll_relative(y=pages * max(about.size.height - 1, 1), animate=False)

    def refuse(self, why: str) -> None:
        """Say why the text is not taken yet."""
        problem = self.query_one(".problem", Static)
        problem.update(why)
        problem.add_class("-shown")
