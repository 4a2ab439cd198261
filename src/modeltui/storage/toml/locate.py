"""The line of a field in its file, for findings and editors."""

from __future__ import annotations

from typing import Final

from modeltui.domain.document import FieldPath
from modeltui.domain.syntax import BOM, statements

_WIDEST: Final = 4096
"""Blanks before a key that are counted."""


class Lines:
    """One pass over a file, then a look-up for each field."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._starts: dict[int, int] = {}
        """Where the statement of a line begins."""
        self._lines: dict[tuple[str, ...], int] = {}
        line, seen = 1, 0
        for item in statements(content):
            line, seen = line + content.count(b"\n", seen, item.start), item.start
            self._starts[line] = item.start
            path = tuple(map(str, item.path))
            self._lines[path] = line
            for length in range(len(path) - 1, 0, -1):
                if self._lines.setdefault(path[:length], line) != line:
                    break

    def line_of(self, path: FieldPath) -> int | None:
        """The line, from 1, of the key or header of `path`, or of the nearest table around it that is there.

        Fields within an inline table or an array have the line of its key. None for the document itself, and for a
        field that the document lacks at its top. A position may be a number or, as in the text of a field, its digits.
        """
        parts = tuple(map(str, path))
        nearest = (parts[:length] for length in range(len(parts), 0, -1))
        return next((line for part in nearest if (line := self._lines.get(part)) is not None), None)

    def column_of(self, line: int) -> int:
        """The column, from 1, of the key or header that stands on a line that `line_of` gave."""
        start = self._starts.get(line, 0)
        start += len(BOM) if self._content.startswith(BOM, start) else 0
        indented = self._content[start : start + _WIDEST]
        return len(indented) - len(indented.lstrip(b" \t")) + 1


def line_of(content: bytes, path: FieldPath) -> int | None:
    """The line of one field: `Lines(content).line_of(path)`."""
    return Lines(content).line_of(path)
