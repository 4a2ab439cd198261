"""What all whole screens of the console share."""

from __future__ import annotations

from typing import Any

from textual import on
from textual.reactive import reactive
from textual.screen import Screen

from modeltui.domain.snapshot import Snapshot
from modeltui.domain.text import safe
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.row_list import RowList


class Page(Screen[None]):
    """A screen with a hint line at the bottom, which is handed how things stand and tells why it refuses."""

    HORIZONTAL_BREAKPOINTS: Any = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012  # Textual's own type

    snapshot: reactive[Snapshot | None] = reactive(None)

    @on(RowList.Typed)
    def _show_typed(self, event: RowList.Typed) -> None:
        self.query_one(HintLine).typed = event.text

    def refuse(self, reason: str) -> None:
        self.notify(safe(reason, keep="\n"), severity="warning", markup=False)
