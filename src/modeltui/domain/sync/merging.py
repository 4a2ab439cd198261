"""Three values of each field, and what follows: here, there, and there when somebody last looked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct

from modeltui.domain.document import ABSENT, Absent, Document, FieldPath, Value
from modeltui.domain.exchange.listing import Listing
from modeltui.domain.lock import Lock
from modeltui.domain.schema.upstream import PER, SyncKind
from modeltui.domain.sync.entry import Entry, is_pinned, pins_of, seen_name
from modeltui.domain.sync.fields import KINDS, TELLING_ABSENCE, agree, kind_of, stated
from modeltui.domain.sync.prices import Prices, is_of_rate, per_of, priced, value_at, with_prices
from modeltui.domain.sync.sync_plan import FieldRow, Held, Verdict

Pins: TypeAlias = Collection[FieldPath]
Base: TypeAlias = Value | Absent | None
"""ABSENT: it was looked at, and nothing was said; None: nobody looked."""

_OPEN = (Verdict.TAKE, Verdict.CONFLICT, Verdict.DIFFERS)


class Scope(Struct, frozen=True):
    """Which fields are looked at; empty for all."""

    kinds: frozenset[SyncKind] = frozenset()
    fields: frozenset[FieldPath] = frozenset()
    """With all that is inside them."""

    def holds(self, path: FieldPath) -> bool:
        if self.kinds and kind_of(path) not in self.kinds:
            return False
        return not self.fields or is_pinned(path, self.fields)

    def whole(self) -> frozenset[SyncKind]:
        """Kinds of which no field is left out."""
        return frozenset() if self.fields else self.kinds or frozenset(KINDS)


def merged(
    key: str,
    listing_id: str,
    listing: Listing,
    document: Document,
    entry: Entry,
    *,
    scope: Scope,
    lock: Lock | None,
    is_mapped: bool,
) -> tuple[Held, tuple[str, ...]]:
    """A model held against its entry, and why some of it is not compared."""
    prices = priced(document.get("cost"), listing)
    theirs = {**stated(listing), **prices.theirs}
    pins = pins_of(document)
    per = per_of(with_prices(document, prices.theirs)) if any(map(is_of_rate, prices.theirs)) else None
    rows = tuple(
        _row(key, path, (value_at(document, path), theirs.get(path, ABSENT), _base(entry, path, per)), pins, lock)
        for path in _paths(theirs, entry, listing)
        if scope.holds(path)
    )
    is_compared = prices.note is None or prices.theirs
    doubtful = {kind_of(path) for path in (*listing.unread, *listing.vague)}
    whole = scope.whole() - doubtful - (frozenset() if is_compared else {"price"})
    held = Held(
        key=key,
        id=listing_id,
        document=document,
        entry=entry,
        rows=rows,
        lock=lock,
        is_mapped=is_mapped,
        whole=whole,
        per=per,
    )
    return held, tuple(_notes(prices, listing, scope))


def _notes(prices: Prices, listing: Listing, scope: Scope) -> Iterator[str]:
    if prices.note is not None and _asks_for_price(scope):
        yield prices.note if prices.theirs else f"{prices.note}; prices are not compared"
    for path, reason in (*listing.unread.items(), *listing.vague.items()):
        if scope.holds(path) or (path == ("cost",) and _asks_for_price(scope)):
            yield f"theirs cannot be read: {reason}"


def _asks_for_price(scope: Scope) -> bool:
    is_asked = not scope.fields or any(path[0] == "cost" for path in scope.fields)
    return is_asked and "price" in (scope.kinds or KINDS)


def _paths(theirs: Mapping[FieldPath, Value], entry: Entry, listing: Listing) -> Iterator[FieldPath]:
    """What is stated now, and what was and says something by its absence."""
    yield from theirs
    stated_otherwise = (*theirs, *listing.unread, *listing.vague)
    yield from (path for path in TELLING_ABSENCE if path not in stated_otherwise and seen_name(path) in entry.seen)


def _base(entry: Entry, path: FieldPath, per: Value | Absent | None) -> Base:
    if is_of_rate(path) and entry.seen.get(PER, per) != per:
        return None
    name = seen_name(path)
    if name in entry.seen:
        return entry.seen[name]
    return ABSENT if kind_of(path) in entry.compared else None


def _row(
    key: str, path: FieldPath, values: tuple[Value | Absent, Value | Absent, Base], pins: Pins, lock: Lock | None
) -> FieldRow:
    """values: ours, theirs and the base."""
    verdict = judged(path, *values)
    if verdict in _OPEN and lock is not None:
        verdict = Verdict.LOCKED
    elif verdict in _OPEN and is_pinned(path, pins):
        verdict = Verdict.PINNED
    ours, theirs, base = values
    return FieldRow(key=key, path=path, kind=kind_of(path), verdict=verdict, ours=ours, theirs=theirs, base=base)


def judged(path: FieldPath, ours: Value | Absent, theirs: Value | Absent, base: Base) -> Verdict:
    """What three values come to, pins and locks left aside."""
    if agree(path, ours, theirs):
        return Verdict.SAME
    if base is None:
        return Verdict.DIFFERS
    if agree(path, theirs, base):
        return Verdict.KEPT
    return Verdict.TAKE if agree(path, ours, base) else Verdict.CONFLICT
