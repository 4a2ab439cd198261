"""What is typed before the catalogue is read is meant for what comes, in its order."""

from __future__ import annotations

import asyncio
import threading
from functools import partial
from pathlib import Path

import pytest
from textual import events
from textual.app import App
from textual.message import Message

from modeltui.bootstrap import open_workspace
from modeltui.services.workspace import Workspace
from modeltui.tui.app import ConsoleApp
from modeltui.tui.type_ahead import TypeAhead
from tui.catalogs import model, write
from tui.driver import Console, running, settings_for


async def test_keys_typed_at_the_start_wait_for_the_table(root: Path) -> None:
    may_open = threading.Event()
    settings = settings_for(root)

    def slowly() -> Workspace:
        may_open.wait(120)
        return open_workspace(settings)

    app = ConsoleApp(settings, partial(slowly))
    messages: list[Message] = []
    async with app.run_test(size=(112, 26), message_hook=messages.append) as pilot:
        console = Console(app, pilot, messages)
        for key in "/aurora\nt":
            console._send({"\n": "enter"}.get(key, key))
        await pilot.pause()
        may_open.set()
        await console.until(lambda: app.snapshot is not None)
        await console.settle()
        assert console.query == "aurora"
        assert console.pending == ["prompt_to_image/aurora"]
        assert console.notices == []


async def test_a_key_that_comes_while_another_is_let_go_stays_behind_it() -> None:
    app: App[None] = App()
    first, second, third = (events.Key(each, each) for each in "abc")
    posted: list[Message] = []
    async with app.run_test(message_hook=posted.append) as pilot:
        keys = TypeAhead(app)
        keys.open()
        assert keys.admits(first)
        assert not keys.admits(second)
        keys.answered()
        while second not in posted:
            await pilot.pause()
        assert not keys.admits(third)
        assert keys.admits(second)
        keys.answered()
        while third not in posted:
            await pilot.pause()
        assert keys.admits(third)


async def test_a_held_key_moves_at_once_for_all_that_came_meanwhile(root: Path) -> None:
    async with running(root) as console:
        await console.press("g", "g")
        moves: list[int] = []
        console.table.watch(console.table, "cursor", lambda now: moves.append(now), init=False)  # noqa: PLW0108  # Textual counts parameters
        for _ in range(4):
            console._send("down")
        console._send("up")
        await console.settle()
        assert console.table.cursor == 3
        assert moves[-1] == 3
        assert len(moves) < 5


async def test_keys_that_do_more_than_move_act_one_by_one(root: Path) -> None:
    async with running(root) as console:
        await console.press("g", "g")
        for _ in range(3):
            console._send("space")
        await console.settle()
        assert len(console.table.marks) == 3
        assert console.table.cursor == 3


@pytest.fixture
def sixty(root: Path) -> Path:
    """A catalogue of so many models more."""
    for number in range(60):
        key = f"chat/model-{number:02d}"
        write(root, f"models/{key}.toml", model(key, f"Model {number}"))
    return root


async def test_as_many_rows_as_presses_that_came_at_once(sixty: Path) -> None:
    async with running(sixty) as console:
        await console.press("g", "g")
        await console.burst("j" * 40)
        assert console.table.cursor == 40
        await console.burst("k" * 7 + "j" * 3 + "k" * 4)
        assert console.table.cursor == 32
        await console.burst("5jj")
        assert console.table.cursor == 38


async def test_presses_that_come_while_a_move_is_on_its_way_count_too(sixty: Path) -> None:
    async with running(sixty) as console:
        await console.press("g", "g")
        for _ in range(8):
            for _ in range(5):
                console._send("j")
            await asyncio.sleep(0)
        await console.settle()
        assert console.table.cursor == 40


async def test_what_is_typed_or_pasted_into_the_filter_at_once_is_all_there(root: Path) -> None:
    async with running(root) as console:
        await console.burst("/aurora chat model")
        assert console.query == "aurora chat model"
        console.app.post_message(events.Paste(" and more"))
        await console.settle()
        assert console.query == "aurora chat model and more"
