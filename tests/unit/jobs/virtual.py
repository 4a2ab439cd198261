"""An event loop whose time passes only when everybody waits, so that minutes of pace are tested in no time."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any, TypeVar

from modeltui.providers.clock import Clock

T = TypeVar("T")


class _Selector(selectors.DefaultSelector):
    """Waits for nothing but what another thread says."""

    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        found = super().select(0 if timeout is not None else None)
        if not found and timeout:
            self.now += timeout
        return found


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._virtual = _Selector()
        super().__init__(self._virtual)

    def time(self) -> float:
        return self._virtual.now


CLOCK = Clock(
    now=lambda: datetime(2026, 11, 20, tzinfo=UTC),
    monotonic=lambda: asyncio.get_running_loop().time(),
    sleep=asyncio.sleep,
)


def run(main: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(main)
