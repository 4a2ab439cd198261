"""What a model file says of its entry in a registry, and of what is decided in the catalogue: `[upstream]`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from msgspec import Struct, field

from modeltui.domain.document import Document, FieldPath, Value, format_field, parse_field
from modeltui.domain.schema.upstream import SyncKind
from modeltui.domain.sync.fields import KINDS, Source
from modeltui.errors import UsageError

TABLE: Final = "upstream"


class Entry(Struct, frozen=True, kw_only=True):
    id: str | None = None
    is_ignored: bool = False
    compared: frozenset[SyncKind] = frozenset()
    """Kinds of fields of which `seen` says all that the registry said."""
    seen: Mapping[str, Value] = field(default_factory=dict)
    """What the registry said last, by field as it is written."""


def entry_of(document: Document, source: Source) -> Entry:
    """Never raises: what has the wrong type counts as not there (`check` names it)."""
    table = _table(_table(document, TABLE), source)
    own_id, seen, compared = table.get("id"), table.get("seen"), table.get("compared")
    is_seen = isinstance(seen, Mapping) or isinstance(compared, list)
    names = compared if isinstance(compared, list) else KINDS
    return Entry(
        id=own_id if isinstance(own_id, str) and own_id.strip() else None,
        is_ignored=table.get("ignore") is True,
        compared=frozenset(kind for kind in KINDS if kind in names) if is_seen else frozenset(),
        seen=seen if isinstance(seen, Mapping) else {},
    )


def pins_of(document: Document) -> tuple[FieldPath, ...]:
    pinned = _table(document, TABLE).get("pinned")
    if not isinstance(pinned, list):
        return ()
    found = []
    for text in pinned:
        try:
            found.append(parse_field(str(text)))
        except UsageError:
            continue
    return tuple(found)


def is_pinned(path: FieldPath, pins: Collection[FieldPath]) -> bool:
    """Whether a field is pinned, or a table that it is in."""
    texts = tuple(map(str, path))
    return any(texts[: len(pin)] == pin for pin in pins)


def with_entry(document: Document, source: Source, entry: Entry) -> dict[str, Any]:
    """The document with this as its entry; its pins and its entries in other registries stay."""
    said: dict[str, Any] = {"id": entry.id}
    if entry.is_ignored:
        said = {"ignore": True}
    elif entry.compared or entry.seen:
        is_whole = entry.compared >= frozenset(KINDS) and entry.seen
        said |= {} if is_whole else {"compared": [kind for kind in KINDS if kind in entry.compared]}
        said |= {"seen": dict(entry.seen)} if entry.seen else {}
    return {**document, TABLE: {**_table(document, TABLE), source: said}}


def seen_name(path: FieldPath) -> str:
    """A field as `seen` has it."""
    return format_field(path)


def _table(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = table.get(name)
    return value if isinstance(value, Mapping) else {}
