"""What can be done to the view of the catalogue: its columns, grouping, values, names."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

from msgspec.structs import replace
from textual.screen import Screen

from modeltui.domain.browse import facets, narrowing
from modeltui.domain.query.fields import field_named
from modeltui.domain.text import safe
from modeltui.errors import ModeltuiError, UsageError
from modeltui.tui.present.line import line
from modeltui.tui.screens.columns import ColumnChooser
from modeltui.tui.screens.facets import FacetPanel
from modeltui.tui.screens.jump import Jump
from modeltui.tui.screens.views import Act, ViewMenu
from modeltui.tui.type_ahead import ROWS
from modeltui.tui.widgets.browser import Browser
from modeltui.tui.widgets.chooser import Chooser, Option, within
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.widgets.name_question import NameQuestion

if TYPE_CHECKING:
    from modeltui.domain.browse.views import ShownColumn, View
    from modeltui.domain.snapshot import Snapshot
    from modeltui.services.workspace import Workspace

_GROUPS: Final = ("provider", "type", "status", "category", "group", "family", "currency")
_ONE_EACH: Final = ("name", "key", "uid", "model_id")
"""Fields of which nearly every model has another value."""

AnswerT = TypeVar("AnswerT")


class ViewActs:
    """Asks where it must, and tells the browser what to show."""

    def __init__(self, screen: Screen[Any], workspace: Workspace) -> None:
        self._screen = screen
        self._views = workspace.views
        self._browsing = workspace.browsing

    @property
    def _browser(self) -> Browser:
        return self._screen.query_one(Browser)

    @property
    def _column(self) -> str:
        table = self._browser.table
        return table.columns[table.column].id

    def columns(self, snapshot: Snapshot) -> None:
        def answered(columns: tuple[ShownColumn, ...] | None) -> None:
            if columns is not None:
                self._browser.change_view(columns=columns)

        chooser = ColumnChooser(self._browser.table.columns, snapshot.shown, self._column)
        self._screen.app.push_screen(chooser, answered)

    def group(self) -> None:
        """By which field rows stand under headings."""
        now = self._browser.view.group
        fields = dict.fromkeys((*_GROUPS, *([now] if now else [])))
        options = [Option(name, ((name, "plain"),)) for name in fields]
        options.insert(0, Option("-", (("no groups", "plain"),)))

        def answered(name: str | None) -> None:
            if name is not None:
                self._browser.change_view(group="" if name == "-" else name)

        self._screen.app.push_screen(Chooser("Group by", within(options), at=now or "-"), answered)

    def facets(self) -> None:
        """Count the values of the field under the cursor, if they are worth it, and of the usual ones."""
        field = field_named(self._column)
        own = [field.name] if field is not None and field.name not in _ONE_EACH else []
        fields = list(dict.fromkeys((*own, *facets.FIELDS)))
        panel = FacetPanel(self._browsing, fields, self._browser.text, self._browser.put)
        self._screen.app.push_screen(panel)

    def jump(self) -> None:
        def answered(key: str | None) -> None:
            if key is not None:
                self._browser.table.seek(key)

        self._screen.app.push_screen(Jump(self._browsing, self._browser.table.rows), answered)

    def like_this(self, snapshot: Snapshot) -> None:
        """Narrow the filter to what the cell under the cursor says."""
        row, field = self._browser.table.cursor_row, field_named(self._column)
        if row is None or field is None:
            return
        words = narrowing.words_of(field.value_of(row, snapshot.shown, snapshot.plan))
        try:
            if len(words) == 1:
                query = narrowing.choosing(self._browser.text, field.name, words)
            elif words:
                terms = (f"{field.name}:{narrowing.quoted(word)}" for word in words)
                query = narrowing.with_terms(self._browser.text, *terms)
            else:
                query = narrowing.choosing(self._browser.text, field.name, [None])
        except UsageError as error:
            self._refuse(error)
            return
        self._browser.put(query)

    # Views by name

    def show(self, number: int) -> None:
        """Show the view of a number."""

        def show(views: Sequence[View]) -> None:
            if number <= len(views):
                self._browser.show_view(views[number - 1])

        self._look(self._views.all, show)

    def menu(self) -> None:
        def ask(found: tuple[Sequence[View], Sequence[View]]) -> None:
            views, own = found
            menu = ViewMenu(views, {view.name for view in own}, self._browser.view.name)
            self._screen.app.push_screen(menu, answered)

        def answered(wish: tuple[Act, View] | None) -> None:
            if wish is not None:
                self._take(*wish)

        self._look(lambda: (self._views.all(), self._views.own()), ask)

    def _take(self, act: Act, view: View) -> None:
        if act == "show":
            self._browser.show_view(view)
        elif act == "save":
            self._look(self._views.own, self._ask_name)
        elif act == "rename":
            self._ask_new_name(view)
        else:
            self._ask_delete(view)

    def _ask_name(self, own: Sequence[View]) -> None:
        now = self._browser.view
        names = {view.name for view in own}

        def answered(name: str | None) -> None:
            if name is None:
                return
            if name in names:
                self._ask_replace(replace(now, name=name))
            else:
                self._save(replace(now, name=name))

        value = now.name if now.name in names else ""
        question = NameQuestion("Save this view", label="name", does="save", value=value)
        self._screen.app.push_screen(question, answered)

    def _ask_replace(self, view: View) -> None:
        def answered(is_sure: bool | None) -> None:
            if is_sure:
                self._save(view)

        self._screen.app.push_screen(Confirm("Replace the view?", [line(view.name)], yes="Replace"), answered)

    def _save(self, view: View) -> None:
        def saved(kept: View) -> None:
            self._browser.change_view(name=kept.name)
            self._browser.show_view(self._browser.view)
            self._screen.notify(safe(f"view {kept.name} saved; V shows it again"), markup=False)

        self._look(lambda: self._views.save(view), saved)

    def _ask_new_name(self, view: View) -> None:
        def renamed(now: View) -> None:
            if self._browser.view.name == view.name:
                self._browser.change_view(name=now.name)
            self.menu()

        def answered(name: str | None) -> None:
            if name is not None:
                self._look(lambda: self._views.rename(view.name, name), renamed)

        question = NameQuestion("Rename the view", label="new name", does="rename", value=view.name)
        self._screen.app.push_screen(question, answered)

    def _ask_delete(self, view: View) -> None:
        def answered(is_sure: bool | None) -> None:
            if is_sure:
                self._look(lambda: self._views.delete(view.name), lambda _: self.menu())

        self._screen.app.push_screen(Confirm("Delete the view?", [line(view.name)], yes="Delete"), answered)

    def _look(self, work: Callable[[], AnswerT], then: Callable[[AnswerT], None]) -> None:
        """Read or write the user's file off the loop, then go on."""

        async def run() -> None:
            try:
                answer = await asyncio.to_thread(work)
            except ModeltuiError as error:
                self._refuse(error)
            else:
                then(answer)
            for notice in self._views.notices():
                self._screen.notify(safe(notice), severity="warning", markup=False)

        self._screen.run_worker(run(), group=ROWS)

    def _refuse(self, error: ModeltuiError) -> None:
        said = f"{error.message}. {error.hint}" if error.hint else error.message
        self._screen.notify(safe(said), severity="warning", markup=False)
