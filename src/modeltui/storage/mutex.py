"""One writer at a time between processes: a kernel lock on a file that stays, and who holds it beside it."""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import asdict, replace

from modeltui.domain.text import safe
from modeltui.errors import BusyError
from modeltui.storage import state_dir
from modeltui.storage.fs import FileSystem, Release

_LARGEST_HOLDER = 4096
_PAUSE_S = 0.02
_LOOKS = 5
"""Pauses after which a holder who has not said who they are stays unknown."""


class Holder(Struct, frozen=True):
    """For people only: the kernel's lock is the truth, and this may be a moment behind it."""

    user: str
    host: str
    pid: int
    since: str
    """ISO 8601, UTC."""
    doing: str

    def __str__(self) -> str:
        who = f"{self.user} on {self.host} (pid {self.pid})"
        return safe(f"{who} is busy since {self.since}: {self.doing}")


class Delay(Struct, frozen=True):
    """Somebody else writes, and we wait for them."""

    holder: Holder | None
    """None while nothing readable says who it is."""
    deadline_s: float
    """Seconds after which we give up, counted from the first try."""

    def __str__(self) -> str:
        if self.holder is None:
            return "waiting for another process that writes the catalogue"
        holder = self.holder
        return safe(f"waiting for {holder.user} on {holder.host}: {holder.doing} since {_clock(holder.since)}")


OnWait: TypeAlias = Callable[[Delay], None]
"""Told as soon as there is a wait and it is known for whom, and again when it is somebody else."""


class Waiting(Struct, frozen=True):
    """How long to wait for a lock, and the clock to wait by."""

    deadline_s: float = 10.0
    monotonic: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep


class Mutex:
    """Held by `with mutex.held("applying 3 files"):`. A process that dies lets go of it."""

    def __init__(self, fs: FileSystem, user: str, *, host: str | None = None, waiting: Waiting | None = None) -> None:
        self._fs = fs
        self._user = user
        self._host = host or os.uname().nodename
        self._waiting = waiting or Waiting()

    @contextmanager
    def held(self, doing: str, on_wait: OnWait | None = None) -> Iterator[None]:
        """Raises BusyError naming the holder when the mutex is not had in time."""
        release = acquire(self._fs, state_dir.MUTEX, self._telling(on_wait) if on_wait else self._waiting)
        if release is None:
            raise self._busy()
        try:
            self._tell(doing)
            yield
        finally:
            with suppress(OSError):
                self._fs.unlink(state_dir.HOLDER)
            release()

    def is_free(self) -> bool:
        """Whether nobody holds it now."""
        release = self._fs.try_lock(state_dir.MUTEX, state_dir.file_mode(self._fs))
        if release is None:
            return False
        release()
        return True

    def holder(self) -> Holder | None:
        """Who says to hold it; None where nobody does or nothing readable is said."""
        try:
            told = json.loads(self._fs.read(state_dir.HOLDER, _LARGEST_HOLDER))
            return Holder(
                str(told["user"]), str(told["host"]), int(told["pid"]), str(told["since"]), str(told["doing"])
            )
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return None

    def _telling(self, on_wait: OnWait) -> Waiting:
        """To wait like this, with what is told looked at before every pause."""
        told: list[Delay] = []
        looks = itertools.count(1)

        def pause(seconds: float) -> None:
            delay = Delay(self.holder(), self._waiting.deadline_s)
            is_known = delay.holder is not None or (not told and next(looks) >= _LOOKS)
            if is_known and told[-1:] != [delay]:
                told.append(delay)
                on_wait(delay)
            self._waiting.pause(seconds)

        return replace(self._waiting, pause=pause)

    def _busy(self) -> BusyError:
        holder = self.holder()
        if holder is not None:
            message = str(holder)
        else:
            from modeltui.storage.lock_holder import holder_of  # noqa: PLC0415  # where nothing else says it

            who = holder_of(self._fs, state_dir.MUTEX)
            seconds = f"{self._waiting.deadline_s:g} s"
            message = (
                f"another process{f', {who},' if who else ''} keeps {state_dir.MUTEX} busy for more than {seconds}"
            )
        return BusyError(message, hint="try again when it is done; a process that died holds nothing")

    def _tell(self, doing: str) -> None:
        since = datetime.now(UTC).isoformat(timespec="seconds")
        holder = Holder(self._user, self._host, os.getpid(), since, doing)
        draft = f"{state_dir.HOLDER}.tmp"
        try:
            with suppress(FileNotFoundError):
                self._fs.unlink(draft)
            self._fs.create(draft, json.dumps(asdict(holder)).encode(), state_dir.file_mode(self._fs))
            self._fs.rename(draft, state_dir.HOLDER)
        except OSError:
            with suppress(OSError):
                self._fs.unlink(draft)


def acquire(fs: FileSystem, path: str, waiting: Waiting) -> Release | None:
    """The lock on `path`, waited for; None when the deadline passes first."""
    end = waiting.monotonic() + waiting.deadline_s
    mode = state_dir.file_mode(fs)
    while (release := fs.try_lock(path, mode)) is None:
        if waiting.monotonic() >= end:
            return None
        waiting.pause(_PAUSE_S)
    return release


def _clock(since: str) -> str:
    """The moment as a clock here shows it, with the date where that is not today's."""
    try:
        at = datetime.fromisoformat(since).astimezone()
    except (ValueError, OverflowError, OSError):
        return since
    return f"{at:%H:%M:%S}" if at.date() == datetime.now().astimezone().date() else f"{at:%Y-%m-%d %H:%M:%S}"
