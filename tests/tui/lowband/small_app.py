"""A small app on the package alone: rows that scroll, a dialog, and the keys that came."""

from __future__ import annotations

import sys
from typing import Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Label

from modeltui.tui.lowband import LowbandApp, output

ROWS = 200
_PLAIN, _CHOSEN = Style(color="#cfd4dc", bgcolor="#13161b"), Style(color="#cfd4dc", bgcolor="#26303d", bold=True)


class Rows(Widget):
    cursor = top = 0

    def render_line(self, y: int) -> Strip:
        row = self.top + y
        style = _CHOSEN if row == self.cursor else _PLAIN
        text = f" row {row:03} ● 漢字 {row * 7919:08}" if row < ROWS else ""
        return Strip([Segment(text, style)]).adjust_cell_length(self.size.width, style)

    def move(self, step: int) -> None:
        self.cursor = max(0, min(ROWS - 1, self.cursor + step))
        self.top = min(max(self.top, self.cursor - self.size.height + 1), self.cursor)
        self.refresh()


class Dialog(ModalScreen[None]):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("x", "app.pop_screen")]
    CSS = "Dialog { align: center middle; } Dialog Label { background: red; padding: 1 4; }"

    def compose(self) -> ComposeResult:
        yield Label("dialog")


class SmallApp(LowbandApp[None]):
    CSS = "Rows { height: 1fr; } #keys { dock: bottom; width: 100%; background: blue; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)"),
        Binding("up", "move(-1)"),
        Binding("d", "open"),
        Binding("q", "quit"),
        Binding("b", "break"),
    ]
    ENABLE_COMMAND_PALETTE = False
    keys = ""

    def compose(self) -> ComposeResult:
        yield Rows()
        yield Label(id="keys")

    def on_key(self, event: events.Key) -> None:
        self.keys += f" {event.key}"
        self.query_one("#keys", Label).update(self.keys[-60:])

    def action_move(self, step: int) -> None:
        self.query_one(Rows).move(step)

    def action_open(self) -> None:
        self.push_screen(Dialog())

    def action_break(self) -> None:
        def broken(*_: Any, **__: Any) -> str:
            raise RuntimeError("on purpose")

        setattr(output, "difference", broken)  # noqa: B010  # it is no name that others are meant to use
        self.query_one(Rows).move(1)


if __name__ == "__main__":
    app = SmallApp()
    if sys.argv[1] == "lowband":
        assert app.use_lowband("xterm-256color")
    app.run()
    sys.exit(app.return_code)
