"""Pictures in the terminal's own pixels, by textual-image: for kitty's placeholders, and as sixels.

Nothing here asks the terminal anything: Textual reads all that comes from it, and an answer would be typed text.
"""

from __future__ import annotations

import fcntl
import io
import struct
import sys
import termios
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from textual.widget import Widget

if TYPE_CHECKING:
    from PIL import Image

Protocol: TypeAlias = Literal["kitty", "sixel"]

_USUAL_CELL: Final = (10, 20)
"""Pixels, where the terminal does not say."""
_CHUNK: Final = 4096
"""Characters of one message of the kitty protocol."""
_importing = Lock()


def cell_pixels() -> tuple[int, int]:
    """Width and height of a cell, as the kernel knows them of the terminal."""
    try:
        answer = fcntl.ioctl(sys.__stderr__.fileno(), termios.TIOCGWINSZ, b"\0" * 8)  # type: ignore[union-attr]
    except (OSError, ValueError, AttributeError):
        return _USUAL_CELL
    rows, columns, width, height = struct.unpack("4H", answer)
    if not (rows and columns and width >= columns and height >= rows):
        return _USUAL_CELL
    return width // columns, height // rows


def load_graphics() -> None:
    """Import the library, off the loop. With a terminal as standard output its import asks that, and waits."""
    with _importing:
        held = sys.__stdout__
        sys.__stdout__ = io.StringIO()  # type: ignore[misc,assignment]
        try:
            import textual_image.widget  # noqa: F401
            from textual_image._terminal import CellSize, get_cell_size
        finally:
            sys.__stdout__ = held  # type: ignore[misc]
        get_cell_size._result = CellSize(*cell_pixels())  # type: ignore[attr-defined]  # noqa: SLF001  # its cache


def cells_of(image: Image.Image, columns: int, rows: int) -> tuple[int, int]:
    """The largest area of cells in which a picture keeps its shape; a small one grows to twice its size at most."""
    width, height = cell_pixels()
    scale = min(columns * width / image.width, rows * height / image.height, 2.0)
    return max(1, round(image.width * scale / width)), max(1, round(image.height * scale / height))


def graphic(protocol: Protocol, image: Image.Image, send: Callable[[str], object]) -> Widget:
    """A widget that shows a picture in the size that its styles say. After `load_graphics`.

    send: writes to the terminal between two frames.
    """
    if protocol == "sixel":
        from textual_image.widget.sixel import Image as Sixels

        return Sixels(image)
    widget: Widget = _kitty_widget(send)(image)
    return widget


def _kitty_widget(send: Callable[[str], object]) -> type[Any]:
    """The library's own, but for the way out: it writes to standard output, past the frames of Textual."""
    from textual_image.renderable.tgp import Image as Placeholders
    from textual_image.widget._base import Image as Base

    class Sent(Placeholders):
        def cleanup(self) -> None:
            """Only this picture: the library's way takes away every one on the screen."""
            if self.terminal_image_id:
                send(message(f"a=d,d=I,q=2,i={self.terminal_image_id}"))
                self.terminal_image_id = None

        def _send_image_to_terminal(self, width: int, height: int) -> None:
            self.terminal_image_id = next(Placeholders._image_id_counter) % 2**32 or 1  # noqa: SLF001
            data = self._image_data.scaled(width, height).to_base64()
            parts = [data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK)]
            for number, part in enumerate(parts, 1):
                send(message(f"i={self.terminal_image_id},f=100,q=2,m={int(number < len(parts))}", part))

        def _create_virtual_placement(self, width: int, height: int) -> None:
            send(message(f"a=p,U=1,q=2,i={self.terminal_image_id},c={width},r={height}"))

    class KittyPicture(Base, Renderable=Sent):
        def on_unmount(self) -> None:
            if self._renderable is not None:
                self._renderable.cleanup()

    return KittyPicture


def message(keys: str, payload: str = "") -> str:
    """One of the kitty graphics protocol."""
    return f"\x1b_G{keys};{payload}\x1b\\"
