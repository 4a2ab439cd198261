"""An append-only file of JSON lines with a checksum each: nothing is acknowledged before it is durable."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from modeltui.domain.digest import digest
from modeltui.domain.text import some_of
from modeltui.errors import BusyError, InDoubtError
from modeltui.storage import state_dir
from modeltui.storage.fs import FileSystem, exists, parent, reason_of
from modeltui.storage.mutex import Waiting, acquire

Entry: TypeAlias = Mapping[str, Any]

_LARGEST_LOG = 2**30
_SEALED = re.compile(rb'\{(.*),"sum":"([0-9a-f]{8})"\}', re.DOTALL)


class LogContent(Struct, frozen=True):
    entries: tuple[Entry, ...] = ()
    """Every line that holds what was written, in order."""
    size: int = 0
    """Bytes of the file."""
    sound_size: int = 0
    """Bytes up to the end of the last sound line: what follows is a torn tail."""
    broken_lines: tuple[int, ...] = ()
    """Damaged lines with sound ones after them, counted from 1."""
    lost_lines: int = 0
    """Damaged whole lines at the end, which no crash while appending leaves."""
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
    """`path` is relative to the catalogue. `read` never writes; `append` first sets aside what is damaged."""

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
            raise self._busy()
        try:
            yield
        finally:
            release()

    def _busy(self) -> BusyError:
        from modeltui.storage.lock_holder import holder_of  # noqa: PLC0415  # where another process holds it

        who = holder_of(self._fs, f"{self.path}.lock")
        return BusyError(
            f"another process{f', {who},' if who else ''} keeps {self.path} busy"
            f" for more than {self._waiting.deadline_s:g} s",
            hint="try again when it is done; a process that died holds nothing",
        )

    def stamp(self) -> tuple[int, ...] | None:
        """Changes whenever the file does; None where there is none."""
        try:
            found = self._fs.stat(self.path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return found.inode, found.size, found.modified

    def mentions(self, text: str) -> bool:
        """Whether `text` stands anywhere in the file, if it is believed: a cheap no."""
        try:
            return state_dir.distrust(self._fs, self.path) is None and text.encode() in self._raw()
        except (FileNotFoundError, NotADirectoryError):
            return False

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
            if self._fs.stat(self.path).size == size:
                return  # it could not even be opened: there is nothing to take back
            self._fs.truncate(self.path, size)
            self._fs.sync_file(self.path)
        except OSError as error:
            raise InDoubtError(
                f"{self.path} may or may not hold what was written last: {reason_of(error)}",
                hint="see to the disk, then look at what is there",
            ) from error

    def trouble(self, *, at_end: bool = False, sets_right: bool = True) -> str | None:
        """What of the file cannot be read, and where it is kept now; `at_end` looks at no more than the last line."""
        try:
            if not exists(self._fs, self.path) or (at_end and self._ends_well()):
                return None
            content, kept = self.read(), None
            if sets_right and (content.is_torn or content.broken_lines):
                content, kept = self.set_right(content)
            return with_kept(told(self.path, content), kept)
        except OSError as error:
            return f"{self.path} cannot be read: {reason_of(error)}"

    def set_right(self, content: LogContent) -> tuple[LogContent, str | None]:
        """Mend at once what was read as torn or damaged; what it was, and the name of what is kept, None for nothing.

        Where another process appends just now, a torn tail is what it has not finished writing.
        """
        try:
            release = self._fs.try_lock(f"{self.path}.lock", state_dir.file_mode(self._fs))
            if release is None:
                return replace(content, size=content.sound_size), None
            try:
                content = self.read()
                return content, self.mend()
            finally:
                release()
        except OSError:
            return content, None

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
        lost_lines=len(lines) - last,
    )


def told(path: str, content: LogContent) -> str | None:
    """What of a log could not be read, in words; None when all could."""
    if content.distrust is not None:
        return f"{path} is not read: {content.distrust}"
    if content.broken_lines:
        lines = some_of(map(str, content.broken_lines), len(content.broken_lines))
        return f"{path}: damaged at line {lines}; what can be read is kept"
    if content.lost_lines or (content.is_torn and not content.entries):
        lost = content.size - content.sound_size
        return f"{path}: damaged, and {lost} bytes at its end are lost; what can be read is kept"
    if content.is_torn:
        return f"{path}: the last entry was cut off, and is lost; all before it is kept"
    return None


def with_kept(notice: str | None, kept: str | None) -> str | None:
    """What was told of a log, with where the damage is kept."""
    if notice is None or kept is None:
        return notice
    what = "what was cut off" if ".torn-" in kept else "the damaged file"
    return f"{notice}; {what} is kept as {kept}"


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
