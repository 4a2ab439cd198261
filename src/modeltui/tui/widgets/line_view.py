"""Lines to read, such as a diff or a file, however many."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.strip import Strip

from modeltui.tui.present.line import Line, plain, width_of
from modeltui.tui.widgets.row_list import RowList


class LineView(RowList[Line]):
    """Long lines scroll sideways."""

    BINDING_GROUP_TITLE = "Read"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,greater_than_sign", "scroll_right", "Scroll right", id="view.right", show=False),
        Binding("left,less_than_sign", "scroll_left", "Scroll left", id="view.left", show=False),
    ]
    DEFAULT_CSS = """
    LineView {
        scrollbar-size: 0 1;
        & > .row-list--cursor { background: transparent; }
        &:ansi > .row-list--cursor { text-style: none; }
    }
    """

    def __init__(self, *, empty: Sequence[Line] = (), id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(plain, lambda line, _: line, empty=empty, id=id)
        self._longest = 0

    def show_lines(self, lines: Sequence[Line], at: int = 0) -> None:
        """Show other lines, with the cursor on the one at index `at`."""
        self._longest = max(map(width_of, lines), default=0) + 1
        self.rows, self._wanted = (), None
        self.scroll_to(0, 0, animate=False, force=True)
        self.show(lines)
        self.cursor = at

    def measure(self) -> None:
        width = max(self._longest, self.scrollable_content_region.width)
        self.virtual_size = Size(width, len(self.rows))

    def version(self, index: int) -> Hashable:
        return index, self.scroll_offset.x

    def render_row(self, index: int, base: Style, width: int) -> Strip:
        x = self.scroll_offset.x
        return super().render_row(index, base, max(self._longest, x + width)).crop(x, x + width)
