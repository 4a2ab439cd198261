"""The file-system port: the few primitives that apply, queue and history are built from."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from typing import Literal, Protocol, TypeAlias

from msgspec import Struct

from modeltui.domain.digest import digest
from modeltui.domain.text import safe

Kind: TypeAlias = Literal["file", "directory", "link", "other"]

Fixed: TypeAlias = Literal["immutable", "append-only"]

Release: TypeAlias = Callable[[], None]
"""Gives a lock back."""

LARGEST_FILE = 4 * 2**20
"""Bytes of a catalogue file that apply will take; the reader's own limit is far below."""

_UNSUPPORTED = frozenset({errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM})


class Stat(Struct, frozen=True):
    kind: Kind
    mode: int
    """Permission bits with set-id and sticky."""
    uid: int
    gid: int
    links: int
    size: int
    device: int
    inode: int
    modified: int
    """Nanoseconds."""
    fixed: Fixed | None = None
    """What keeps even its owner from renaming it, or a directory's entries; None where the system does not say."""


class UnkeptError(OSError):
    """Something of a file that the one in its place cannot have; `strerror` says what."""


class FileSystem(Protocol):
    """Every path is relative to the catalogue, its parts joined by `/`, and `.` is the catalogue itself.

    No call follows a link in any part of a path or leaves the catalogue. Calls raise OSError as the system gave it.
    What was written, and what was named, is only sure to survive a power cut once it has been synced.
    """

    def stat(self, path: str) -> Stat: ...

    def read(self, path: str, limit: int) -> bytes:
        """The bytes of a regular file; EINVAL for anything else, EFBIG beyond `limit`."""

    def look(self, path: str, limit: int) -> tuple[Stat, bytes | None]:
        """What `stat` and `read` say of one and the same open file; None for the bytes of what is no regular file."""

    def list(self, path: str) -> list[str]: ...

    def make_directory(self, path: str, mode: int | None = None) -> None:
        """`mode` is exact; None leaves it to the umask, the parent and its default ACL. So for `create`."""

    def remove_directory(self, path: str) -> None: ...

    def create(self, path: str, content: bytes, mode: int | None = None) -> None:
        """Write a new file; FileExistsError where the name is taken."""

    def append(self, path: str, content: bytes) -> None: ...

    def truncate(self, path: str, size: int) -> None: ...

    def create_like(self, path: str, content: bytes, source: str) -> bool:
        """Write a new file that has all of `source` but its content; False if the owner differs. Raises UnkeptError."""

    def sync_file(self, path: str) -> None: ...

    def sync_directory(self, path: str) -> None: ...

    def sync_all(self) -> bool:
        """Sync the whole file system at once; False where the system cannot, or cannot say that it failed."""

    def rename(self, old: str, new: str) -> None: ...

    def rename_new(self, old: str, new: str) -> None:
        """Rename that never replaces: FileExistsError. `is_unsupported` errors where the file system cannot."""

    def exchange(self, one: str, other: str) -> None:
        """Swap two names in one step. `is_unsupported` errors where the file system cannot."""

    def link(self, existing: str, new: str) -> None: ...

    def unlink(self, path: str) -> None: ...

    def unlink_all(self, directory: str, names: Sequence[str]) -> None:
        """Remove files of one directory, in this order where they are few. Raises the first error."""

    def try_lock(self, path: str, mode: int) -> Release | None:
        """The kernel's lock on a file, made as needed; None while another holds it. A dead holder holds nothing."""


def is_unsupported(error: OSError) -> bool:
    """Whether the system says that it cannot do this at all, rather than not now.

    EPERM may mean that too (a container's filter says so), or that this very file is kept from it.
    """
    return error.errno in _UNSUPPORTED


def digest_of(fs: FileSystem, path: str) -> str | None:
    """The digest of a file, None where there is nothing, and `-` for what is not a readable regular file."""
    try:
        return digest(fs.read(path, LARGEST_FILE))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        if error.errno in {errno.EINVAL, errno.ELOOP, errno.EISDIR, errno.EFBIG}:
            return "-"
        raise


def exists(fs: FileSystem, path: str) -> bool:
    try:
        fs.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def parent(path: str) -> str:
    """The directory of a path; `.` for what lies in the catalogue itself."""
    return path.rpartition("/")[0] or "."


def reason_of(error: OSError) -> str:
    """What the system said, with the path where it named one."""
    words = error.strerror or str(error)
    return safe(f"{error.filename}: {words}" if isinstance(error.filename, str) else words)
