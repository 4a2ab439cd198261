"""Typing one value, where it stands: a line, or an area where the text has several. What is wrong is said at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, TypeAlias

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.geometry import Region
from textual.screen import ModalScreen
from textual.widgets import Input, Static, TextArea

from modeltui.domain.text import safe
from modeltui.tui.present.line import Line, content
from modeltui.tui.widgets.line_input import LineInput

_LEAST_WIDTH = 40
_AREA = 8
_ABOUT = 4

Check: TypeAlias = Callable[[str], str | None]
"""What is wrong with a text; None where it is right."""


class FormValue(ModalScreen[str]):
    """Gives the text once `check` has nothing against it. Leaving gives None."""

    BINDING_GROUP_TITLE = "Value"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", id="value.leave", tooltip="the value stays as it is"),
        Binding("ctrl+s", "take", "Take", id="value.take", tooltip="take the text", show=False),
    ]
    DEFAULT_CSS = """
    FormValue {
        background: transparent;
        &.-middle { align: center middle; }
        & > #box { width: 64; height: auto; background: $panel; }
        LineInput { background: $cursor-cell; &:focus { background: $cursor-cell; } }
        TextArea {
            height: 8; border: none; padding: 0 1; background: $cursor-cell;
            &:focus { border: none; }
            & .text-area--cursor-line { background: transparent; }
        }
        #about { height: auto; max-height: 3; padding: 0 1; }
        #problem {
            display: none; height: auto; max-height: 4; padding: 0 1; color: $error;
            &.-shown { display: block; }
        }
        &:ansi {
            & > #box { background: ansi_default; border-left: solid $accent; }
            LineInput { text-style: reverse; }
        }
    }
    """

    def __init__(self, text: str, about: Sequence[Line], check: Check, region: Region | None) -> None:
        """`region` is where the value stands on the screen; None for the middle."""
        super().__init__()
        self._text = text
        self._about = about
        self._check = check
        self._region = region
        self._is_long = "\n" in text

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            if self._is_long:
                yield TextArea(self._text, compact=True, highlight_cursor_line=False)
            else:
                yield LineInput(self._text, id="value")
            yield Static(content(self._lines()), id="about", markup=False)
            yield Static(id="problem", markup=False)

    def _lines(self) -> list[Line]:
        how = "ctrl+s takes it, esc leaves it" if self._is_long else "enter takes it, esc leaves it"
        return [*self._about, ((how, "muted"),)]

    def on_mount(self) -> None:
        for area in self.query(TextArea):
            area.cursor_blink = False
            area.move_cursor(area.document.end)
        self._place()

    def on_resize(self) -> None:
        self._place()

    def _place(self) -> None:
        """Over the value, as far as it fits."""
        if self._region is None:
            self.add_class("-middle")
            return
        box = self.query_one("#box")
        width = min(max(self._region.width, _LEAST_WIDTH), self.size.width)
        height = _ABOUT + (_AREA if self._is_long else 1)
        box.styles.width = width
        box.styles.offset = (
            max(0, min(self._region.x, self.size.width - width)),
            max(0, min(self._region.y, self.size.height - height)),
        )

    @property
    def text(self) -> str:
        return self.query_one(TextArea).text if self._is_long else self.query_one(Input).value

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _changed(self) -> None:
        wrong = self._check(self.text) if self.text != self._text else None
        problem = self.query_one("#problem", Static)
        problem.update(safe(wrong or ""))
        problem.set_class(wrong is not None, "-shown")

    @on(Input.Submitted)
    def action_take(self) -> None:
        if self.text == self._text:
            self.dismiss(None)
        elif self._check(self.text) is None:
            self.dismiss(self.text)

    def action_leave(self) -> None:
        self.dismiss(None)
