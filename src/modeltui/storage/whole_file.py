"""The text of a new file, in our one form, from its data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from modeltui.domain.document import Document, same
from modeltui.errors import BrokenFileError, EditRefusedError
from modeltui.storage import codec, render

_FIRST: Final = (
    "schema",
    "uid",
    "model_id",
    "name",
    "provider",
    "content_type",
    "description",
    "version",
    "family",
    "variant",
    "order",
    "group",
    "category",
    "logo",
    "active",
    "default",
    "premium",
    "internal",
    "status",
    "tags",
    "keys",
)
_TABLES: Final = (
    "timing",
    "limits",
    "modalities",
    "capabilities",
    "inputs",
    "rules",
    "before",
    "request",
    "poll",
    "result",
    "cancel",
    "cost",
)


def file_text(document: Document) -> str:
    """The file that says `document`: pairs first, then tables, both in the order of the shipped files.

    Raises EditRefusedError where no file can say it.
    """
    try:
        text = _rendered(document)
        is_right = same(codec.parse(text.encode()), document)
    except (BrokenFileError, UnicodeEncodeError, RecursionError) as error:
        reason = error.message if isinstance(error, BrokenFileError) else "it holds what no file can"
        raise EditRefusedError(f"this cannot be written as a file: {reason}") from error
    if not is_right:
        raise EditRefusedError("this cannot be written as a file that says the same")
    return text


def _rendered(document: Document) -> str:
    sections = _ordered([name for name, value in document.items() if render.is_section(value)], _TABLES)
    pairs = _ordered([name for name in document if name not in sections], _FIRST)
    lines = [render.pair(name, document[name]) for name in pairs]
    for name in sections:
        value = document[name]
        assert render.is_section(value)
        lines += ["", *render.section((name,), value)] if lines else render.section((name,), value)
    return "\n".join(lines) + "\n"


def _ordered(names: Sequence[str], order: Sequence[str]) -> list[str]:
    """Known names in their order, then the others in theirs."""
    return [name for name in order if name in names] + [name for name in names if name not in order]
