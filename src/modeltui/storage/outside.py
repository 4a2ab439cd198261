"""Files outside the catalogue that the user names, to import from and to export to. None of them is to be trusted."""

from __future__ import annotations

import io
import os
import stat
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from modeltui.errors import BrokenFileError, RefusedError, UsageError
from modeltui.storage import codec
from modeltui.storage.fs import reason_of
from modeltui.storage.guard import Folder
from modeltui.storage.limits import MAX_BYTES
from modeltui.storage.walk import SUFFIX, toml_files

if TYPE_CHECKING:
    from tarfile import TarFile, TarInfo

LARGEST: Final = 32 * 2**20
"""Bytes of one file to import: a catalogue of 10,000 models has half of that as JSON."""
_LARGEST_UNPACKED: Final = 64 * 2**20
"""Bytes that an archive may unpack to, headers and all; and those of all files of a folder together."""
_MOST_FILES: Final = 50_000


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


def read_tree(path: str) -> Tree:
    """Every TOML file of a folder, or of a tar archive, which is read where it lies. Links are faults.

    Raises UsageError where `path` is neither, or too large.
    """
    return _parsed(_of_folder(path) if is_folder(path) else _of_archive(read_outside(path), path), path)


def tree_in(content: bytes, path: str) -> Tree:
    """The same of an archive that was read already; `path` is how it is called. Raises UsageError."""
    return _parsed(_of_archive(content, path), path)


def is_folder(path: str) -> bool:
    """Links are not followed."""
    return os.path.isdir(path) and not os.path.islink(path)


def _parsed(found: Iterator[tuple[str, bytes | str]], path: str) -> Tree:
    documents: dict[str, dict[str, Any]] = {}
    faults: dict[str, str] = {}
    size = 0
    for name, content in found:
        size += len(content)
        if size > _LARGEST_UNPACKED:
            raise UsageError(f"{path} holds more than {_LARGEST_UNPACKED:,} bytes", hint="name a smaller part of it")
        if len(documents) + len(faults) >= _MOST_FILES:
            raise UsageError(f"{path} holds more than {_MOST_FILES:,} files")
        try:
            if isinstance(content, str):
                faults[name] = content
            else:
                documents[name] = codec.parse(content)
        except BrokenFileError as error:
            faults[name] = error.message if error.line is None else f"line {error.line}: {error.message}"
    return Tree(documents, faults)


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


def _of_folder(path: str) -> Iterator[tuple[str, bytes | str]]:
    """Files by path below the folder: their bytes, or a sentence on what is wrong."""
    parent, name = os.path.split(os.path.abspath(path))
    with Folder(parent) as folder:
        for found in toml_files(parent, name):
            if found.fault is not None:
                yield found.path, found.fault.message
                continue
            try:
                yield found.path, folder.read(found.path)
            except BrokenFileError as error:
                yield found.path, error.message


def _of_archive(content: bytes, path: str) -> Iterator[tuple[str, bytes | str]]:
    """The same of the members of an archive. Nothing is ever written to disk."""
    import tarfile  # noqa: PLC0415  # wanted for archives only

    try:
        with tarfile.open(fileobj=_Unpacked(content), mode="r|") as archive:
            for member in archive:
                if (found := _of_member(archive, member)) is not None:
                    yield member.name, found
    except _TooLargeError as error:
        raise UsageError(f"{path} unpacks to more than {_LARGEST_UNPACKED:,} bytes", hint="split it") from error
    except (tarfile.TarError, OSError, EOFError, zlib.error, ValueError, ArithmeticError, RecursionError) as error:
        raise UsageError(f"{path} is no folder and no archive that can be read", hint="name a .tar.gz") from error


def _of_member(archive: TarFile, member: TarInfo) -> bytes | str | None:
    """None for what is no TOML file."""
    is_hidden = any(part.startswith(".") and part != "." for part in member.name.split("/"))
    if is_hidden or not member.name.endswith(SUFFIX):
        return None
    if member.issym() or member.islnk():
        return "a link, and links are never followed"
    if not member.isreg():
        return "not a file"
    if member.size > MAX_BYTES:
        return f"the file has {member.size:,} bytes; {MAX_BYTES:,} is the most"
    file = archive.extractfile(member)
    return file.read(MAX_BYTES) if file is not None else "not a file"


class _TooLargeError(Exception):
    """An archive that does not stop."""


class _Unpacked(io.RawIOBase):
    """The bytes of an archive, unpacked as they are read, up to a limit."""

    def __init__(self, content: bytes) -> None:
        import gzip  # noqa: PLC0415  # wanted for archives only

        raw = io.BytesIO(content)
        self._file: Any = gzip.GzipFile(fileobj=raw) if content.startswith(b"\x1f\x8b") else raw
        self._left = _LARGEST_UNPACKED

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        found: bytes = self._file.read(size if 0 <= size <= self._left else self._left + 1)
        self._left -= len(found)
        if self._left < 0:
            raise _TooLargeError
        return found
