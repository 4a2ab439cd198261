"""Where the symbolic links of a foreign tree lead: followed by name within it, and never out of it."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from typing import Final

from modeltui.domain.finding import Finding
from modeltui.errors import BrokenFileError
from modeltui.storage.guard import open_root
from modeltui.storage.model_reading import finding_of

_MOST_HOPS: Final = 40
_MOST_PARTS: Final = 4096
_MEND: Final = "put the file there, lead the link to another one, or remove it"


def target_of(base: int, path: str) -> str:
    """The path that is left of `path` when all links on the way are followed, with no link in it.

    base: a descriptor of the tree. Raises BrokenFileError with code `dangling-link`, `link-cycle`, `link-outside` or
    `unreadable`. Whoever opens the file lets the system refuse links once more: a name may change meanwhile.
    """
    left, hops = path.split("/")[::-1], 0
    found: list[str] = []
    while left:
        part = left.pop()
        if part in {"", "."}:
            continue
        if part == "..":
            if not found:
                raise _outside(base, path)
            found.pop()
            continue
        here = "/".join((*found, part))
        status = _status(base, here, path)
        if not stat.S_ISLNK(status.st_mode):
            if left and not stat.S_ISDIR(status.st_mode):
                raise _dangling(base, path)
            found.append(part)
            continue
        hops += 1
        to = _read(base, here)
        if hops > _MOST_HOPS or len(left) > _MOST_PARTS:
            raise BrokenFileError(
                "a link that leads in a circle", code="link-cycle", hint="put the file itself in the place of a link"
            )
        if to.startswith("/"):
            raise _outside(base, path)
        left += to.split("/")[::-1]
    return "/".join(found)


def lost_folders(root: str, tops: Iterable[str]) -> Iterator[Finding]:
    """Links without a suffix, which are there for folders, and lead to nothing."""
    base = open_root(root)
    try:
        for top in tops:
            for place, folders, names in os.walk(os.path.join(root, top)):
                folders[:] = [name for name in folders if not name.startswith(".")]
                for name in names:
                    path = os.path.join(place, name)
                    if "." not in name and os.path.islink(path):
                        yield from _lost(base, os.path.relpath(path, root))
    finally:
        os.close(base)


def _lost(base: int, path: str) -> Iterator[Finding]:
    try:
        target_of(base, path)
    except BrokenFileError as error:
        yield finding_of(path, error)


def _status(base: int, here: str, path: str) -> os.stat_result:
    try:
        return os.stat(here, dir_fd=base, follow_symlinks=False)
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ENOTDIR}:
            raise _dangling(base, path) from error
        raise BrokenFileError(f"cannot be read: {error.strerror}", code="unreadable") from error


def _read(base: int, path: str) -> str:
    try:
        return os.readlink(path, dir_fd=base)
    except OSError as error:
        raise BrokenFileError(f"the link cannot be read: {error.strerror}", code="unreadable") from error


def _dangling(base: int, path: str) -> BrokenFileError:
    message = f"a link to {_shown(base, path)}, which is not there"
    return BrokenFileError(message, code="dangling-link", hint=_MEND)


def _outside(base: int, path: str) -> BrokenFileError:
    return BrokenFileError(
        f"a link to {_shown(base, path)}, which leads out of the tree and is not followed",
        code="link-outside",
        hint="put a copy of the file there, or a link that stays within the tree",
    )


def _shown(base: int, path: str) -> str:
    """What the link itself says; of a folder on the way, the path."""
    try:
        return os.readlink(path, dir_fd=base)
    except OSError:
        return path
