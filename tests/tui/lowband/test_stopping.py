"""Stopped and continued, and left alone by the one who sat there."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path

import pytest

from tui.lowband.test_app import DEADLINE_S, DOWN, Seat, seat

ANSWERS = "\x1b[1;2R"


def console(root: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "modeltui", "-C", str(root), "console", "--fresh", *options]


def state(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state"), "NO_COLOR": ""}


def is_stopped(at: Seat) -> bool:
    """Read before: it may wait for the terminal to take what it writes."""
    return os.waitid(os.P_PID, at.process.pid, os.WSTOPPED | os.WNOHANG) is not None


def hang_up(at: Seat) -> None:
    os.close(at.near)
    at.near = os.open(os.devnull, os.O_RDONLY)


def to_another_thread(pid: int, number: signal.Signals) -> None:
    """The system gives a signal to any of the threads; Python acts upon it in the first one."""
    other = next(thread for thread in os.listdir(f"/proc/{pid}/task") if int(thread) != pid)
    assert ctypes.CDLL(None).tgkill(pid, int(other), int(number)) == 0


@pytest.mark.parametrize("answer", [ANSWERS, ""], ids=["answers", "does not answer"])
def test_it_comes_back_from_the_shell_again_and_again(answer: str) -> None:
    with seat(answer=answer) as at:
        at.shows("row 010")
        for times in range(1, 4):
            at.process.send_signal(signal.SIGTSTP)
            at.until(lambda: is_stopped(at))
            at.rest()
            at.process.send_signal(signal.SIGCONT)
            at.shows("row 010")
            at.press(DOWN)
            at.shows("down " * times)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not say which threads there are")
@pytest.mark.parametrize("options", [(), ("--no-lowband",)], ids=["lowband", "stock"])
def test_the_console_is_stopped_and_comes_back_whichever_thread_is_told(
    root: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    with seat(console(root, *options), ANSWERS, state(tmp_path)) as at:
        at.shows("Aurora")
        at.rest()
        to_another_thread(at.process.pid, signal.SIGTSTP)
        at.until(lambda: is_stopped(at))
        at.rest()
        to_another_thread(at.process.pid, signal.SIGCONT)
        size = at.size
        at.until(lambda: at.size > size)
        at.press(":")
        at.shows("command")


def test_a_line_that_is_cut_ends_the_app_without_a_signal() -> None:
    """The terminal is not the one that started it: the system tells it nothing."""
    with seat() as at:
        at.shows("row 010")
        at.rest()
        hang_up(at)
        assert at.process.wait(DEADLINE_S) == -signal.SIGHUP


def test_a_line_that_is_cut_ends_the_console_as_the_signal_does(root: Path, tmp_path: Path) -> None:
    with seat(console(root), ANSWERS, state(tmp_path)) as at:
        at.shows("Aurora")
        at.rest()
        hang_up(at)
        assert at.process.wait(DEADLINE_S) == 128 + signal.SIGHUP
