"""The text of a new model file, made of that of a preset or of another model: its comments and form stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from modeltui.domain.change import Edit
from modeltui.domain.document import ABSENT, Document, FieldPath, Value, get, same, with_value
from modeltui.domain.presets import IDENTITY
from modeltui.domain.syntax import Layout
from modeltui.errors import BrokenFileError, EditRefusedError
from modeltui.storage.toml import codec, render
from modeltui.storage.toml.editor import edited

_AFTER: Final = {name: IDENTITY[:position] for position, name in enumerate(IDENTITY)}


def new_text(base: bytes, identity: Mapping[str, Value], gone: Sequence[FieldPath], edits: Sequence[Edit]) -> str:
    """`base` without the fields `gone`, as the file of the model `identity`, with `edits` made.

    What of the identity is not there yet comes in its usual place, at the top. Raises BrokenFileError where `base` is
    not TOML in UTF-8, EditRefusedError where the result cannot be proved right.
    """
    content = edited(base, [Edit(path, ABSENT, ABSENT) for path in gone])
    for name in IDENTITY:
        if name in identity:
            content = _with_pair(content, name, identity[name])
    content = edited(content, edits)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise BrokenFileError("the file is not UTF-8", code="not-utf8") from error


def _with_pair(content: bytes, name: str, value: Value) -> bytes:
    document = codec.parse(content)
    if get(document, (name,)) is not ABSENT:
        return edited(content, [Edit((name,), ABSENT, value)])
    placed = _placed(content, name, value)
    if placed is not None and _says(placed, with_value(document, (name,), value)):
        return placed
    return edited(content, [Edit((name,), ABSENT, value)])


def _placed(content: bytes, name: str, value: Value) -> bytes | None:
    """With a line of its own below the part of the identity that comes before it; None where that is not there."""
    layout = Layout(content)
    before = next((pair for earlier in reversed(_AFTER[name]) if (pair := layout.pair((earlier,)))), None)
    if before is None or content[before.end - 1 : before.end] != b"\n":
        return None
    line_end = "\r\n" if content[: before.end].endswith(b"\r\n") else "\n"
    line = f"{render.pair(name, value)}{line_end}".encode()
    return content[: before.end] + line + content[before.end :]


def _says(content: bytes, wanted: Document) -> bool:
    try:
        return same(codec.parse(content), wanted)
    except (BrokenFileError, EditRefusedError):
        return False
