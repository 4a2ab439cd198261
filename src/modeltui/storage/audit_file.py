"""The audit log on disk: entries that are appended durably by whoever acts, and a second note of the last one."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from modeltui.domain.audit import Anchor, AuditEntry, anchor_text, decoded_entry, encoded_entry, parsed_anchor
from modeltui.errors import ModeltuiError
from modeltui.storage import state_dir
from modeltui.storage.fs import FileSystem, reason_of
from modeltui.storage.log_file import LogFile, unsealed
from modeltui.storage.mutex import Waiting

AUDIT: Final = f"{state_dir.STATE}/audit.jsonl"
HEAD: Final = f"{state_dir.STATE}/audit.head"
_LARGEST_HEAD: Final = 256
_LARGEST_LOG: Final = 2**30
_LOST: Final = "log"
"""What an entry says of the log itself."""


class AuditContent(Struct, frozen=True):
    lines: tuple[Mapping[str, Any], ...]
    head: Anchor | None
    """The second note of the last entry; it may lag behind after a crash, and never runs ahead."""
    broken_line: int | None = None
    """The first damaged line with sound ones after it."""
    is_torn: bool = False
    """The last append was cut off, or its line was damaged later."""
    distrust: str | None = None


class _Due(Struct, frozen=True):
    """What the next entry begins with."""

    log: str
    number: int = 1
    before: str = ""


class AuditFile:
    """Several processes and users append to one file: each under its kernel lock."""

    def __init__(
        self, fs: FileSystem, user: str, host: str, now: Callable[[], datetime], *, waiting: Waiting | None = None
    ) -> None:
        """`now` is the time in UTC."""
        self._fs = fs
        self._user = user
        self._host = host
        self._now = now
        self._log = LogFile(fs, AUDIT, waiting=waiting)

    def note(self, what: str, subject: str, detail: str = "", keys: Sequence[str] = ()) -> str | None:
        try:
            with self._log.locked():
                self._append(what, subject, detail, keys)
        except OSError as error:
            return f"not in the audit log: {reason_of(error)}"
        except ModeltuiError as error:
            return f"not in the audit log: {error.message}"
        return None

    def head(self) -> str | None:
        try:
            last, _ = self._end()
        except OSError:
            return None
        return anchor_text(last) if last else None

    def read(self) -> AuditContent:
        """Raises OSError."""
        content = self._log.read()
        return AuditContent(
            content.entries,
            self._noted_head(),
            content.broken_lines[0] if content.broken_lines else None,
            content.is_torn,
            content.distrust,
        )

    def _append(self, what: str, subject: str, detail: str, keys: Sequence[str]) -> None:
        """Inside the lock. What the log lost before, by a crash or by a hand, stays visible as a gap, and is said."""
        last, is_sound = self._end()
        kept = None
        if not is_sound:
            kept = self._log.mend()
            last, _ = self._end()
        noted = self._noted_head()
        due = _Due(last.log, last.number + 1, last.digest) if last else _Due(os.urandom(8).hex())
        if noted is not None and (last is None or noted.number > last.number):
            due = _Due(noted.log, noted.number + 1, noted.digest)
            due = self._written(due, _LOST, str(noted.number), "entries before this one are gone")
        if kept is not None:
            due = self._written(due, _LOST, kept, "damage was found at the end, and is kept there")
        self._written(due, what, subject, detail, keys)

    def _written(self, due: _Due, what: str, subject: str, detail: str, keys: Sequence[str] = ()) -> _Due:
        """What the next entry begins with."""
        entry = AuditEntry(
            number=due.number,
            log=due.log,
            at=self._now(),
            by=self._user,
            host=self._host,
            what=what,
            subject=subject,
            detail=detail,
            keys=tuple(keys),
            before=due.before,
        )
        self._log.append(encoded_entry(entry))
        with suppress(OSError):
            self._note_head(anchor_text(entry))
        return _Due(entry.log, entry.number + 1, entry.digest)

    def _end(self) -> tuple[AuditEntry | None, bool]:
        """The last entry, and whether the file ends with it as an append leaves it (or is empty, or not there)."""
        try:
            if state_dir.distrust(self._fs, AUDIT):
                return None, False
            *_, line, rest = (b"", *self._fs.read(AUDIT, _LARGEST_LOG).rsplit(b"\n", 2)[-2:])
        except (FileNotFoundError, NotADirectoryError):
            return None, True
        if not line and not rest:
            return None, True
        try:
            return decoded_entry(unsealed(line) or {}), not rest
        except (ValueError, TypeError, KeyError):
            return None, False

    def _note_head(self, text: str) -> None:
        draft = f"{HEAD}.tmp"
        with suppress(FileNotFoundError):
            self._fs.unlink(draft)
        self._fs.create(draft, f"{text}\n".encode(), state_dir.file_mode(self._fs))
        self._fs.rename(draft, HEAD)

    def _noted_head(self) -> Anchor | None:
        try:
            if state_dir.distrust(self._fs, HEAD):
                return None
            text = self._fs.read(HEAD, _LARGEST_HEAD).decode(errors="replace").strip()
        except OSError:
            return None
        return parsed_anchor(text, HEAD)
