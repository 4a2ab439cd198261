"""An append-only file of JSON lines with a checksum each: nothing is acknowledged before it is durable."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

from modeltui.errors import BusyError, InDoubtError
from modeltui.storage import state_dir
from modeltui.storage.fs import FileSystem, digest, exists, parent, reason_of
from modeltui.storage.mutex import Waiting, acquire

Entry: TypeAlias = Mapping[str, Any]

_LARGEST_LOG = 2**30
_SEALED = re.compile(rb'\{(.*),"sum":"([0-9a-f]{8})"\}', re.DOTALL)


@dataclass(frozen=True, slots=True)
class LogContent:
    entries: tuple[Entry, ...] = ()
    """Every line that holds what was written, in order."""
    size: int = 0
    """Bytes of the file."""
    sound_size: int = 0
    """Bytes up to the end of the last sound line: what follows is a torn tail."""
    broken_lines: tuple[int, ...] = ()
    """Damaged lines with sound ones after them, counted from 1."""
    distrust: str | None = None
    """Why nothing of the file is believed; None when it is."""

    @property
    def is_torn(self) -> bool:
        return self.sound_size < self.size

    @property
    def is_damaged(self) -> bool:
        """More than a crash while appending can explain."""
        return bool(self.broken_lines) or self.distrust is not None


class LogFile:
    """`path` is relative to the catalogue. Reading never writes; `append` first sets aside what is damaged."""

    def __init__(self, fs: FileSystem, path: str, *, waiting: Waiting | None = None) -> None:
        self.path = path
        self._fs = fs
        self._waiting = waiting or Waiting()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Other processes append neither before nor after what is read inside. Raises BusyError."""
        self._make_directory()
        release = acquire(self._fs, f"{self.path}.lock", self._waiting)
        if release is None:
            raise BusyError(f"another process keeps {self.path} busy", hint="try again")
        try:
            yield
        finally:
            release()

    def stamp(self) -> tuple[int, ...] | None:
        """Changes whenever the file does; None where there is none."""
        try:
            found = self._fs.stat(self.path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return found.inode, found.size, found.modified

    def mentions(self, text: str) -> bool:
        """Whether `text` stands anywhere in the file: a cheap no."""
        return text.encode() in self._raw()

    def read(self) -> LogContent:
        try:
            if reason := state_dir.distrust(self._fs, self.path):
                return LogContent(distrust=reason)
        except (FileNotFoundError, NotADirectoryError):
            return LogContent()
        return _parsed(self._raw())

    def append(self, entry: Entry) -> None:
        """Durable when it returns, and not in the file when it raises OSError. Inside `locked`.

        Raises InDoubtError when neither is sure.
        """
        if not exists(self._fs, self.path):
            self._start()
        elif not self._ends_well():
            self.mend()
        size = self._fs.stat(self.path).size
        try:
            self._fs.append(self.path, sealed(entry))
            self._fs.sync_file(self.path)
        except OSError:
            self._take_back(size)
            raise

    def replace(self, entries: Iterable[Entry]) -> None:
        """Put `entries` in the place of the whole file, in one step. Inside `locked`."""
        draft = f"{self.path}.tmp"
        with suppress(FileNotFoundError):
            self._fs.unlink(draft)
        self._fs.create(draft, b"".join(map(sealed, entries)), state_dir.file_mode(self._fs))
        self._fs.sync_file(draft)
        self._fs.rename(draft, self.path)
        self._fs.sync_directory(parent(self.path))

    def _start(self) -> None:
        """An empty file whose name, and whose directory's name, are durable."""
        self._fs.create(self.path, b"", state_dir.file_mode(self._fs))
        self._fs.sync_directory(parent(self.path))
        if parent(self.path) != state_dir.STATE:
            self._fs.sync_directory(state_dir.STATE)

    def _take_back(self, size: int) -> None:
        try:
            self._fs.truncate(self.path, size)
            self._fs.sync_file(self.path)
        except OSError as error:
            raise InDoubtError(
                f"{self.path} may or may not hold what was written last: {reason_of(error)}",
                hint="see to the disk, then look at what is there",
            ) from error

    def mend(self) -> str | None:
        """Leave nothing but sound lines, inside `locked`; the name of what is kept of the damage, None without any."""
        content = self.read()
        if content.is_damaged:
            kept = self._set_aside()
            self.replace(content.entries)
            return kept
        if content.is_torn:
            kept = self._keep(self._raw()[content.sound_size :])
            self._fs.truncate(self.path, content.sound_size)
            return kept
        return None

    def _ends_well(self) -> bool:
        if state_dir.distrust(self._fs, self.path):
            return False
        raw = self._raw()
        *_, last, end = (b"", *raw.rsplit(b"\n", 2)[-2:])
        return not raw or (not end and unsealed(last) is not None)

    def _set_aside(self) -> str:
        """Give the file a second name, under which it stays when it is replaced."""
        name = free_name(self._fs, f"{self.path}.broken")
        try:
            self._fs.link(self.path, name)
        except OSError:
            self._fs.rename(self.path, name)
        self._fs.sync_directory(parent(self.path))
        return name

    def _keep(self, tail: bytes) -> str:
        name = free_name(self._fs, f"{self.path}.torn")
        self._fs.create(name, tail, state_dir.file_mode(self._fs))
        self._fs.sync_file(name)
        self._fs.sync_directory(parent(self.path))
        return name

    def _make_directory(self) -> None:
        state_dir.ensure(self._fs)
        if parent(self.path) != state_dir.STATE:
            with suppress(FileExistsError):
                self._fs.make_directory(parent(self.path), state_dir.directory_mode(self._fs))

    def _raw(self) -> bytes:
        try:
            return self._fs.read(self.path, _LARGEST_LOG)
        except (FileNotFoundError, NotADirectoryError):
            return b""


def _parsed(raw: bytes) -> LogContent:
    lines = list(_lines(raw))
    sound = [number for number, (entry, _) in enumerate(lines, 1) if entry is not None]
    last = sound[-1] if sound else 0
    return LogContent(
        entries=tuple(entry for entry, _ in lines if entry is not None),
        size=len(raw),
        sound_size=lines[last - 1][1] if sound else 0,
        broken_lines=tuple(sorted(set(range(1, last + 1)) - set(sound))),
    )


def _lines(raw: bytes) -> Iterator[tuple[Entry | None, int]]:
    """Each line that ends in a line feed, with the bytes up to its end."""
    end = 0
    for line in raw.split(b"\n")[:-1]:
        end += len(line) + 1
        yield unsealed(line), end


def free_name(fs: FileSystem, stem: str) -> str:
    """The first of `stem-1`, `stem-2` … that is not taken."""
    number = 1
    while exists(fs, f"{stem}-{number}"):
        number += 1
    return f"{stem}-{number}"


def sealed(entry: Entry) -> bytes:
    """One line: the entry as JSON, its last member the checksum of the rest."""
    text = json.dumps(entry, separators=(",", ":")).encode()
    return text[:-1] + b',"sum":"%s"}\n' % digest(text)[:8].encode()


def unsealed(line: bytes) -> Entry | None:
    """The entry of a line without its line feed; None when it is not what was written."""
    match = _SEALED.fullmatch(line)
    if match is None or digest(b"{%s}" % match[1])[:8].encode() != match[2]:
        return None
    try:
        entry = json.loads(b"{%s}" % match[1])
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None
