"""The real program on a real terminal: what it sends, and how it leaves."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tui.lowband.emulator import Emulator

DEADLINE_S = 120
PROGRAM = """
import sys
from modeltui.config import load_settings
from modeltui.tui.app import run_console
sys.exit(run_console(load_settings(sys.argv[1])))
"""
RESTORED = ("\x1b[?1049l", "\x1b[?25h")
SEQUENCE = re.compile(
    r"\x1b\[[?>=<]?[0-9;:]*[$ ]?[A-Za-z]"  # CSI, as Textual sends it
    r"|\x1b\]22;[a-z]*\x07"  # shape of the pointer
    r"|\x1b[=>78]"
)


class Terminal:
    """The near end of a terminal with the console on it."""

    def __init__(self, process: subprocess.Popen[bytes], near: int) -> None:
        self.process = process
        self.near = near
        self.received = ""
        self.screen = Emulator(120, 30)
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="surrogateescape")
        """A read may end in the middle of a character."""

    def until(self, marker: str) -> str:
        """Read on until `marker` is on the screen: of what stood there before, nothing is sent again."""
        deadline, fresh = time.monotonic() + DEADLINE_S, ""
        while not any(marker in line for line in self.screen.lines):
            assert time.monotonic() < deadline, f"{marker!r} did not come; {fresh[-500:]!r}"
            fresh += self._read()
        return fresh

    def _read(self) -> str:
        if not select.select([self.near], [], [], 1)[0]:
            return ""
        try:
            text = self._decoder.decode(os.read(self.near, 65536))
        except OSError:
            assert self.process.wait(DEADLINE_S) is not None
            raise EOFError from None
        self.received += text
        self.screen.feed(text)
        return text

    def send(self, keys: str) -> None:
        os.write(self.near, keys.encode())

    def end(self) -> int:
        """Read to the end; the exit code."""
        deadline = time.monotonic() + DEADLINE_S
        with suppress(EOFError):
            while time.monotonic() < deadline:
                self._read()
        return self.process.wait(DEADLINE_S)


@contextmanager
def console(root: Path, **environment: str) -> Iterator[Terminal]:
    near, far = pty.openpty()
    fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 120, 0, 0))
    env = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **environment}
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(root)], stdin=far, stdout=far, stderr=far, env=env, start_new_session=True
    )
    os.close(far)
    try:
        yield Terminal(process, near)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        os.close(near)


def test_no_byte_of_a_hostile_catalogue_is_sent_raw(hostile_root: Path) -> None:
    with console(hostile_root) as terminal:
        terminal.until("Aurora")
        terminal.send("jjjj")
        terminal.until("[31m")
        terminal.send("*t")
        terminal.until("refused")
        terminal.send("p")
        terminal.until("@@")
        terminal.send("q:quit\r")
        assert terminal.end() == 0
    left = SEQUENCE.sub("", terminal.received)
    assert "\x1b" not in left, left[max(0, left.find("\x1b") - 80) :][:160]
    raw = {each for each in left if not each.isprintable()} - {"\r", "\n"}
    assert not raw
    assert "hello" not in terminal.received
    assert "\x1b]52" not in terminal.received
    assert all(sign in terminal.received for sign in RESTORED)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_restores_the_terminal(root: Path, number: signal.Signals, code: int) -> None:
    with console(root) as terminal:
        terminal.until("Aurora")
        terminal.process.send_signal(number)
        assert terminal.end() == code
    assert all(sign in terminal.received for sign in RESTORED)


def test_a_line_that_is_cut_ends_the_console(root: Path) -> None:
    with console(root) as terminal:
        terminal.until("Aurora")
        os.close(terminal.near)
        try:
            terminal.process.send_signal(signal.SIGHUP)
            assert terminal.process.wait(DEADLINE_S) is not None
        finally:
            terminal.near = os.open(os.devnull, os.O_RDONLY)


def test_without_colour_none_is_sent(root: Path) -> None:
    with console(root, NO_COLOR="1") as terminal:
        terminal.until("Aurora")
        terminal.send("jq")
        assert terminal.end() == 0
    colours = set(
        re.findall(r"\x1b\[[0-9;]*?(?:38|48)[;0-9]*m|\x1b\[(?:[0-9;]*;)?(?:3[0-7]|9[0-7])m", terminal.received)
    )
    assert not colours


def test_nothing_is_sent_at_rest(root: Path) -> None:
    with console(root) as terminal:
        terminal.until("Aurora")
        terminal.send("/")
        terminal.until("keep")
        while terminal._read():
            pass
        assert not select.select([terminal.near], [], [], 1.2)[0], "a blinking cursor or a clock"


def test_mouse_is_off_where_the_terminals_own_selection_is_worth_more(root: Path) -> None:
    with console(root, SSH_CONNECTION="10.0.0.1 1 10.0.0.2 22") as terminal:
        terminal.until("Aurora")
        terminal.send("q")
        assert terminal.end() == 0
    assert "\x1b[?1003h" not in terminal.received
