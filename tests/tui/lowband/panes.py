"""The console in tmux, twice: as it is, and as Textual draws it. Both get the same keys, each when the one before has
been answered, and must show the same after each step; and ours must show what it shows when Textual draws it anew."""

from __future__ import annotations

import json
import os
import shlex
import signal
import socket as connection
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from tui.lowband.emulator import Emulator, Glyph

DEADLINE_S = 90
TRIMMED = Glyph("\0")
"""What tmux does not tell of the end of a line: cells that were erased, though in colour."""
PROMPT = "the-shell-waits>"


class Tmux:
    """A server of our own."""

    def __init__(self, socket: Path) -> None:
        self._command = ["tmux", "-S", str(socket), "-f", "/dev/null"]

    def run(self, *arguments: str) -> str:
        done = subprocess.run([*self._command, *arguments], check=True, capture_output=True, timeout=DEADLINE_S)
        return done.stdout.decode()


@dataclass
class Pane:
    """One terminal with a shell, which runs the console."""

    tmux: Tmux
    name: str
    _line: IO[str] | None = field(init=False, default=None)

    @property
    def seen(self) -> Emulator:
        """What is on the screen. Where the cursor is, hidden, depends on the order of Textual's own events."""
        tell = "#{pane_width} #{pane_height}"
        head, _, text = self.tmux.run(
            "display-message", "-p", "-t", self.name, tell, ";", "capture-pane", "-epN", "-t", self.name
        ).partition("\n")
        width, height = head.split()
        terminal = Emulator(int(width), int(height))
        terminal.rows = [[TRIMMED] * terminal.width for _ in range(terminal.height)]
        terminal.feed(text.rstrip("\n").replace("\n", "\r\n").replace("\x0f", "").replace("\x0e", ""))
        return terminal

    @property
    def text(self) -> str:
        return "\n".join(self.seen.lines)

    def press(self, *keys: str) -> None:
        """In the shell. Names of tmux, such as Enter."""
        self.tmux.run("send-keys", "-t", self.name, *keys)

    def tell(self, *words: object) -> None:
        """Tell the console; see `whole_app`."""
        assert self._line is not None
        self._line.write(f"{json.dumps(words)}\n")
        self._line.flush()

    def obeyed(self) -> None:
        """Wait until it has done that, and the terminal has come so far."""
        assert self._line is not None
        count = self._line.readline().strip()
        title = f"{count} done"
        assert count.isdigit(), count.encode().decode("unicode_escape") or "the console has ended"
        wait(lambda: self._title() == title, lambda: f"{self.name} does not come to {title}")

    def _title(self) -> str:
        return self.tmux.run("display-message", "-p", "-t", self.name, "#{pane_title}").strip()

    def open(self, command: str, socket: Path) -> None:
        self.press(f" clear; {command} {shlex.quote(str(socket))}", "Enter")
        wait(socket.exists, lambda: f"{self.name} does not begin:\n{self.text}")
        plug = connection.socket(connection.AF_UNIX)
        plug.settimeout(DEADLINE_S)
        plug.connect(str(socket))
        self._line = plug.makefile("rw", encoding="ascii")
        plug.close()  # the line holds it open

    def close(self) -> None:
        if self._line is not None:
            self._line.close()

    def resize(self, width: int, height: int) -> None:
        self.tmux.run("resize-window", "-t", self.name, "-x", str(width), "-y", str(height))

    def until(self, marker: str) -> None:
        wait(lambda: marker in self.text, lambda: f"{marker!r} does not come to {self.name}:\n{self.text}")

    def stop(self) -> None:
        """As ctrl+z does where the console does not take it."""
        shell = self.tmux.run("display-message", "-p", "-t", self.name, "#{pane_pid}").strip()
        children = Path(f"/proc/{shell}/task/{shell}/children").read_text(encoding="ascii").split()
        os.kill(int(children[-1]), signal.SIGTSTP)
        self.until("Stopped")
        self.until(PROMPT)

    def comes_back(self) -> None:
        wait(lambda: PROMPT not in self.text, lambda: f"it does not come back:\n{self.text}")


def wait(is_so: Callable[[], bool], said: Callable[[], str]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not is_so():
        assert time.monotonic() < deadline, said()


@dataclass
class Pair:
    ours: Pane
    stock: Pane

    @property
    def both(self) -> tuple[Pane, Pane]:
        return self.ours, self.stock

    def tell(self, *words: object) -> None:
        for pane in self.both:
            pane.tell(*words)
        for pane in self.both:
            pane.obeyed()

    def press(self, *keys: str) -> None:
        self.tell("press", *keys)

    def resize(self, width: int, height: int) -> None:
        for pane in self.both:
            pane.resize(width, height)
        self.tell("size", width, height)

    def suspend(self) -> None:
        for pane in self.both:
            pane.stop()
            pane.press("fg", "Enter")
            pane.comes_back()
        self.tell("rest")

    def check(self, after: object) -> None:
        """Both show the same: text, colours, attributes. So does ours when Textual draws it anew on an empty screen."""
        before = self.ours.seen
        self.same(before, self.stock.seen, f"after {after}, two sessions")
        self.ours.tell("stock")
        self.ours.obeyed()
        self.same(before, self.ours.seen, f"after {after}, one session")
        self.ours.tell("back")
        self.ours.obeyed()

    def same(self, ours: Emulator, stock: Emulator, where: str) -> None:
        assert (ours.width, ours.height) == (stock.width, stock.height), where
        for y, x, got, wanted in self.differing(ours, stock):
            screens = "\n".join([*ours.lines, "", *stock.lines])
            raise AssertionError(f"{where}: line {y}, column {x}: {got} for {wanted}\n{screens}")

    @staticmethod
    def differing(ours: Emulator, stock: Emulator) -> Iterator[tuple[int, int, Glyph, Glyph]]:
        for y, lines in enumerate(zip(ours.seen, stock.seen, strict=False)):
            for x, (got, wanted) in enumerate(zip(*lines, strict=False)):
                is_end = {got, wanted} >= {TRIMMED} and {got.text, wanted.text} <= {" ", TRIMMED.text}
                if got != wanted and not is_end:
                    yield y, x, got, wanted


@contextmanager
def pair(catalogs: Sequence[Path], size: tuple[int, int]) -> Iterator[Pair]:
    """The console on two equal catalogues, at rest on the table."""
    with TemporaryDirectory(prefix="modeltui-") as folder:
        tmux = Tmux(Path(folder) / "tmux")
        width, height = map(str, size)
        shell = f"env -u TMUX -u COLUMNS -u LINES PS1={shlex.quote(PROMPT)} bash --norc --noprofile -i"
        panes: list[Pane] = []
        try:
            for name, catalog in (("lowband", catalogs[0]), ("stock", catalogs[1])):
                settings = [] if panes else ["set", "-g", "default-terminal", "tmux-256color", ";"]
                tmux.run(
                    "start-server", ";", *settings, "new-session", "-d", "-s", name, "-x", width, "-y", height, shell
                )
                pane = Pane(tmux, name)
                panes.append(pane)
                pane.until(PROMPT)
                command = shlex.join([sys.executable, "-m", "tui.lowband.whole_app", str(catalog), name])
                environment = {"COLORTERM": "truecolor", "PYTHONPATH": os.pathsep.join(sys.path)}
                environment["XDG_STATE_HOME"] = str(catalog.parent / "state")
                assigned = shlex.join(f"{key}={value}" for key, value in environment.items())
                pane.open(f"env {assigned} {command}", Path(folder) / name)
            both = Pair(panes[0], panes[1])
            both.tell("rest")
            yield both
        finally:
            for pane in panes:
                pane.close()
            subprocess.run([*tmux._command, "kill-server"], check=False, capture_output=True)
