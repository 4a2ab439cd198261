"""The queues of all who have one in a catalogue, as far as they can be read; and which of them cannot."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from modeltui.domain.change import Change
from modeltui.domain.pending.queue import Queue
from modeltui.domain.text import some_of
from modeltui.errors import RefusedError
from modeltui.storage import state_dir
from modeltui.storage.fs import FileSystem
from modeltui.storage.queue_file import QueueFile, user_of
from modeltui.storage.real_fs import RealFs


class OtherQueues:
    def __init__(self, root: str, user: str, *, fs: FileSystem | None = None) -> None:
        self._fs = fs or RealFs(root)
        self._root = root
        self._user = user
        self.notice: str | None = None
        """Whose queue the last `load` could not read; None where it could read all."""

    def load(self) -> Mapping[str, Queue]:
        """The queues of all other users that can be read, by name."""
        unread: list[str] = []
        users = [user for user in users_with_a_queue(self._fs) if user != self._user]
        found = dict(_readable(self._root, self._fs, users, unread.append))
        self.notice = f"the queue of {some_of(unread, 3)} cannot be read" if unread else None
        return found


def users_with_a_queue(fs: FileSystem) -> list[str]:
    """In the order of their names; none where the system does not let us look."""
    try:
        names = fs.list(state_dir.QUEUES)
    except OSError:
        return []
    return sorted(user_of(name.removesuffix(".jsonl")) for name in names if name.endswith(".jsonl"))


def all_changes(fs: FileSystem) -> Iterator[Change]:
    """What waits in any queue that can be read and believed."""
    for _, queue in _readable("", fs, users_with_a_queue(fs), lambda _: None):
        yield from queue.changes


def _readable(
    root: str, fs: FileSystem, users: Collection[str], unread: Callable[[str], None]
) -> Iterator[tuple[str, Queue]]:
    for user in users:
        file = QueueFile(root, user, fs=fs, is_mine=False)
        try:
            queue = file.load()
        except RefusedError:
            unread(user)
            continue
        if file.is_unread:
            unread(user)
        else:
            yield user, queue
