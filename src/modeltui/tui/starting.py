"""The start of the console: the catalogue is opened off the event loop, and what nobody waits for comes after it."""

from __future__ import annotations

import gc
from contextlib import aclosing
from dataclasses import dataclass
from time import sleep
from typing import TYPE_CHECKING, Any, Final

from textual.message import Message
from textual.reactive import reactive

from modeltui.domain.browse.views import shown_columns
from modeltui.errors import ModeltuiError
from modeltui.tui.apart import Apart
from modeltui.tui.errands import Errands
from modeltui.tui.navigation import first_rows
from modeltui.tui.screens.opening import OpeningScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

    from modeltui.config import Settings
    from modeltui.domain.snapshot import Snapshot
    from modeltui.services.browsing import Rows
    from modeltui.services.workspace import Workspace

_CALM_S: Final = 0.5
"""Seconds without a key after which somebody is taken to look."""

_SELDOM: Final = (25_000, 10, 10)
"""Of the garbage collector: a key makes 3,000 objects, and each look goes through the rows that were found."""


class Starting(Apart):
    snapshot: reactive[Snapshot | None] = reactive(None, init=False)
    """How things stand: the only state. Screens are bound to it."""

    _workspace: Workspace

    @dataclass
    class Opened(Message):
        workspace: Workspace
        snapshot: Snapshot
        rows: Rows | None
        """What the first table shows; None where the filter of last time is wrong by now."""

    def __init__(
        self, settings: Settings, opener: Callable[[], Workspace], started: Callable[[], None] = lambda: None
    ) -> None:
        """`opener` gives the workspace; it is called off the event loop. `started` once the first table is painted."""
        super().__init__(settings)
        self._opener = opener
        self._started = started
        self._errands = Errands()

    def get_default_screen(self) -> Screen[Any]:
        return OpeningScreen(self._settings.root)

    def on_mount(self) -> None:
        self.run_worker(self._open_workspace, thread=True, group="open")

    def _open_workspace(self) -> None:
        try:
            workspace = self._opener()
            snapshot = workspace.catalog.look_at_runs().ready()
            self.post_message(self.Opened(workspace, snapshot, first_rows(workspace)))
        except ModeltuiError as error:
            self.call_from_thread(self._handle_exception, error)

    def _settle(self) -> None:
        """What nobody waits for, once the first table is painted."""
        self._started()
        self.run_worker(self._make_ready, thread=True, group="prepare")
        self.look_for_interrupted()
        self.look_how_far_apart()
        if self._settings.live:
            self.run_worker(self._follow(), group="live")

    def _make_ready(self) -> None:
        """What was gathered stays as well, like what the start made."""
        self._prepare()
        gc.collect(1)
        gc.freeze()

    def _prepare(self) -> None:
        workspace = self._workspace
        columns = shown_columns(workspace.views.place().shown.columns, workspace.catalog.snapshot().shown)
        workspace.catalog.prepare([column.id for column in columns], self._rest)

    def _rest(self, worked_s: float) -> bool:
        """As long as was worked, and while somebody types: two threads share one interpreter. Whether to go on."""
        sleep(worked_s)
        while self.is_running and self._type_ahead.idle_s < _CALM_S:
            sleep(_CALM_S / 10)
        return self.is_running

    async def _follow(self) -> None:
        """Show what others change: the last state, since an errand may have gone further meanwhile."""
        async with aclosing(self._workspace.catalog.live()) as changes:
            async for _ in changes:
                self.snapshot = self._workspace.catalog.snapshot()


def collect_from_now_on() -> None:
    """What the start made stays: each look through it would cost as long as a frame, or many."""
    gc.freeze()
    gc.set_threshold(*_SELDOM)
    gc.enable()
