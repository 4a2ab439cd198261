"""Noticing that something changed on disk: an editor, a `git pull`, another admin."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from watchfiles import Change

_STEP_MS: Final = 400
"""How long it must have been quiet; also how often the watching thread wakes, so it costs next to nothing at rest."""
_DEBOUNCE_MS: Final = 1600
"""After so long a change is told although it has not become quiet."""
_POLL_MS: Final = 2000
_LOOK_S: Final = 5.0
_WATCHED_STATE: Final = (".modeltui/queue/", ".modeltui/generation")


def changes(root: str, *, poll: bool = False) -> AsyncGenerator[None, None]:
    """Yields once for each burst of changes to what a reader of the catalogue sees, queues of all users included.

    Asks the system to tell, and looks for itself where the system cannot (`poll`, or no watches left).
    """
    return _changes(os.path.realpath(root), poll=poll)


async def _changes(root: str, *, poll: bool) -> AsyncGenerator[None, None]:
    try:
        async for _ in _seen(root, poll=poll):
            yield
    except ExceptionGroup as group:
        if group.split(RuntimeError)[1] is not None:
            raise
    else:
        return
    while True:  # a name in the catalogue is no text, which the watch does not bear: let the reader look
        await asyncio.sleep(_LOOK_S)
        yield


async def _seen(root: str, *, poll: bool) -> AsyncGenerator[None, None]:
    if not poll:
        try:
            async for _ in _watched(root, poll=False):
                yield
        except OSError:
            pass  # no watches left, or none on this file system: look instead
        else:
            return
    async for _ in _watched(root, poll=True):
        yield


async def _watched(root: str, *, poll: bool) -> AsyncGenerator[None, None]:
    """`root` is a real path: the watch tells of what it finds by that name."""
    from watchfiles import awatch  # noqa: PLC0415  # only the console watches

    watching = awatch(
        root,
        watch_filter=_matters(root),
        debounce=_DEBOUNCE_MS,
        step=_STEP_MS,
        force_polling=poll,
        poll_delay_ms=_POLL_MS,
        ignore_permission_denied=True,
    )
    async for _ in watching:
        yield


def _matters(root: str) -> Callable[[Change, str], bool]:
    """Files of the catalogue and of queues; not what an apply stages, what a run writes, or what git keeps."""

    def matters(_: Change, path: str) -> bool:
        below = os.path.relpath(path, root)
        if below.startswith(".modeltui"):
            return below.startswith(_WATCHED_STATE)
        return below.endswith(".toml") and not any(part.startswith(".") for part in below.split(os.sep))

    return matters
