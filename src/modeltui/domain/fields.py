"""Fields as people type them: VALUE by the declared type, and whether a file may take it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import tomli

from modeltui.domain.document import ABSENT, Absent, Document, FieldPath, Value, format_field, get, same, with_value
from modeltui.domain.schema.findings import faults_of
from modeltui.domain.schema.model_file import ModelFile
from modeltui.domain.schema.place import known_paths, place_at
from modeltui.domain.schema.shape import FieldShape, ValueType, shape_of
from modeltui.domain.schema.wording import fits_type
from modeltui.domain.schema.words import type_name
from modeltui.errors import InvalidValueError, UsageError

_LONGEST_TOML: Final = 65_536

_FIXED: Final = {
    "schema": "it is the version of the format",
    "uid": "history, jobs and statistics hang on it",
    "content_type": "it equals the folder: duplicate the model into another one",
    "key": "it is the path of the file: duplicate the model under another key",
}
_WHOLE: Final[dict[str, Any]] = {
    "schema": 1,
    "uid": "00000000-0000-0000-0000-000000000000",
    "model_id": "-",
    "name": "-",
    "provider": "p",
    "content_type": "c",
}
"""A model file of the least content, in which one top-level field is tried at a time."""


@lru_cache(maxsize=4096)
def describe(path: FieldPath) -> FieldShape | None:
    """What a field of a model file takes; None where the format has no such field."""
    place = place_at(ModelFile, path)
    return shape_of(place) if place is not None else None


@lru_cache(maxsize=1)
def known_fields() -> tuple[FieldPath, ...]:
    """Every field and table that the format declares; `*` stands for a name that the file chooses."""
    return tuple(known_paths(ModelFile))


def parse_value(path: FieldPath, text: str, current: Value | Absent) -> Value:
    """VALUE by the declared type of the field; where the format is open, TOML, else text. Raises InvalidValueError.

    current: decides only where the format is open, so that no edit changes the type of what is there.
    """
    _refuse_lock(path)
    shape = describe(path)
    if shape is None or shape.type == "any":
        return _open_value(path, text, current)
    return _declared_value(path, text)


def check_value(path: FieldPath, value: Value | Absent, document: Document) -> None:
    """Raise InvalidValueError where the document with `value` (ABSENT removes) would have a new schema fault."""
    check_values([(path, value)], document)


def check_values(assignments: Sequence[tuple[FieldPath, Value | Absent]], document: Document) -> None:
    """`check_value` for several fields that are set together: only the whole has to fit."""
    heads: dict[str, Document] = {}
    for path, value in assignments:
        _refuse_lock(path)
        if same(get(document, path), value):
            continue
        _refuse_fixed(path)
        head = str(path[0])
        part = heads.get(head, _part(document, head))
        try:
            heads[head] = with_value(part, path, value)
        except UsageError as error:
            raise InvalidValueError(f"`{format_field(path)}` cannot be set: {error.message}") from None
    for head, after in heads.items():
        _refuse_new_faults(head, _part(document, head), after)


def why_fixed(path: FieldPath) -> str | None:
    """Why a field is not set as a field, with what to do instead; None where it may be."""
    return "use lock and unlock" if path[0] == "lock" else _FIXED.get(str(path[0]))


def _part(document: Document, head: str) -> Document:
    return {head: document[head]} if head in document else {}


def _refuse_new_faults(head: str, before: Document, after: Document) -> None:
    if not (faults := _faults(head, after)):
        return
    known = _faults(head, before)
    if fresh := [fault for fault in faults if fault not in known]:
        _, wording = fresh[0]
        raise InvalidValueError(wording.message, hint=wording.hint)


def _faults(head: str, part: Document) -> list[Any]:
    rest = {name: value for name, value in _WHOLE.items() if name != head}
    return faults_of({**rest, **part}, ModelFile)


def _refuse_lock(path: FieldPath) -> None:
    if path[0] == "lock":
        raise InvalidValueError("a lock is not set as a field", hint="use lock and unlock")


def _refuse_fixed(path: FieldPath) -> None:
    if (reason := _FIXED.get(str(path[0]))) is not None:
        raise InvalidValueError(f"`{format_field(path)}` never changes", hint=reason)


@lru_cache(maxsize=256)
def _declared_value(path: FieldPath, text: str) -> Value:
    shape = describe(path)
    assert shape is not None
    if shape.type == "text":
        return text
    value = _toml(text)
    if value is ABSENT or not fits_type(value, shape):
        raise InvalidValueError(
            f"`{format_field(path)}` takes {shape.expected}, not {text!r}", hint=_HINTS.get(shape.type)
        )
    return value


def _open_value(path: FieldPath, text: str, current: Value | Absent) -> Value:
    value = _toml(text)
    if value is ABSENT or (isinstance(current, str) and not isinstance(value, str | list | dict)):
        value = text
    if current is not ABSENT and _group(current) != _group(value):
        raise InvalidValueError(
            f"`{format_field(path)}` is {type_name(current)}, and {text!r} is {type_name(value)}",
            hint="to change the type, remove the field first with --unset",
        )
    return value


def _toml(text: str) -> Value | Absent:
    """A TOML value, or ABSENT where the text is none."""
    if len(text) > _LONGEST_TOML:
        return ABSENT
    try:
        document = tomli.loads(f"value = {text}\n")
    except (ValueError, RecursionError):
        return ABSENT
    return document["value"] if document.keys() == {"value"} else ABSENT


def _group(value: Value) -> type:
    """Types that may take each other's place: only whole numbers and numbers."""
    return float if type(value) is int else type(value)


_HINTS: dict[ValueType, str] = {
    "boolean": "write true or false",
    "integer": "write digits only, as in 30",
    "number": "write digits, as in 30 or 2.5",
    "date": "write year, month and day, as in 2026-11-20",
    "moment": "write it as in 2026-11-20T10:00:00Z",
    "list": 'write a TOML array, as in ["a", "b"]',
    "table": "write a TOML table, as in { a = 1 }",
}
