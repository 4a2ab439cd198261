"""What is wrong with a file by itself: pydantic's errors in our words."""

from __future__ import annotations

from typing import Any, Final

from pydantic import ValidationError

from modeltui.domain.document import Document, FieldPath, format_field
from modeltui.domain.finding import Finding
from modeltui.domain.schema.files import SHAPES, FileKind
from modeltui.domain.schema.model_file import ModelFile
from modeltui.domain.schema.sound import Sound, doubtful
from modeltui.domain.schema.table import Table
from modeltui.domain.schema.wording import Wording, word

_GUESSED: Final = 50
"""Faults of one file up to which a name that was perhaps meant is looked for."""
_SOUND: Final = Sound(8192)
"""Parts of model files, whose top has nothing to say of several fields at once."""


def findings_of(path: str, document: Document, kind: FileKind) -> list[Finding]:
    """Every fault of a file at once, with its field; lines are filled in by whoever has the bytes."""
    return [
        Finding(code=said.code, severity="error", message=said.message, path=path, field=_field(at), hint=said.hint)
        for at, said in faults_of(document, SHAPES[kind])
    ]


def faults_of(document: Document, shape: type[Table]) -> list[tuple[FieldPath, Wording]]:
    """As `findings_of`, by path."""
    if shape is not ModelFile:
        return _validated(document, shape)
    rest, parts = doubtful(document, _SOUND)
    faults = _validated(rest, shape)
    faulty = {at[0] for at, _ in faults if at}
    _SOUND.add(content for name, contents in parts.items() if name not in faulty for content in contents)
    return faults


def _validated(document: Document, shape: type[Table]) -> list[tuple[FieldPath, Wording]]:
    try:
        shape.model_validate(document)
    except ValidationError as error:
        details = enumerate(error.errors(include_url=False))
        return [_fault(shape, detail, guesses=number < _GUESSED) for number, detail in details]
    return []


def _fault(shape: type[Table], detail: Any, *, guesses: bool) -> tuple[FieldPath, Wording]:
    at: FieldPath = detail["loc"]
    is_of_key = at[-1:] == ("[key]",)
    if is_of_key:
        at = at[:-1]
    return at, word(shape, at, detail, is_of_key=is_of_key, guesses=guesses)


def _field(at: FieldPath) -> str | None:
    return format_field(at) or None
