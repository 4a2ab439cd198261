"""What all whole screens of the console share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import events, on
from textual.reactive import reactive
from textual.screen import Screen

from modeltui.domain.text import safe
from modeltui.tui.type_ahead import CaughtUp
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.pane import Pane
from modeltui.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from textual.geometry import Size

    from modeltui.domain.snapshot import Snapshot
    from modeltui.tui.one_frame import OneFrame


class Page(Screen[None]):
    """A screen with a hint line at the bottom, which is handed how things stand and tells why it refuses."""

    HORIZONTAL_BREAKPOINTS: Any = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012  # Textual's own type

    snapshot: reactive[Snapshot | None] = reactive(None)

    _one_frame: OneFrame | None = None
    """Says where a frame waits for what belongs into it."""

    def fit(self, size: Size) -> None:
        """Wear the class of a size before the first layout, which else would be followed by a second one."""
        self.add_class(*self._get_breakpoint_classes(size.width, self.HORIZONTAL_BREAKPOINTS))

    def _screen_resized(self, size: Size) -> None:
        """Textual says so also after the first layout, of the size that it was made for."""
        if size != self._compositor.size:
            super()._screen_resized(size)

    async def _on_idle(self, event: events.Idle) -> None:
        if self._one_frame is not None and self.is_mounted and self._one_frame.waits():
            event.prevent_default()

    @on(CaughtUp)
    @on(events.ScreenResume)
    def _catch_up(self) -> None:
        for pane in self.query(Pane):
            pane.catch_up()

    @on(RowList.Typed)
    def _show_typed(self, event: RowList.Typed) -> None:
        self.query_one(HintLine).typed = event.text

    def refuse(self, reason: str) -> None:
        self.notify(safe(reason, keep="\n"), severity="warning", markup=False)
