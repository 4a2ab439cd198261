"""Time, handed in so that tests never wait."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from msgspec import Struct


def _utc() -> datetime:
    return datetime.now(UTC)


class Clock(Struct, frozen=True):
    now: Callable[[], datetime] = _utc
    """The time in UTC."""
    monotonic: Callable[[], float] = time.monotonic
    """Seconds from some moment; never goes back."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


SYSTEM_CLOCK = Clock()
