"""Exchanging two names, and moving without replacing, also where the file system offers neither."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from modeltui.domain.text import safe
from modeltui.errors import ConflictError
from modeltui.storage import state_dir
from modeltui.storage.fs import FileSystem, Stat, is_unsupported, parent


class OutsiderError(ConflictError):
    """Somebody else changed a file while it was being applied; theirs stays."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"{safe(path)} was changed by somebody else during the apply",
            hint="look at the file, then queue the change again or drop it",
        )
        self.path = path


class Swap:
    """Leaves at every moment enough on disk to go on or to go back; `mend` tidies what a crash left between."""

    def __init__(self, fs: FileSystem) -> None:
        self._fs = fs
        self.is_by_link = False
        """Whether the file system made us do without exchange: an outsider's edit at that very moment can be lost."""

    def exchange(self, path: str, spare: str) -> None:
        """Swap the contents behind two names. Raises OutsiderError when `path` is gone or just replaced."""
        try:
            self._fs.exchange(path, spare)
        except FileNotFoundError as error:
            raise OutsiderError(path) from error
        except OSError as error:
            if not is_unsupported(error):
                raise
            self.is_by_link = True
            with _as_first(error, path):
                self._exchange_by_link(path, spare)

    def move(self, old: str, new: str) -> None:
        """Rename that never replaces. Raises FileExistsError."""
        try:
            self._fs.rename_new(old, new)
        except FileExistsError:
            raise
        except OSError as error:
            if not is_unsupported(error):
                raise
            self.is_by_link = True
            with _as_first(error, new if _is_ours(old) else old):
                self._move_by_link(old, new)

    def mend(self, path: str, spare: str) -> None:
        """Undo the half of an exchange or move by links."""
        aside = aside_of(spare)
        if self._stat(aside) is not None:
            if self._stat(spare) is None:
                self._fs.rename(aside, spare)
            else:
                self._fs.unlink(aside)
        here, there = self._stat(path), self._stat(spare)
        if here is not None and there is not None and here.inode == there.inode:
            self._fs.unlink(spare)

    def _exchange_by_link(self, path: str, spare: str) -> None:
        """The old file gets a second name, durably, before the new one takes its first."""
        aside = aside_of(spare)
        with suppress(FileNotFoundError):
            self._fs.unlink(aside)
        try:
            self._fs.link(path, aside)
            self._fs.sync_directory(parent(aside))
            if self._fs.stat(path).inode != self._fs.stat(aside).inode:
                self._fs.unlink(aside)
                raise OutsiderError(path)
        except FileNotFoundError as error:
            raise OutsiderError(path) from error
        self._fs.rename(spare, path)
        self._fs.rename(aside, spare)

    def _move_by_link(self, old: str, new: str) -> None:
        self._fs.link(old, new)
        self._fs.sync_directory(parent(new))
        self._fs.unlink(old)

    def _stat(self, path: str) -> Stat | None:
        try:
            return self._fs.stat(path)
        except (FileNotFoundError, NotADirectoryError):
            return None


@contextmanager
def _as_first(error: OSError, path: str) -> Iterator[None]:
    """What is refused both ways was refused for good: then the first error is the one to tell, of the file itself."""
    try:
        yield
    except PermissionError:
        error.filename, error.filename2 = path, None
        raise error from None


def _is_ours(path: str) -> bool:
    """Whether it is the name of a spare, and not of a file of the catalogue."""
    return path.startswith(f"{state_dir.STATE}/") or state_dir.spare_id(path.rpartition("/")[2]) is not None


def aside_of(spare: str) -> str:
    """Where the old file has its second name while two names are exchanged by links."""
    return f"{spare}.old"
