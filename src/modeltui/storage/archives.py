"""Archives that the user names: read where they lie, behind limits. Nothing is ever written to disk."""

from __future__ import annotations

import io
import stat
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import Struct

from modeltui.errors import UsageError
from modeltui.storage.limits import MAX_BYTES
from modeltui.storage.walk import SUFFIX

if TYPE_CHECKING:
    from tarfile import TarFile, TarInfo
    from zipfile import ZipFile, ZipInfo

LARGEST_UNPACKED: Final = 64 * 2**20
"""Bytes that a file may unpack to, headers and all; and those of all files of a folder together."""
_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK\x03\x04"
_ENTRY: Final = b"PK\x01\x02"
"""Begins what a zip says of each member."""
_MOST_ENTRIES: Final = 200_000
"""Of a zip, which are all in memory at once."""
_ENCRYPTED: Final = 1
_PACKED: Final = frozenset({0, 8})
"""How members of a zip are packed: stored and deflated. LZMA has errors, and room for a dictionary, of its own."""
_LONGEST_LINK: Final = 4096


class Link(Struct, frozen=True):
    to: str
    """As it says itself: from the folder that it lies in."""


Member: TypeAlias = bytes | str | Link
"""The bytes of a file, a sentence on what is wrong, or where a link leads."""


def unzipped(content: bytes, path: str) -> bytes:
    """What gzip has packed; anything else as it is. `path` is how it is called. Raises UsageError."""
    if not content.startswith(_GZIP):
        return content
    import gzip  # noqa: PLC0415  # wanted for packed files only

    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            found = file.read(LARGEST_UNPACKED + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(f"{path} cannot be unpacked: it is damaged, or not whole", hint="fetch it anew") from error
    if len(found) > LARGEST_UNPACKED:
        raise UsageError(f"{path} unpacks to more than {LARGEST_UNPACKED:,} bytes", hint="split it")
    return found


def members(content: bytes, path: str) -> Iterator[tuple[str, Member]]:
    """The TOML files of a tar archive, packed or not, or of a zip. Raises UsageError for anything else, or too much."""
    content = unzipped(content, path)
    try:
        yield from _of_zip(content, path) if content.startswith(_ZIP) else _of_tar(content)
    except (OSError, EOFError, zlib.error, ValueError, ArithmeticError, RecursionError, RuntimeError) as error:
        raise UsageError(
            f"{path} is no folder and no archive that can be read", hint="name a .tar.gz or a .zip"
        ) from error


def _of_tar(content: bytes) -> Iterator[tuple[str, Member]]:
    import tarfile  # noqa: PLC0415  # wanted for archives only

    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r|") as archive:
            for member in archive:
                if _is_ours(member.name):
                    yield member.name, _of_tar_member(archive, member)
    except tarfile.TarError as error:
        raise ValueError(str(error)) from error


def _of_tar_member(archive: TarFile, member: TarInfo) -> Member:
    if member.issym():
        return Link(member.linkname)
    if member.islnk():
        return Link("../" * member.name.removeprefix("./").count("/") + member.linkname)
    if not member.isreg():
        return "not a file"
    if member.size > MAX_BYTES:
        return _too_large(member.size)
    file = archive.extractfile(member)
    return file.read(MAX_BYTES) if file is not None else "not a file"


def _of_zip(content: bytes, path: str) -> Iterator[tuple[str, Member]]:
    import zipfile  # noqa: PLC0415  # wanted for archives only

    if content.count(_ENTRY) > _MOST_ENTRIES:
        raise UsageError(f"{path} holds more than {_MOST_ENTRIES:,} files", hint="split it")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                if _is_ours(member.filename):
                    yield member.filename, _of_zip_member(archive, member)
    except zipfile.BadZipFile as error:
        raise ValueError(str(error)) from error


def _of_zip_member(archive: ZipFile, member: ZipInfo) -> Member:
    if member.flag_bits & _ENCRYPTED:
        return "it is encrypted"
    if member.compress_type not in _PACKED:
        return "it is packed in a way that is not read here"
    if member.file_size > MAX_BYTES:
        return _too_large(member.file_size)
    with archive.open(member) as file:
        found = file.read(MAX_BYTES)
    if stat.S_ISLNK(member.external_attr >> 16):
        return Link(found[:_LONGEST_LINK].decode(errors="replace"))
    return found


def _is_ours(name: str) -> bool:
    is_hidden = any(part.startswith(".") and part != "." for part in name.split("/"))
    return name.endswith(SUFFIX) and not is_hidden


def _too_large(size: int) -> str:
    return f"the file has {size:,} bytes; {MAX_BYTES:,} is the most"
