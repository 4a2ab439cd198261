"""Views of Textual's line API whose content grows and shrinks without a layout of the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.scroll_view import ScrollView

from modeltui.tui.widgets.brush import ROLE_CLASSES

if TYPE_CHECKING:
    from rich.style import Style
    from textual.geometry import Region, Size
    from textual.strip import Strip


class Extent(ScrollView, inherit_bindings=False):
    """Where its own size does not come from its content, only the scroll bars depend on how much there is."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {*ROLE_CLASSES}
    DEFAULT_CSS = """
    Extent {
        & > .row-list--muted { color: $muted; }
        & > .row-list--strong { text-style: bold; }
        & > .row-list--accent { color: $accent; }
        & > .row-list--good, & > .row-list--added { color: $success; }
        & > .row-list--warn { color: $warning; }
        & > .row-list--bad, & > .row-list--removed { color: $error; }
        &:ansi {
            & > .row-list--muted { text-style: dim; }
            & > .row-list--accent { text-style: bold; }
        }
    }
    """

    header_height = 0
    """Lines at the top that do not scroll."""

    _base: Style | None = None

    @property
    def base(self) -> Style:
        """How the widget itself looks, found once for all lines that are drawn together."""
        return self._base or self.rich_style

    def render_lines(self, crop: Region) -> list[Strip]:
        self._base = self.rich_style
        try:
            return super().render_lines(crop)
        finally:
            self._base = None

    @property
    def page_height(self) -> int:
        return max(1, self.scrollable_content_region.height - self.header_height)

    def extend(self, size: Size) -> None:
        """Tell how large the content is. A bar that comes or goes lays out anew; else a layout would cost 20 ms."""
        if self.virtual_size == size:
            return
        if self.styles.auto_dimensions or not self.container_size:
            self.virtual_size = size
            return
        self.set_reactive(ScrollView.virtual_size, size)
        self._scroll_update(size)
