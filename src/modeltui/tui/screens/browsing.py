"""What a screen that browses models does: chooses their rows, remembers where the user stands, changes the view."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.message import Message

from modeltui.domain.browse.place import Place
from modeltui.domain.text import safe
from modeltui.errors import QueryError
from modeltui.tui import everywhere
from modeltui.tui.commands import explained
from modeltui.tui.marking import MarkHistory
from modeltui.tui.one_frame import OneFrame
from modeltui.tui.place_keeper import PlaceKeeper
from modeltui.tui.screens.model_keys import VIEW_BINDINGS
from modeltui.tui.screens.page import Page
from modeltui.tui.type_ahead import ROWS
from modeltui.tui.widgets.browser import Browser
from modeltui.tui.widgets.filter_bar import FilterBar
from modeltui.tui.widgets.model_table import ModelTable

if TYPE_CHECKING:
    from modeltui.domain.browse.completion import Completion
    from modeltui.services.browsing import Rows
    from modeltui.services.workspace import Workspace
    from modeltui.tui.screens.view_acts import ViewActs

VIEWING = ("columns", "views", "facets", "jump", "like_this", "group", "view", "undo", "redo", "export")
"""Actions on the view, which need no model under the cursor."""


class BrowsingPage(Page):
    """Composes a Browser that goes on at `place`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *VIEW_BINDINGS,
        Binding(
            "u", "back('undo')", "Undo", id="change.undo", tooltip="the last change, or the last marks", show=False
        ),
        Binding("ctrl+r", "back('redo')", "Redo", id="change.redo", tooltip="do what was undone", show=False),
    ]

    class Selected(Message):
        """The rows of the query, or what is wrong with it."""

        def __init__(self, turn: int, query: str, found: Rows | QueryError) -> None:
            super().__init__()
            self.turn = turn
            self.query = query
            self.found = found

    class Completed(Message):
        """What may stand at the cursor of the filter."""

        def __init__(self, completion: Completion) -> None:
            super().__init__()
            self.completion = completion

    def __init__(self, workspace: Workspace, rows: Rows | None = None) -> None:
        """rows: what the table shows at first, where that is known; else it asks for them."""
        super().__init__()
        self._first_rows = rows
        self._workspace = workspace
        self.place = workspace.views.place()
        self._keeper = PlaceKeeper(self, workspace.views, self.refuse)
        self._mark_history = MarkHistory()
        self._turn = 0
        self._is_selecting = False
        self._answered = self.place.shown.query if rows is not None else None
        """The query whose rows, or whose mistake, were shown last."""
        self._one_frame = OneFrame(self, lambda: self._answered not in {None, self._browser.text})
        self._typed: FilterBar.Typed | None = None
        self._sought: str | None = None
        """The model to stand on, for which a filter that hides it goes."""

    def on_mount(self) -> None:
        for notice in self._workspace.views.notices():
            self.refuse(notice)
        self.watch(self._table, "column", self._note_place, init=False)

    def on_unmount(self) -> None:
        self._keeper.end()

    @cached_property
    def _view_acts(self) -> ViewActs:
        from modeltui.tui.screens.view_acts import ViewActs

        return ViewActs(self, self._workspace)

    @property
    def _browser(self) -> Browser:
        return self.query_one(Browser)

    @property
    def _table(self) -> ModelTable:
        return self._browser.table

    def find(self, query: str | None, key: str | None = None) -> None:
        """Show the models of a query, with the cursor on one of them; without one, as `ShowModels` says."""
        if key is not None:
            self._table.seek(key)
        if query is None:
            self._sought = key
            self._ask_rows()
        else:
            self._browser.put(query)

    @on(Browser.Wanted)
    def _ask_rows(self) -> None:
        """Select off the loop, one at a time; of those asked for meanwhile only the last one is run."""
        self._turn += 1
        self._note_place()
        if not self._is_selecting:
            self._is_selecting = True
            view = self._browser.view
            self._select(self._turn, view.query, view.sort, view.group)

    @work(thread=True, group=ROWS)
    def _select(self, turn: int, query: str, order: str, group: str) -> None:
        found: Rows | QueryError
        try:
            found = self._workspace.browsing.rows(query, order, group)
        except QueryError as error:
            found = error
        self.post_message(self.Selected(turn, query, found))

    @on(Selected)
    def _show_rows(self, event: Selected) -> None:
        self._is_selecting = False
        self._answered = event.query
        if isinstance(event.found, QueryError):
            self._browser.show_error(event.found)
        else:
            self._browser.show_rows(event.found)
        if event.turn != self._turn:
            self._ask_rows()
        elif self._sought is not None:
            sought, self._sought = self._sought, None
            if all(row.key != sought for row in self._table.rows):
                self._browser.put("")

    @on(FilterBar.Typed)
    def _ask_completion(self, event: FilterBar.Typed) -> None:
        is_asking, self._typed = self._typed is not None, event
        if not is_asking:
            self._complete(event.query, event.position)

    @work(thread=True, group="completion")
    def _complete(self, query: str, position: int) -> None:
        self.post_message(self.Completed(self._workspace.browsing.completion(query, position)))

    @on(Completed)
    def _offer(self, event: Completed) -> None:
        wanted, self._typed = self._typed, None
        if wanted is not None and (wanted.query, wanted.position) != (
            event.completion.query,
            event.completion.position,
        ):
            self._ask_completion(wanted)
        else:
            self._browser.bar.offer(event.completion)

    @on(ModelTable.Highlighted)
    def _moved(self) -> None:
        self.refresh_bindings()
        self._note_place()

    @on(ModelTable.Marked)
    def _note_place(self) -> None:
        """Remember where the user stands. Before the first rows are there, that is where the last start ended."""
        table, browser = self._table, self._browser
        key = table.cursor_key or self.place.key
        column = table.columns[table.column].id
        self.place = Place(browser.view, key, column, table.marks, tuple(browser.bar.used))
        self._keeper.note(self.place)

    @on(ModelTable.Remarked)
    def _note_marks(self, event: ModelTable.Remarked) -> None:
        if self.snapshot is not None:
            self._mark_history.note(event.before, event.now, self.snapshot.queue)

    # Keys

    def why_not(self, action: str) -> str | None:
        rows, snapshot = self._table.rows, self.snapshot
        if snapshot is None:
            return "the catalogue is being read"
        if action in ("undo", "redo"):
            return None if self._mark_history.can(action, snapshot.queue) else everywhere.why_not(action, snapshot)
        if action in ("facets", "jump", "like_this", "export") and not rows:
            return "no model is shown"
        return None

    @explained
    def action_columns(self) -> None:
        assert self.snapshot is not None
        self._view_acts.columns(self.snapshot)

    @explained
    def action_views(self) -> None:
        self._view_acts.menu()

    @explained
    def action_facets(self) -> None:
        self._view_acts.facets()

    @explained
    def action_jump(self) -> None:
        self._view_acts.jump()

    @explained
    def action_like_this(self) -> None:
        assert self.snapshot is not None
        self._view_acts.like_this(self.snapshot)

    @explained
    def action_group(self) -> None:
        self._view_acts.group()

    def action_view(self, number: int) -> None:
        self._view_acts.show(number)

    async def action_back(self, verb: str) -> None:
        """Take back marks that were changed since the last step of the queue, else that step; or do it again."""
        if self.snapshot is None:
            return
        history, table = self._mark_history, self._table
        turn = history.undo if verb == "undo" else history.redo
        marks = turn(table.marks, self.snapshot.queue)
        if marks is None:
            await self.app.run_action(f"do('{verb}')", self.app)
            return
        table.end_range()
        table.marks = marks
        said = "marks taken back" if verb == "undo" else "marks set again"
        self.notify(safe(f"{said}: {len(marks)} marked"), markup=False)
