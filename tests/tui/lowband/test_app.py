"""An app on a terminal, that answers or does not, and what it is sent."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tui.lowband.emulator import Emulator

DEADLINE_S = 60
WIDTH, HEIGHT = 70, 20


class Seat:
    """Who sits before the terminal: reads it, types, and answers for it if `answer` says how."""

    def __init__(self, near: int, process: subprocess.Popen[bytes], answer: str) -> None:
        self.near, self.process, self.answer = near, process, answer
        self.terminal = Emulator(WIDTH, HEIGHT)
        self.size = 0
        self._answered = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def read(self, wait_s: float = 0.5) -> str:
        """What came; "" where nothing did."""
        if not select.select([self.near], [], [], wait_s)[0]:
            return ""
        try:
            data = os.read(self.near, 65536)
        except OSError:
            return ""
        self.size += len(data)
        text = self._decoder.decode(data)
        self.terminal.feed(text)
        while self.answer and self._answered < self.terminal.asked:
            self._answered += 1
            os.write(self.near, self.answer.encode())
        return text

    def until(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + DEADLINE_S
        while not is_so():
            assert time.monotonic() < deadline, "\n".join(self.terminal.lines)
            self.read()

    def shows(self, marker: str) -> None:
        self.until(lambda: any(marker in line for line in self.terminal.lines))

    def press(self, keys: str) -> None:
        os.write(self.near, keys.encode())

    def rest(self) -> int:
        """Read until nothing more comes; how much came."""
        before = self.size
        while self.read():
            pass
        return self.size - before


@contextmanager
def seat(
    way: str | Sequence[str] = "lowband", answer: str = "", environment: Mapping[str, str] = os.environ
) -> Iterator[Seat]:
    """The small app, with output of one way or the other, or a command."""
    near, far = pty.openpty()
    fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
    env = {**environment, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
    small_app = [sys.executable, str(Path(__file__).with_name("small_app.py"))]
    command = [*small_app, way] if isinstance(way, str) else way
    process = subprocess.Popen(command, stdin=far, stdout=far, stderr=far, env=env, start_new_session=True)
    os.close(far)
    seat = Seat(near, process, answer)
    try:
        yield seat
    finally:
        process.kill()
        process.wait()
        os.close(seat.near)


DOWN = "\x1b[B"


def test_it_shows_what_textual_shows_in_a_part_of_the_bytes() -> None:
    seen, sizes = [], []
    for way in ("lowband", "stock"):
        with seat(way, "\x1b[1;2R") as at:
            at.shows("row 010")
            at.rest()
            at.press(DOWN * 30)
            at.shows("row 030")
            at.press("dx")
            at.shows("d x")
            at.rest()
            seen.append(at.terminal.seen)
            sizes.append(at.size)
    assert seen[0] == seen[1]
    assert sizes[0] < sizes[1] / 2


def test_a_terminal_that_does_not_answer_is_asked_once() -> None:
    with seat() as at:
        at.shows("row 010")
        for _ in range(25):
            at.press(DOWN)
        at.shows("row 025")
        at.rest()
        assert at.terminal.asked == 1
        assert at.rest() == 0, "nothing is sent at rest"


def test_answers_are_no_keys() -> None:
    with seat(answer="\x1b[1;2R") as at:
        at.shows("row 010")
        at.press("d")
        at.shows("dialog")
        at.press("x")
        at.shows("d x")
        for _ in range(8):
            at.press("dx")
        at.shows("d x " * 9)
        at.rest()
        assert at.terminal.asked > 1
        assert at.terminal.lines[-1].split() == ["d", "x"] * 9


def test_what_fails_ends_in_textuals_own_output() -> None:
    with seat() as at:
        at.shows("row 010")
        at.rest()
        before = at.size
        at.press("b")
        at.shows("row 001")
        at.until(lambda: at.size - before > 1000)
        at.press(DOWN * 30)
        at.shows("row 031")
        at.rest()
        ours = at.terminal.seen
    with seat("stock") as at:
        at.shows("row 010")
        at.press(DOWN * 31)
        at.shows("row 031")
        at.rest()
        assert [row[:20] for row in ours[:-1]] == [row[:20] for row in at.terminal.seen[:-1]]


def test_a_terminal_of_wide_signs_gets_textuals_own_output() -> None:
    with seat(answer="\x1b[1;3R") as at:
        at.shows("row 010")
        at.until(lambda: at.size > 4000)
        at.rest()
        before = at.size
        at.press(DOWN)
        at.shows("down")
        at.rest()
        assert at.terminal.asked == 1
        assert at.size - before > 1500


def test_it_leaves_the_terminal_as_it_was() -> None:
    with seat(answer="\x1b[1;2R") as at:
        at.shows("row 010")
        at.press("q")
        text = ""
        at.until(lambda: at.process.poll() is not None)
        text = at.read()
        assert at.process.returncode == 0
        assert "\x1b[1;2R" not in text
