"""Going to a model by a few letters of its name or key; the filter stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input

from modeltui.domain.model import Model
from modeltui.domain.text import safe
from modeltui.services.browsing import BrowseService
from modeltui.tui.present.line import Line, fit
from modeltui.tui.widgets.dialog import Dialog
from modeltui.tui.widgets.line_input import LineInput
from modeltui.tui.widgets.row_list import RowList

_MOST: Final = 200


class Jump(Dialog[str]):
    """Gives the key of a model."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,ctrl+n", "move(1)", "Next", id="jump.next", show=False),
        Binding("up,ctrl+p", "move(-1)", "Previous", id="jump.previous", show=False),
        Binding("enter", "go", "Go there", id="jump.go"),
    ]
    DEFAULT_CSS = """
    Jump {
        & > #box { width: 84; padding: 0 1; }
        Input { margin: 0 1 1 1; }
        RowList { height: 16; }
    }
    """

    class Ranked(Message):
        def __init__(self, letters: str, found: Sequence[Model]) -> None:
            super().__init__()
            self.letters = letters
            self.found = found

    def __init__(self, browsing: BrowseService, rows: Sequence[Model]) -> None:
        super().__init__()
        self._browsing = browsing
        self._rows = rows
        self._letters = ""
        self._is_ranking = False
        self._is_sent = False
        """Enter came before the answer to what was typed."""

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content("Jump to")
            box.border_subtitle = Content("letters in order, enter goes there, the filter stays")
            yield LineInput(placeholder="some letters of a name or key")
            yield RowList[Model](attrgetter("key"), _row, empty=[(("no model shown has these letters", "muted"),)])

    def on_mount(self) -> None:
        self._list.show(self._rows[:_MOST])

    @property
    def _list(self) -> RowList[Model]:
        return self.query_one(RowList)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        self._letters = event.value
        if not self._is_ranking:
            self._is_ranking = True
            self._rank(event.value)

    @work(thread=True, group="jump")
    def _rank(self, letters: str) -> None:
        self.post_message(self.Ranked(letters, self._browsing.nearest(letters, self._rows, _MOST)))

    @on(Ranked)
    def _show(self, event: Ranked) -> None:
        self._is_ranking = False
        if event.letters != self._letters:
            self._is_ranking = True
            self._rank(self._letters)
            return
        self._list.show(event.found)
        self._list.action_first()
        if self._is_sent:
            self.action_go()

    @on(Input.Submitted)
    @on(RowList.Chosen)
    def action_go(self) -> None:
        self._is_sent = self._is_ranking
        if not self._is_sent and self._list.cursor_key is not None:
            self.dismiss(self._list.cursor_key)

    def action_move(self, step: int) -> None:
        self._list.action_move(step)


def _row(model: Model, width: int) -> Line:
    room = max(1, width // 2 - 2)
    return ((" ", "plain"), (fit(safe(model.label), room), "plain"), (" ", "plain"), (safe(model.key), "muted"))
