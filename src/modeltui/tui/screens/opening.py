"""What is shown until the catalogue is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.screen import Screen
from textual.widgets import Static

from modeltui.domain.text import safe
from modeltui.tui.present.line import content

if TYPE_CHECKING:
    from modeltui.tui.present.line import Line

_SOON_S: Final = 0.25
"""A catalogue that is read by then needs no words: the line would only be painted and wiped."""


class OpeningScreen(Screen[None]):
    CSS_PATH = "opening.tcss"

    def __init__(self, root: str) -> None:
        super().__init__()
        self._root = root

    def on_mount(self) -> None:
        self.set_timer(_SOON_S, self._tell)

    def _tell(self) -> None:
        if not self.is_mounted:
            self.set_timer(_SOON_S, self._tell)
        elif self.is_current:
            line: Line = (
                (" modeltui", "accent"),
                ("  reading ", "muted"),
                (safe(self._root), "plain"),
                (" …", "muted"),
            )
            self.mount(Static(content([line]), markup=False))
