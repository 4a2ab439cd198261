"""Where the columns of a table are: the first stays and takes what is left over, the others scroll sideways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from modeltui.domain.browse.columns import Column

GAP: Final = 2
_LEAST_FOR_FIRST: Final = 20
"""What it may be narrowed to so that one more column is in view, whether there is a scroll bar or not."""
_MOST_FOR_FIRST: Final = 48
_EDGE: Final = 1
"""A cell at the right that stays free."""


@dataclass(frozen=True)
class Grid:
    columns: Sequence[Column]
    lead: int
    """Cells before the first column."""
    viewport: int
    """Cells in view."""

    @cached_property
    def widths(self) -> tuple[int, ...]:
        """The first column gets the cells in which no other whole column would fit, and gives some that one lacks."""
        wanted = [column.width for column in self.columns]
        if not wanted:
            return ()
        least = min(wanted[0], _LEAST_FOR_FIRST)
        room = self.viewport - self.lead - least - _EDGE
        for width in wanted[1:]:
            if GAP + width > room:
                break
            room -= GAP + width
        wanted[0] = max(least, min(least + max(0, room), _MOST_FOR_FIRST))
        return tuple(wanted)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The first cell of each column when nothing is scrolled."""
        starts, at = [], self.lead
        for width in self.widths:
            starts.append(at)
            at += width + GAP
        return tuple(starts)

    @property
    def frozen(self) -> int:
        """Cells at the left that do not scroll."""
        return self.lead + (self.widths[0] + GAP if self.widths else 0)

    @property
    def total(self) -> int:
        return max(self.viewport, self.lead + sum(width + GAP for width in self.widths))

    def scroll_for(self, index: int, scroll: int) -> int:
        """The scroll, as near to `scroll` as can be, with which a column is in view; the first one is home."""
        if index == 0:
            return 0
        start, end = self.starts[index], self.starts[index] + self.widths[index]
        return max(0, min(max(scroll, end - self.viewport), start - self.frozen))
