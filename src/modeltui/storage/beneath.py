"""Open what lies beneath a folder without following any link on the way.

Linux has one system call for it. Where the kernel or a container refuses that call, the path is walked part by part,
which comes to the same.
"""

from __future__ import annotations

import errno
import os
from typing import Final

from modeltui.storage import syscalls

_FILE: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NOCTTY
"""Not blocking: a pipe without a writer must not hold us up."""
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW
_REFUSED: Final = frozenset({errno.ENOSYS, errno.EPERM, errno.EINVAL, errno.EAGAIN})


def open_file(folder: int, path: str) -> int:
    """A descriptor for reading of the file at `path`, which must not hold `..`. Raises OSError: ELOOP for a link."""
    return open_beneath(folder, path, _FILE)


def open_folder(folder: int, path: str) -> int:
    """A descriptor of the folder at `path`, which must not hold `..`. Raises OSError: ELOOP or ENOTDIR for a link."""
    return open_beneath(folder, path, _FOLDER)


def open_beneath(folder: int, path: str, flags: int) -> int:
    """The same with any flags of `os.open` that do not make a file."""
    try:
        return syscalls.open_beneath(folder, path, flags)
    except OSError as error:
        if error.errno not in _REFUSED:
            raise
    return _walked(folder, path, flags)


def _walked(folder: int, path: str, flags: int) -> int:
    *parents, name = path.split("/")
    if ".." in (*parents, name) or path.startswith("/"):
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), path)
    opened: list[int] = []
    try:
        for part in parents:
            opened.append(os.open(part, _FOLDER, dir_fd=opened[-1] if opened else folder))
        return os.open(name, flags, dir_fd=opened[-1] if opened else folder)
    finally:
        for fd in opened:
            os.close(fd)
