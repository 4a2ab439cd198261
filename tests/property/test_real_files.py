"""Every field of files that people keep by hand can be edited, one at a time; none is refused.

A spread of the files; all of them with `--hypothesis-profile=deep`.
"""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import settings

from modeltui.domain.change import Edit
from modeltui.domain.document import ABSENT, Document, FieldPath, Value, same, with_value
from modeltui.storage.toml import codec
from modeltui.storage.toml.editor import edited

LOCK = {"locked": True, "by": "ann", "at": datetime(2026, 1, 31, tzinfo=UTC)}
STEP = 1 if settings().max_examples >= 3000 else 25


def test_every_field_takes_an_edit(shared_data: Path) -> None:
    count = 0
    for content in _real_files(shared_data)[::STEP]:
        before = codec.parse(content)
        for edit in _edits(before):
            after = edited(content, [edit])
            assert same(codec.parse(after), with_value(before, edit.path, edit.new)), edit
            count += 1
    assert count > 1_000


def _real_files(shared_data: Path) -> list[bytes]:
    with tarfile.open(shared_data / "models.dev.tar.gz") as tar:
        members = [item for item in tar if item.isfile() and item.name.endswith(".toml")]
        return [stream.read() for item in members if (stream := tar.extractfile(item))]


def _edits(document: Document) -> Iterator[Edit]:
    """A new key and a lock; each field changed and taken away; a new key in each table."""
    yield Edit(("active",), ABSENT, True)
    yield Edit(("lock",), ABSENT, LOCK)
    for path, value in _fields(document):
        yield Edit(path, value, _another(value))
        yield Edit(path, value, ABSENT)
        if isinstance(value, dict):
            yield Edit((*path, "new key"), ABSENT, 1)


def _fields(value: Any, at: FieldPath = ()) -> Iterator[tuple[FieldPath, Value]]:
    """Those in tables, and in the tables of lists."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield (*at, key), item
            yield from _fields(item, (*at, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _fields(item, (*at, index))


_OTHERS: dict[type[Any], Callable[[Any], Value]] = {
    bool: lambda value: not value,
    int: lambda value: value + 1,
    float: lambda value: value / 2 + 1,
    str: lambda value: f"{value} x",
    list: lambda value: [*value, *value[:1]] or [1],
    dict: lambda value: {**value, "zz": 1},
}


def _another(value: Any) -> Value:
    """Of the same type, where that is easy."""
    other = _OTHERS.get(type(value))
    return other(value) if other else "another"
