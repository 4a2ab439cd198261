"""A picture in the terminal: in its own pixels where it takes them, else two to a cell. Else in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.containers import Vertical
from textual.strip import Strip
from textual.widget import Widget

from modeltui.tui.widgets.graphics import cells_of, graphic

if TYPE_CHECKING:
    from PIL import Image

Pixel: TypeAlias = tuple[int, int, int]

Pixels: TypeAlias = list[list[Pixel]]
"""Rows from the top; an even number of them."""

_HALF: Final = "▀"


class HalfBlocks(Widget):
    """Two pixels to a cell, one above the other."""

    def __init__(self, pixels: Pixels) -> None:
        super().__init__()
        self._pixels = pixels
        self.styles.width = len(pixels[0])
        self.styles.height = len(pixels) // 2

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y * 2 + 1 >= len(self._pixels):
            return Strip.blank(width, self.rich_style)
        pairs = zip(self._pixels[y * 2], self._pixels[y * 2 + 1], strict=True)
        segments = [
            Segment(_HALF, Style(color=Color.from_rgb(*top), bgcolor=Color.from_rgb(*low))) for top, low in pairs
        ]
        return Strip(segments).adjust_cell_length(width, self.rich_style)


class Picture(Vertical):
    DEFAULT_CSS = """
    Picture { height: auto; display: none; &.-shown { display: block; } }
    """

    def __init__(self, way: str) -> None:
        """way: how the terminal takes pictures: kitty, sixel, blocks, or none."""
        super().__init__()
        self._way = way

    @property
    def way(self) -> str:
        """As it is now: a theme of 16 colours, none at all, or signs in ASCII only, leave no way."""
        is_poor = self.app.no_color or self.app.current_theme.ansi or not self._has_colors
        return "none" if is_poor else self._way

    @property
    def _has_colors(self) -> bool:
        return bool(getattr(self.app, "shows_pictures", True))

    async def show(self, image: Image.Image | None, columns: int, rows: int) -> None:
        """In at most so many cells; None for nothing."""
        way = self.way
        is_shown = image is not None and way != "none" and columns > 0 and rows > 0
        await self.remove_children()
        self.set_class(is_shown, "-shown")
        if image is None or not is_shown:
            return
        if way in {"kitty", "sixel"}:
            width, height = cells_of(image, columns, rows)
            widget = graphic("kitty" if way == "kitty" else "sixel", image, self._send)
            widget.styles.width, widget.styles.height = min(width, columns), min(height, rows)
        else:
            widget = HalfBlocks(half_pixels(image, columns, rows))
        await self.mount(widget)

    def _send(self, sequence: str) -> None:
        if (driver := self.app._driver) is not None:  # noqa: SLF001  # as App.copy_to_clipboard
            driver.write(sequence)


def half_pixels(image: Image.Image, columns: int, rows: int) -> Pixels:
    """An RGB picture in at most so many cells, its shape kept."""
    small = image.copy()
    small.thumbnail((columns, rows * 2))
    width, data = small.width, small.tobytes()
    flat = [(data[at], data[at + 1], data[at + 2]) for at in range(0, len(data), 3)]
    lines: Pixels = [flat[at : at + width] for at in range(0, len(flat), width)]
    return lines if len(lines) % 2 == 0 else [*lines, lines[-1]]
