"""Which model for these inputs: asked in one line, answered by a ranked list."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from operator import attrgetter
from typing import Any, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid, VerticalScroll
from textual.message import Message
from textual.strip import Strip
from textual.widgets import Input, Static

from modeltui.domain.pick import Picks
from modeltui.errors import ModeltuiError
from modeltui.services.running.pick import Asked
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained
from modeltui.tui.messages import Failed, OpenRun, ShowModels
from modeltui.tui.present.inputs import drafts_of
from modeltui.tui.present.line import BLANK, Line, content, line
from modeltui.tui.present.pick import (
    LeftOut,
    PickEntry,
    Ranked,
    heading_line,
    pick_counts,
    pick_details,
    pick_entries,
    pick_line,
    why_heading,
)
from modeltui.tui.present.pick_line import asked_of
from modeltui.tui.screens.browsing import BrowsingPage
from modeltui.tui.screens.typed_page import TypedPage
from modeltui.tui.widgets.header_line import HeaderLine
from modeltui.tui.widgets.headings import Headings
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.line_input import LineInput
from modeltui.tui.widgets.row_list import RowList

_HELP: Final[list[Line]] = [
    (("Type what a run is to get, and press enter: ", "plain"), ("duration=8 resolution=1080p", "accent")),
    (("Of the filter, active models are asked, unless it says something of `active`.", "muted"),),
    BLANK,
    (("by=cost, time, success or name", "accent"), ("  what comes first", "muted")),
    (("needs=audio,reasoning", "accent"), ("  what it must be able to do", "muted")),
    (("image=./fox.png", "accent"), ("  a file, with its size and length", "muted")),
    (("inputs=@fox.json", "accent"), ("  inputs from a file", "muted")),
    (("media-seconds=90 file-mb=20 limit=5", "accent"), ("  what is sent; the best only", "muted")),
    (("complete", "accent"), ("  a run gets these inputs only, so what is missing counts", "muted")),
]
"""As many lines as a small terminal has room for."""
_ASKING: Final[list[Line]] = [((" Asking the models …", "muted"),)]

_NOT_RANKED: Final = "only a model that takes it can be gone to, or run"


class PickRows(RowList[PickEntry]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Go to it", id="pick.show", tooltip="to the model in the table"),
    ]
    header_height = 1

    def why_not(self, action: str) -> str | None:
        """The hint line names enter where it leads somewhere."""
        is_dead_end = action == "choose" and not isinstance(self.cursor_row, Ranked)
        return _NOT_RANKED if is_dead_end else None

    def render_line(self, y: int) -> Strip:
        if y or not self.rows:
            return super().render_line(y)
        width = self.size.width
        if isinstance(self.rows[0], LeftOut):
            return Strip.blank(width, self.base)
        return self.brush.strip(heading_line(width), self.base, width)


class PickScreen(TypedPage):
    BINDING_GROUP_TITLE = "Pick"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "run", "Run", id="pick.run", tooltip="its form, with these inputs; nothing is sent"),
        Binding("tab", "app.focus_next", "Next", id="pick.next", tooltip="inputs, filter, rows", show=False),
        Binding("shift+tab", "app.focus_previous", "Previous", id="pick.previous", show=False),
    ]
    CSS_PATH = "pick.tcss"
    AUTO_FOCUS = "#inputs"

    class Found(Message):
        """The models that take it, or why nobody could be asked."""

        def __init__(self, turn: int, found: Picks | ModeltuiError, entries: Sequence[PickEntry] = ()) -> None:
            super().__init__()
            self.turn = turn
            self.found = found
            self.entries = entries

    def __init__(self, workspace: Workspace, draft: dict[str, Any]) -> None:
        """draft: keeps what was typed for the next time."""
        super().__init__(name="pick")
        self._workspace = workspace
        self._draft = draft
        self._asked: tuple[str, Asked] | None = None
        """What the rows answer, or are going to."""
        self._is_new = False
        """It was asked just now, by enter."""
        self._turn = 0

    def compose(self) -> ComposeResult:
        tables = (screen for screen in self.app.screen_stack if isinstance(screen, BrowsingPage))
        query = next((table.place.shown.query for table in tables), "")
        yield HeaderLine().data_bind(PickScreen.snapshot)
        with Grid(id="form"):
            yield Static("Inputs", classes="label", markup=False)
            yield LineInput(self._draft.get("inputs", ""), placeholder="NAME=VALUE …", id="inputs")
            yield Static("Filter", classes="label", markup=False)
            yield LineInput(query, placeholder="every model", id="query")
        yield Static(id="counts", markup=False)
        yield PickRows(attrgetter("id"), pick_line, empty=_HELP, id="rows")
        with VerticalScroll(id="details", can_focus=False) as details:
            details.display = False
            yield Static(id="entry", markup=False)
        yield HintLine(("pick.show", "pick.run")).data_bind(PickScreen.snapshot)

    @property
    def _rows(self) -> PickRows:
        return self.query_one(PickRows)

    def _text(self, name: str) -> str:
        return self.query_one(f"#{name}", LineInput).value

    def watch_snapshot(self) -> None:
        if self._asked is not None:
            self._ask_again()

    def typed_otherwise(self, field: Input) -> None:  # noqa: ARG002  # both count
        """What was shown answers another question."""
        self._draft["inputs"] = self._text("inputs")
        if self._asked is not None:
            self._forget([], _HELP)

    def submitted(self, field: Input) -> None:  # noqa: ARG002  # both count
        try:
            asked = asked_of(self._text("inputs"))
        except ModeltuiError as error:
            self._fail(error)
            return
        self._forget(_ASKING)
        self._asked, self._is_new = (self._text("query").strip(), asked), True
        self._ask_again()

    def _ask_again(self) -> None:
        self._turn += 1
        if self._asked is not None:
            self._pick(self._turn, *self._asked)

    def _forget(self, said: list[Line], empty: list[Line] | None = None) -> None:
        self._turn += 1
        self._asked = None
        self._show_rows([], said, empty or [])

    def _fail(self, error: ModeltuiError) -> None:
        hint = [line(f" {error.hint}", "muted")] if error.hint else []
        self._forget([line(f" {error.message}", "bad"), *hint], _HELP)

    def _show_rows(
        self, entries: Sequence[PickEntry], said: list[Line], empty: list[Line], headings: Headings | None = None
    ) -> None:
        self._rows.empty = empty
        self._rows.show(entries, headings)
        self.query_one("#counts", Static).update(content(said))
        self._show_details()

    @work(thread=True, exclusive=True, group="pick")
    def _pick(self, turn: int, query: str, asked: Asked) -> None:
        try:
            found = self._workspace.picking.pick(query, asked)
        except ModeltuiError as error:
            self.post_message(self.Found(turn, error))
        else:
            self.post_message(self.Found(turn, found, pick_entries(found)))

    @on(Found)
    def _show(self, event: Found) -> None:
        if event.turn != self._turn or self._asked is None:
            return
        if isinstance(event.found, ModeltuiError):
            self._fail(event.found)
            return
        found, entries = event.found, event.entries
        headings = Headings([(len(found.picks), why_heading(found))]) if found.left_out else None
        self._show_rows(entries, pick_counts(found, self._asked[1].by), [], headings)
        if self._is_new and entries:
            self._rows.focus()
            self._rows.action_first()
        self._is_new = False

    @on(RowList.Highlighted)
    def _show_details(self) -> None:
        entry, details = self._rows.cursor_row, self.query_one("#details")
        details.display = entry is not None
        self.query_one("#entry", Static).update(content(pick_details(entry) if entry else [BLANK]))
        details.scroll_home(animate=False)
        self.refresh_bindings()

    # Keys

    def why_not(self, action: str) -> str | None:
        if action not in ("show", "run") or isinstance(self._rows.cursor_row, Ranked):
            return None
        if self._rows.cursor_row is None:
            return "no model is under the cursor: enter in the inputs asks"
        return _NOT_RANKED

    @on(RowList.Chosen)
    @explained
    def action_show(self) -> None:
        entry = self._rows.cursor_row
        assert isinstance(entry, Ranked)
        self.post_message(ShowModels(None, entry.pick.model.key))

    @explained
    def action_run(self) -> None:
        entry = self._rows.cursor_row
        assert isinstance(entry, Ranked)
        self.run_worker(self._open_form(entry), group="open")

    async def _open_form(self, entry: Ranked) -> None:
        key = entry.pick.model.key
        try:
            specs = await asyncio.to_thread(self._workspace.runs.inputs, key)
        except ModeltuiError as error:
            self.post_message(Failed(error))
            return
        self.post_message(OpenRun(key, drafts_of(specs, entry.pick.inputs)))
