"""The fields of a model that can be edited as one value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from modeltui.domain.document import FieldPath, format_field
from modeltui.domain.fields import describe, known_fields
from modeltui.domain.pending.plan import pending_document

if TYPE_CHECKING:
    from modeltui.domain.snapshot import Snapshot

_FIXED: Final = frozenset({"schema", "uid", "content_type", "lock"})


def editable_fields(snapshot: Snapshot, key: str) -> list[str]:
    """Those that the file has, in its order, then the single values that it could have."""
    document = pending_document(snapshot.plan, snapshot.catalog, key)
    there = [path for path in _scalars(document, ()) if path[0] not in _FIXED]
    held = set(there)
    could = [path for path in known_fields() if path not in held and path[0] not in _FIXED and _is_single(path)]
    return [format_field(path) for path in (*there, *could)]


def _scalars(table: Mapping[str, Any], at: FieldPath) -> Iterator[FieldPath]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _scalars(value, (*at, name))
        elif not (isinstance(value, list) and any(isinstance(item, Mapping | list) for item in value)):
            yield (*at, name)


def _is_single(path: FieldPath) -> bool:
    if "*" in path or any(isinstance(part, int) for part in path):
        return False
    shape = describe(path)
    return shape is not None and shape.type not in ("table", "any")
