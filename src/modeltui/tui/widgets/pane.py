"""What is said of a model at the side of a table, which changes with each step of its cursor: without a layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Region, Size

from modeltui.tui.present.line import BLANK
from modeltui.tui.present.model import summary
from modeltui.tui.widgets.brush import Brush
from modeltui.tui.widgets.extent import Extent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.strip import Strip

    from modeltui.domain.snapshot import Snapshot
    from modeltui.tui.present.line import Line


class Pane(Extent, can_focus=False):
    """Shows lines as they are cut; the mouse scrolls them."""

    DEFAULT_CSS = """
    Pane {
        scrollbar-size: 0 1;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id)
        self.lines: Sequence[Line] = ()
        self._brush = Brush(self)
        self._wanted: tuple[str | None, Snapshot] | None = None

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show other lines, from the first one. Only those that differ are drawn again."""
        before, self.lines = self.lines, lines
        top = self.scroll_offset.y
        self.extend(Size(self.size.width, len(lines)))
        self.scroll_to(y=0, animate=False, force=True)
        if top:
            self.refresh()
            return
        for y in range(min(max(len(before), len(lines)), self.size.height)):
            if before[y : y + 1] != lines[y : y + 1]:
                self.refresh(Region(0, y, self.size.width, 1))

    def follow(self, key: str | None, snapshot: Snapshot) -> None:
        """Show this model. While keys wait that waits as well: a held key draws no rows that nobody can read."""
        self._wanted = (key, snapshot)
        if not getattr(self.app, "is_behind", False):
            self.catch_up()

    def catch_up(self) -> None:
        """Show the model that was wanted last; no more keys wait."""
        if self._wanted is not None:
            (key, snapshot), self._wanted = self._wanted, None
            self.show_lines(summary(key, snapshot, self.scrollable_content_region.width) if key else [])

    def render_line(self, y: int) -> Strip:
        at = y + self.scroll_offset.y
        said = self.lines[at] if at < len(self.lines) else BLANK
        return self._brush.strip(said, self.base, self.size.width)
