"""Ending on a signal, with the terminal restored, whatever the app is busy with."""

from __future__ import annotations

import os
import signal
import sys
import termios
import threading
from asyncio import AbstractEventLoop
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final

_GRACE_S: Final = 2.0
_RESTORED: Final = b"\x1b[r\x1b[?2004l\x1b[?1006l\x1b[?1003l\x1b[?1000l\x1b[<u\x1b[?25h\x1b[0m\x1b[?1049l"
"""Scroll region, paste, mouse and key modes off, cursor and colours as they were, back from the alternate screen."""


class Ending:
    """Asks the app to end when the line drops or the system wants it; what does not end in time is ended.

    A program that waits for a terminal which is gone would otherwise stay for ever.
    """

    def __init__(self, leave: Callable[[int], None]) -> None:
        """`leave` is given the exit code."""
        self._leave = leave
        self._modes = _terminal_modes()

    def listen(self, loop: AbstractEventLoop) -> None:
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, partial(self._end, 128 + number))

    def _end(self, code: int) -> None:
        deadline = threading.Timer(_GRACE_S, self._force, [code])
        deadline.daemon = True
        deadline.start()
        self._leave(code)

    def _force(self, code: int) -> None:
        with suppress(OSError, ValueError):
            os.set_blocking(sys.__stdout__.fileno(), False)  # type: ignore[union-attr]
            os.write(sys.__stdout__.fileno(), _RESTORED)  # type: ignore[union-attr]
        if self._modes is not None:
            with suppress(OSError, termios.error):
                termios.tcsetattr(0, termios.TCSANOW, self._modes)
        os._exit(code)


def _terminal_modes() -> list[Any] | None:
    try:
        return termios.tcgetattr(0)
    except termios.error:
        return None
