"""What is typed into the filter is drawn together with its rows; without them where they take long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from modeltui.services.browsing import BrowseService
from modeltui.tui import one_frame
from modeltui.tui.app import ConsoleApp
from modeltui.tui.one_frame import OneFrame
from modeltui.tui.widgets.filter_bar import FilterBar
from modeltui.tui.widgets.model_table import ModelTable
from tui.driver import Console, running

Drawn = list[tuple[str, int]]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Drawn:
    """What stood in the filter and how many rows below it, frame by frame."""
    frames: Drawn = []
    display = ConsoleApp._display

    def watched(app: ConsoleApp, screen: Any, renderable: Any) -> None:
        display(app, screen, renderable)
        if bars := screen.query(FilterBar):
            frames.append((bars.first().text, len(screen.query_one(ModelTable).rows)))

    monkeypatch.setattr(ConsoleApp, "_display", watched)
    return frames


@pytest.fixture
def may_go(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """Each choosing of rows by a filter waits for it."""
    go, choose = Event(), BrowseService.rows

    def waiting(service: BrowseService, query: str, *args: str) -> Any:
        assert not query or go.wait(60)
        return choose(service, query, *args)

    monkeypatch.setattr(BrowseService, "rows", waiting)
    yield go
    go.set()


async def _reached(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not is_so():  # noqa: ASYNC110  # of what the screen does
            await asyncio.sleep(0.001)


async def _begin(console: Console) -> int:
    """Go to the filter; how many rows there are."""
    await console.press("slash")
    return len(console.table.rows)


async def test_a_letter_and_its_rows_are_one_frame(
    root: Path, drawn: Drawn, may_go: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_frame, "LONGEST_S", 60)
    async with running(root) as console:
        every = await _begin(console)
        drawn.clear()
        console._send("z")
        await _reached(lambda: console.app.screen._one_frame._timer is not None)  # type: ignore[attr-defined]
        may_go.set()
        await console.settle()
        assert every
        assert {frame for frame in drawn if frame[0]} == {("z", 0)}


async def test_a_letter_is_seen_although_its_rows_take_long(root: Path, drawn: Drawn, may_go: Event) -> None:
    async with running(root) as console:
        every = await _begin(console)
        drawn.clear()
        console._send("z")
        await _reached(lambda: ("z", every) in drawn)
        console._send("z")
        await _reached(lambda: ("zz", every) in drawn)
        may_go.set()
        await console.settle()
        assert drawn[-1] == ("zz", 0)


class _Screen:
    """As far as it is asked."""

    def __init__(self) -> None:
        self.message_queue_size = 0
        self.is_coming = False
        self.app = self
        self.due: list[Callable[[], None]] = []
        self.looks = self.stopped = 0

    def set_timer(self, _: float, callback: Callable[[], None]) -> _Screen:
        self.due.append(callback)
        return self

    def stop(self) -> None:
        self.stopped += 1

    def walk_children(self) -> list[_Screen]:
        return [self]

    def call_later(self, callback: Callable[[], None]) -> None:
        callback()

    def check_idle(self) -> None:
        self.looks += 1


@pytest.fixture
def screen() -> _Screen:
    return _Screen()


@pytest.fixture
def frame(screen: _Screen) -> OneFrame:
    return OneFrame(screen, lambda: screen.is_coming)  # type: ignore[arg-type]


def test_nothing_waits_where_nothing_comes(screen: _Screen, frame: OneFrame) -> None:
    screen.message_queue_size = 1
    assert not frame.waits()
    assert not screen.due


def test_what_has_come_is_waited_for_until_widgets_have_handed_it_on(screen: _Screen, frame: OneFrame) -> None:
    screen.is_coming = True
    assert frame.waits()
    screen.is_coming, screen.message_queue_size = False, 1
    assert frame.waits()
    assert screen.looks == 1
    screen.message_queue_size = 0
    assert not frame.waits()
    assert screen.stopped == 1


def test_after_something_was_late_nothing_waits_until_all_has_come(screen: _Screen, frame: OneFrame) -> None:
    screen.is_coming = True
    assert frame.waits()
    screen.due.pop()()
    assert screen.looks == 1
    assert not frame.waits()
    screen.is_coming = False
    assert not frame.waits()
    screen.is_coming = True
    assert frame.waits()
