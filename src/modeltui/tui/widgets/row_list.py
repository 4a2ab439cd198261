"""A virtual list: it draws the rows in view and no others, whatever their number."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from operator import indexOf
from typing import Any, ClassVar, Generic, TypeVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from modeltui.tui.chords import Chords
from modeltui.tui.present.line import BLANK, Line
from modeltui.tui.widgets.brush import Brush
from modeltui.tui.widgets.extent import Extent
from modeltui.tui.widgets.headings import Headings

RowT = TypeVar("RowT")

_MOST_STRIPS = 512


class RowList(Extent, Generic[RowT], can_focus=True, inherit_bindings=False):
    """Rows with a cursor that stays on the same key when the rows change."""

    BINDING_GROUP_TITLE = "Move"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Down", id="row.down", tooltip="one row down; 5j for five", show=False),
        Binding("k,up", "move(-1)", "Up", id="row.up", tooltip="one row up", show=False),
        Binding(
            "g g,home", "first", "First row", id="row.first", tooltip="the first row; 7gg for the seventh", show=False
        ),
        Binding("G,end", "last", "Last row", id="row.last", tooltip="the last row; 7G for the seventh", show=False),
        Binding("ctrl+d", "page(0.5)", "Half a page down", id="row.half_down", show=False),
        Binding("ctrl+u", "page(-0.5)", "Half a page up", id="row.half_up", show=False),
        Binding("enter", "choose", "Open", id="row.choose", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", id="row.page_down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", id="row.page_up", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"row-list--cursor", "row-list--heading"}
    DEFAULT_CSS = """
    RowList {
        background: transparent;
        color: $foreground;
        scrollbar-size: 1 1;
        scrollbar-background: transparent;
        scrollbar-background-hover: transparent;
        scrollbar-background-active: transparent;
        scrollbar-color: $faint;
        scrollbar-color-hover: $muted;
        scrollbar-color-active: $muted;
        scrollbar-corner-color: transparent;
        & > .row-list--cursor { background: $cursor-dim; }
        &:focus > .row-list--cursor { background: $cursor; }
        & > .row-list--heading { background: $surface; }
        &:ansi {
            & > .row-list--cursor { text-style: underline; }
            &:focus > .row-list--cursor { text-style: reverse; }
        }
    }
    """

    cursor: reactive[int] = reactive(0, init=False, repaint=False)
    """Index of the row that keys act on. Two rows change their look with it."""

    class Highlighted(Message):
        """The cursor is on another row. `key` is None when there are no rows."""

        def __init__(self, rows: RowList[Any], key: str | None) -> None:
            super().__init__()
            self.rows = rows
            self.key = key

        @property
        def control(self) -> RowList[Any]:
            return self.rows

    class Chosen(Highlighted):
        """Enter was pressed on a row."""

    class Typed(Message):
        """The start of a count or of a sequence of keys waits for more; "" when nothing waits any longer."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(
        self,
        key_of: Callable[[RowT], str],
        line_of: Callable[[RowT, int], Line],
        *,
        empty: Sequence[Line] = (),
        id: str | None = None,  # noqa: A002  # Textual's name
        classes: str | None = None,
    ) -> None:
        """`line_of(row, width)` is what a row shows; `empty` stands where there are no rows, and tells a next step."""
        super().__init__(id=id, classes=classes)
        self.rows: Sequence[RowT] = ()
        self.empty = empty
        self.headings = Headings()
        self._key_of = key_of
        self._line_of = line_of
        self._wanted: str | None = None
        self._from_top = 0
        self._chords = Chords()
        self._strips: dict[Hashable, tuple[RowT, Strip]] = {}
        self.brush = Brush(self)

    @property
    def cursor_row(self) -> RowT | None:
        return self.rows[self.cursor] if self.rows else None

    @property
    def cursor_key(self) -> str | None:
        return self._key_of(self.rows[self.cursor]) if self.rows else None

    def show(self, rows: Sequence[RowT], headings: Headings | None = None, *, look_as_before: bool = False) -> None:
        """Show other rows. The cursor stays on the key where it was put, also when that was away for a while.

        `look_as_before`: a row that is the same, in the same version, looks as at the last call.
        """
        before = self.cursor_key
        wanted = self._wanted if self._wanted is not None else before
        if before == wanted:
            self._from_top = self.headings.line_of(self.cursor) - self.scroll_offset.y
        self.rows = rows
        self.headings = headings or Headings()
        if not look_as_before:
            self._strips.clear()
        index = self._index_of(wanted)
        self.set_reactive(RowList.cursor, self.validate_cursor(self.cursor if index is None else index))
        self.measure()
        self.scroll_to(y=max(0, self.headings.line_of(self.cursor) - self._from_top), animate=False, force=True)
        self._keep_in_view()
        self.refresh()
        if self.cursor_key != before:
            self.post_message(self.Highlighted(self, self.cursor_key))

    def seek(self, key: str) -> None:
        """Put the cursor on a key, now or as soon as it is shown."""
        self._wanted = key
        if (index := self._index_of(key)) is not None:
            self.cursor = index

    def _index_of(self, key: str | None) -> int | None:
        if key is None or (self.cursor < len(self.rows) and self._key_of(self.rows[self.cursor]) == key):
            return None if key is None else self.cursor
        try:
            return indexOf(map(self._key_of, self.rows), key)
        except ValueError:
            return None

    def validate_cursor(self, index: int) -> int:
        return max(0, min(index, len(self.rows) - 1))

    def watch_cursor(self, before: int, now: int) -> None:
        self._keep_in_view()
        for index in (before, now):
            self.refresh(
                Region(0, self.headings.line_of(index) - self.scroll_offset.y + self.header_height, self.size.width, 1)
            )
        self.post_message(self.Highlighted(self, self.cursor_key))

    def measure(self) -> None:
        """Tell how large the whole list is."""
        lines = len(self.rows) + len(self.headings)
        self.virtual_size = Size(self.scrollable_content_region.width, lines + self.header_height)

    def _size_updated(self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:
        """Measured when the size is known, which is before the lines are drawn; the event comes after that."""
        is_other = super()._size_updated(size, virtual_size, container_size, layout)
        if is_other:
            self._strips.clear()
            self.measure()
            self._keep_in_view()
        return is_other

    def notify_style_update(self) -> None:
        self._strips.clear()
        super().notify_style_update()

    def _keep_in_view(self) -> None:
        top, line = self.scroll_offset.y, self.headings.line_of(self.cursor)
        if self.headings.top_of(self.cursor) < top:
            self.scroll_to(y=self.headings.top_of(self.cursor), animate=False, force=True)
        elif line >= top + self.page_height:
            self.scroll_to(y=line - self.page_height + 1, animate=False, force=True)

    def render_line(self, y: int) -> Strip:
        width, line = self.size.width, y - self.header_height
        if not self.rows:
            said = self.empty[line - 1] if 0 < line <= len(self.empty) else BLANK
            return self.brush.strip(((" ", "plain"), *said), self.base, width)
        line += self.scroll_offset.y
        index = self.headings.row_at(line)
        if index is None:
            base = self.base + self.brush.part("heading")
            return self.brush.strip(self.headings.said_at(line), base, width)
        return self._row_strip(index, width) if index < len(self.rows) else Strip.blank(width, self.base)

    def _row_strip(self, index: int, width: int) -> Strip:
        at = (self.version(index), width, index == self.cursor, self.has_focus)
        row = self.rows[index]
        known = self._strips.get(at)
        if known is not None and known[0] is row:
            return known[1]
        if len(self._strips) >= _MOST_STRIPS:
            self._strips.clear()
        base = self.base
        if index == self.cursor:
            base += self.brush.part("cursor")
        strip = self.render_row(index, base, width)
        self._strips[at] = row, strip
        return strip

    def version(self, index: int) -> Hashable:
        """What the look of a row depends on, besides width, cursor and focus, between two calls of `show`."""
        return index

    def render_row(self, index: int, base: Style, width: int) -> Strip:
        return self.brush.strip(self._line_of(self.rows[index], width), base, width)

    def on_key(self, event: events.Key) -> None:
        before = self._chords.typed
        acting = self._chords.feed(event.key, self.screen.active_bindings)
        if acting != event.key:
            event.stop()
            if acting is not None:
                self.app.simulate_key(acting)
        if self._chords.typed != before:
            self.post_message(self.Typed(self._chords.typed))

    def action_move(self, step: int) -> None:
        self._go(self.cursor + step * self._times())

    def _times(self) -> int:
        """As often as the count says, and as the key was pressed again while it waited."""
        repeats: int = getattr(self.app, "take_repeats", int)()
        return (self._chords.take_count() or 1) + repeats

    def action_page(self, pages: float) -> None:
        self._go(self.cursor + int(pages * self.page_height) * self._times())

    def action_first(self) -> None:
        self._go((self._chords.take_count() or 1) - 1)

    def action_last(self) -> None:
        self._go((self._chords.take_count() or len(self.rows)) - 1)

    def action_choose(self) -> None:
        self.post_message(self.Chosen(self, self.cursor_key))

    def _go(self, index: int) -> None:
        self.cursor = index
        self._wanted = self.cursor_key

    def on_click(self, event: events.Click) -> None:
        index = self.headings.row_at(event.y - self.header_height + self.scroll_offset.y)
        if event.y >= self.header_height and index is not None and index < len(self.rows):
            self._go(index)
