"""A user's queue on disk: a log of what was done to it, durable at every step and safe between processes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from msgspec import Struct, field
from msgspec.structs import replace

from modeltui.domain.digest import digest
from modeltui.domain.pending.queue import Queue, Step
from modeltui.domain.value_codec import encoded
from modeltui.errors import RefusedError
from modeltui.storage import state_dir
from modeltui.storage.fs import FileSystem, reason_of
from modeltui.storage.log_file import Entry, LogContent, LogFile, sealed, told, with_kept
from modeltui.storage.mutex import Waiting
from modeltui.storage.queue_codec import decoded_queue, decoded_step, encoded_queue, encoded_step, texts_of
from modeltui.storage.read_only import is_read_only, read_only_refusal
from modeltui.storage.real_fs import RealFs

_COMPACT_FROM: Final = 2**20
"""Bytes below which a log is left as it is."""
_COMPACT_RATIO: Final = 4
"""How many times larger than its state a log may grow."""
_LEAST_OF_CHANGE: Final = 120
"""Bytes of a change whose every value is empty."""
_SETTLED_KEPT: Final = 32

_PLAIN: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")


class _State(Struct, frozen=True):
    queue: Queue = field(default_factory=Queue)
    settled: tuple[str, ...] = ()
    """The last applies that were settled."""
    skipped: int = 0
    """Entries that could not be followed."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """What changes were made on, by digest, as far as the file holds it: a later entry need not hold it again."""


class QueueFile:
    """`load` sees what other processes of the user did meanwhile; every other method returns the queue after it."""

    def __init__(
        self,
        root: str,
        user: str,
        *,
        fs: FileSystem | None = None,
        waiting: Waiting | None = None,
        is_mine: bool = True,
    ) -> None:
        """What is damaged is put aside as soon as it is seen where `is_mine`, else not before something is written."""
        self._fs = fs or RealFs(root)
        self._is_mine = is_mine
        self._log = LogFile(self._fs, f"{state_dir.QUEUES}/{file_name(user)}.jsonl", waiting=waiting)
        self._seen: tuple[tuple[int, ...] | None, _State] = (None, _State())
        self._compact_at = _COMPACT_FROM
        self.notice: str | None = None
        """What of the file could not be read; None when all could."""
        self.is_unread = False
        """Whether the last `load` was not let read the file."""

    def load(self) -> Queue:
        """Empty where the system does not let this user read it: the notice says so. Raises RefusedError."""
        with _told("read"):
            try:
                self.is_unread = False
                return self._state(sets_right=self._is_mine).queue
            except PermissionError as error:
                self.is_unread = True
                self.notice = f"the queue cannot be read: {reason_of(error)}"
                return Queue()

    def take(self, step: Step) -> Queue:
        return self._do(lambda state: {"op": "take", "step": encoded_step(step, state.texts)}, is_sure=True)

    def undo(self) -> Queue:
        return self._do(lambda state: _names_last("undo", state.queue.done))

    def redo(self) -> Queue:
        return self._do(lambda state: _names_last("redo", state.queue.undone))

    def settle(self, ids: Collection[str], apply_id: str) -> Queue:
        """Forget changes that an apply put into the files. Doing it twice does nothing more."""

        def entry(state: _State) -> Entry | None:
            if apply_id in state.settled or state.queue.settled(ids) == state.queue:
                return None
            return {"op": "settle", "ids": sorted(ids), "apply": apply_id, "floor": True}

        return self._do(entry)

    def _do(self, entry_for: Callable[[_State], Entry | None], *, is_sure: bool = False) -> Queue:
        """Where it is not sure that there is an entry, no file is made for none."""
        with _told("written"):
            if not is_sure and self._log.stamp() is None and entry_for(_State()) is None:
                return Queue()
            with self._log.locked():
                state = self._state()
                self._mend()
                entry = entry_for(state)
                if entry is None:
                    return state.queue
                self._log.append(entry)
                return self._remember(_after(state, entry)).queue

    def _state(self, *, sets_right: bool = False) -> _State:
        stamp = self._log.stamp()
        if stamp is not None and stamp == self._seen[0]:
            return self._seen[1]
        content, kept = self._log.read(), None
        if sets_right and (content.is_torn or content.broken_lines):
            content, kept = self._log.set_right(content)
            stamp = self._log.stamp()
        state = _replayed(content.entries)
        self.notice = _notice(self._log.path, content, state) or self.notice
        self.notice = with_kept(self.notice, kept)
        self._seen = (stamp, state)
        return state

    def _mend(self) -> None:
        if self.notice is not None and (kept := self._log.mend()):
            self.notice = with_kept(self.notice, kept)

    def _remember(self, state: _State) -> _State:
        stamp = self._log.stamp()
        if stamp is not None and stamp[1] > self._compact_at and not state.skipped:
            stamp, state = self._compacted(state, stamp)
        self._seen = (stamp, state)
        return state

    def _compacted(self, state: _State, stamp: tuple[int, ...]) -> tuple[tuple[int, ...] | None, _State]:
        """The stamp and the state of the log, which is rewritten where that makes it much smaller."""
        if _least_size(state.queue) * _COMPACT_RATIO > stamp[1]:
            self._compact_at = stamp[1] * 2
            return stamp, state
        start = {"op": "start", "queue": encoded_queue(state.queue), "settled": list(state.settled)}
        if len(sealed(start)) * _COMPACT_RATIO > stamp[1]:
            self._compact_at = stamp[1] * 2
            return stamp, state
        self._log.replace([start])
        return self._log.stamp(), _after(_State(), start)


class QueueSettler:
    """Settles in the queue of whoever queued: another admin may finish an interrupted apply."""

    def __init__(self, root: str, *, fs: FileSystem | None = None, own: tuple[str, QueueFile] | None = None) -> None:
        """`own` is a user whose queue file this process has open: it need not be read again."""
        self._root = root
        self._fs = fs
        self._own = own

    def settle(self, user: str, ids: Collection[str], apply_id: str) -> None:
        if self._own is not None and self._own[0] == user:
            self._own[1].settle(ids, apply_id)
        else:
            QueueFile(self._root, user, fs=self._fs).settle(ids, apply_id)


def file_name(user: str) -> str:
    """A user's name as a file name: reversible, and never hidden or a path."""
    content = user.encode("utf-8", "surrogateescape")
    return "".join(chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in content) or "%"


def user_of(name: str) -> str:
    """The inverse of `file_name`."""
    if "%" not in name:
        return name
    from urllib.parse import unquote_to_bytes  # noqa: PLC0415  # 2 ms, for few names

    return "" if name == "%" else unquote_to_bytes(name).decode("utf-8", "surrogateescape")


@contextmanager
def _told(verb: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if is_read_only(error) and verb == "written":
            raise read_only_refusal() from error
        hint = f"see that {state_dir.QUEUES} can be written"
        if isinstance(error, NotADirectoryError):
            hint = f"{state_dir.QUEUES} is no directory: move it away; modeltui makes its own"
        raise RefusedError(f"the queue could not be {verb}: {reason_of(error)}", hint=hint) from error


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
            texts = {**state.texts, **new} if (new := texts_of(entry["step"])) else state.texts
            return replace(state, queue=queue.take(decoded_step(entry["step"], texts)), texts=texts)
        case "undo" if queue.done and _mark(queue.done[-1]) == entry["of"]:
            return replace(state, queue=queue.undo())
        case "redo" if queue.undone and _mark(queue.undone[-1]) == entry["of"]:
            return replace(state, queue=queue.redo())
        case "settle":
            settled = (*state.settled, str(entry["apply"]))[-_SETTLED_KEPT:]
            settle = queue.settled if entry.get("floor") is True else queue.settled_without_floor
            return replace(state, queue=settle(_ids(entry["ids"])), settled=settled)
        case "start":
            restored, settled = decoded_queue(entry["queue"]), tuple(_ids(entry["settled"]))
            return replace(state, queue=restored, settled=settled, texts=texts_of(entry["queue"]))
    raise ValueError("an operation that cannot be followed here")


def _least_size(queue: Queue) -> int:
    """Bytes that the queue takes in any case: cheap to tell, where to write it out for its size is not."""
    steps = (*queue.done, *queue.undone)
    return _LEAST_OF_CHANGE * (len(queue.changes) + sum(len(step.added) + len(step.removed) for step in steps))


def _ids(json: Any) -> list[str]:
    if not isinstance(json, list):
        raise TypeError("a list was expected")
    return [str(item) for item in json]


def _notice(path: str, content: LogContent, state: _State) -> str | None:
    if state.skipped and not content.is_damaged and not content.is_torn:
        return f"{path}: {state.skipped} steps could not be followed; all others are kept"
    return told(path, content)
