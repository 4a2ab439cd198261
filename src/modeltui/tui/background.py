"""Work that outlives the screens, on an event loop of its own thread.

When the console ends, the loop stands still: what was sent is not cancelled, as it would be by closing its stream, and
the next one who asks finds it where it was left.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any


class Background:
    def __init__(self, on_fault: Callable[[BaseException], None]) -> None:
        """`on_fault` is told, on the loop's thread, of an error that nobody expected."""
        self._on_fault = on_fault
        self._loop: asyncio.AbstractEventLoop | None = None
        self._going: set[Future[None]] = set()

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Begin it; nobody waits for it. It says itself what came of it."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            threading.Thread(target=self._turn, args=[self._loop], name="runs", daemon=True).start()
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        self._going.add(future)
        future.add_done_callback(self._ended)

    def cancel(self, task: asyncio.Task[None]) -> None:
        """Cancel what runs here; its own thread does it."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(task.cancel)

    def end(self) -> None:
        """What is still at work stands still from now on, for good."""
        if self._loop is None:
            return
        loop, self._loop = self._loop, None
        loop.call_soon_threadsafe(threading.Event().wait if self._going else loop.stop)

    def _ended(self, future: Future[None]) -> None:
        self._going.discard(future)
        error = None if future.cancelled() else future.exception()
        if error is not None:
            self._on_fault(error)

    @staticmethod
    def _turn(loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        loop.run_forever()
        loop.close()
