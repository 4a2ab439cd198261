"""Rows that can be marked: one by one, a range, all that are shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive

from modeltui.tui.widgets.row_list import RowList, RowT


class MarkedList(RowList[RowT]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "Mark", id="mark.toggle", tooltip="mark this row and go on"),
        Binding(
            "v", "range", "Mark a range", id="mark.range", tooltip="from here to where you go; v ends it", show=False
        ),
        Binding(
            "asterisk", "mark_all", "Mark all shown", id="mark.all", tooltip="once more takes them away", show=False
        ),
        Binding(
            "exclamation_mark", "invert", "Invert marks", id="mark.invert", tooltip="of the rows shown", show=False
        ),
    ]

    marks: reactive[frozenset[str]] = reactive(frozenset(), init=False)
    """Keys of the marked rows, also of those that the filter hides."""

    _range: tuple[str, frozenset[str]] | None = None
    """Where a range began, and what was marked before it."""

    _hidden: tuple[frozenset[str], Sequence[RowT], int] = (frozenset(), (), 0)
    """Marks and rows, and how many of the marks are of none of the rows."""

    class Marked(Message):
        """The marks changed."""

    class Remarked(Message):
        """The user changed marks: one, or many at once."""

        def __init__(self, before: frozenset[str], now: frozenset[str]) -> None:
            super().__init__()
            self.before = before
            self.now = now

    @property
    def targets(self) -> tuple[str, ...]:
        """What an action is about: the marked rows, else the one under the cursor."""
        if self.marks:
            return tuple(sorted(self.marks))
        return (self.cursor_key,) if self.cursor_key is not None else ()

    @property
    def hidden_marks(self) -> int:
        """How many marked rows are not shown: counted once for the same marks and rows."""
        if not self.marks:
            return 0
        marks, rows, hidden = self._hidden
        if marks is not self.marks or rows is not self.rows:
            hidden = len(self.marks) - sum(map(self.marks.__contains__, map(self._key_of, self.rows)))
            self._hidden = (self.marks, self.rows, hidden)
        return hidden

    def watch_cursor(self, before: int, now: int) -> None:
        if self._range is not None:
            self._mark_range(*self._range)
        super().watch_cursor(before, now)

    def watch_marks(self) -> None:
        self.post_message(self.Marked())

    def mark(self, marks: frozenset[str]) -> None:
        """Mark these and no others, as something that can be taken back."""
        before, self.marks = self.marks, marks
        self.post_message(self.Remarked(before, marks))

    def _mark_range(self, first: str, before: frozenset[str]) -> None:
        start = self._index_of(first)
        low, high = sorted((self.cursor if start is None else start, self.cursor))
        self.marks = before | {self._key_of(row) for row in self.rows[low : high + 1]}

    def end_range(self) -> bool:
        """End a range; False when there was none."""
        was, self._range = self._range, None
        if was is not None:
            self.post_message(self.Remarked(was[1], self.marks))
        return was is not None

    def action_mark(self) -> None:
        if self.cursor_key is not None:
            self.end_range()
            self.mark(self.marks ^ {self.cursor_key})
            self.action_move(1)

    def action_range(self) -> None:
        """Start a range at the cursor, or end it."""
        if not self.end_range() and self.cursor_key is not None:
            self._range = (self.cursor_key, self.marks)
            self._mark_range(*self._range)

    def action_mark_all(self) -> None:
        shown = frozenset(map(self._key_of, self.rows))
        self.mark(self.marks - shown if shown <= self.marks else self.marks | shown)

    def action_invert(self) -> None:
        self.mark(self.marks ^ frozenset(map(self._key_of, self.rows)))
