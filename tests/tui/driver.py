"""Drives the real console with keys, and waits for what they begin."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

from textual import events
from textual.css.query import NoMatches
from textual.keys import _character_to_key
from textual.message import Message
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import Worker, WorkerCancelled

from modeltui.bootstrap import open_workspace
from modeltui.config import Settings
from modeltui.domain.snapshot import Snapshot
from modeltui.services.workspace import Workspace
from modeltui.tui.app import ConsoleApp
from modeltui.tui.widgets.filter_bar import FilterBar
from modeltui.tui.widgets.model_table import ModelTable
from tui.stylesheets import parsed_once

_QUIET_ROUNDS = 8
_QUIET_WITHIN_S = 60
"""A console that is at work for longer is broken."""
_LOOK_EVERY_S = 0.005
_TOLD_FOR_S = 600
"""What was told stays for the test to read, however slow the machine is."""
_CHARACTERS = {"space": " ", "slash": "/", "asterisk": "*", "exclamation_mark": "!", "question_mark": "?", "colon": ":"}

WidgetT = TypeVar("WidgetT", bound=Widget)


def settings_for(root: Path, **changes: Any) -> Settings:
    return Settings(
        root=str(root),
        user=changes.pop("user", "bob"),
        live=changes.pop("live", False),
        host="testhost",
        secret=lambda _: None,
        log_file=str(root.parent / "log"),
        **changes,
    )


class Answering:
    """How many messages are being answered now: one that is taken from its queue may wait long for what it began."""

    def __init__(self) -> None:
        self.count = 0

    @contextmanager
    def counted(self) -> Iterator[None]:
        dispatch = MessagePump._dispatch_message

        async def counting(pump: MessagePump, message: Message) -> None:
            self.count += 1
            try:
                await dispatch(pump, message)
            finally:
                self.count -= 1

        with patch.object(MessagePump, "_dispatch_message", counting):
            yield


class Console:
    """The console while it runs, as a test sees it."""

    def __init__(
        self, app: ConsoleApp, pilot: Pilot[None], messages: list[Message], answering: Answering | None = None
    ) -> None:
        self.app = app
        self.answering = answering or Answering()
        self.pilot = pilot
        self.messages = messages

    async def settle(self) -> None:
        """Wait until no worker and no single run is at work, no message waits, and the screen is drawn."""
        await self._quiet()
        await self._drawn()
        await self._quiet()

    async def _drawn(self) -> None:
        """Wait until every widget is done with what it began, nothing moves, and draw. Waits for no tick of a clock."""
        await self.pilot._wait_for_screen(_QUIET_WITHIN_S)
        await self.app.animator.wait_until_complete()
        deadline = asyncio.get_running_loop().time() + _QUIET_WITHIN_S
        while _is_undrawn(self.screen):
            assert asyncio.get_running_loop().time() < deadline, "the screen does not come to rest"
            self.screen._on_timer_update()
            await self._quiet()

    async def _quiet(self) -> None:
        """Wait until nothing has stirred for some rounds of the event loop."""
        rounds = 0
        deadline = asyncio.get_running_loop().time() + _QUIET_WITHIN_S
        while rounds < _QUIET_ROUNDS:
            for worker in [each for each in self.app.workers if not each.is_finished and each.group != "live"]:
                await _ended(worker, deadline)
            await asyncio.sleep(0)
            assert asyncio.get_running_loop().time() < deadline, "the console does not come to rest"
            nodes = (self.app, *self.app.screen.walk_children(with_self=True))
            runs = self.app._runs
            is_running = runs is not None and runs.under_way > 0
            if is_running:
                await asyncio.sleep(0.01)
            is_waiting = any(node.message_queue_size for node in nodes) or self.app._type_ahead._waiting
            rounds = 0 if is_running or is_waiting or self.answering.count else rounds + 1

    async def until(self, is_so: Callable[[], bool], deadline_s: float = 60) -> None:
        """Wait for something that happens while a worker still runs, and for what the screen makes of it."""
        try:
            async with asyncio.timeout(deadline_s):
                while not _holds(is_so):
                    await asyncio.sleep(_LOOK_EVERY_S)
                    await self._looked(deadline_s)
                await self._looked(deadline_s)
        except TimeoutError:
            raise AssertionError(f"it never came; on the screen is\n{self.text}") from None

    async def _looked(self, deadline_s: float) -> None:
        await self.pilot._wait_for_screen(deadline_s)
        self.screen._on_timer_update()

    async def press(self, *keys: str) -> None:
        """Press keys one by one, each when the one before has done all it does."""
        for key in keys:
            self._send(key)
            await self._quiet()
        await self.settle()

    def _send(self, key: str) -> None:
        """A key by its name, or by its character."""
        character = key if len(key) == 1 else _CHARACTERS.get(key)
        name = _character_to_key(character) if character else key
        self.app.post_message(events.Key(name, character).set_sender(self.app))

    async def write(self, text: str) -> None:
        """Press the key of each character."""
        await self.press(*text)

    async def burst(self, text: str) -> None:
        """All keys at once, as a slow line delivers them. A line feed is enter, and \x1b escape."""
        names = {"\n": "enter", "\x1b": "escape"}
        for each in text:
            self._send(names.get(each, each))
        await self.settle()

    @property
    def screen(self) -> Screen[Any]:
        return self.app.screen

    @property
    def snapshot(self) -> Snapshot:
        assert self.app.snapshot is not None
        return self.app.snapshot

    @property
    def table(self) -> ModelTable:
        return self.one(ModelTable)

    @property
    def names(self) -> list[str]:
        """The names in the table, from the top."""
        return [row.label for row in self.table.rows]

    @property
    def query(self) -> str:
        return self.one(FilterBar).text

    @property
    def pending(self) -> list[str]:
        return list(self.snapshot.plan.files)

    def one(self, kind: type[WidgetT], selector: str = "") -> WidgetT:
        return self.screen.query_one(selector or kind.__name__, kind)

    @property
    def text(self) -> str:
        """What the screen shows."""
        return "\n".join(strip.text for strip in self.screen._compositor.render_strips())

    @property
    def line(self) -> str:
        """The line of the table that the cursor is on."""
        table = self.table
        return table.render_line(table.cursor - table.scroll_offset.y + table.header_height).text

    @property
    def notices(self) -> list[str]:
        """What was told, the last one last."""
        return [notification.message for notification in self.app._notifications]

    def seen(self, kind: type[Message]) -> list[Any]:
        """The messages of a kind, each once however far it bubbled."""
        return list({id(each): each for each in self.messages if isinstance(each, kind)}.values())


def _holds(is_so: Callable[[], bool]) -> bool:
    """A screen that is new has no widgets yet."""
    try:
        return is_so()
    except NoMatches:
        return False


def _is_undrawn(screen: Screen[Any]) -> bool:
    """Whether its next tick would do something: not of one below another, nor of a console that ends."""
    if not screen.is_current or screen.app._exit:
        return False
    is_changed = screen._layout_required or screen._scroll_required or screen._repaint_required
    return bool(is_changed or screen._recompose_required or screen._dirty_widgets or screen._callbacks)


async def _ended(worker: Worker[Any], deadline: float) -> None:
    """Wait for a worker until `deadline`, in the time of the event loop. A time-out around it would only cancel it."""
    waiting = asyncio.ensure_future(worker.wait())
    await asyncio.wait({waiting}, timeout=deadline - asyncio.get_running_loop().time())
    assert waiting.done() or waiting.cancel() is None, f"still at work: {worker.name} of {worker.group}"
    with suppress(WorkerCancelled):
        waiting.result()


@asynccontextmanager
async def running(
    root: Path,
    size: tuple[int, int] = (112, 26),
    *,
    workspace: Workspace | None = None,
    slow_s: float = _TOLD_FOR_S,
    **settings: Any,
) -> AsyncIterator[Console]:
    """The console on a catalogue, started and at rest. slow_s: after which it says that it is at work."""
    made = settings_for(root, **settings)
    app = ConsoleApp(made, (lambda: workspace) if workspace is not None else partial(open_workspace, made))
    app.lasts_s = dict.fromkeys(app.lasts_s, _TOLD_FOR_S)
    app.SLOW_S = slow_s
    messages: list[Message] = []
    answering = Answering()
    with parsed_once(), answering.counted():
        async with app.run_test(size=size, notifications=True, message_hook=messages.append) as pilot:
            console = Console(app, pilot, messages, answering)
            await console.settle()
            yield console
