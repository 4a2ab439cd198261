"""The terminal's driver, watched: what goes out, what is not through yet, and answers to what was asked.

Its input thread is ours: it sleeps until something comes.
"""

from __future__ import annotations

import array
import fcntl
import os
import signal
import sys
import termios
import threading
from collections.abc import Callable
from typing import IO, Any, Final, Protocol

from textual import events
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from modeltui.tui.lowband.input import Bell, Listener

_GRACE_S: Final = 1.0
"""How long the end waits for an answer: what comes later would be typed into the shell."""


class Watcher(Protocol):
    """Who is told. All but `answered` and `restarted` may be called from another thread."""

    @property
    def awaits_answer(self) -> bool: ...

    def written(self, text: str) -> None: ...

    def restarted(self) -> None: ...

    def answered(self, column: int) -> None: ...


class _Counted:
    """A file that counts what is through."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._taken = 0
        self.through = 0
        """Characters."""

    def write(self, text: str) -> None:
        self._file.write(text)
        self._taken += len(text)

    def flush(self) -> None:
        self._file.flush()
        self.through = self._taken

    def fileno(self) -> int:
        return self._file.fileno()


class WatchedDriver(LinuxDriver):
    """Textual's own, for one watcher."""

    watcher: Watcher

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._counted = _Counted(sys.__stderr__)  # type: ignore[arg-type]
        self._file: Any = self._counted
        self._put = 0
        self._no_answer_due = threading.Event()
        self.exit_event = self._bell = Bell()

    @property
    def backlog(self) -> int:
        """Characters that the terminal, or the program that is one, has not taken."""
        waiting = array.array("i", [0])
        try:
            fcntl.ioctl(self._counted.fileno(), termios.TIOCOUTQ, waiting)
        except OSError:
            waiting[0] = 0
        return self._put - self._counted.through + waiting[0]

    def send(self, text: str) -> None:
        """Write what the watcher knows of."""
        self._put += len(text)
        super().write(text)

    def write(self, data: str) -> None:
        self.watcher.written(data)
        self.send(data)

    def start_application_mode(self) -> None:
        self._counted.through = self._put = self._counted._taken  # noqa: SLF001
        self.watcher.restarted()
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def stop_application_mode(self) -> None:
        if self.watcher.awaits_answer:
            self._no_answer_due.clear()
            self._no_answer_due.wait(_GRACE_S)
        super().stop_application_mode()

    def run_input_thread(self) -> None:
        Listener(self.fileno, self._bell, self.process_message, self._hang_up, debug=self._debug).run()

    def _hang_up(self) -> None:
        """Nobody sits there any more. The system has said so to most, but not to one that it did not start there."""
        if self.input_tty:
            os.kill(os.getpid(), signal.SIGHUP)

    def process_message(self, message: Message) -> None:
        if isinstance(message, events.CursorPosition) and self.watcher.awaits_answer:
            self._no_answer_due.set()
            self._loop.call_soon_threadsafe(self.watcher.answered, message.x)
            return
        super().process_message(message)


def watched_by(watcher: Watcher) -> Callable[..., WatchedDriver]:
    """A driver class for one app."""
    return type("WatchedDriver", (WatchedDriver,), {"watcher": watcher})
