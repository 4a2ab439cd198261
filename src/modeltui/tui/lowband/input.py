"""What comes from the terminal, read by a thread that sleeps until something comes.

Textual's own looks ten times a second whether it is to end. This one is woken for that, and looks at the clock only
while an ESC may be the key or the start of a sequence.
"""

from __future__ import annotations

import errno
import os
import selectors
import threading
import weakref
from codecs import getincrementaldecoder
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from textual import constants
from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.message import Message

from modeltui.tui.lowband.paste import PasteGuard

_MOST: Final = 4096
"""Bytes that are read at once."""


class Bell(threading.Event):
    """An event that a selector hears as well."""

    def __init__(self) -> None:
        super().__init__()
        self._out, self._in = os.pipe()
        for end in (self._out, self._in):
            os.set_blocking(end, False)
            weakref.finalize(self, os.close, end)

    def fileno(self) -> int:
        return self._out

    def set(self) -> None:
        super().set()
        with suppress(BlockingIOError):
            os.write(self._in, b"\0")

    def clear(self) -> None:
        super().clear()
        with suppress(BlockingIOError):
            while os.read(self._out, _MOST):
                pass


class Listener:
    """Reads `fileno` until `ended`, and hands what was meant to `take`, from the thread that runs it."""

    def __init__(
        self,
        fileno: int,
        ended: Bell,
        take: Callable[[Message], object],
        hung_up: Callable[[], object],
        *,
        debug: bool = False,
        selector: selectors.BaseSelector | None = None,
    ) -> None:
        """`hung_up` is called once, when nothing will come any more."""
        self._fileno, self._ended, self._take, self._hung_up = fileno, ended, take, hung_up
        self._selector = selector or selectors.SelectSelector()  # others know no terminals on some systems
        self._parser: Any = XTermParser(debug)
        self._decode = getincrementaldecoder("utf-8")(errors="replace").decode
        self._guarded = PasteGuard()

    def run(self) -> None:
        self._selector.register(self._fileno, selectors.EVENT_READ)
        self._selector.register(self._ended, selectors.EVENT_READ)
        try:
            while not self._ended.is_set():
                self._turn()
        finally:
            self._selector.close()
            with suppress(EOFError, ParseError):
                list(self._parser.feed(""))

    def _turn(self) -> None:
        is_in_doubt = self._parser._timeout_time is not None  # noqa: SLF001
        ready = self._selector.select(constants.ESCAPE_DELAY if is_in_doubt else None)
        if any(key.fd == self._fileno for key, _ in ready):
            self._read()
        elif is_in_doubt:
            self._guarded.forget()
        for message in self._parser.tick():
            self._take(message)

    def _read(self) -> None:
        data = self._data()
        if data is None:
            self._selector.unregister(self._fileno)
            self._hung_up()
        elif text := self._guarded(self._decode(data)):
            for message in self._parser.feed(text):
                self._take(message)

    def _data(self) -> bytes | None:
        """What came; None where nothing will come any more."""
        try:
            data = os.read(self._fileno, _MOST)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return None
        return data if data or os.isatty(self._fileno) else None
