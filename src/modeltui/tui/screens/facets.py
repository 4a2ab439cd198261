"""The facet panel: how many models have which value, and the filter narrowed by them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from operator import attrgetter
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from modeltui.domain.browse import narrowing
from modeltui.domain.browse.facets import RANGES, Facet
from modeltui.domain.text import safe
from modeltui.errors import UsageError
from modeltui.services.browsing import BrowseService
from modeltui.tui.present.facets import FacetRow, facet_line, facet_rows
from modeltui.tui.type_ahead import ROWS
from modeltui.tui.widgets.dialog import Dialog
from modeltui.tui.widgets.row_list import RowList


class FacetPanel(Dialog[None]):
    """Stands beside the table, which shows at once what each choice leaves."""

    BINDING_GROUP_TITLE = "Facets"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "only", "Only this", id="facet.only", tooltip="narrow the filter to it; again lets go"),
        Binding("space", "and_this", "And this", id="facet.toggle", tooltip="several values of one field"),
        Binding("minus,x", "exclude", "Not this", id="facet.exclude", tooltip="leave it out; again lets it in"),
        Binding("tab", "field(1)", "Next field", id="facet.next", show=False),
        Binding("shift+tab", "field(-1)", "Field before", id="facet.previous", show=False),
        Binding("F,q", "leave", "Close", id="facet.close", show=False),
    ]
    DEFAULT_CSS = """
    FacetPanel {
        align: right top; background: transparent;
        & > #box { width: 52; height: 100%; max-height: 100%; padding: 0; margin: 1 0; }
        RowList { height: 1fr; }
    }
    """

    class Counted(Message):
        """What was counted, or why it was not."""

        def __init__(self, query: str, found: Sequence[Facet] | UsageError) -> None:
            super().__init__()
            self.query = query
            self.found = found

    def __init__(
        self, browsing: BrowseService, fields: Sequence[str], query: str, narrow: Callable[[str], None]
    ) -> None:
        """narrow: takes the query whenever it changes."""
        super().__init__()
        self._browsing = browsing
        self._fields = fields
        self._query = query
        self._narrow = narrow
        self._is_counting = False

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content("Facets")
            box.border_subtitle = Content("enter only · space and · - not · esc")
            yield RowList[FacetRow](attrgetter("key"), facet_line, empty=[(("counting …", "muted"),)])

    def on_mount(self) -> None:
        self._ask(ROWS)

    @property
    def _list(self) -> RowList[FacetRow]:
        return self.query_one(RowList)

    def _ask(self, group: str) -> None:
        """Count off the loop, one at a time. Keys wait for the first count alone."""
        self._is_counting = True
        self.run_worker(partial(self._count, self._query), thread=True, group=group)

    def _count(self, query: str) -> None:
        found: Sequence[Facet] | UsageError
        try:
            found = self._browsing.facets(query, self._fields)
        except UsageError as error:
            found = error
        self.post_message(self.Counted(query, found))

    @on(Counted)
    def _show(self, event: Counted) -> None:
        self._is_counting = False
        if event.query != self._query:
            self._ask("facets")
            return
        if isinstance(event.found, UsageError):
            self.dismiss(None)
            self.app.notify(safe(event.found.message), severity="warning", markup=False)
            return
        self._list.empty = [(("no model to count", "muted"),)]
        self._list.show(facet_rows(event.found))

    def _put(self, query: str) -> None:
        self._query = query
        self._narrow(query)
        if not self._is_counting:
            self._ask("facets")

    def _wanted(self, row: FacetRow) -> list[str]:
        """The values of a field that the query wants now, whether they are counted yet or not."""
        return _among(narrowing.chosen(self._query, row.facet.field), row.facet)

    @on(RowList.Chosen)
    def action_only(self) -> None:
        row = self._list.cursor_row
        if row is None:
            return
        field, value = row.facet.field, row.value
        if field == RANGES:
            rest = narrowing.without(self._query, RANGES, "currency")
            self._put(rest if value.is_chosen else narrowing.with_terms(rest, *value.terms))
        elif value.value is None:
            is_wanted = narrowing.wants_none(self._query, field)
            self._put(narrowing.choosing(self._query, field, [] if is_wanted else [None]))
        else:
            is_alone = narrowing.chosen(self._query, field) == {value.value.casefold()}
            self._put(narrowing.choosing(self._query, field, [] if is_alone else [value.value]))

    def action_and_this(self) -> None:
        row = self._list.cursor_row
        if row is None or row.facet.field == RANGES or row.value.value is None:
            self.action_only()
            return
        self._put(narrowing.choosing(self._query, row.facet.field, _toggled(self._wanted(row), row.value.value)))

    def action_exclude(self) -> None:
        row = self._list.cursor_row
        if row is None:
            return
        field, value = row.facet.field, row.value.value
        if field == RANGES:
            self.app.notify("a range is only chosen; cost<5 leaves the rest out", severity="warning", markup=False)
        elif value is None:
            self._put(narrowing.excluding(self._query, field, [None]))
        else:
            out = _toggled(_among(narrowing.excluded(self._query, field), row.facet), value)
            wanted = [each for each in self._wanted(row) if each != value]
            base = narrowing.choosing(self._query, field, wanted) if value in self._wanted(row) else self._query
            self._put(narrowing.excluding(base, field, out))

    def action_field(self, step: int) -> None:
        heads = [index for index, row in enumerate(self._list.rows) if row.is_first]
        here = self._list.cursor
        ahead = [index for index in heads if (index > here if step > 0 else index < here)]
        if ahead:
            self._list.cursor = ahead[0] if step > 0 else ahead[-1]


def _among(folded: Collection[str], facet: Facet) -> list[str]:
    return [each.value for each in facet.values if each.value is not None and each.value.casefold() in folded]


def _toggled(values: Sequence[str], value: str) -> list[str]:
    """Without a value that is there, whatever its case, else with it."""
    kept = [each for each in values if each.casefold() != value.casefold()]
    return kept if len(kept) < len(values) else [*values, value]
