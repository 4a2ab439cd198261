"""The rows of a catalogue, kept between two starts, so that files which did not change are not read again.

Nothing rests on it: it may be deleted at any time, and where anything about it is not as it should be, it is ignored.
Whatever writes the catalogue reads the files themselves.
"""

from __future__ import annotations

import marshal
import operator
import os
import stat
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from types import MappingProxyType
from typing import Any, Final

import tomli
from msgspec import Struct

from modeltui.domain.digest import digest
from modeltui.domain.model import Model
from modeltui.storage.late_rows import LateRows
from modeltui.storage.stamps import SIZE
from modeltui.storage.summary_rows import columns_of, models_of
from modeltui.storage.walk import Sheet
from modeltui.version import VERSION

try:
    from _blake2 import blake2b  # what `hashlib` has as well, which loads OpenSSL
except ImportError:
    from hashlib import blake2b

_FORMAT: Final = 2
_MAGIC: Final = b"modeltui summaries\n"
_SUM: Final = 32
"""Bytes of the checksum."""
_SIZE: Final = 8
"""Bytes that say how many the head has."""
_LARGEST: Final = 2**30
"""Bytes: far beyond a million models."""
_OLD_S: Final = {".tmp": 3_600, ".rows": 90 * 86_400}
"""After so long nobody goes on with a draft, and a catalogue is taken for one that is gone."""
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_PACKAGE: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_MAKERS: Final = (
    "domain/document.py",
    "domain/finding.py",
    "domain/lock.py",
    "domain/lock_text.py",
    "domain/model.py",
    "domain/price.py",
    "domain/schema/fatal.py",
    "domain/syntax.py",
    "storage/toml/codec.py",
    "storage/toml/diagnosis.py",
    "storage/toml/fast_toml.py",
    "storage/late_rows.py",
    "storage/limits.py",
    "storage/model_reading.py",
    "storage/stamps.py",
    "storage/summary_rows.py",
    "storage/walk.py",
)
"""What decides what a row says: in a checkout these change while the version stays."""


class Known(Struct, frozen=True):
    """What is known of files that were read."""

    models: Mapping[str, Model] = MappingProxyType({})
    """By key and in the order of keys."""
    sheets: Mapping[str, Sheet] = MappingProxyType({})
    """Names and stamps of the files as they were before they were read, by folder."""
    again: frozenset[str] = frozenset()
    """Keys of what is to be read again though its stamp stays: it may have changed and kept it, or was not read."""
    unparsed: frozenset[str] = frozenset()
    """Keys of files that could not be read or parsed: they have no document."""


class SummaryCache:
    """The file of one user for one catalogue."""

    def __init__(self, folder: str, root: str) -> None:
        """folder: where it lies, made when it is first written to and only below one's own; "" to keep nothing.

        root: of the catalogue.
        """
        self._root = os.path.abspath(root)
        self._folder = "" if not folder or _is_within(folder, root) else os.path.abspath(folder)
        self._name = f"{digest(os.fsencode(self._root))[:20]}.rows"

    @property
    def path(self) -> str:
        """Of the file; empty where nothing is kept."""
        return os.path.join(self._folder, self._name) if self._folder else ""

    def read(self) -> Known:
        """What was kept; nothing where that is missing, damaged, of another program or not this user's own."""
        try:
            content = self._content()
            begin = len(_MAGIC) + _SUM
            payload = memoryview(content)[begin:]
            if not content.startswith(_MAGIC) or _sum(self._root, payload) != content[len(_MAGIC) : begin]:
                return Known()
            head = _SIZE + int.from_bytes(payload[:_SIZE], "little")
            return _unpacked(marshal.loads(payload[_SIZE:head]), payload[head:])  # noqa: S302  # our own, and whole
        except (OSError, EOFError, ValueError, TypeError, LookupError, ArithmeticError):
            return Known()

    def write(self, known: Known) -> None:
        """Put it in place of what was kept, in one step. Where that cannot be, there is no cache."""
        if not self._folder:
            return
        with suppress(OSError, ValueError):  # the latter for what cannot be packed
            head, rows = marshal.dumps(_packed(known)), marshal.dumps(columns_of(list(known.models.values())))
            payload = (len(head).to_bytes(_SIZE, "little"), head, rows)
            _make(self._folder)
            with self._opened() as folder:
                _sweep(folder)
                _put(folder, self._name, _MAGIC, _sum(self._root, *payload), *payload)

    def _content(self) -> bytes:
        """Raises OSError, also for what is not to be believed."""
        with self._opened() as folder:
            descriptor = os.open(self._name, _READ, dir_fd=folder)
            with open(descriptor, "rb", buffering=0) as file:
                found = os.fstat(descriptor)
                if not stat.S_ISREG(found.st_mode) or not _is_mine(found) or found.st_size > _LARGEST:
                    raise PermissionError
                return file.readall()

    @contextmanager
    def _opened(self) -> Iterator[int]:
        """The folder, where nobody else may write it. Raises OSError."""
        if not self._folder:
            raise FileNotFoundError
        descriptor = os.open(self._folder, _FOLDER)
        try:
            if not _is_mine(os.fstat(descriptor)):
                raise PermissionError
            yield descriptor
        finally:
            os.close(descriptor)


def _make(folder: str) -> None:
    """Make what is missing of it, for this user alone. Raises OSError.

    What there is must be this user's own: else the superuser, with the HOME of somebody, would leave a `.cache` there
    that its owner cannot write.
    """
    missing: list[str] = []
    while not os.path.isdir(folder):
        folder, name = os.path.split(folder)
        missing.insert(0, name)
    if not missing:
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if os.fstat(descriptor).st_uid != os.geteuid():
            raise PermissionError
        for count in range(len(missing)):
            with suppress(FileExistsError):  # another process is as far
                os.mkdir(os.path.join(*missing[: count + 1]), 0o700, dir_fd=descriptor)
    finally:
        os.close(descriptor)


def _is_mine(found: os.stat_result) -> bool:
    return found.st_uid == os.geteuid() and not found.st_mode & 0o022


def _sum(root: str, *payload: bytes | memoryview) -> bytes:
    """A checksum that only the same program, run by the same user with the same rights, makes of the same catalogue.

    Rights count, as they decide which files can be read.
    """
    made_by = (_FORMAT, VERSION, sys.version, sys.implementation.cache_tag, marshal.version, tomli.__version__)
    program = list(_program())
    made_for = (root, os.geteuid(), os.getegid(), sorted(os.getgroups()))
    key = bytes.fromhex(digest(repr((made_by, program, made_for)).encode()))
    made = blake2b(digest_size=_SUM, key=key)
    for part in payload:
        made.update(part)
    return made.digest()


def _program() -> Iterator[tuple[int, int]]:
    for name in _MAKERS:
        with suppress(OSError):
            found = os.stat(os.path.join(_PACKAGE, name))
            yield found.st_size, found.st_mtime_ns


def _packed(known: Known) -> tuple[Any, ...]:
    """All but the rows: what a look at the files is compared with."""
    sheets = {folder: (sheet.names, sheet.stamps) for folder, sheet in known.sheets.items()}
    return len(known.models), sheets, list(known.again), list(known.unparsed)


def _unpacked(data: tuple[Any, ...], rows: memoryview) -> Known:
    """Rows are made of the bytes when somebody asks for one."""
    count, plain, again, unparsed = data
    sheets = {folder: Sheet(*sheet) for folder, sheet in dict(plain).items()}
    if any(len(sheet.stamps) != SIZE * (sheet.names.count("/") + 1) for sheet in sheets.values()):
        raise ValueError("not the same number of names and stamps")

    def make() -> list[Model]:
        return models_of(marshal.loads(rows))  # noqa: S302  # as above

    return Known(LateRows(operator.index(count), make), sheets, frozenset(again), frozenset(unparsed))


def _put(folder: int, name: str, *contents: bytes) -> None:
    """Not synced: a file that a power cut leaves half written is ignored."""
    draft = f"{os.urandom(6).hex()}.tmp"
    descriptor = os.open(draft, _NEW, 0o600, dir_fd=folder)
    try:
        with open(descriptor, "wb", buffering=0) as file:
            for content in contents:
                rest = memoryview(content)
                while rest:
                    rest = rest[file.write(rest) :]
        os.rename(draft, name, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError:
        with suppress(OSError):
            os.unlink(draft, dir_fd=folder)
        raise


def _sweep(folder: int) -> None:
    """Take away what a process that was killed has left, and what was written long ago."""
    for name in os.listdir(folder):
        if (age := _OLD_S.get(os.path.splitext(name)[1])) is not None:
            with suppress(OSError):
                if os.stat(name, dir_fd=folder, follow_symlinks=False).st_mtime < time.time() - age:
                    os.unlink(name, dir_fd=folder)


def _is_within(folder: str, root: str) -> bool:
    """Whether the folder would lie in the catalogue, where it has no business."""
    real, above = os.path.realpath(folder), os.path.realpath(root)
    return real == above or real.startswith(above.rstrip(os.sep) + os.sep)
