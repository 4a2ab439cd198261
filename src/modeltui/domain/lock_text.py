"""The bytes of a model file without its lock: what a lock's digest is taken of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from modeltui.domain.digest import digest
from modeltui.domain.syntax import BOM, statements, trivia

_PLAIN_HEADER: Final = rb"[ \t]*\[[ \t]*lock[ \t]*\][ \t]*(#.*)?\r?\n?"
_NAMED: Final = rb"^[ \t]*+\[*+[ \t]*+[\"']?lock[\"']?[ \t]*+[.=\]]"
_PLAIN_TABLE: Final = rb"^\[lock\]\r?\n(?>(?:(?:[a-z]++ = [^\[{\n]*+|[ \t]*+#[^\[\n]*+|[ \t\r]*+)\n)*)(?=\[|\Z)"
"""A lock as the program writes it, in a file without strings of many lines: no need to know the rest of the file."""
_ESCAPED_LETTER: Final = rb"\\[uUx]"


def lock_digest(content: bytes) -> str:
    """`sha256:…` of the file's bytes without its lock, as `without_lock` cuts it out."""
    return f"sha256:{digest(without_lock(content))}"


def without_lock(content: bytes) -> bytes:
    """The file's bytes without the lines of its lock: from `[lock]` up to the next header, or those of its keys.

    The cut follows the statements of the file, so nothing in a string or a comment begins or ends it. What comes after
    the first thing that is no TOML is kept.
    """
    if not may_name_lock(content):
        return content
    kept, position = [], 0
    for start, end in _lock_spans(content):
        kept.append(content[position:start])
        position = end
    return b"".join((*kept, content[position:]))


def _lock_spans(content: bytes) -> Iterator[tuple[int, int]]:
    """The bytes of the lock, from where to where, in order."""
    if (plain := _plain_span(content)) is not None:
        yield plain
        return
    begin = position = _begin(content)
    opened: int | None = None
    for item in statements(content):
        start, position = max(item.start, begin), item.end
        if item.path[0] != "lock":
            if opened is not None:
                yield opened, start
            opened = None
        elif opened is None and item.kind == "pair":
            yield start, item.end
        elif opened is None:
            opened = start
    if opened is not None:
        yield opened, len(content) if trivia().fullmatch(content, position) else position


def _plain_span(content: bytes) -> tuple[int, int] | None:
    """The same of the usual file, many times faster; None for one that needs a closer look."""
    if b'"""' in content or b"'''" in content or content.startswith(BOM) or _may_be_escaped(content):
        return None
    named, plain_table = _of_lock()
    if len(named.findall(content)) != 1 or (table := plain_table.search(content)) is None:
        return None
    return table.span()


@cache
def _of_lock() -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    return re.compile(_NAMED, re.MULTILINE), re.compile(_PLAIN_TABLE, re.MULTILINE)


def has_plain_lock(content: bytes) -> bool:
    """Whether the lock stands in a table of its own, below the header `[lock]`."""
    first = next((item for item in statements(content) if item.path[0] == "lock"), None)
    if first is None or first.kind != "table":
        return False
    return re.fullmatch(_PLAIN_HEADER, content[max(first.start, _begin(content)) : first.end]) is not None


def may_name_lock(content: bytes) -> bool:
    """Whether a key `lock` is possible, however it is spelt: parsing all of many files would take too long."""
    return b"lock" in content or _may_be_escaped(content)


def _may_be_escaped(content: bytes) -> bool:
    return b"\\" in content and re.search(_ESCAPED_LETTER, content) is not None


def _begin(content: bytes) -> int:
    return len(BOM) if content.startswith(BOM) else 0
