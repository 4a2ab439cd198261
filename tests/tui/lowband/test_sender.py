"""What is sent when: frames that come while the line is busy are dropped, and the newest state follows."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual._compositor import LayoutUpdate
from textual.geometry import Offset, Region, Size
from textual.strip import Strip

from modeltui.tui.lowband.cells import CONTINUED
from modeltui.tui.lowband.driver import WatchedDriver
from modeltui.tui.lowband.sender import Sender
from modeltui.tui.lowband.traits import Traits
from tui.lowband.emulator import Emulator
from tui.lowband.test_diff import CONSOLE, HEIGHT, WIDTH


class Driver(WatchedDriver):
    """One without a terminal of its own."""

    waiting = 0

    def __init__(self) -> None:
        self.terminal = Emulator(WIDTH, HEIGHT)
        self.sent: list[str] = []

    @property
    def backlog(self) -> int:
        return self.waiting

    def send(self, text: str) -> None:
        self.sent.append(text)
        self.terminal.feed(text)


class Bench:
    """A sender with what it needs of an app."""

    def __init__(self) -> None:
        self.driver = Driver()
        self.screen = SimpleNamespace(outer_size=Size(WIDTH, HEIGHT), refresh=lambda: self.refreshed.append(1))
        self.refreshed: list[int] = []
        self.said: list[str] = []
        self.app = SimpleNamespace(
            console=CONSOLE,
            cursor_position=Offset(3, 2),
            screen=self.screen,
            log=SimpleNamespace(error=self.said.append),
            _driver=self.driver,
            _running=True,
            _closed=False,
            _sync_available=False,
        )
        self.sender = Sender(cast("Any", self.app), Traits())

    def draw(self, text: str) -> bool:
        lines = [Strip([Segment(f"{text} {y}", Style())]).adjust_cell_length(WIDTH) for y in range(HEIGHT)]
        update = LayoutUpdate([[line] for line in lines], Region(0, 0, WIDTH, HEIGHT))
        return self.sender.take(cast("Any", self.screen), update)

    async def until_sent(self, count: int) -> None:
        async with asyncio.timeout(60):
            while len(self.driver.sent) < count:  # noqa: ASYNC110  # there is nobody to set one
                await asyncio.sleep(0)

    async def turns(self) -> Sequence[str]:
        for _ in range(20):
            await asyncio.sleep(0)
        return self.driver.sent


async def test_frames_of_one_turn_are_one() -> None:
    bench = Bench()
    assert all(bench.draw(f"frame {number}") for number in range(5))
    assert len(await bench.turns()) == 1
    assert bench.driver.terminal.lines[0].startswith("frame 4 0 ")
    assert (bench.driver.terminal.y, bench.driver.terminal.x) == (2, 3)


async def test_while_the_terminal_has_not_taken_all_nothing_is_sent_and_then_the_newest() -> None:
    bench = Bench()
    bench.driver.waiting = 400
    bench.draw("first")
    bench.draw("second")
    assert not await bench.turns()
    bench.draw("third")
    bench.driver.waiting = 0
    await bench.until_sent(1)
    assert bench.driver.terminal.lines[0].startswith("third 0 ")
    assert "first" not in bench.driver.sent[0]


async def test_while_an_answer_is_out_nothing_is_sent_and_then_the_newest() -> None:
    bench = Bench()
    bench.draw("start")
    await bench.turns()
    bench.sender.answered(1)
    count = 1
    while True:
        bench.draw(f"{count} {'x' * (count % 20)}")
        if len(await bench.turns()) == count:
            break
        count += 1
    assert bench.sender.awaits_answer
    bench.draw("newest")
    assert len(await bench.turns()) == count
    bench.sender.answered(0)
    while bench.sender.awaits_answer:
        bench.sender.answered(0)
    assert len(await bench.turns()) == count + 1
    assert bench.driver.terminal.lines[5].startswith("newest 5 ")


async def test_a_failure_ends_it_with_a_whole_frame_of_textual() -> None:
    bench = Bench()
    bench.draw("start")
    await bench.turns()
    bench.app.console = None
    bench.sender._output._frame = cast("Any", object())
    assert not bench.draw("next")
    assert bench.driver.sent[-1] == "\x1b[r\x1b[m"
    assert bench.refreshed
    assert bench.said
    assert not bench.draw("after")


async def test_after_a_resize_to_the_same_size_everything_is_drawn_again() -> None:
    bench = Bench()
    bench.draw("start")
    await bench.turns()
    wanted = bench.driver.terminal.seen
    bench.driver.terminal.feed("\x1b[2J\x1b[4;4Hrubbish")
    bench.sender.resized(events.Resize(Size(WIDTH, HEIGHT), Size(WIDTH, HEIGHT)))
    assert len(await bench.turns()) == 2
    assert bench.driver.terminal.seen == wanted


def resting(bench: Bench, text: str, drawn: str | None = None) -> None:
    """The compositor has this, and it is looked whether that is what was sent."""
    lines = [Strip([Segment(f"{text} {y}", Style())]).adjust_cell_length(WIDTH) for y in range(HEIGHT)]
    bench.screen._compositor = SimpleNamespace(render_strips=lambda: lines)
    bench.screen._dirty_widgets = bench.screen._layout_required = False
    bench.screen.refresh = lambda **_: bench.draw(drawn or text)
    bench.sender._check()


async def test_at_rest_it_is_looked_whether_all_is_right() -> None:
    bench = Bench()
    bench.draw("start")
    await bench.turns()
    resting(bench, "start")
    assert len(await bench.turns()) == 1
    assert not bench.said


@pytest.mark.parametrize("part", ["_frame", "_shadow"])
async def test_what_is_not_as_it_should_be_is_drawn_again_and_said(part: str) -> None:
    bench = Bench()
    bench.draw("start")
    await bench.turns()
    getattr(bench.sender._output, part).rows[3][4:6] = [CONTINUED, CONTINUED]
    bench.driver.terminal.feed("\x1b[2J")
    resting(bench, "start")
    assert len(await bench.turns()) == 2
    assert bench.driver.terminal.lines[3].startswith("start 3 ")
    assert len(bench.said) == 1
    resting(bench, "start")
    assert len(await bench.turns()) == 2


async def test_what_stays_wrong_ends_it() -> None:
    bench = Bench()
    bench.draw("start")
    await bench.turns()
    for is_at_work in (True, False):
        resting(bench, "other", drawn="start")
        await bench.turns()
        assert bench.sender.is_at_work is is_at_work


async def test_after_a_frame_it_is_looked_once() -> None:
    bench = Bench()
    for number in range(3):
        bench.draw(f"frame {number}")
        await bench.turns()
    assert bench.sender._check_due is not None
    resting(bench, "frame 2")
    assert bench.sender._check_due is None


async def test_an_app_that_has_ended_sends_nothing() -> None:
    bench = Bench()
    bench.draw("start")
    bench.app._running = False
    assert not await bench.turns()
    assert not bench.draw("more")
