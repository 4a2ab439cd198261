"""The console on the whole hostile catalogue, in a real terminal: it opens, it can be worked in, it leaves well."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import pytest

from hostile.ground import HEALTHY
from hostile.hostile_catalog import Built, fingerprint
from hostile.line import RUN, modeltui, unsafe
from tui.lowband.emulator import Emulator

DEADLINE_S = 120
WIDTH, HEIGHT = 130, 36
_OURS = re.compile(r"\x1b\[[?>=<]?[0-9;:]*[$ ]?[A-Za-z]|\x1b\]22;[a-z]*\x07|\x1b[=>78]")
"""What Textual sends: control sequences, and the shape of the pointer."""


class Terminal:
    """What came, and what a terminal shows of it."""

    def __init__(self, process: subprocess.Popen[bytes], near: int) -> None:
        self.process = process
        self.received = b""
        self._near = near
        self._screen = Emulator(WIDTH, HEIGHT)
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")

    @property
    def text(self) -> str:
        """The screen, with blanks as one."""
        return " ".join(" ".join(self._screen.lines).split())

    def until(self, *texts: str, gone: str = "\0") -> None:
        """Read on until all of them are on the screen, and `gone` is not."""
        deadline = time.monotonic() + DEADLINE_S
        while gone in self.text or not all(text in self.text for text in texts):
            assert time.monotonic() < deadline, (texts, "\n".join(self._screen.lines))
            self._read(1.0)

    def press(self, keys: str, *then: str) -> None:
        os.write(self._near, keys.encode())
        self.until(*then)

    def leave(self, gone: str) -> None:
        """Back to the table. A key that is sent before the page has gone would make an alt+key of the escape."""
        os.write(self._near, b"\x1b")
        self.until("Provider", gone=gone)

    def end(self, keys: str) -> int:
        os.write(self._near, keys.encode())
        with suppress(EOFError):
            while True:
                self._read(DEADLINE_S)
        return self.process.wait(DEADLINE_S)

    def _read(self, patience_s: float) -> bool:
        if not select.select([self._near], [], [], patience_s)[0]:
            return False
        try:
            piece = os.read(self._near, 65536)
        except OSError:  # how Linux tells that the other side was closed
            raise EOFError from None
        self.received += piece
        self._screen.feed(self._decoder.decode(piece))
        return True


@contextmanager
def console(built: Built, options: Sequence[str]) -> Iterator[Terminal]:
    near, far = pty.openpty()
    fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    process = subprocess.Popen(
        [*RUN, "-C", str(built.root), *options],
        stdin=far,
        stdout=far,
        stderr=far,
        env=environment,
        start_new_session=True,
    )
    os.close(far)
    try:
        yield Terminal(process, near)
    finally:
        process.kill()
        process.wait()
        os.close(near)


@pytest.mark.parametrize("options", [(), ("--no-lowband",)], ids=["lowband", "stock"])
def test_a_strangers_catalogue_can_be_worked_in(fresh: Built, options: Sequence[str]) -> None:
    before = fingerprint(fresh.ground.outside)
    with console(fresh, options) as terminal:
        terminal.until("kie_ai")
        terminal.press("/healthy-one\r", "1 of ")
        terminal.press("t", "1 pending")
        terminal.press("p", "+active")
        terminal.leave("+active")
        terminal.press("/" + "\x7f" * 11 + "text-\r", "text-")
        terminal.press("jjjjj\r", "[request]")
        terminal.leave("[request]")
        terminal.press("?", "Keys:")
        terminal.leave("Keys:")
        terminal.press("H", "history of the whole catalogue")
        terminal.leave("history of the whole catalogue")
        terminal.press("f", " errors, ", " error ")
        terminal.press("jjj", "│")
        terminal.leave(" errors, ")
        assert terminal.end("\x11") == 0
    (pending,) = modeltui(fresh.root, "pending", "--format", "json").json
    assert pending["key"] == HEALTHY[0]
    shown = terminal.received.decode("utf-8", errors="surrogateescape")
    left = _OURS.sub("", shown)
    assert not unsafe(left, keep="\r\n"), unsafe(left, keep="\r\n")
    assert "\x1b]52" not in shown
    assert "\x1b[?1049l" in shown
    assert "\x1b[?25h" in shown
    assert fingerprint(fresh.ground.outside) == before
    assert "active = true" in (fresh.root / "models" / f"{HEALTHY[0]}.toml").read_text()
