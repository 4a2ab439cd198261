"""The console in tmux, twice: as it is, and as Textual draws it. Both get the same keys and must show the same."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tui.lowband.emulator import Emulator, Glyph

DEADLINE_S = 90
SOON_S = 20
_TRIED = 3
ESCAPE = "\x1b[27u"
"""As the kitty keyboard protocol has it: no terminal waits whether a sequence follows."""
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

    def lacks(self, marker: str) -> bool:
        return marker not in self.text

    def press(self, keys: Sequence[str]) -> None:
        """Names of tmux, such as Down; what is longer and no name goes in as it is."""
        for key in keys:
            literal = ["-l"] if key.startswith("\x1b") else []
            self.tmux.run("send-keys", "-t", self.name, *literal, key)

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


def comes(is_so: Callable[[], bool], within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while not is_so():
        if time.monotonic() > deadline:
            return False
    return True


def wait(is_so: Callable[[], bool], said: Callable[[], str]) -> None:
    assert comes(is_so, DEADLINE_S), said()


@dataclass
class Pair:
    ours: Pane
    stock: Pane
    is_apart: bool = False
    """The programs, not only their screens, are known to stand differently."""

    @property
    def both(self) -> tuple[Pane, Pane]:
        return self.ours, self.stock

    def press(self, *keys: str) -> None:
        for pane in self.both:
            pane.press(keys)

    def until(self, marker: str) -> None:
        for pane in self.both:
            pane.until(marker)

    def settle(self) -> None:
        """Until all keys so far have done what they do, of which the palette is the last."""
        self.press(":", "q", "z")
        self.until("qz")
        self.press(ESCAPE)
        for pane in self.both:
            wait(partial(pane.lacks, "qz"), lambda: f"the palette stays:\n{self.ours.text}\n{self.stock.text}")
        self.check("the palette")

    def check(self, after: object = "") -> None:
        """Both come to show the same: text, colours, attributes. Where the programs stand differently, see `redraw`."""

        def is_same() -> bool:
            ours, stock = self.ours.seen, self.stock.seen
            return len(ours.rows) == len(stock.rows) and not any(self.differing(ours, stock))

        if not self.is_apart:
            self.is_apart = not comes(is_same, SOON_S)
        if self.is_apart:
            self.redraw(after)

    def redraw(self, after: object) -> None:
        """Two programs come apart when a key finds one of them a moment further: a column is measured, a bar has focus.

        Then what is there must be what the program draws on an empty screen.
        """
        for _ in range(_TRIED):
            before = self.ours.seen
            self.ours.stop()
            self.ours.press(["fg", "Enter"])
            if comes(partial(self._shows, before), SOON_S):
                return
        raise AssertionError(f"after {after}: {self.difference()}")

    def _shows(self, before: Emulator) -> bool:
        return not any(self.differing(before, self.ours.seen))

    @staticmethod
    def differing(ours: Emulator, stock: Emulator) -> Iterator[tuple[int, int, Glyph, Glyph]]:
        for y, lines in enumerate(zip(ours.seen, stock.seen, strict=False)):
            for x, (got, wanted) in enumerate(zip(*lines, strict=False)):
                is_end = {got, wanted} >= {TRIMMED} and {got.text, wanted.text} <= {" ", TRIMMED.text}
                if got != wanted and not is_end:
                    yield y, x, got, wanted

    def difference(self) -> str:
        ours, stock = self.ours.seen, self.stock.seen
        for y, x, got, wanted in self.differing(ours, stock):
            screens = "\n".join([*ours.lines, "", *stock.lines])
            return f"line {y}, column {x}: {got} for {wanted}\n{screens}"
        return f"{ours.width}x{ours.height} for {stock.width}x{stock.height}"


@contextmanager
def pair(catalogs: Sequence[Path], size: tuple[int, int], arguments: Sequence[str] = ()) -> Iterator[Pair]:
    """The console on two equal catalogues, at rest on the table."""
    with TemporaryDirectory(prefix="modeltui-") as folder:
        tmux = Tmux(Path(folder) / "tmux")
        width, height = map(str, size)
        shell = f"env -u TMUX -u COLUMNS -u LINES PS1={shlex.quote(PROMPT)} bash --norc --noprofile -i"
        panes: list[Pane] = []
        try:
            for name, catalog, more in (("ours", catalogs[0], []), ("stock", catalogs[1], ["--no-lowband"])):
                settings = [] if panes else ["set", "-g", "default-terminal", "tmux-256color", ";"]
                tmux.run(
                    "start-server", ";", *settings, "new-session", "-d", "-s", name, "-x", width, "-y", height, shell
                )
                pane = Pane(tmux, name)
                panes.append(pane)
                pane.until(PROMPT)
                command = [sys.executable, "-m", "modeltui", "-C", str(catalog), "console", *more, *arguments]
                environment = f"COLORTERM=truecolor XDG_STATE_HOME={shlex.quote(str(catalog.parent / 'state'))}"
                pane.press([f" clear; {environment} {shlex.join(command)}", "Enter"])
            yield Pair(panes[0], panes[1])
        finally:
            subprocess.run([*tmux._command, "kill-server"], check=False, capture_output=True)
