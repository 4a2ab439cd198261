"""Hearing, while a job is followed, that another process wants it cancelled."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Final

from modeltui.errors import ModeltuiError
from modeltui.jobs.store import JobStore

_EVERY_S: Final = 1.0


class Wishes:
    """One look at the database a second for all jobs of an event loop, whatever each of them waits for."""

    def __init__(self, store: JobStore, every_s: float = _EVERY_S) -> None:
        self._store = store
        self._every_s = every_s
        self._watches: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Watch] = weakref.WeakKeyDictionary()

    @asynccontextmanager
    async def watching(self, job_id: str) -> AsyncGenerator[asyncio.Event, None]:
        """An event that is set once the job is to be cancelled."""
        watch = self._watches.setdefault(asyncio.get_running_loop(), _Watch())
        heard = watch.heard[job_id] = asyncio.Event()
        if watch.task is None:
            watch.task = asyncio.create_task(self._look(watch))
        try:
            yield heard
        finally:
            watch.heard.pop(job_id, None)
            if not watch.heard and watch.task is not None:
                watch.task.cancel()
                watch.task = None

    async def _look(self, watch: _Watch) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            with suppress(ModeltuiError):
                for job_id in await self._store.in_turn(self._store.wished):
                    if (heard := watch.heard.get(job_id)) is not None:
                        heard.set()


class _Watch:
    """Of one event loop."""

    def __init__(self) -> None:
        self.heard: dict[str, asyncio.Event] = {}
        self.task: asyncio.Task[None] | None = None
