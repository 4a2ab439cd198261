"""The format of the files as JSON Schema. Needs no catalogue."""

from __future__ import annotations

from modeltui.domain.json_text import json_pretty
from modeltui.domain.schema.json_schema import NAMES, SchemaName, schema_of
from modeltui.storage.outside import is_there, write_outside

__all__ = ["NAMES", "SchemaName", "is_there", "save", "schema_text"]


def schema_text(name: SchemaName) -> str:
    """The schema of a kind of file, or of what `export json` writes."""
    return f"{json_pretty(schema_of(name))}\n"


def save(path: str, text: str, *, replaces: bool = False) -> None:
    """Raises RefusedError where something is there and `replaces` is not said."""
    write_outside(path, text.encode(), replaces=replaces)
