"""What a registry would change, told before anything is queued: each field with what is here, there, and was there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final

from msgspec import Struct, field

from modeltui.domain.document import Absent, Document, FieldPath, Value, format_field
from modeltui.domain.lock import Lock
from modeltui.domain.schema.upstream import SyncKind
from modeltui.domain.sync.entry import Entry
from modeltui.domain.sync.fields import Source


class Verdict(StrEnum):
    """What becomes of a field. `theirs`: the registry now; `base`: when it was last seen; `ours`: the file."""

    TAKE = "take"
    """Theirs changed and ours did not: theirs is taken."""
    CONFLICT = "conflict"
    """Both changed, to different values: nothing is taken until somebody chooses."""
    DIFFERS = "differs"
    """Ours differs, and nobody looked there before: ours stays unless somebody chooses."""
    PINNED = "pinned"
    """It would be taken, or asked about, and the file says to leave it alone."""
    LOCKED = "locked"
    """It would be taken, or asked about, and the model takes no change."""
    KEPT = "kept"
    """Ours differs from what was there the last time too: a decision made here."""
    SAME = "same"
    """Both say the same."""


CHOICES = (Verdict.TAKE, Verdict.CONFLICT, Verdict.DIFFERS, Verdict.KEPT)
"""Verdicts whose rows can be chosen."""


class FieldRow(Struct, frozen=True, kw_only=True):
    key: str
    path: FieldPath
    kind: SyncKind
    verdict: Verdict
    ours: Value | Absent
    theirs: Value | Absent
    base: Value | Absent | None
    """None where it was never looked at."""

    @property
    def id(self) -> str:
        return f"{self.key}\0{self.field}"

    @property
    def field(self) -> str:
        return format_field(self.path)


class Held(Struct, frozen=True, kw_only=True):
    """One model and the entry that it was held against."""

    key: str
    id: str
    """The entry, as the registry calls it."""
    document: Document
    """With what is pending."""
    entry: Entry
    """What the file says of it."""
    rows: tuple[FieldRow, ...]
    """Every field that was compared."""
    lock: Lock | None = None
    is_mapped: bool = False
    """By this sync, so that it is written whatever else is."""
    whole: frozenset[SyncKind] = frozenset()
    """Kinds of which all fields were compared."""
    per: Value | Absent | None = None
    """The unit of the rate that its prices are said in."""


NO_PROVIDER: Final = "the snapshot has nothing of their provider"
"""Why some are gone: it is a smaller snapshot."""


class Unheld(Struct, frozen=True):
    """A model that could not be held against an entry, and why."""

    key: str
    reason: str
    ids: tuple[str, ...] = ()
    """Entries that it might be, or the one that it was."""
    near: tuple[str, ...] = ()
    """Entries that nobody is, by names like that of the one that it was."""


class Unknown(Struct, frozen=True):
    """An entry of one of our providers that is no model here."""

    id: str
    name: str
    content_type: str | None


class SyncPlan(Struct, frozen=True, kw_only=True):
    """Frozen: it is shown, chosen from, and queued."""

    label: str
    """Of the undo step."""
    source: Source
    held: tuple[Held, ...] = ()
    ignored: tuple[str, ...] = ()
    """Models mapped to nothing."""
    newly_ignored: tuple[Held, ...] = ()
    """Those that this sync maps to nothing."""
    gone: tuple[Unheld, ...] = ()
    """Models whose entry is not there any more."""
    ambiguous: tuple[Unheld, ...] = ()
    unreadable: tuple[Unheld, ...] = ()
    """Models that cannot be compared: their entry cannot be read, or their file."""
    unmatched: tuple[str, ...] = ()
    """Models that no entry is about."""
    new: tuple[Unknown, ...] = ()
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Why something of some models is not compared, with their keys."""
    faults: Mapping[str, str] = field(default_factory=dict)
    """Entries that cannot be read, with why."""

    @property
    def missing(self) -> tuple[Unheld, ...]:
        """Models that are gone, though the snapshot has others of their provider."""
        return tuple(each for each in self.gone if each.reason != NO_PROVIDER)

    @property
    def without_provider(self) -> tuple[str, ...]:
        return tuple(each.key for each in self.gone if each.reason == NO_PROVIDER)

    @property
    def rows(self) -> Iterator[FieldRow]:
        for held in self.held:
            yield from held.rows

    def counts(self) -> dict[Verdict, int]:
        found = dict.fromkeys(Verdict, 0)
        for row in self.rows:
            found[row.verdict] += 1
        return found
