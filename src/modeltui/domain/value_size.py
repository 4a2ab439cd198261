"""What a value takes in a file, told before it is queued: what is too large would stop an apply much later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from modeltui.domain.change import Edit
from modeltui.domain.document import ABSENT, Absent, Value, format_field
from modeltui.domain.text import cut
from modeltui.errors import RefusedError

LARGEST_FILE: Final = 256 * 1024
"""Bytes of a model file."""
_MOST_BITS: Final = 3_400
"""Of a whole number: about 1,000 digits, far beyond any meaning, and within what Python turns into text."""
_SMALL: Final = 16


def size_of(value: Value | Absent) -> int:
    """About the bytes that a value takes in a file, and at least those of its texts and names."""
    size, waiting = 0, [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            size += len(each) if each.isascii() else len(each.encode(errors="surrogatepass"))
        elif isinstance(each, Mapping):
            waiting += [*each, *each.values()]
        elif isinstance(each, list | tuple):
            waiting += each
        elif each is not ABSENT:
            size += 1 if isinstance(each, bool | int) else _SMALL
    return size


def refuse_large(edits: Iterable[Edit], held: int = 0) -> None:
    """Raises RefusedError for what no file takes, by its field. `held`: bytes of the file before; 0 if not known."""
    size, largest = held, 0
    field = ""
    for edit in edits:
        if _has_long_number(edit.new):
            raise RefusedError(
                f"`{_named(edit)}` holds a number of more than 1,000 digits", hint="write fewer digits, or a text"
            )
        added = size_of(edit.new)
        size += added - size_of(edit.old)
        if added > largest:
            largest, field = added, _named(edit)
    if largest and size > LARGEST_FILE and size > held:
        whole = f", and its file would have about {size:,}" if size > largest else ""
        raise RefusedError(
            f"`{field}` takes {largest:,} bytes{whole}; {LARGEST_FILE:,} is the most",
            hint="shorten it, or keep large texts outside the catalogue",
        )


def _named(edit: Edit) -> str:
    return cut(format_field(edit.path), 80)


def _has_long_number(value: Value | Absent) -> bool:
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, int) and each.bit_length() > _MOST_BITS:
            return True
        if isinstance(each, Mapping):
            waiting += each.values()
        elif isinstance(each, list | tuple):
            waiting += each
    return False
