"""A user's queue on disk: a log of what was done to it, durable at every step and safe between processes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from modeltui.domain.queue import Queue, Step
from modeltui.domain.value_codec import encoded
from modeltui.errors import RefusedError
from modeltui.storage import state_dir
from modeltui.storage.fs import FileSystem, digest, reason_of
from modeltui.storage.log_file import Entry, LogContent, LogFile, sealed
from modeltui.storage.mutex import Waiting
from modeltui.storage.queue_codec import decoded_queue, decoded_step, encoded_queue, encoded_step
from modeltui.storage.real_fs import RealFs

_COMPACT_FROM: Final = 2**20
"""Bytes below which a log is left as it is."""
_COMPACT_RATIO: Final = 4
"""How many times larger than its state a log may grow."""
_SETTLED_KEPT: Final = 32

_PLAIN = re.compile(rb"[A-Za-z0-9_-]")


@dataclass(frozen=True, slots=True)
class _State:
    queue: Queue = field(default_factory=Queue)
    settled: tuple[str, ...] = ()
    """The last applies that were settled."""
    skipped: int = 0
    """Entries that could not be followed."""


class QueueFile:
    """`load` sees what other processes of the user did meanwhile; every other method returns the queue after it."""

    def __init__(self, root: str, user: str, *, fs: FileSystem | None = None, waiting: Waiting | None = None) -> None:
        self._fs = fs or RealFs(root)
        self._log = LogFile(self._fs, f"{state_dir.QUEUES}/{file_name(user)}.jsonl", waiting=waiting)
        self._seen: tuple[tuple[int, ...] | None, _State] = (None, _State())
        self._compact_at = _COMPACT_FROM
        self.notice: str | None = None
        """What of the file could not be read; None when all could."""

    def load(self) -> Queue:
        with _told("read"):
            return self._state().queue

    def take(self, step: Step) -> Queue:
        return self._do(lambda _: {"op": "take", "step": encoded_step(step)})

    def undo(self) -> Queue:
        return self._do(lambda state: _names_last("undo", state.queue.done))

    def redo(self) -> Queue:
        return self._do(lambda state: _names_last("redo", state.queue.undone))

    def settle(self, ids: Collection[str], apply_id: str) -> Queue:
        """Forget changes that an apply put into the files. Doing it twice does nothing more."""

        def entry(state: _State) -> Entry | None:
            if apply_id in state.settled or state.queue.settled(ids) == state.queue:
                return None
            return {"op": "settle", "ids": sorted(ids), "apply": apply_id}

        return self._do(entry)

    def _do(self, entry_for: Callable[[_State], Entry | None]) -> Queue:
        with _told("written"):
            if self._log.stamp() is None and entry_for(_State()) is None:
                return Queue()
            with self._log.locked():
                state = self._state()
                self._mend()
                entry = entry_for(state)
                if entry is None:
                    return state.queue
                self._log.append(entry)
                return self._remember(_after(state, entry)).queue

    def _state(self) -> _State:
        stamp = self._log.stamp()
        if stamp is not None and stamp == self._seen[0]:
            return self._seen[1]
        content = self._log.read()
        state = _replayed(content.entries)
        self.notice = _notice(self._log.path, content, state) or self.notice
        self._seen = (stamp, state)
        return state

    def _mend(self) -> None:
        if self.notice is not None and (kept := self._log.mend()):
            self.notice = f"{self.notice}; the damaged file is kept as {kept}"

    def _remember(self, state: _State) -> _State:
        stamp = self._log.stamp()
        if stamp is not None and stamp[1] > self._compact_at:
            stamp = self._compacted(state, stamp)
        self._seen = (stamp, state)
        return state

    def _compacted(self, state: _State, stamp: tuple[int, ...]) -> tuple[int, ...] | None:
        start = {"op": "start", "queue": encoded_queue(state.queue), "settled": list(state.settled)}
        if len(sealed(start)) * _COMPACT_RATIO > stamp[1]:
            self._compact_at = stamp[1] * 2
            return stamp
        self._log.replace([start])
        return self._log.stamp()


class QueueSettler:
    """Settles in the queue of whoever queued: another admin may finish an interrupted apply."""

    def __init__(self, root: str, *, fs: FileSystem | None = None) -> None:
        self._root = root
        self._fs = fs

    def settle(self, user: str, ids: Collection[str], apply_id: str) -> None:
        QueueFile(self._root, user, fs=self._fs).settle(ids, apply_id)


def load_others(root: str, user: str, *, fs: FileSystem | None = None) -> Mapping[str, Queue]:
    """The queues of all other users that can be read, by name."""
    system = fs or RealFs(root)
    try:
        names = system.list(state_dir.QUEUES)
    except OSError:
        return {}
    users = sorted(user_of(name.removesuffix(".jsonl")) for name in names if name.endswith(".jsonl"))
    return dict(_readable(root, system, [name for name in users if name != user]))


def _readable(root: str, fs: FileSystem, users: Collection[str]) -> Iterator[tuple[str, Queue]]:
    for user in users:
        try:
            yield user, QueueFile(root, user, fs=fs).load()
        except RefusedError:
            continue


def file_name(user: str) -> str:
    """A user's name as a file name: reversible, and never hidden or a path."""
    pieces = (bytes([byte]) for byte in user.encode("utf-8", "surrogateescape"))
    return "".join(piece.decode() if _PLAIN.fullmatch(piece) else f"%{piece[0]:02X}" for piece in pieces) or "%"


def user_of(name: str) -> str:
    """The inverse of `file_name`."""
    return "" if name == "%" else unquote_to_bytes(name).decode("utf-8", "surrogateescape")


@contextmanager
def _told(verb: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RefusedError(
            f"the queue could not be {verb}: {reason_of(error)}", hint=f"see that {state_dir.QUEUES} can be written"
        ) from error


def _names_last(operation: str, steps: tuple[Step, ...]) -> Entry | None:
    """Undo and redo say which step they mean, so that a damaged log can never make them mean another."""
    return {"op": operation, "of": _mark(steps[-1])} if steps else None


def _mark(step: Step) -> str:
    ids = [[change.id for change in changes] for changes in (step.added, step.removed)]
    return digest(repr(encoded([step.label, *ids])).encode())[:16]


def _replayed(entries: Collection[Entry]) -> _State:
    state = _State()
    for entry in entries:
        state = _after(state, entry)
    return state


def _after(state: _State, entry: Entry) -> _State:
    try:
        return _followed(state, entry)
    except (ValueError, TypeError, KeyError, AttributeError):
        return replace(state, skipped=state.skipped + 1)


def _followed(state: _State, entry: Entry) -> _State:
    queue = state.queue
    match entry.get("op"):
        case "take":
            return replace(state, queue=queue.take(decoded_step(entry["step"])))
        case "undo" if queue.done and _mark(queue.done[-1]) == entry["of"]:
            return replace(state, queue=queue.undo())
        case "redo" if queue.undone and _mark(queue.undone[-1]) == entry["of"]:
            return replace(state, queue=queue.redo())
        case "settle":
            settled = (*state.settled, str(entry["apply"]))[-_SETTLED_KEPT:]
            return replace(state, queue=queue.settled(_ids(entry["ids"])), settled=settled)
        case "start":
            return replace(state, queue=decoded_queue(entry["queue"]), settled=tuple(_ids(entry["settled"])))
    raise ValueError("an operation that cannot be followed here")


def _ids(json: Any) -> list[str]:
    if not isinstance(json, list):
        raise TypeError("a list was expected")
    return [str(item) for item in json]


def _notice(path: str, content: LogContent, state: _State) -> str | None:
    if content.distrust is not None:
        return f"{path} is not read: {content.distrust}"
    if content.broken_lines:
        lines = ", ".join(map(str, content.broken_lines[:5]))
        return f"{path}: damaged at line {lines}; what can be read is kept"
    if state.skipped:
        return f"{path}: {state.skipped} steps could not be followed; all others are kept"
    return None
