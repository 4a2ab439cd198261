"""The thread that reads the terminal: what comes is given on, and while nothing comes it sleeps."""

from __future__ import annotations

import os
import pty
import selectors
import threading
import tty
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from textual import _parser, constants, events
from textual.message import Message

from modeltui.tui.lowband.input import Bell, Listener

DEADLINE_S = 60
QUIET = b""
"""In a script: nothing comes, however long it waits."""


class Script(selectors.SelectSelector):
    """What comes at each turn, before the thread looks; the bell, when all has come. Notes how long it would wait."""

    def __init__(self, near: int, bell: Bell, steps: Sequence[bytes], clock: list[float]) -> None:
        super().__init__()
        self._near, self._bell, self._steps, self._clock = near, bell, list(steps), clock
        self.waits: list[float | None] = []

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.waits.append(timeout)
        step = self._steps.pop(0) if self._steps else None
        if step is None:
            self._bell.set()
        elif step is QUIET:
            assert timeout is not None, "it would sleep for ever"
            self._clock[0] += timeout
            return []
        else:
            os.write(self._near, step)
        return super().select(DEADLINE_S)


@dataclass
class Wire:
    near: int
    far: int
    clock: list[float]
    bell: Bell = field(default_factory=Bell)
    taken: list[Message] = field(default_factory=list)
    waits: list[float | None] = field(default_factory=list)
    hang_ups: int = 0

    def listen(self, *steps: bytes) -> None:
        """Until all of the steps are done, in this thread."""
        selector = Script(self.near, self.bell, steps, self.clock)
        self.listener(selector).run()
        self.waits = selector.waits
        self.bell.clear()

    def listener(self, selector: selectors.BaseSelector | None = None) -> Listener:
        return Listener(self.far, self.bell, self.taken.append, self._hung_up, selector=selector)

    def _hung_up(self) -> None:
        self.hang_ups += 1

    @property
    def keys(self) -> list[str]:
        return [message.key for message in self.taken if isinstance(message, events.Key)]


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    near, far = pty.openpty()
    tty.setraw(far)
    clock = [0.0]
    monkeypatch.setattr(_parser, "get_time", lambda: clock[0])
    wire = Wire(near, far, clock)
    yield wire
    for end in (wire.near, wire.far):
        if end >= 0:
            os.close(end)


def test_bytes_come_as_keys(wire: Wire) -> None:
    wire.listen(b"j", b"\x1b[B\x1b[A", b"\r")
    assert wire.keys == ["j", "down", "up", "enter"]


def test_while_nothing_comes_it_waits_without_an_end(wire: Wire) -> None:
    wire.listen(b"j", b"\x1b[B")
    assert wire.waits == [None, None, None]


def test_an_esc_that_nothing_follows_is_the_key(wire: Wire) -> None:
    wire.listen(b"\x1b", QUIET, b"j")
    assert wire.keys == ["escape", "j"]
    assert wire.waits == [None, constants.ESCAPE_DELAY, None, None]


def test_it_looks_again_while_an_esc_is_in_doubt(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clocks of two kinds may differ by a little."""
    monkeypatch.setattr(_parser, "get_time", lambda: wire.clock[0] * 0.6)
    wire.listen(b"\x1b", QUIET, QUIET)
    assert wire.keys == ["escape"]


@pytest.mark.parametrize(
    ("pieces", "keys"),
    [
        ([b"\x1b", b"[B"], ["down"]),
        ([b"\x1b[", b"B", b"j"], ["down", "j"]),
        (["é".encode()[:1], "é".encode()[1:]], ["é"]),
        ([*(bytes([each]) for each in "漢".encode()), b"j"], ["漢", "j"]),
    ],
)
def test_what_comes_in_pieces_is_put_together(wire: Wire, pieces: list[bytes], keys: list[str]) -> None:
    wire.listen(*pieces)
    shown = [
        message.character if message.is_printable else message.key
        for message in wire.taken
        if isinstance(message, events.Key)
    ]
    assert shown == keys


def test_bytes_that_are_no_text_do_not_end_it(wire: Wire) -> None:
    wire.listen(b"a\xffb", b"j")
    assert [key for key in wire.keys if len(key) == 1] == ["a", "b", "j"]


@pytest.mark.parametrize("end", ["a terminal", "a pipe"])
def test_a_line_that_is_cut_is_told_once_and_not_looked_at_again(wire: Wire, end: str) -> None:
    """It stays readable for ever: who looks again would spin."""
    os.close(wire.near)
    if end == "a pipe":
        os.close(wire.far)
        wire.far, near = os.pipe()
        os.close(near)
    wire.near = os.open(os.devnull, os.O_WRONLY)
    wire.listen(b"nobody reads this")
    assert wire.hang_ups == 1
    assert wire.waits == [None, None]


def test_an_empty_read_of_a_living_terminal_is_no_end(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another program made it wait for whole lines, ctrl+d is one."""
    reads = iter([b""])
    read = os.read
    monkeypatch.setattr(os, "read", lambda fd, size: next(reads, None) if fd == wire.far else read(fd, size))
    listener = wire.listener()
    assert listener._data() == b""


def test_what_fails_reaches_the_one_who_runs_it(wire: Wire) -> None:
    def broken(_: Message) -> None:
        raise ValueError("on purpose")

    os.write(wire.near, b"j")
    with pytest.raises(ValueError, match="on purpose"):
        Listener(wire.far, wire.bell, broken, lambda: None).run()


class Noting(selectors.SelectSelector):
    """Says when it is about to wait, and how long."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float | None] = []
        self.is_waiting = threading.Event()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.waits.append(timeout)
        self.is_waiting.set()
        return super().select(timeout)


def _in_a_thread(run: Callable[[], Any]) -> threading.Thread:
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def test_it_ends_from_its_sleep_and_begins_again(wire: Wire) -> None:
    for _ in range(3):
        selector = Noting()
        thread = _in_a_thread(wire.listener(selector).run)
        assert selector.is_waiting.wait(DEADLINE_S)
        wire.bell.set()
        thread.join(DEADLINE_S)
        assert not thread.is_alive()
        assert selector.waits == [None], "no look at a clock, and none at the bell before it rang"
        wire.bell.clear()
    wire.listen(b"j")
    assert wire.keys == ["j"]


def test_a_bell_that_rang_before_is_heard(wire: Wire) -> None:
    wire.bell.set()
    wire.bell.set()
    selector = Noting()
    wire.listener(selector).run()
    assert selector.waits == []
    wire.bell.clear()
    assert not wire.bell.is_set()
    wire.listen(b"j")
    assert wire.keys == ["j"]


def test_a_bell_that_rings_on_and_on_does_not_block() -> None:
    bell = Bell()
    for _ in range(100_000):
        bell.set()
    bell.clear()
    with selectors.SelectSelector() as selector:
        selector.register(bell, selectors.EVENT_READ)
        assert selector.select(0) == []


PASTE = b"\x1b[200~a\x1b[31mb\x1bq\x1b[201~"


@pytest.mark.parametrize("size", [1, 2, 3, 5, len(PASTE)])
def test_an_esc_in_a_paste_gives_no_keys(wire: Wire, size: int) -> None:
    wire.listen(*(PASTE[at : at + size] for at in range(0, len(PASTE), size)), b"j")
    assert [message.text for message in wire.taken if isinstance(message, events.Paste)] == ["a[31mbq"]
    assert wire.keys == ["j"]


def test_two_pastes_and_what_is_typed_between(wire: Wire) -> None:
    wire.listen(b"k\x1b[200~one\x1b[201~j\x1b[200~two\x1b[201~\x1b[B")
    assert [message.text for message in wire.taken if isinstance(message, events.Paste)] == ["one", "two"]
    assert wire.keys == ["k", "j", "down"]


def test_typing_what_begins_a_paste_does_not_begin_one(wire: Wire) -> None:
    wire.listen(b"\x1b", QUIET, b"[200~", b"\x1b", QUIET)
    assert wire.keys[0] == wire.keys[-1] == "escape"
