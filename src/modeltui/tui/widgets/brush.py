"""Draws lines of roles in the styles that a widget has for them."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from modeltui.tui.present.line import ROLES, Line, Role

ROLE_CLASSES = frozenset(f"row-list--{role}" for role in ROLES)


class Brush:
    """For widgets of Textual's line API that have the component classes of ROLE_CLASSES."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget

    def strip(self, line: Line, base: Style, width: int) -> Strip:
        """`line` on `base` in exactly `width` cells."""
        return Strip([Segment(text, self.style(base, role)) for text, role in line]).adjust_cell_length(width, base)

    def style(self, base: Style, role: Role) -> Style:
        return base if role == "plain" else base + self.part(role)

    def part(self, name: str) -> Style:
        """The style of a component class, without what the widget gives."""
        return self._widget.get_component_rich_style(f"row-list--{name}", partial=True)
