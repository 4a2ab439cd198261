"""From updates of a screen to what is written: the newest state, what the terminal shows, and when to send."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from rich.color import ColorSystem
from rich.console import Console
from textual._compositor import LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from modeltui.tui.lowband.cells import Inks
from modeltui.tui.lowband.diff import difference
from modeltui.tui.lowband.frame import Frame, Update
from modeltui.tui.lowband.pacing import REQUEST, Pacing
from modeltui.tui.lowband.shadow import Shadow
from modeltui.tui.lowband.traits import Traits

_ASKED_WIDTH: Final = f"\x1b[H\u25cf{REQUEST}"
"""Ambiguous: narrow for most terminals, wide for those of East Asia."""
_HARMLESS: Final = re.compile(
    r"(?:\x1b\[[?<>=][0-9;]*\$?[a-zA-Z]"  # modes, and questions about them
    r"|\x1b[\]P_^X][^\x1b\x07]*(?:\x1b[^\\][^\x1b\x07]*)*(?:\x1b\\|\x07)"  # strings: clipboard, pictures, pointer
    r"|\x07)*"
)


class Output:
    """The screen of one terminal. What of it is written elsewhere makes everything unknown."""

    def __init__(self, traits: Traits, pacing: Pacing | None = None) -> None:
        self.pacing = pacing or Pacing()
        self._traits = traits
        self._frame: Frame | None = None
        self._shadow = Shadow(0, 0)
        self._inks: Inks | None = None
        self._is_unknown = True
        self.is_narrow: bool | None = None
        """Whether ambiguous text is narrow here; None as long as the terminal has not said."""
        self._has_asked = self._asks_width = False

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height of the newest frame."""
        return (self._frame.width, self._frame.height) if self._frame is not None else None

    def take(self, update: Update, console: Console, size: tuple[int, int]) -> None:
        """Put an update into the newest state. size: of the whole screen, in columns and lines."""
        if self._inks is None:
            colors = console._color_system or ColorSystem.TRUECOLOR  # noqa: SLF001  # as Strip.render
            self._inks = Inks(colors)
        if self._frame is None or self.size != size:
            self._frame = Frame(*size)
            self.forget()
        self._frame.take(update, self._inks, console)

    def agrees(self, draw: Callable[[], Sequence[Strip]], console: Console) -> bool:
        """Whether the newest state, and the terminal as far as is known, show these lines of the whole screen.

        Where there are pictures, which are not drawn without need, it is taken for granted.
        """
        if self._frame is None or self._inks is None or self._frame.has_holes or self._is_unknown:
            return True
        wanted = Frame(self._frame.width, self._frame.height)
        strips = draw()
        lines = LayoutUpdate([[strip] for strip in strips], Region(0, 0, wanted.width, wanted.height))
        wanted.take(lines, self._inks, console)
        return wanted.has_holes or wanted.rows == self._frame.rows == self._shadow.rows

    def forget(self) -> None:
        """Nobody knows what the terminal shows."""
        self._is_unknown = True

    def restarted(self) -> None:
        """The terminal was somebody else's."""
        self.forget()
        self.pacing.restarted()

    def written(self, text: str) -> None:
        """Somebody else has written to the terminal."""
        if _HARMLESS.fullmatch(text) is None:
            self.forget()

    def text(self, cursor: tuple[int, int]) -> str:
        """What is to be written so that the newest state is shown; it is taken for written.

        cursor: line and column, both from 0.
        """
        if self._frame is None:
            return ""
        if self._is_unknown:
            self._is_unknown = False
            self._shadow = Shadow(self._frame.width, self._frame.height)
            self._frame.unsent |= self._frame.raw.keys()
        first = self._question()
        text = difference(self._frame, self._shadow, self._traits, cursor, is_narrow=bool(self.is_narrow))
        return first + text

    def _question(self) -> str:
        """Once, before the first frame: how wide is this? A terminal that answers is asked later what it has shown."""
        if self._has_asked:
            return ""
        self._has_asked = self._asks_width = True
        self.pacing.asking()
        return _ASKED_WIDTH

    def answered(self, column: int) -> bool:
        """The terminal says at which column, from 0, its cursor stands. False: its text is not as wide as here."""
        self.pacing.answered()
        if self._asks_width:
            self._asks_width = False
            self.is_narrow = column == 1
            return column != 2
        return True

    def closing(self, text: str) -> str:
        """What follows on a text that goes out now: nothing, or a question."""
        return REQUEST if self.pacing.sending(len(text.encode())) else ""
