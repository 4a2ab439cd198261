"""The audit log: who did what, each entry holding the digest of the one before, and what a walk of it finds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

from msgspec import Struct

from modeltui.domain.digest import digest

_MEMBERS = frozenset({"number", "log", "at", "by", "host", "what", "subject", "detail", "keys", "before"})
_ANCHOR: Final = r"([0-9a-f]{16})\.(\d{1,15})\.([0-9a-f]{64})"


class Audit(Protocol):
    """Keeps what was done and what was refused. Takes no secrets: name fields and keys of models, never values."""

    def note(self, what: str, subject: str, detail: str = "", keys: Sequence[str] = ()) -> str | None:
        """Durable when it returns None; else why it could not be kept, for a warning. Raises nothing.

        what: one word, such as `apply`, `lock`, `unlock`, `rollback`, `refused`, `recover`, `job`.
        subject: what it was done to: the id of an apply, the key of a model, or how many.
        detail: why, in one sentence.
        keys: the models it was done to, where there are several.
        """

    def head(self) -> str | None:
        """The last entry as text that names it for ever; None where there is none that can be read."""


class NoAudit:
    """Keeps nothing."""

    def note(self, what: str, subject: str, detail: str = "", keys: Sequence[str] = ()) -> str | None:  # noqa: ARG002
        return None

    def head(self) -> str | None:
        return None


class AuditEntry(Struct, frozen=True):
    number: int
    """Counted from 1."""
    log: str
    """Names the log that the entry was written to: another one begins where a log is gone."""
    at: datetime
    """UTC."""
    by: str
    host: str
    what: str
    subject: str
    detail: str
    keys: tuple[str, ...]
    before: str
    """Digest of the entry before; empty of the first."""

    @property
    def digest(self) -> str:
        """SHA-256 of the entry with the digest of the one before, in hex."""
        text = json.dumps(encoded_entry(self), separators=(",", ":"), sort_keys=True)
        return digest(text.encode())


class Anchor(Struct, frozen=True):
    """Where else a head of the log is kept."""

    place: str
    """In words, such as `commit 1234abcd`."""
    log: str
    number: int
    digest: str
    is_ours: bool = True
    """Kept by this log's own catalogue. Others may be of another clone, which has a log of its own."""


class Verdict(Struct, frozen=True):
    entries: int
    """How many were read."""
    broken: str | None = None
    """The first thing that is wrong, in words; None where the chain holds."""
    number: int | None = None
    """The entry that it is about."""
    notes: tuple[str, ...] = ()
    """What is no break and worth knowing."""


def encoded_entry(entry: AuditEntry) -> dict[str, Any]:
    """As JSON; its digest is that of this."""
    return {
        "number": entry.number,
        "log": entry.log,
        "at": entry.at.isoformat(),
        "by": entry.by,
        "host": entry.host,
        "what": entry.what,
        "subject": entry.subject,
        "detail": entry.detail,
        "keys": list(entry.keys),
        "before": entry.before,
    }


def decoded_entry(data: Mapping[str, Any]) -> AuditEntry:
    """Raises ValueError, TypeError or KeyError for what `encoded_entry` never makes."""
    if data.keys() != _MEMBERS:
        raise KeyError("an entry has other members")
    if not isinstance(data["number"], int) or not isinstance(data["keys"], list):
        raise TypeError("not an entry of an audit log")
    return AuditEntry(
        number=data["number"],
        log=str(data["log"]),
        at=datetime.fromisoformat(data["at"]),
        by=str(data["by"]),
        host=str(data["host"]),
        what=str(data["what"]),
        subject=str(data["subject"]),
        detail=str(data["detail"]),
        keys=tuple(map(str, data["keys"])),
        before=str(data["before"]),
    )


def anchor_text(entry: AuditEntry) -> str:
    """`log.number.digest`: a head, to be kept elsewhere."""
    return f"{entry.log}.{entry.number}.{entry.digest}"


def parsed_anchor(text: str, place: str, *, is_ours: bool = True) -> Anchor | None:
    """None for what `anchor_text` never makes."""
    match = re.fullmatch(_ANCHOR, text)
    return Anchor(place, match[1], int(match[2]), match[3], is_ours) if match else None


def walk(lines: Iterable[Mapping[str, Any]], anchors: Iterable[Anchor] = ()) -> Verdict:
    """Hold each entry against the one before, then the whole against the heads that are kept elsewhere."""
    entries: list[AuditEntry] = []
    for data in lines:
        number = len(entries) + 1
        try:
            entry = decoded_entry(data)
        except (ValueError, TypeError, KeyError):
            return Verdict(len(entries), f"entry {number} is not one that was written by modeltui", number)
        if wrong := _wrong(entry, entries[-1] if entries else None):
            return Verdict(len(entries), *wrong)
        entries.append(entry)
    return _held(entries, anchors)


def _wrong(entry: AuditEntry, last: AuditEntry | None) -> tuple[str, int] | None:
    """What is wrong between an entry and the one before it, and the number of the entry that it is about."""
    due = last.number + 1 if last else 1
    if entry.number < due:
        return f"entry {entry.number} stands after entry {due - 1}: the order was changed", entry.number
    if entry.number > due:
        gone = f"entry {due} is" if entry.number == due + 1 else f"entries {due} to {entry.number - 1} are"
        return f"{gone} missing: removed or damaged", due
    if last is None:
        return (f"entry {due} says that there was one before it", due) if entry.before else None
    if entry.before != last.digest:
        return f"entry {last.number} was changed after it was written", last.number
    if entry.log != last.log:
        return f"entry {entry.number} is of another log", entry.number
    return None


def _held(entries: Sequence[AuditEntry], anchors: Iterable[Anchor]) -> Verdict:
    count, ours = len(entries), entries[0].log if entries else None
    foreign: set[str] = set()
    for anchor in anchors:
        if anchor.log != ours:
            if anchor.is_ours:
                what = "another log" if entries else f"a log of {anchor.number} entries or more"
                return Verdict(count, f"{anchor.place} names {what}: this one was begun anew, or emptied", 1)
            foreign.add(anchor.log)
        elif anchor.number > count:
            return Verdict(
                count, f"entry {count + 1} is missing: {anchor.place} names entry {anchor.number}", count + 1
            )
        elif entries[anchor.number - 1].digest != anchor.digest:
            broken = f"entry {anchor.number} is not the one that {anchor.place} names: it or one before was changed"
            return Verdict(count, broken, anchor.number)
    notes = (f"commits also name {len(foreign)} logs of other clones, which cannot be walked here",) if foreign else ()
    return Verdict(count, notes=notes)
