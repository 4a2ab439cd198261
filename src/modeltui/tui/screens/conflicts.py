"""What is stale: each field as it was, as it is on disk now, and as it is wanted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.message import Message
from textual.strip import Strip
from textual.widgets import Static

from modeltui.domain.merging.conflict import Conflict, Fate
from modeltui.errors import ModeltuiError
from modeltui.services.outcome import Outcome
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained
from modeltui.tui.messages import Failed, Perform, Performed
from modeltui.tui.present.conflict import (
    ConflictRow,
    conflict_details,
    conflict_line,
    conflict_rows,
    conflict_titles,
    mine_lines,
    why_no_follow,
    why_no_mine,
    why_no_rebase,
)
from modeltui.tui.present.line import BLANK, Line, content
from modeltui.tui.present.outcome import of_rebase
from modeltui.tui.screens.page import Page
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.widgets.header_line import HeaderLine
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.row_list import RowList
from modeltui.tui.work_messages import open_file

_COMPARING: list[Line] = [(("Comparing …", "muted"),)]
_NONE: list[Line] = [
    (("Nothing is stale.", "good"),),
    BLANK,
    (("Every pending change fits the file as it is now: a applies, esc goes back.", "muted"),),
]
_REASONS: dict[str, Callable[[Conflict], str | None]] = {
    "rebase": partial(why_no_rebase, mine=False),
    "mine": why_no_mine,
    "follow": why_no_follow,
}


class ConflictTable(RowList[ConflictRow]):
    header_height = 1

    def __init__(self) -> None:
        super().__init__(attrgetter("id"), conflict_line, empty=_COMPARING, id="conflicts")

    def render_line(self, y: int) -> Strip:
        if y == 0 and self.rows:
            return self.brush.strip(conflict_titles(self.size.width), self.rich_style, self.size.width)
        return super().render_line(y)


class ConflictsScreen(Page):
    BINDING_GROUP_TITLE = "Conflicts"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "rebase", "Rebase", id="conflict.rebase", tooltip="onto the file as it is now: clean fields stay"),
        Binding("m", "mine", "Mine", id="conflict.mine", tooltip="rebase, and take my values over theirs"),
        Binding("x", "drop", "Theirs", id="change.drop", tooltip="drop what is pending for this model"),
        Binding("f", "follow", "Follow", id="conflict.follow", tooltip="go after a model that has another key now"),
        Binding("B", "rebase_all", "Rebase all", id="conflict.rebase_all", tooltip="whatever is not in conflict"),
    ]
    CSS_PATH = "conflicts.tcss"
    AUTO_FOCUS = "#conflicts"

    class Compared(Message):
        def __init__(self, conflicts: tuple[Conflict, ...]) -> None:
            super().__init__()
            self.conflicts = conflicts

    def __init__(self, workspace: Workspace, key: str | None = None) -> None:
        """`key` of the model to stand on."""
        super().__init__(name="conflicts")
        self._changes = workspace.changes
        self._key = key

    def compose(self) -> ComposeResult:
        yield HeaderLine().data_bind(ConflictsScreen.snapshot)
        with Container(id="body"):
            yield ConflictTable()
            with VerticalScroll(id="details", can_focus=False):
                yield Static(id="conflict", markup=False)
        yield HintLine().data_bind(ConflictsScreen.snapshot)

    def on_mount(self) -> None:
        if self._key is not None:
            self._table.seek(self._key)

    @property
    def _table(self) -> ConflictTable:
        return self.query_one(ConflictTable)

    @property
    def _conflict(self) -> Conflict | None:
        row = self._table.cursor_row
        return row.conflict if row else None

    def watch_snapshot(self) -> None:
        if self.snapshot is not None:
            self._compare()

    @work(thread=True, exclusive=True, group="conflicts")
    def _compare(self) -> None:
        try:
            self.post_message(self.Compared(self._changes.conflicts()))
        except ModeltuiError as error:
            self.post_message(Failed(error))

    @on(Compared)
    def _show(self, event: Compared) -> None:
        self._table.empty = _NONE
        self._table.show(conflict_rows(event.conflicts))
        self._show_details()

    @on(RowList.Highlighted)
    def _show_details(self) -> None:
        row = self._table.cursor_row
        self.query_one("#details").display = row is not None
        self.query_one("#conflict", Static).update(content(conflict_details(row) if row else [BLANK]))
        self.refresh_bindings()

    @on(RowList.Chosen)
    def _open(self) -> None:
        if self._conflict is not None:
            self.post_message(open_file(self._conflict.moved_to or self._conflict.key))

    @on(Performed)
    def _report(self, event: Performed) -> None:
        if isinstance(event.result, Outcome):
            event.stop()
            for notice in of_rebase(event.result):
                self.notify(notice.text, severity=notice.severity, markup=False)

    def why_not(self, action: str) -> str | None:
        conflict = self._conflict
        if conflict is None:
            return "nothing is stale"
        reason = _REASONS.get(action)
        return reason(conflict) if reason else None

    @explained
    def action_rebase(self) -> None:
        self._rebase()

    @explained
    def action_follow(self) -> None:
        self._rebase(follow=True)

    @explained
    def action_rebase_all(self) -> None:
        self.post_message(Perform(self, self._changes.rebase))

    @explained
    def action_mine(self) -> None:
        conflict = self._conflict
        assert conflict is not None

        def answered(is_sure: bool | None) -> None:
            if is_sure:
                is_moved = conflict.fate is Fate.MOVED
                work = partial(self._changes.rebase, [conflict.key], mine=True, follow=is_moved)
                self.post_message(Perform(self, work))

        self.app.push_screen(Confirm("Take your values over theirs?", mine_lines(conflict), yes="Take mine"), answered)

    @explained
    def action_drop(self) -> None:
        if self._conflict is not None:
            key = self._conflict.key
            done = f"theirs stays, yours is dropped: {key}; u brings it back"
            self.post_message(Perform(self, partial(self._changes.drop, [key]), done))

    def _rebase(self, *, follow: bool = False) -> None:
        if self._conflict is not None:
            self.post_message(Perform(self, partial(self._changes.rebase, [self._conflict.key], follow=follow)))
