"""A picture in the terminal, two pixels to a cell. Where colours are few it shows nothing."""

from __future__ import annotations

from typing import TypeAlias

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual import on, work
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

Pixel: TypeAlias = tuple[int, int, int]

Pixels: TypeAlias = list[list[Pixel]]
"""Rows from the top; an even number of them."""

_HALF = "▀"


class Picture(Widget):
    DEFAULT_CSS = """
    Picture { height: 0; display: none; &.-shown { display: block; } }
    """

    class Read(Message):
        def __init__(self, path: str, pixels: Pixels) -> None:
            super().__init__()
            self.path = path
            self.pixels = pixels

    def __init__(self) -> None:
        super().__init__()
        self._path: str | None = None
        self._pixels: Pixels = []

    def show(self, path: str | None, width: int, height: int) -> None:
        """Show the picture in a file in at most `width` × `height` cells; None for nothing."""
        self._path = path
        self.remove_class("-shown")
        if path is not None and not self.app.current_theme.ansi:
            self._read(path, width, height)

    @work(thread=True, exclusive=True, group="picture")
    def _read(self, path: str, width: int, height: int) -> None:
        pixels = read_pixels(path, width, height * 2)
        if pixels:
            self.post_message(self.Read(path, pixels))

    @on(Read)
    def _show(self, event: Read) -> None:
        event.stop()
        if event.path == self._path:
            self._pixels = event.pixels
            self.styles.height = len(event.pixels) // 2
            self.add_class("-shown")
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y * 2 + 1 >= len(self._pixels):
            return Strip.blank(width, self.rich_style)
        pairs = zip(self._pixels[y * 2], self._pixels[y * 2 + 1], strict=True)
        segments = [
            Segment(_HALF, Style(color=Color.from_rgb(*top), bgcolor=Color.from_rgb(*low))) for top, low in pairs
        ]
        return Strip(segments).adjust_cell_length(width, self.rich_style)


def read_pixels(path: str, width: int, height: int) -> Pixels:
    """The first frame of a picture file in at most `width` × `height` pixels; nothing for what is no picture."""
    from PIL import Image  # noqa: PLC0415  # 60 ms, wanted only for pictures

    try:
        with Image.open(path) as image:
            frame = image.convert("RGB")
            frame.thumbnail((width, height - height % 2))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return []
    columns, rows = frame.size
    data = [[_pixel(frame.getpixel((x, y))) for x in range(columns)] for y in range(rows)]
    return data if rows % 2 == 0 else [*data, data[-1]]


def _pixel(value: object) -> Pixel:
    assert isinstance(value, tuple)
    red, green, blue = value
    return red, green, blue
