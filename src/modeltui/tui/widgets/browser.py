"""Filter, table and the summary at the side: what is shown of the catalogue, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.reactive import reactive

from modeltui.domain.browse.views import View, shown_columns
from modeltui.domain.catalog import Catalog
from modeltui.domain.text import safe
from modeltui.tui.ordering import Ordering
from modeltui.tui.present.line import BLANK, Line
from modeltui.tui.widgets.filter_bar import FilterBar
from modeltui.tui.widgets.model_table import ModelTable
from modeltui.tui.widgets.pane import Pane
from modeltui.tui.widgets.sort_menu import SortMenu

if TYPE_CHECKING:
    from modeltui.domain.browse.groups import Group
    from modeltui.domain.browse.place import Place
    from modeltui.domain.model import Model
    from modeltui.domain.snapshot import Snapshot
    from modeltui.errors import QueryError
    from modeltui.services.browsing import Rows

_NOTHING: Final = Catalog(root="", models={}, documents={})


class Browser(Vertical):
    BINDING_GROUP_TITLE = "View"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", id="filter.edit", tooltip="filter as you type"),
        Binding("s", "sort", "Sort", id="sort.menu", tooltip="by one column or several", show=False),
        Binding("S", "reverse", "Reverse the order", id="sort.reverse", tooltip="every key of it", show=False),
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
            border-left: solid $faint; scrollbar-size: 0 1; scrollbar-gutter: stable;
        }
        & ModelTable { width: 1fr; height: 1fr; }
    }
    """

    snapshot: reactive[Snapshot | None] = reactive(None)

    class Wanted(Message):
        """The rows of another query, or in another order, are to be shown."""

    def __init__(self, place: Place, rows: Rows | None = None) -> None:
        """place: where to go on; rows: those to begin with, where they are known."""
        super().__init__()
        self._place = place
        self._view = place.shown
        self._is_changed = False
        self._first_rows = rows
        self._shown: Sequence[Model] = ()
        self._groups: Sequence[Group] = ()

    def compose(self) -> ComposeResult:
        yield FilterBar(self._view.query, self._place.used)
        with Horizontal(id="rows"):
            table = ModelTable(shown_columns(self._view.columns, _NOTHING))
            table.set_reactive(ModelTable.ordering, Ordering.of(self._view.sort))
            table.set_reactive(ModelTable.marks, self._place.marks)
            table.seek(self._place.key)
            table.stand_on(self._place.column)
            yield table
            yield Pane(id="side")

    @property
    def table(self) -> ModelTable:
        return self.query_one(ModelTable)

    @property
    def bar(self) -> FilterBar:
        return self.query_one(FilterBar)

    @property
    def text(self) -> str:
        """The query in the filter bar."""
        return self.bar.text

    @property
    def view(self) -> View:
        """What is shown now, under the name of the view that it came from."""
        return replace(self._view, query=self.text, sort=str(self.table.ordering))

    def show_view(self, view: View) -> None:
        """Show another view."""
        self._view, self._is_changed = view, False
        self.table.ordering = Ordering.of(view.sort)
        self._show_columns()
        self.put(view.query)
        self.post_message(self.Wanted())

    def change_view(self, **changes: Any) -> None:
        """Change columns, the grouping or the name of what is shown."""
        self._view = replace(self._view, **changes)
        self._is_changed = bool(self._view.name) and "name" not in changes
        self._show_columns()
        self.post_message(self.Wanted())

    def _show_columns(self) -> None:
        if self.snapshot is not None:
            self.table.show_columns(shown_columns(self._view.columns, self.snapshot.shown))

    def watch_snapshot(self) -> None:
        """Show at once what changed of the rows in view; then ask for the rows as they are now."""
        if self.snapshot is None:
            return
        self._show_columns()
        if self._first_rows is not None:
            rows, self._first_rows = self._first_rows, None
            self.show_rows(rows)
            return
        self.table.show_models(self._shown, self.snapshot, self._groups)
        self._summarise()
        self.post_message(self.Wanted())

    def put(self, query: str) -> None:
        """Replace the query in the filter bar."""
        self.bar.put(query)

    def show_rows(self, rows: Rows) -> None:
        self._shown, self._groups = rows.models, rows.groups
        if self.snapshot is not None:
            self.table.empty = self._nothing()
            self.table.show_models(rows.models, self.snapshot, rows.groups)
            self._tell_found()

    def show_error(self, error: QueryError) -> None:
        """The rows of the last right query stay; where there are none, that is not for lack of a match."""
        self.bar.show_error(error)
        said: list[Line] = [((f"{safe(error.message)}.", "bad"),)]
        self.table.empty = [*said, ((safe(error.hint), "muted"),)] if error.hint else said
        self.table.refresh()

    @on(ModelTable.Marked)
    def _tell_found(self) -> None:
        total = len(self.snapshot.shown.models) if self.snapshot else 0
        count = f"{len(self._shown)} of {total}"
        found: Line = ((f"{count:>{len(str(total)) * 2 + 4}}", "muted"),)
        if self._view.name:
            is_other = self._is_changed or (self.view.query, self.view.sort) != (self._view.query, self._view.sort)
            found = ((f"{safe(self._view.name)}{'*' if is_other else ''} · ", "plain"), *found)
        if self.table.marks:
            found = (*found, (f" · {len(self.table.marks)} marked", "accent"))
            if hidden := self.table.hidden_marks:
                found = (*found, (f", {hidden} hidden", "warn"))
        self.bar.show_found(found)

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
        side = self.query_one("#side", Pane)
        if side.display and self.snapshot is not None:
            side.follow(self.table.cursor_key, self.snapshot)

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
        self.bar.begin()

    def action_sort(self) -> None:
        def answered(order: str | None) -> None:
            if order is not None:
                self._order(Ordering.of(order))

        self.app.push_screen(SortMenu(self.table.columns, self.table.ordering), answered)

    def action_reverse(self) -> None:
        self._order(self.table.ordering.reversed())

    def action_clear(self) -> None:
        if self.table.end_range():
            return
        if self.text:
            self.bar.put("")
        elif self.table.marks:
            self.table.mark(frozenset())
