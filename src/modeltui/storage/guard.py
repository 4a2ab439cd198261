"""Opening files of the catalogue: strictly beneath its folder, through no link, and only what is a plain file."""

from __future__ import annotations

import errno
import os
import stat
from types import TracebackType
from typing import Self

from modeltui.errors import BrokenFileError, ConfigError
from modeltui.storage.beneath import open_file
from modeltui.storage.limits import MAX_BYTES, too_large


class Folder:
    """An open folder whose files can be read, and nothing outside it. Use as a context."""

    def __init__(self, root: str) -> None:
        """Raises ConfigError. `root` itself may be a link: the user named it."""
        self._fd = open_root(root)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._fd)

    def read(self, path: str, *, limit: int = MAX_BYTES) -> bytes:
        """The bytes of the file at `path`, relative to the folder.

        Raises BrokenFileError with code `link`, `not-a-file`, `too-large`, `missing`, `unreadable` or `outside`.
        """
        if path.startswith("/") or "\0" in path or ".." in path.split("/"):
            raise BrokenFileError(f"{path} is outside the catalogue", code="outside", hint="use a path below it")
        try:
            fd = open_file(self._fd, path)
        except OSError as error:
            raise self._explained(error, path) from error
        try:
            return _content(fd, limit)
        except OSError as error:
            raise _unreadable(error) from error
        finally:
            os.close(fd)

    def _explained(self, error: OSError, path: str) -> BrokenFileError:
        if error.errno == errno.ENOENT:
            return BrokenFileError("the file is not there", code="missing", hint="read the catalogue again")
        if error.errno == errno.ENXIO:
            return _not_a_file("a socket or a pipe")
        if error.errno in {errno.ELOOP, errno.ENOTDIR} and (link := self._first_link(path)):
            return BrokenFileError(
                f"{link} is a link, and links are never followed",
                code="link",
                hint="put the file itself there, or duplicate the model",
            )
        return _unreadable(error)

    def _first_link(self, path: str) -> str | None:
        """The first part of the path that is a link; for the message only."""
        parts = path.split("/")
        for count in range(1, len(parts) + 1):
            part = "/".join(parts[:count])
            try:
                if stat.S_ISLNK(os.stat(part, dir_fd=self._fd, follow_symlinks=False).st_mode):
                    return part
            except OSError:
                return None
        return None


def open_root(root: str) -> int:
    """A descriptor of the catalogue's folder. Raises ConfigError."""
    try:
        return os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise ConfigError(f"cannot open {root}: {error.strerror}", hint="name a catalogue folder with -C") from error


def read_file(root: str, path: str, *, limit: int = MAX_BYTES) -> bytes:
    """One file beneath `root`. For many files keep a `Folder` open. Raises ConfigError and BrokenFileError."""
    with Folder(root) as folder:
        return folder.read(path, limit=limit)


def _content(fd: int, limit: int) -> bytes:
    status = os.fstat(fd)
    if not stat.S_ISREG(status.st_mode):
        raise _not_a_file("a folder" if stat.S_ISDIR(status.st_mode) else "a device or a pipe")
    content = os.read(fd, min(status.st_size, limit) + 1)
    if len(content) == status.st_size <= limit:
        return content
    while len(content) <= limit and (more := os.read(fd, limit + 1 - len(content))):
        content += more
    if len(content) > limit:
        raise too_large(max(status.st_size, len(content)), limit)
    return content


def _not_a_file(what: str) -> BrokenFileError:
    return BrokenFileError(f"this is {what}, not a file", code="not-a-file", hint="move it out of the catalogue")


def _unreadable(error: OSError) -> BrokenFileError:
    hint = "ask its owner for the right to read it" if error.errno == errno.EACCES else None
    return BrokenFileError(f"cannot be read: {error.strerror}", code="unreadable", hint=hint)
