"""The table of models: signs, columns, marks. It draws the rows in view and no others."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from modeltui.domain.catalog import Catalog
from modeltui.domain.model import Model, model_of
from modeltui.domain.pending.plan import Plan, PlannedFile, pending_document
from modeltui.domain.text import safe
from modeltui.tui.ordering import Ordering
from modeltui.tui.present.line import BLANK, Line, Role, fit
from modeltui.tui.present.state import STATE_WIDTH, state, would_be
from modeltui.tui.widgets.grid import GAP, Grid
from modeltui.tui.widgets.headings import Headings
from modeltui.tui.widgets.marked_list import MarkedList

if TYPE_CHECKING:
    from modeltui.domain.browse.columns import Column
    from modeltui.domain.browse.groups import Group
    from modeltui.domain.snapshot import Snapshot

_LEAD = 1 + STATE_WIDTH


class ModelTable(MarkedList[Model]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,less_than_sign", "column(-1)", "Column to the left", id="column.left", show=False),
        Binding("right,greater_than_sign", "column(1)", "Column to the right", id="column.right", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"row-list--header", "row-list--cell", "row-list--off"}
    DEFAULT_CSS = """
    ModelTable {
        scrollbar-size: 0 1;
        & > .row-list--header { color: $muted; background: $surface; }
        & > .row-list--off { color: $muted; }
        &:focus > .row-list--cell { background: $cursor-cell; }
        &:ansi {
            & > .row-list--header { text-style: underline; }
            & > .row-list--off { text-style: dim; }
            &:focus > .row-list--cell { text-style: bold; }
        }
    }
    """

    header_height = 1

    column: reactive[int] = reactive(0, init=False)
    """Index of the column that `i` edits."""
    ordering: reactive[Ordering] = reactive(Ordering(), init=False)

    class HeaderClicked(Message):
        def __init__(self, column: str) -> None:
            super().__init__()
            self.column = column

    def __init__(self, columns: Sequence[Column], *, empty: Sequence[Line] = ()) -> None:
        super().__init__(attrgetter("key"), lambda _, __: BLANK, empty=empty)
        self.columns = columns
        self._catalog = Catalog(root="", models={}, documents={})
        self._plan = Plan({})
        self.grid = Grid(columns, _LEAD, 80)

    @property
    def cell(self) -> Region:
        """Where on the screen the cell under the cursor is."""
        x = self.grid.starts[self.column] - (self.scroll_offset.x if self.column else 0)
        y = self.headings.line_of(self.cursor) - self.scroll_offset.y + self.header_height
        return Region(x, y, self.grid.widths[self.column], 1).translate(self.content_region.offset)

    def show_columns(self, columns: Sequence[Column]) -> None:
        """Show other columns; the cursor stays on its column."""
        before = self.columns[self.column].id if self.column < len(self.columns) else ""
        self.columns = columns
        self._strips.clear()
        self.measure()
        self.stand_on(before)
        self.refresh()

    def stand_on(self, column: str) -> None:
        """Put the cursor on a column, if it is shown."""
        at = next((index for index, each in enumerate(self.columns) if each.id == column), self.column)
        self.column = at

    def show_models(self, rows: Sequence[Model], snapshot: Snapshot, groups: Sequence[Group] = ()) -> None:
        """Show rows with what is pending for them. Marks of models that are no longer in the catalogue go."""
        if self.marks and snapshot.shown is not self._catalog and not self.marks <= snapshot.shown.models.keys():
            self.marks = frozenset(self.marks & snapshot.shown.models.keys())
        is_as_before = snapshot.shown is self._catalog and snapshot.plan is self._plan
        self._catalog, self._plan = snapshot.shown, snapshot.plan
        headings = Headings([(group.start, _heading(group)) for group in groups])
        self.show(rows, headings, look_as_before=is_as_before)

    def _index_of(self, key: str | None) -> int | None:
        """Rows in no other order are in that of keys, as those of a catalogue are."""
        if key is None or self.ordering.keys or self.headings:
            return super()._index_of(key)
        at = bisect_left(self.rows, key, key=self._key_of)
        return at if at < len(self.rows) and self.rows[at].key == key else None

    def measure(self) -> None:
        grid = Grid(self.columns, _LEAD, self.scrollable_content_region.width)
        if grid.widths != self.grid.widths:
            self._strips.clear()
            self.refresh()
        self.grid = grid
        lines = len(self.rows) + len(self.headings)
        self.extend(Size(self.grid.total, lines + self.header_height))

    def render_line(self, y: int) -> Strip:
        return self._cropped(self._header()) if y < self.header_height else super().render_line(y)

    def version(self, index: int) -> Hashable:
        row = self.rows[index]
        column = self.column if index == self.cursor else None
        return row.key, row.key in self.marks, column, self.scroll_offset.x

    def render_row(self, index: int, base: Style, width: int) -> Strip:
        row = self.rows[index]
        planned = self._plan.files.get(row.key)
        future = self._future(row, planned)
        is_off = not row.is_broken and would_be(row.active, planned, ("active",)) is not True
        text = base + self.brush.part("off") if is_off else base
        signs = state(row, planned, is_marked=row.key in self.marks)
        segments = [Segment(" ", base), *(Segment(sign, self.brush.style(base, role)) for sign, role in signs)]
        for at, (column, cells) in enumerate(zip(self.columns, self.grid.widths, strict=True)):
            said = column.text(future, self._plan)
            style = text if future is row or said == column.text(row, self._plan) else self.brush.style(base, "warn")
            if index == self.cursor and at == self.column:
                style += self.brush.part("cell")
            segments += (Segment(self._fitted(said, column, cells), style), Segment(" " * GAP, base))
        return self._cropped(Strip(segments).adjust_cell_length(max(width, self.grid.total), base))

    def _future(self, row: Model, planned: PlannedFile | None) -> Model:
        """The row as it would be after the apply."""
        if planned is None or row.is_broken:
            return row
        return model_of(row.key, row.path, row.digest, pending_document(self._plan, self._catalog, row.key))

    def _fitted(self, text: str, column: Column, cells: int) -> str:
        return fit(safe(text), cells, right=column.align == "right")

    def _header(self) -> Strip:
        base = self.base + self.brush.part("header")
        segments = [Segment(" " * _LEAD, base)]
        for at, (column, cells) in enumerate(zip(self.columns, self.grid.widths, strict=True)):
            marker = self.ordering.marker(column.id)
            role: Role = "accent" if marker else "strong" if at == self.column else "plain"
            title = self._fitted(column.title, column, min(cells, len(safe(column.title))))
            said = self._fitted(fit(title, min(len(title), max(0, cells - len(marker)))) + marker, column, cells)
            segments += (Segment(said, self.brush.style(base, role)), Segment(" " * GAP, base))
        return Strip(segments).adjust_cell_length(max(self.size.width, self.grid.total), base)

    def _cropped(self, strip: Strip) -> Strip:
        """What is in view of a whole row: the frozen cells, then the others as far as they are scrolled."""
        width, frozen, x = self.size.width, self.grid.frozen, self.scroll_offset.x
        if not x:
            return strip.crop(0, width)
        return Strip.join([strip.crop(0, frozen), strip.crop(frozen + x, width + x)])

    def watch_column(self) -> None:
        self.scroll_to(x=self.grid.scroll_for(self.column, self.scroll_offset.x), animate=False, force=True)

    def validate_column(self, column: int) -> int:
        return max(0, min(column, len(self.columns) - 1))

    def action_column(self, step: int) -> None:
        self.column += step * (self._chords.take_count() or 1)

    def on_click(self, event: events.Click) -> None:
        x = event.x + (self.scroll_offset.x if event.x >= self.grid.frozen else 0)
        at = next((index for index, start in reversed(list(enumerate(self.grid.starts))) if x >= start), 0)
        if event.y < self.header_height:
            self.post_message(self.HeaderClicked(self.columns[at].id))
        else:
            self.column = at
            super().on_click(event)


def _heading(group: Group) -> Line:
    said = f"{group.count} {'model' if group.count == 1 else 'models'} · {group.active} active"
    return ((f" {safe(group.title)}", "strong"), (f"  {said}", "muted"))
