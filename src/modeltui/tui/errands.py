"""Work off the event loop, one piece at a time, first come first served."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from modeltui.domain.snapshot import Snapshot
from modeltui.errors import ModeltuiError
from modeltui.tui.messages import Failed, Perform, Performed

if TYPE_CHECKING:
    from collections.abc import Callable

    from modeltui.tui.messages import Result


class Errands:
    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def settled(self) -> None:
        """Wait until all that was asked is done."""
        async with self._turn:
            return

    async def perform(self, wish: Perform) -> Performed | Failed:
        """What came of it. The lock is fair, so wishes are served in the order in which they came."""
        async with self._turn:
            try:
                return Performed(await asyncio.to_thread(_done, wish.work), wish.done)
            except ModeltuiError as error:
                return Failed(error)


def _done(work: Callable[[], Result]) -> Result:
    result = work()
    snapshot = getattr(result, "snapshot", result)
    if isinstance(snapshot, Snapshot):
        snapshot.ready()
    return result
