"""What is shown until the catalogue is read."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Static

from modeltui.domain.text import safe
from modeltui.tui.present.line import Line, content


class OpeningScreen(Screen[None]):
    CSS_PATH = "opening.tcss"

    def __init__(self, root: str) -> None:
        super().__init__()
        self._root = root

    def compose(self) -> ComposeResult:
        line: Line = ((" modeltui", "accent"), ("  reading ", "muted"), (safe(self._root), "plain"), (" …", "muted"))
        yield Static(content([line]), markup=False)
