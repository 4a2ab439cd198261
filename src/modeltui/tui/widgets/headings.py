"""Where headings stand among the rows of a list."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from modeltui.tui.present.line import BLANK, Line


class Headings:
    """Turns rows into lines and back. Lines count from the first one that scrolls."""

    def __init__(self, before: Sequence[tuple[int, Line]] = ()) -> None:
        """Each is the index of the row that it stands right above, ascending, and what it says."""
        self._rows = [row for row, _ in before]
        self._lines = [row + above for above, (row, _) in enumerate(before)]
        self._said = [said for _, said in before]

    def __len__(self) -> int:
        return len(self._said)

    def line_of(self, row: int) -> int:
        return row + bisect_right(self._rows, row)

    def top_of(self, row: int) -> int:
        """The line of a row, or of the heading right above it."""
        return row + bisect_left(self._rows, row)

    def row_at(self, line: int) -> int | None:
        """The row on a line; None for a heading."""
        above = bisect_right(self._lines, line)
        return None if above and self._lines[above - 1] == line else line - above

    def said_at(self, line: int) -> Line:
        """What the heading on a line says."""
        at = bisect_left(self._lines, line)
        return self._said[at] if at < len(self._lines) and self._lines[at] == line else BLANK
