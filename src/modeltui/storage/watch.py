"""Noticing that something changed on disk: an editor, a `git pull`, another admin."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from watchfiles import Change

_STEP_MS: Final = 400
"""How long it must have been quiet; also how often the watching thread wakes, so it costs next to nothing at rest."""
_DEBOUNCE_MS: Final = 1600
"""After so long a change is told although it has not become quiet."""
_NEVER: Final = 0
"""No time after which the watching thread wakes the reader to say that nothing came."""
_POLL_MS: Final = 2000
_LOOK_S: Final = 5.0
_WATCHED_STATE: Final = (".modeltui/queue/", ".modeltui/generation")
_JOBS: Final = frozenset({".modeltui/jobs.db", ".modeltui/jobs.db-wal"})


class Burst(Enum):
    """What changed."""

    CATALOG = "files or queues"
    JOBS = "jobs, and nothing else"


def changes(root: str, *, poll: bool = False) -> AsyncGenerator[Burst, None]:
    """Yields once for each burst of changes to what a reader of the catalogue sees, queues of all users included.

    Asks the system to tell, and looks for itself where the system cannot (`poll`, or no watches left).
    """
    return _changes(os.path.realpath(root), poll=poll)


async def _changes(root: str, *, poll: bool) -> AsyncGenerator[Burst, None]:
    try:
        async for burst in _seen(root, poll=poll):
            yield burst
    except ExceptionGroup as group:
        if group.split(RuntimeError)[1] is not None:
            raise
    else:
        return
    while True:  # a name in the catalogue is no text, which the watch does not bear: let the reader look
        await asyncio.sleep(_LOOK_S)
        yield Burst.CATALOG


async def _seen(root: str, *, poll: bool) -> AsyncGenerator[Burst, None]:
    if not poll:
        try:
            async for burst in _watched(root, poll=False):
                yield burst
        except OSError:
            pass  # no watches left, or none on this file system: look instead
        else:
            return
    async for burst in _watched(root, poll=True):
        yield burst


async def _watched(root: str, *, poll: bool) -> AsyncGenerator[Burst, None]:
    """`root` is a real path: the watch tells of what it finds by that name."""
    from watchfiles import awatch  # noqa: PLC0415  # only the console watches

    watching = awatch(
        root,
        watch_filter=_matters(root),
        debounce=_DEBOUNCE_MS,
        step=_STEP_MS,
        rust_timeout=_NEVER,
        force_polling=poll,
        poll_delay_ms=_POLL_MS,
        ignore_permission_denied=True,
    )
    async for found in watching:
        yield Burst.JOBS if all(_below(root, path) in _JOBS for _, path in found) else Burst.CATALOG


def _matters(root: str) -> Callable[[Change, str], bool]:
    """Files of the catalogue, queues and jobs; not what an apply stages, what a run writes, or what git keeps."""

    def matters(_: Change, path: str) -> bool:
        below = _below(root, path)
        if below.startswith(".modeltui"):
            return below.startswith(_WATCHED_STATE) or below in _JOBS
        return below.endswith(".toml") and not any(part.startswith(".") for part in below.split(os.sep))

    return matters


def _below(root: str, path: str) -> str:
    return os.path.relpath(path, root)
