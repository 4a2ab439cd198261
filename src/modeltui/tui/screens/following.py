"""A screen on what is kept of jobs: it reads again when somebody, of whatever process, has written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

from textual.message import Message

from modeltui.errors import ModeltuiError
from modeltui.services.running.jobs import JobService
from modeltui.tui.messages import Failed
from modeltui.tui.screens.page import Page

_LOOK_S: Final = 0.5
_TICK_S: Final = 1.0


class FollowingPage(Page):
    """`read` is called off the event loop, and what it gives comes to the screen as `Read`."""

    jobs: JobService
    is_live = False
    """Somebody is at work on something that is shown."""

    class Read(Message):
        def __init__(self, found: Any) -> None:
            super().__init__()
            self.found = found

    def read(self) -> Any:
        raise NotImplementedError

    def tick(self) -> None:
        """A second has passed while somebody was at work."""

    def on_mount(self) -> None:
        self.run_worker(self._follow(), group="live")
        self.look()

    def look(self) -> None:
        """Read now."""
        self.run_worker(self._look(), group="jobs", exclusive=True)

    async def _look(self) -> None:
        found = await self._tried(self.read)
        if found is not None:
            self.post_message(self.Read(found))

    async def _follow(self) -> None:
        """Nothing is drawn, and hardly anything read, while nothing happens."""
        loop = asyncio.get_running_loop()
        stamp, ticked = await self._tried(self.jobs.stamp), loop.time()
        while True:
            await asyncio.sleep(_LOOK_S)
            now = await self._tried(self.jobs.stamp)
            if now != stamp:
                stamp = now
                await self._look()
            elif self.is_live and loop.time() - ticked >= _TICK_S:
                ticked = loop.time()
                self.tick()

    async def _tried(self, work: Callable[[], Any]) -> Any:
        try:
            return await asyncio.to_thread(work)
        except ModeltuiError as error:
            self.post_message(Failed(error))
            return None
