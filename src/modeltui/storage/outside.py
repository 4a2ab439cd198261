"""Files outside the catalogue that the user names, to import from and to export to. None of them is to be trusted."""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

from msgspec import Struct

from modeltui.domain.finding import Finding
from modeltui.domain.text import cut
from modeltui.errors import BrokenFileError, RefusedError, UsageError
from modeltui.storage.archives import LARGEST_UNPACKED, Link, Member, members
from modeltui.storage.fs import reason_of
from modeltui.storage.guard import Folder
from modeltui.storage.toml import codec
from modeltui.storage.walk import SUFFIX, toml_files

LARGEST: Final = 32 * 2**20
"""Bytes of one file to import: a catalogue of 10,000 models has half of that as JSON."""
_MOST_FILES: Final = 50_000
_MOST_HOPS: Final = 40


class Tree(Struct, frozen=True):
    documents: Mapping[str, dict[str, Any]]
    """Parsed TOML files by their path in the tree."""
    faults: Mapping[str, str]
    """Why the others could not be read, by path."""


def read_outside(path: str) -> bytes:
    """The bytes of a file. Raises UsageError for what is no regular file of a believable size; links are not opened."""
    directory, name = os.path.split(os.path.abspath(path))
    try:
        with Folder(directory) as folder:
            return folder.read(name, limit=LARGEST)
    except BrokenFileError as error:
        raise UsageError(f"cannot read {path}: {error.message}", hint=_HINTS.get(error.code)) from error


def tree_of(path: str) -> Tree:
    """Every TOML file of a folder. A link stands for the file of the folder that it names, and is a fault otherwise.

    Raises UsageError where it is too large.
    """
    return _parsed(_of_folder(path), path)


def tree_in(content: bytes, path: str) -> Tree:
    """The same of an archive, which is read where it lies; `path` is how it is called. Raises UsageError."""
    return _parsed(members(content, path), path)


def is_folder(path: str) -> bool:
    """Links are not followed."""
    return os.path.isdir(path) and not os.path.islink(path)


def make_folder(path: str) -> None:
    """One folder, below one that is there; whatever has the name already stays. Raises UsageError."""
    try:
        os.mkdir(path)
    except FileExistsError:
        return
    except (OSError, ValueError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else "this is no name of a folder"
        raise UsageError(f"cannot make the folder {path}: {reason}") from error


def _parsed(found: Iterable[tuple[str, Member]], path: str) -> Tree:
    documents: dict[str, dict[str, Any]] = {}
    faults: dict[str, str] = {}
    links: dict[str, str] = {}
    size = 0
    for name, content in found:
        size += len(content.to if isinstance(content, Link) else content)
        if size > LARGEST_UNPACKED:
            raise UsageError(f"{path} holds more than {LARGEST_UNPACKED:,} bytes", hint="name a smaller part of it")
        if len(documents) + len(faults) + len(links) >= _MOST_FILES:
            raise UsageError(f"{path} holds more than {_MOST_FILES:,} files")
        try:
            if isinstance(content, Link):
                links[name] = content.to
            elif isinstance(content, str):
                faults[name] = content
            else:
                documents[name] = codec.parse(content)
        except BrokenFileError as error:
            faults[name] = error.message if error.line is None else f"line {error.line}: {error.message}"
    return _with_links(documents, faults, links)


def _with_links(documents: dict[str, dict[str, Any]], faults: dict[str, str], links: Mapping[str, str]) -> Tree:
    """Links are followed by name, among the files that were read: nothing is opened for them."""
    names = {posixpath.normpath(name): name for name in (*documents, *faults)}
    known = {posixpath.normpath(name): to for name, to in links.items()}
    read = dict(documents)
    for name, to in links.items():
        target = _target(posixpath.normpath(name), known)
        real = None if target is None else names.get(target)
        if target is None:
            faults[name] = f"a link to {cut(to, 200)}, which leads out of it or in a circle, and is not followed"
        elif real is None:
            faults[name] = f"a link to {cut(to, 200)}, which is not there"
        elif real in documents:
            read[name] = documents[real]
        else:
            faults[name] = f"a link to {cut(to, 200)}, which cannot be read: {faults[real]}"
    return Tree(read, faults)


def _target(name: str, links: Mapping[str, str]) -> str | None:
    for _ in range(_MOST_HOPS):
        if name not in links:
            return name
        if links[name].startswith("/"):
            return None
        name = posixpath.normpath(posixpath.join(posixpath.dirname(name), links[name]))
        if name.startswith("../"):
            return None
    return None


def is_there(path: str) -> bool:
    """Whether something has this name already."""
    return os.path.lexists(path)


def write_outside(path: str, content: bytes, *, replaces: bool) -> None:
    """Put a file at `path`, in one step, with the rights that the umask leaves.

    Raises RefusedError where something is there and not to be replaced, or is no regular file; UsageError where
    nothing can be written.
    """
    draft = f"{path}.{os.urandom(4).hex()}.tmp" if replaces else path
    is_ours = False
    try:
        if replaces and os.path.lexists(path) and not stat.S_ISREG(os.lstat(path).st_mode):
            raise RefusedError(f"{path} is no regular file", hint="name another file")
        with open(draft, "xb") as file:
            is_ours = True
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if replaces:
            os.replace(draft, path)
    except FileExistsError as error:
        raise RefusedError(f"{path} is there already", hint="name another file, or replace it") from error
    except (OSError, ValueError) as error:
        if is_ours:
            with suppress(OSError):
                os.unlink(draft)
        reason = reason_of(error) if isinstance(error, OSError) else "this is no name of a file"
        raise UsageError(f"cannot write {path}: {reason}") from error


_HINTS: Final[Mapping[str, str]] = {
    "link": "name the file itself",
    "missing": "is the name right?",
    "too-large": f"{LARGEST:,} bytes are the most: split it",
    "not-a-file": "name a file; - is stdin",
}


def _of_folder(path: str) -> Iterator[tuple[str, Member]]:
    """Files by path below the folder's parent."""
    parent, name = os.path.split(os.path.abspath(path))
    with Folder(parent) as folder:
        for found in toml_files(parent, name):
            if found.fault is not None:
                yield found.path, _of_fault(parent, found.path, found.fault)
                continue
            try:
                yield found.path, folder.read(found.path)
            except BrokenFileError as error:
                yield found.path, error.message


def _of_fault(parent: str, path: str, fault: Finding) -> Member:
    """Where a link leads is a text of its own, and reading that opens nothing."""
    if fault.code == "link" and path.endswith(SUFFIX):
        with suppress(OSError):
            return Link(os.readlink(os.path.join(parent, path)))
    return fault.message
