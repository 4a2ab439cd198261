"""Lines to type in. What a terminal would act on is shown as a sign; ↑ in an empty one recalls earlier ones."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual.widgets import TextArea

from modeltui.tui.widgets.line_input import visible


class TextBox(TextArea):
    DEFAULT_CSS = """
    TextBox {
        width: 1fr; height: 4; border: none; padding: 0 1; background: $surface;
        &:focus { border: none; background: $panel; }
        & .text-area--cursor-line { background: transparent; }
        &:ansi { text-style: underline; }
    }
    """

    def __init__(self, text: str = "") -> None:
        super().__init__(text, compact=True, highlight_cursor_line=False, tab_behavior="focus")
        self.earlier: Sequence[str] = ()
        """What can be recalled, the newest first."""
        self._recalled: int | None = None

    def on_mount(self) -> None:
        self.cursor_blink = False

    def get_line(self, line_index: int) -> Text:
        """Of as many characters as the document has, for the cursor; tabs are widened by the widget itself."""
        line = self.document.get_line(line_index)
        return Text("\t".join(map(visible, line.split("\t"))), end="", no_wrap=True)

    def action_cursor_up(self, select: bool = False) -> None:
        if select or not self._recall(1):
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        if select or not self._recall(-1):
            super().action_cursor_down(select)

    def _recall(self, step: int) -> bool:
        """Through the earlier texts, from an empty box or from one of them that was not changed."""
        at = self._recalled
        is_unchanged = at is not None and at < len(self.earlier) and self.text == self.earlier[at]
        if not self.earlier or not (is_unchanged or not self.text):
            self._recalled = None
            return False
        if is_unchanged and step > 0 and self.cursor_location[0] > 0:
            return False
        new = (at if is_unchanged and at is not None else -1) + step
        if new >= len(self.earlier):
            return True
        if new < -1:
            return False
        self._recalled = new if new >= 0 else None
        self.text = self.earlier[new] if new >= 0 else ""
        return True
