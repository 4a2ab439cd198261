"""Which `.toml` files there are below a folder, by name and kind, without opening any."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import chain
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from modeltui.domain.finding import Finding
from modeltui.storage.beneath import open_folder
from modeltui.storage.guard import open_root
from modeltui.storage.stamps import SIZE, numbers_of, stamps_of

SUFFIX: Final = ".toml"


class Found(Struct, frozen=True):
    path: str
    """Relative to the root."""
    fault: Finding | None = None
    """Why it is not to be opened."""
    stamp: bytes | None = None
    """As `stamps` has it; None where it was not asked for, and for what could not be looked at."""


class Sheet(Struct, frozen=True):
    """The plain files of one folder, in the order in which the system names them, to be compared in one go."""

    names: str
    """Joined by a slash, which no name has."""
    stamps: bytes
    """As `stamps` has them, one after the other."""

    def by_name(self) -> dict[str, bytes]:
        return {name: self.stamps[at * SIZE : (at + 1) * SIZE] for at, name in enumerate(self.names.split("/"))}


class Looked(Struct, frozen=True):
    """What lies below a folder."""

    sheets: dict[str, Sheet]
    """Of each folder that has plain files, by its path relative to the root."""
    others: list[Found]
    """What is not to be opened or could not be looked at."""


def toml_files(root: str, top: str) -> Iterator[Found]:
    """Everything named `*.toml` below `top`, at any depth and in no order, and folders that cannot be looked into.

    Names with a dot in front are not the catalogue's. A link is named and never followed. Raises ConfigError.
    """
    for page in _pages(root, top):
        yield from (Found(f"{page.folder}/{name}") for name in page.names)
        yield from page.others


def look_at(root: str, top: str, before: Mapping[str, Sheet] = MappingProxyType({})) -> Looked:
    """The same, and each plain file is looked at. before: what an earlier look gave, to be given again where it holds.

    Raises ConfigError.
    """
    looked = Looked({}, [])
    for page in _pages(root, top, before):
        if page.sheet is not None:
            looked.sheets[page.folder] = page.sheet
        elif page.names:
            looked.sheets[page.folder] = Sheet("/".join(page.names), stamps_of(page.numbers))
        looked.others.extend(page.others)
    return looked


class _Page(Struct):
    """One folder, while it is gone through."""

    folder: str
    sheet: Sheet | None = None
    """That of an earlier look, where nothing changed since."""
    names: list[str] = []
    """Of plain files."""
    numbers: list[int] = []
    """What their stamps are made of, where they are looked at."""
    others: list[Found] = []
    """To be reported."""
    folders: list[str] = []
    """Paths of what is to be looked into."""


def _pages(root: str, top: str, before: Mapping[str, Sheet] | None = None) -> Iterator[_Page]:
    """before: None where no file is to be looked at."""
    base = open_root(root)
    try:
        pending = [top]
        while pending:
            page = _Page(pending.pop())
            _fill(page, base, before)
            yield page
            pending += page.folders
    finally:
        os.close(base)


def _fill(page: _Page, base: int, before: Mapping[str, Sheet] | None) -> None:
    try:
        descriptor = open_folder(base, page.folder)
    except FileNotFoundError:
        return
    except OSError as error:
        page.others.append(Found(page.folder, _unopened(base, page.folder, error)))
        return
    try:
        if before and (sheet := before.get(page.folder)) is not None and _still_holds(sheet, descriptor):
            page.sheet = sheet
            return
        with os.scandir(descriptor) as entries:
            _go_through(entries, page, stamped=before is not None)
    except OSError as error:
        page.others.append(Found(page.folder, _unread(page.folder, error)))
    finally:
        os.close(descriptor)


def _still_holds(sheet: Sheet, folder: int) -> bool:
    """Whether the folder has these files and nothing else: then nobody need ask what each entry is.

    What has the stamp of a plain file is that file.
    """
    names = os.listdir(folder)
    if "/".join(names) != sheet.names:
        return False
    look = os.stat
    try:
        found = [numbers_of(look(name, dir_fd=folder, follow_symlinks=False)) for name in names]
    except OSError:
        return False
    return stamps_of(list(chain.from_iterable(found))) == sheet.stamps


def _go_through(entries: Iterator[os.DirEntry[str]], page: _Page, *, stamped: bool) -> None:
    names, numbers = page.names, page.numbers
    for entry in entries:
        name = entry.name
        if name.startswith("."):
            continue
        if name.endswith(SUFFIX) and "\\" not in name and entry.is_file(follow_symlinks=False):
            if stamped:
                try:
                    numbers.extend(numbers_of(entry.stat(follow_symlinks=False)))
                except OSError:
                    page.others.append(Found(f"{page.folder}/{name}"))
                    continue
            names.append(name)
        elif isinstance(odd := _look(entry, f"{page.folder}/{name}"), Found):
            page.others.append(odd)
        elif odd is not None:
            page.folders.append(odd)


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
