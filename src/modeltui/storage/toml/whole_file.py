"""The text of a new file, in our one form, from its data."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from modeltui.domain.document import Document, same
from modeltui.domain.value_bytes import bytes_of, value_of
from modeltui.errors import BrokenFileError, EditRefusedError
from modeltui.storage.toml import codec, render

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
    "rollout",
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
        is_right = same(codec.fast_parse(text.encode()), document)
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
        section = _section(name, document[name])
        lines += ["", *section] if lines else section
    return "\n".join(lines) + "\n"


def _section(name: str, value: Any) -> Sequence[str]:
    content = bytes_of((name, value))
    return _lines(name, value) if content is None else _lines_before(content)


def _lines(name: str, value: Any) -> Sequence[str]:
    assert render.is_section(value)
    return render.section((name,), value)


@lru_cache(2048)
def _lines_before(content: bytes) -> Sequence[str]:
    """Of an import of thousands, most models have tables that others have too."""
    return tuple(_lines(*value_of(content)))


def _ordered(names: Sequence[str], order: Sequence[str]) -> list[str]:
    """Known names in their order, then the others in theirs."""
    return [name for name in order if name in names] + [name for name in names if name not in order]
