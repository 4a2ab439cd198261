"""What the form would change in the file, before it is queued."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from modeltui.tui.present.diff import diff_lines
from modeltui.tui.widgets.dialog import Dialog
from modeltui.tui.widgets.line_view import LineView


class FormDiff(Dialog[bool]):
    """Gives True where it is to be queued."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "queue", "Queue", id="form.queue", tooltip="queue what changed, as one step"),
        Binding("q,D", "leave", show=False),
    ]
    DEFAULT_CSS = """
    FormDiff > #box { width: 96%; padding: 0 1; }
    FormDiff LineView { height: auto; max-height: 100%; }
    """

    class Made(Message):
        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, title: str, make: Callable[[], str]) -> None:
        """`make` gives the unified diff; it is called off the event loop."""
        super().__init__()
        self._title = title
        self._make = make

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = Content("ctrl+s queues it, esc goes back")
            yield LineView()

    def on_mount(self) -> None:
        self.run_worker(lambda: self.post_message(self.Made(self._make())), thread=True)

    @on(Made)
    def _show(self, event: Made) -> None:
        view, lines = self.query_one(LineView), diff_lines(event.text)
        view.styles.height = max(1, min(len(lines), self.app.size.height * 9 // 10 - 2))
        view.show_lines(lines)

    def action_queue(self) -> None:
        self.dismiss(True)
