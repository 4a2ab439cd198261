"""Editing any TOML text through the same editor and net as the catalogue, without a catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from modeltui.domain.change import Edit
from modeltui.domain.document import ABSENT, FieldPath, Value, get
from modeltui.storage.limits import MAX_BYTES
from modeltui.storage.toml.codec import parse
from modeltui.storage.toml.editor import edited

LARGEST: Final = MAX_BYTES
"""Bytes of a text that is edited."""


def edit_text(text: str, sets: Iterable[tuple[FieldPath, Value]], unsets: Iterable[FieldPath] = ()) -> str:
    """`text` with fields set and removed, every other line as it was.

    Raises BrokenFileError when `text` is not TOML, EditRefusedError when the result cannot be proved right.
    """
    content = text.encode("utf-8", errors="surrogatepass")
    document = parse(content)
    edits = [Edit(path, get(document, path), value) for path, value in sets]
    edits += [Edit(path, get(document, path), ABSENT) for path in unsets]
    return edited(content, edits).decode("utf-8")
