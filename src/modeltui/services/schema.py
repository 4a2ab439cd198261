"""The format of the files as JSON Schema. Needs no catalogue."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final

from modeltui.domain.json_text import json_pretty
from modeltui.domain.schema.json_schema import NAMES, SchemaName, schema_of
from modeltui.errors import UsageError
from modeltui.storage.outside import is_folder, is_there, make_folder, write_outside

__all__ = ["NAMES", "SUFFIX", "SchemaName", "files_in", "is_there", "save", "schema_text"]

SUFFIX: Final = ".schema.json"


def schema_text(name: SchemaName) -> str:
    """The schema of a kind of file, or of what `export json` writes."""
    return f"{json_pretty(schema_of(name))}\n"


def files_in(folder: str) -> Iterator[tuple[SchemaName, str]]:
    """Where each schema goes in a folder, which is made where it is missing. Raises UsageError where it is none."""
    make_folder(folder)
    if not is_folder(folder):
        raise UsageError(f"{folder} is no folder", hint="each schema is a file of one: name another")
    for name in NAMES:
        yield name, os.path.join(folder, f"{name}{SUFFIX}")


def save(path: str, text: str, *, replaces: bool = False) -> None:
    """Raises RefusedError where something is there and `replaces` is not said."""
    write_outside(path, text.encode(), replaces=replaces)
