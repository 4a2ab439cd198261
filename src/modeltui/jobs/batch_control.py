"""What its user wants of a batch that runs. Said from any thread, heard by its loop."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from enum import StrEnum


class Wish(StrEnum):
    GO = "go"
    PAUSE = "pause"
    """Nothing new begins."""
    STOP = "stop"
    """Nothing new begins, and when the running jobs have ended it is over; what had not begun stays queued."""
    CANCEL = "cancel"
    """As stop, and the running jobs are cancelled."""


_FINAL = frozenset({Wish.STOP, Wish.CANCEL})


class Control:
    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._wish = Wish.GO
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken: asyncio.Event | None = None

    @property
    def wish(self) -> Wish:
        return self._wish

    def say(self, wish: Wish) -> None:
        """A stop is not taken back; a cancel may follow it."""
        with self._guard:
            if self._wish not in _FINAL or wish is Wish.CANCEL:
                self._wish = wish
            loop, woken = self._loop, self._woken
        if loop is not None and woken is not None:
            with suppress(RuntimeError):  # the loop has just closed: nobody is there to hear it
                loop.call_soon_threadsafe(woken.set)

    def bind(self, loop: asyncio.AbstractEventLoop, woken: asyncio.Event) -> None:
        """From now on what is said sets `woken`."""
        with self._guard:
            self._loop, self._woken = loop, woken

    def unbind(self) -> None:
        with self._guard:
            self._loop = self._woken = None
