"""Filter, table and the summary at the side: what is shown of the catalogue, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from modeltui.domain.columns import Column
from modeltui.domain.model import Model
from modeltui.domain.snapshot import Snapshot
from modeltui.errors import QueryError
from modeltui.tui.ordering import Ordering
from modeltui.tui.present.line import BLANK, Line, content
from modeltui.tui.present.model import summary
from modeltui.tui.widgets.chooser import Chooser, Option, within
from modeltui.tui.widgets.filter_bar import FilterBar
from modeltui.tui.widgets.model_table import ModelTable


class Browser(Vertical):
    BINDING_GROUP_TITLE = "View"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", id="filter.edit", tooltip="filter as you type"),
        Binding("s", "sort", "Sort", id="sort.menu", tooltip="choose the column to sort by", show=False),
        Binding("S", "reverse", "Reverse the order", id="sort.reverse", show=False),
        Binding(
            "escape",
            "clear",
            "Clear",
            id="filter.reset",
            tooltip="the range, else the filter, else the marks",
            show=False,
        ),
    ]
    DEFAULT_CSS = """
    Browser {
        & > #rows { height: 1fr; }
        & #side {
            display: none; width: 34%; max-width: 48; padding: 1 1 0 2;
            border-left: solid $faint; scrollbar-size: 0 1;
        }
        & ModelTable { width: 1fr; height: 1fr; }
    }
    """

    snapshot: reactive[Snapshot | None] = reactive(None)

    class Wanted(Message):
        """The rows of another query, or in another order, are to be shown."""

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        self._columns = columns
        self._shown: Sequence[Model] = ()

    def compose(self) -> ComposeResult:
        yield FilterBar()
        with Horizontal(id="rows"):
            yield ModelTable(self._columns)
            with VerticalScroll(id="side", can_focus=False):
                yield Static(id="summary", markup=False)

    @property
    def table(self) -> ModelTable:
        return self.query_one(ModelTable)

    @property
    def _bar(self) -> FilterBar:
        return self.query_one(FilterBar)

    @property
    def text(self) -> str:
        """The query in the filter bar."""
        return self._bar.text

    def watch_snapshot(self) -> None:
        """Show at once what changed of the rows in view; then ask for the rows as they are now."""
        if self.snapshot is not None:
            self.table.show_models(self._shown, self.snapshot)
            self._summarise()
            self.post_message(self.Wanted())

    def show_rows(self, rows: Sequence[Model]) -> None:
        self._shown = rows
        if self.snapshot is not None:
            self.table.empty = self._nothing()
            self.table.show_models(rows, self.snapshot)
            self._tell_found()

    def show_error(self, error: QueryError) -> None:
        """The rows of the last right query stay."""
        self._bar.show_error(error)

    @on(ModelTable.Marked)
    def _tell_found(self) -> None:
        total = len(self.snapshot.catalog.models) if self.snapshot else 0
        found: Line = ((f"{len(self._shown)} of {total}", "muted"),)
        if self.table.marks:
            found = (*found, (f" · {len(self.table.marks)} marked", "accent"))
            if hidden := self.table.hidden_marks:
                found = (*found, (f", {hidden} hidden", "warn"))
        self._bar.show_found(found)

    def _nothing(self) -> list[Line]:
        if self.text:
            return [(("Nothing matches this filter.", "plain"),), BLANK, (("/ changes it, esc clears it", "muted"),)]
        return [
            (("This catalogue has no models yet.", "plain"),),
            BLANK,
            (("put a file into models/<content type>/, then press F5;", "muted"),),
            (("`modeltui init DIR --sample` makes a catalogue with models", "muted"),),
        ]

    @on(ModelTable.Highlighted)
    def _summarise(self) -> None:
        key = self.table.cursor_key
        side = self.query_one("#side")
        if side.display and self.snapshot is not None:
            width = side.scrollable_content_region.width
            lines = summary(key, self.snapshot, width) if key else []
            self.query_one("#summary", Static).update(content(lines))
            side.scroll_home(animate=False)

    def on_resize(self) -> None:
        self.call_after_refresh(self._summarise)

    @on(FilterBar.Changed)
    def _filtered(self, event: FilterBar.Changed) -> None:
        event.stop()
        self.post_message(self.Wanted())

    @on(FilterBar.Left)
    def _to_table(self) -> None:
        self.table.focus()

    @on(ModelTable.HeaderClicked)
    def _sort_by(self, event: ModelTable.HeaderClicked) -> None:
        self._order(self.table.ordering.by(event.column))

    def _order(self, ordering: Ordering) -> None:
        self.table.ordering = ordering
        self.post_message(self.Wanted())

    def action_filter(self) -> None:
        self._bar.begin()

    def action_sort(self) -> None:
        """Choose the first column to sort by; the ones so far come after it."""
        first = self.table.ordering.keys[0].removeprefix("-") if self.table.ordering.keys else None
        options = [
            Option(column.id, ((column.title, "plain"),), ((self.table.ordering.marker(column.id), "accent"),))
            for column in self._columns
        ]

        def answered(column: str | None) -> None:
            if column is not None:
                self._order(self.table.ordering.by(column))

        hint = "enter sorts, once more turns it round"
        self.app.push_screen(Chooser("Sort by", within(options), at=first, hint=hint), answered)

    def action_reverse(self) -> None:
        self._order(self.table.ordering.reversed())

    def action_clear(self) -> None:
        if self.table.end_range():
            return
        if self.text:
            self._bar.put("")
        else:
            self.table.marks = frozenset()
