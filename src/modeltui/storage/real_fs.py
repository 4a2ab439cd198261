"""The file-system port on a real POSIX system: every step beneath the catalogue, no link followed."""

from __future__ import annotations

import errno
import fcntl
import os
import stat as modes
import sys
import weakref
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from typing import Final

from modeltui.storage import syscalls
from modeltui.storage.access import copied_access
from modeltui.storage.at_once import at_once
from modeltui.storage.beneath import open_beneath
from modeltui.storage.descriptors import Directory, Held, Lent
from modeltui.storage.fs import Fixed, Kind, Release, Stat, parent
from modeltui.storage.state_names import STATE

_DIRECTORY: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_WRITE: Final = os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_CHUNK: Final = 2**20
_STAGES: Final = f"{STATE}/txn-"


class _Reach:
    """The catalogue's folder, and the last stage that was reached into: both stay open with this object."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._stage: Directory | None = None

    @cached_property
    def _top(self) -> int:
        descriptor = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, descriptor)
        return descriptor

    def _above(self, path: str) -> Lent:
        """The open directory that `path` lies in."""
        directory = parent(path)
        if directory == ".":
            return Lent(self._top, path, self)
        if directory.startswith(_STAGES):
            held = self._staged(directory)
            return Lent(held.descriptor, path, held)
        return Held(_open(self._top, directory, _DIRECTORY), path)

    def _opened(self, path: str, flags: int) -> Held:
        if (directory := parent(path)).startswith(_STAGES):
            return Held(_open_in(self._staged(directory), path, flags), path)
        return Held(_open(self._top, path, flags), path)

    def _staged(self, path: str) -> Directory:
        """A stage holds thousands of files, and its name is never given to another."""
        held = self._stage
        if held is None or held.path != path:
            held = self._stage = Directory(path, _open(self._top, path, _DIRECTORY))
        return held


class RealFs(_Reach):
    """A `FileSystem`."""

    def stat(self, path: str) -> Stat:
        with self._above(path) as directory:
            found = os.stat(_last(path), dir_fd=directory, follow_symlinks=False)
            return _stat(found, syscalls.fixed(directory, _last(path)))

    def read(self, path: str, limit: int) -> bytes:
        with self._opened(path, _READ) as descriptor:
            return _content(descriptor, _regular(descriptor).st_size, limit)

    def look(self, path: str, limit: int) -> tuple[Stat, bytes | None]:
        with self._opened(path, _READ) as descriptor:
            found = os.fstat(descriptor)
            content = _content(descriptor, found.st_size, limit) if modes.S_ISREG(found.st_mode) else None
            return _stat(found, syscalls.fixed(descriptor, "")), content

    def list(self, path: str) -> list[str]:
        with self._opened(path, _DIRECTORY) as descriptor:
            return os.listdir(descriptor)

    def make_directory(self, path: str, mode: int | None = None) -> None:
        with self._above(path) as directory:
            os.mkdir(_last(path), 0o777, dir_fd=directory)
            if mode is not None:
                os.chmod(_last(path), mode, dir_fd=directory)

    def remove_directory(self, path: str) -> None:
        self._stage = None
        with self._above(path) as directory:
            os.rmdir(_last(path), dir_fd=directory)

    def create(self, path: str, content: bytes, mode: int | None = None) -> None:
        with self._above(path) as directory:
            descriptor = os.open(_last(path), _NEW, 0o666, dir_fd=directory)
        with Held(descriptor, path):
            if mode is not None:
                os.fchmod(descriptor, mode)
            _write(descriptor, content)

    def append(self, path: str, content: bytes) -> None:
        with self._opened(path, _WRITE | os.O_APPEND) as descriptor:
            _regular(descriptor)
            _write(descriptor, content)

    def truncate(self, path: str, size: int) -> None:
        with self._opened(path, _WRITE) as descriptor:
            _regular(descriptor)
            os.ftruncate(descriptor, size)

    def create_like(self, path: str, content: bytes, source: str) -> bool:
        with self._opened(source, _READ) as given:
            with self._above(path) as directory:
                descriptor = os.open(_last(path), _NEW, 0o600, dir_fd=directory)
            with Held(descriptor, path):
                _write(descriptor, content)  # first: to write would take away a set-id bit
                return copied_access(given, descriptor)

    def sync_file(self, path: str) -> None:
        with self._opened(path, _READ) as descriptor:
            _sync(descriptor)

    def sync_directory(self, path: str) -> None:
        with self._opened(path, _DIRECTORY) as descriptor:
            _sync(descriptor)

    def sync_all(self) -> bool:
        if not syscalls.syncfs_tells_errors():
            return False
        try:
            syscalls.sync_file_system(self._top)
        except OSError as error:
            if error.errno == errno.ENOSYS:
                return False
            raise
        return True

    def rename(self, old: str, new: str) -> None:
        self._stage = None if self._stage is not None and self._stage.path == old else self._stage
        with self._above(old) as source, self._above(new) as target:
            os.rename(_last(old), _last(new), src_dir_fd=source, dst_dir_fd=target)

    def rename_new(self, old: str, new: str) -> None:
        with self._above(old) as source, self._above(new) as target:
            syscalls.rename_with(source, _last(old), target, _last(new), syscalls.RENAME_NOREPLACE)

    def exchange(self, one: str, other: str) -> None:
        with self._above(one) as source, self._above(other) as target:
            syscalls.rename_with(source, _last(one), target, _last(other), syscalls.RENAME_EXCHANGE)

    def link(self, existing: str, new: str) -> None:
        with self._above(existing) as source, self._above(new) as target:
            os.link(_last(existing), _last(new), src_dir_fd=source, dst_dir_fd=target, follow_symlinks=False)

    def unlink(self, path: str) -> None:
        with self._above(path) as directory:
            os.unlink(_last(path), dir_fd=directory)

    def unlink_all(self, directory: str, names: Sequence[str]) -> None:
        with self._opened(directory, _DIRECTORY) as descriptor:
            at_once(names, lambda name: os.unlink(name, dir_fd=descriptor))

    def try_lock(self, path: str, mode: int) -> Release | None:
        while True:
            descriptor = self._lock_file(path, mode)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                is_the_one = self._is_at(descriptor, path)
            except BlockingIOError:
                os.close(descriptor)
                return None
            except OSError:
                os.close(descriptor)
                raise
            if is_the_one:
                return lambda: os.close(descriptor)
            os.close(descriptor)

    def _lock_file(self, path: str, mode: int) -> int:
        with suppress(FileExistsError), self._above(path) as directory:
            try:
                return os.open(_last(path), _READ, dir_fd=directory)
            except FileNotFoundError:
                descriptor = os.open(_last(path), _NEW, mode, dir_fd=directory)  # readable by the group at once
                os.fchmod(descriptor, mode)
                return descriptor
        return self._lock_file(path, mode)

    def _is_at(self, descriptor: int, path: str) -> bool:
        """Whether the locked file still bears its name: somebody may have removed the state directory meanwhile."""
        try:
            return self.stat(path).inode == os.fstat(descriptor).st_ino
        except FileNotFoundError:
            return False


def _open(top: int, path: str, flags: int) -> int:
    try:
        return open_beneath(top, path, flags)
    except OSError as error:
        _explain(error, path)
        raise


def _open_in(directory: Directory, path: str, flags: int) -> int:
    try:
        return os.open(_last(path), flags | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory.descriptor)
    except OSError as error:
        _explain(error, path)
        raise


def _explain(error: OSError, path: str) -> None:
    """Name the path; raises NotADirectoryError for a link in the state directory."""
    if error.errno == errno.ELOOP and path.startswith(f"{STATE}/"):
        raise NotADirectoryError(errno.ENOTDIR, "a link in place of a directory", path) from error
    error.filename = path


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def _stat(found: os.stat_result, fixed: Fixed | None) -> Stat:
    return Stat(
        kind=_kind(found.st_mode),
        mode=modes.S_IMODE(found.st_mode),
        uid=found.st_uid,
        gid=found.st_gid,
        links=found.st_nlink,
        size=found.st_size,
        device=found.st_dev,
        inode=found.st_ino,
        modified=found.st_mtime_ns,
        fixed=fixed,
    )


def _kind(mode: int) -> Kind:
    if modes.S_ISREG(mode):
        return "file"
    if modes.S_ISDIR(mode):
        return "directory"
    return "link" if modes.S_ISLNK(mode) else "other"


def _regular(descriptor: int) -> os.stat_result:
    found = os.fstat(descriptor)
    if not modes.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "not a regular file")
    return found


def _content(descriptor: int, size: int, limit: int) -> bytes:
    content = os.read(descriptor, min(size, limit) + 1)
    if len(content) == size <= limit:
        return content
    while len(content) <= limit and (more := os.read(descriptor, _CHUNK)):
        content += more
    if len(content) > limit:
        raise OSError(errno.EFBIG, f"larger than {limit} bytes")
    return content


def _write(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _sync(descriptor: int) -> None:
    if sys.platform == "darwin":
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fsync(descriptor)
