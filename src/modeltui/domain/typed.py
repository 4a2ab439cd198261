"""Values as people type them into a line of a form: a list with commas, everything else by its declared type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modeltui.domain.document import ABSENT, Absent, FieldPath, Value, format_field, same, shown
from modeltui.domain.fields import describe, parse_value
from modeltui.domain.schema.findings import faults_of
from modeltui.domain.schema.model_file import ModelFile
from modeltui.domain.schema.place import place_at
from modeltui.errors import InvalidValueError


def as_typed(path: FieldPath, value: Value | Absent) -> str:
    """The text that `read_typed` reads as this value; empty where there is none."""
    if value is ABSENT:
        return ""
    if isinstance(value, str):
        return shown(value) if _is_open(path) and not _reads_as(path, value, value) else value
    if isinstance(value, list):
        text = ", ".join(item if isinstance(item, str) else shown(item) for item in value)
        return text if _reads_as(path, text, value) else shown(value)
    return shown(value)


def read_typed(path: FieldPath, text: str, current: Value | Absent) -> Value:
    """The value of a text. A list is parted at commas and line feeds, or is a TOML array. Raises InvalidValueError.

    `current` is what stands there: where the format is open, its type is kept. The value by itself is right then,
    whatever it may say against other fields.
    """
    value = _listed(path, text, current) if _is_list(path, current) else parse_value(path, text, current)
    if (fault := own_fault(path, value)) is not None:
        raise fault
    return value


def own_fault(path: FieldPath, value: Value) -> InvalidValueError | None:
    """What is wrong with a value at its place, all other fields left aside."""
    document: Any = value
    for part in reversed(path):
        document = {part: document} if isinstance(part, str) else [document]
    at = tuple(part if isinstance(part, str) else 0 for part in path)
    for found, wording in faults_of(document, ModelFile):
        is_missing = wording.code == "missing-key"
        if not is_missing and (found[: len(at)] == at or _is_around(found, at)):
            return InvalidValueError(wording.message, hint=wording.hint)
    return None


def _is_around(found: FieldPath, at: FieldPath) -> bool:
    """Whether a fault is of an open table around the value; a closed one only misses the other fields."""
    place = place_at(ModelFile, found)
    return bool(found) and at[: len(found)] == found and (place is None or place.table is None)


def _is_open(path: FieldPath) -> bool:
    shape = describe(path)
    return shape is None or shape.type == "any"


def _is_list(path: FieldPath, current: Value | Absent) -> bool:
    shape = describe(path)
    return shape.type == "list" if shape is not None and shape.type != "any" else isinstance(current, list)


def _reads_as(path: FieldPath, text: str, value: Value) -> bool:
    try:
        read = _listed(path, text, value) if isinstance(value, list) else parse_value(path, text, value)
    except InvalidValueError:
        return False
    return same(read, value)


def _listed(path: FieldPath, text: str, current: Value | Absent) -> Value:
    stripped = text.strip()
    if stripped.startswith("["):
        return parse_value(path, stripped, ABSENT)
    items = [item for part in stripped.split("\n") for item in map(str.strip, part.split(",")) if item]
    sample = _sample(current)
    return [_item((*path, 0), item, sample) for item in items]


def _item(path: FieldPath, text: str, sample: Value | Absent) -> Value:
    value = parse_value(path, text, ABSENT)
    if isinstance(sample, str) and _is_open(path) and not isinstance(value, str):
        return text
    if isinstance(value, list | dict):
        raise InvalidValueError(
            f"`{format_field(path[:-1])}` has an entry that is a table or a list",
            hint="write the whole as a TOML array, as in [{ a = 1 }]",
        )
    return value


def _sample(current: Value | Absent) -> Value | Absent:
    """What the entries of a list are, where they are all text."""
    is_text = isinstance(current, Sequence) and bool(current) and all(isinstance(item, str) for item in current)
    return current[0] if is_text and isinstance(current, list) else ABSENT
