"""Which `.toml` files there are below a folder, by name and kind, without opening any."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final, TypeAlias

from msgspec import Struct

from modeltui.domain.finding import Finding
from modeltui.storage.beneath import open_folder
from modeltui.storage.guard import open_root
from modeltui.storage.stamps import stamp_of

SUFFIX: Final = ".toml"


class Found(Struct, frozen=True):
    path: str
    """Relative to the root."""
    fault: Finding | None = None
    """Why it is not to be opened."""
    stamp: bytes | None = None
    """As `stamps` has it; None where it was not asked for, and for what is no plain file."""


def toml_files(root: str, top: str, *, stamped: bool = False) -> Iterator[Found]:
    """Everything named `*.toml` below `top`, at any depth and in no order, and folders that cannot be looked into.

    Names with a dot in front are not the catalogue's. A link is named and never followed. `stamped`: each file is
    looked at, too. Raises ConfigError.
    """
    base = open_root(root)
    make = _looked_at if stamped else _named
    try:
        pending = [top]
        while pending:
            found, folders = _entries(base, pending.pop(), make)
            yield from found
            pending += folders
    finally:
        os.close(base)


_Make: TypeAlias = Callable[[os.DirEntry[str], str], Found]


def _named(_: os.DirEntry[str], path: str) -> Found:
    return Found(path)


def _looked_at(entry: os.DirEntry[str], path: str) -> Found:
    try:
        return Found(path, None, stamp_of(entry.stat(follow_symlinks=False)))
    except OSError:
        return Found(path)


def _entries(base: int, folder: str, make: _Make) -> tuple[list[Found], list[str]]:
    """Files and faults to report, and paths of folders to look into."""
    found: list[Found] = []
    folders: list[str] = []
    try:
        descriptor = open_folder(base, folder)
    except FileNotFoundError:
        return found, folders
    except OSError as error:
        return [Found(folder, _unopened(base, folder, error))], folders
    try:
        with os.scandir(descriptor) as entries:
            for entry in entries:
                name = entry.name
                if name.startswith("."):
                    continue
                if name.endswith(SUFFIX) and "\\" not in name and entry.is_file(follow_symlinks=False):
                    found.append(make(entry, f"{folder}/{name}"))
                elif isinstance(odd := _look(entry, f"{folder}/{name}"), Found):
                    found.append(odd)
                elif odd is not None:
                    folders.append(odd)
    except OSError as error:
        found.append(Found(folder, _unread(folder, error)))
    finally:
        os.close(descriptor)
    return found, folders


def _look(entry: os.DirEntry[str], path: str) -> Found | str | None:
    """Of what is no plain file: what to report, the path of a folder to look into, or None for what is not ours."""
    is_toml = entry.name.endswith(SUFFIX)
    if "\\" in entry.name and (is_toml or entry.is_dir(follow_symlinks=False)):
        return Found(path, _fault("bad-name", path, "a backslash in a name parts folders elsewhere"))
    if entry.is_symlink():
        is_ours = is_toml or _leads_to_folder(entry)
        return Found(path, _fault("link", path, _LINK)) if is_ours else None
    if entry.is_dir(follow_symlinks=False):
        return Found(path, _fault("not-a-file", path, "a folder, not a file")) if is_toml else path
    return Found(path) if is_toml else None


def _leads_to_folder(link: os.DirEntry[str]) -> bool:
    """False as well for a link that leads in a circle, or to where this user may not look."""
    try:
        return link.is_dir()
    except OSError:
        return False


def _unopened(base: int, folder: str, error: OSError) -> Finding:
    if error.errno not in {errno.ELOOP, errno.ENOTDIR}:
        return _unread(folder, error)
    with suppress(OSError):
        if not stat.S_ISLNK(os.stat(folder, dir_fd=base, follow_symlinks=False).st_mode):
            return _fault("not-a-file", folder, "not a folder")
    return _fault("link", folder, _LINK)


def _unread(folder: str, error: OSError) -> Finding:
    return Finding(
        "unreadable",
        "error",
        f"the folder cannot be read: {error.strerror}",
        folder,
        hint=_WAYS_OUT.get(error.errno or 0, "see to the disk, then read the catalogue again"),
    )


_LINK: Final = "a link, and links are never followed"
_HINTS: Final = {
    "bad-name": "rename it",
    "link": "put the file or folder itself there",
    "not-a-file": "rename it, or move it out of the catalogue",
}
_OWNER: Final = "ask its owner for the right to read it"
_WAYS_OUT: Final = {
    errno.EACCES: _OWNER,
    errno.EPERM: _OWNER,
    errno.ENAMETOOLONG: "its path is longer than the system takes: move it up, or give the folders above shorter names",
}


def _fault(code: str, path: str, message: str) -> Finding:
    return Finding(code, "error", message, path, hint=_HINTS[code])
