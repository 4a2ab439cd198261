"""How long a full-screen program takes until a text is on its screen."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import tempfile
import termios
import time
from collections.abc import Sequence

_LIMIT_S = 60.0


def first_frame_ms(command: Sequence[str], text: bytes) -> float:
    """Milliseconds from the start of `command` on a pseudo-terminal of 120 × 40 until it has written `text`.

    Raises TimeoutError.
    """
    begun = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(
            TERM="xterm-256color", COLORTERM="truecolor", LANG="C.UTF-8", XDG_STATE_HOME=tempfile.gettempdir()
        )
        os.execvp(command[0], list(command))
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    try:
        _read_until(terminal, text, begun)
        return (time.perf_counter() - begun) * 1000
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(terminal)


def _read_until(terminal: int, text: bytes, begun: float) -> None:
    seen = b""
    while text not in seen:
        if time.perf_counter() - begun > _LIMIT_S:
            raise TimeoutError(f"{text!r} was not written in {_LIMIT_S:.0f} s")
        if select.select([terminal], [], [], 1.0)[0]:
            with contextlib.suppress(OSError):
                chunk = os.read(terminal, 1 << 20)
                seen = seen[-len(text) :] + chunk
                if b"\x1b[?2026$p" in chunk:
                    os.write(terminal, b"\x1b[?2026;2$y")
