"""A file of a kind, found with the keyboard: type to find, enter goes in or takes it, backspace goes up."""

from __future__ import annotations

import os
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from modeltui.domain.text import safe
from modeltui.errors import ModeltuiError
from modeltui.services.folders import Entry, entries
from modeltui.tui.present.line import Line, cut, spread
from modeltui.tui.present.run import size_text
from modeltui.tui.widgets.dialog import Dialog
from modeltui.tui.widgets.line_input import LineInput
from modeltui.tui.widgets.row_list import RowList

_UP = ".."


class FilePicker(Dialog[str]):
    """Gives the path of a file."""

    BINDING_GROUP_TITLE = "Choose a file"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,ctrl+n", "move(1)", "Next", id="file.next", show=False),
        Binding("up,ctrl+p", "move(-1)", "Previous", id="file.previous", show=False),
        Binding("f3", "all", "All files", id="file.all", tooltip="also those of other kinds, and hidden ones"),
    ]
    DEFAULT_CSS = """
    FilePicker {
        & > #box { width: 78; padding: 0 1; }
        Input { margin: 0 1 1 1; }
        #where { color: $muted; margin: 0 1; height: 1; }
        RowList { height: 16; max-height: 60vh; }
    }
    """

    class Listed(Message):
        def __init__(self, folder: str, found: tuple[Entry, ...], problem: str) -> None:
            super().__init__()
            self.folder = folder
            self.found = found
            self.problem = problem

    def __init__(self, kind: str, start: str) -> None:
        """kind: image, audio or video. start: the folder to begin in."""
        super().__init__()
        self._kind = kind
        self._folder = os.path.abspath(start)
        self._found: tuple[Entry, ...] = ()
        self._has_all = False

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(f"Choose {'an' if self._kind[0] in 'aeiou' else 'a'} {self._kind}")
            box.border_subtitle = Content("enter takes, backspace goes up, f3 all files, esc")
            yield Static(id="where", markup=False)
            yield LineInput(placeholder="type to find")
            yield RowList(lambda entry: entry.path, _row, empty=[((" nothing of this kind here", "muted"),)])

    def on_mount(self) -> None:
        self._list(self._folder)

    @work(thread=True, exclusive=True, group="folder")
    def _list(self, folder: str) -> None:
        try:
            found = entries(folder, None if self._has_all else self._kind, hidden=self._has_all)
            self.post_message(self.Listed(folder, found, ""))
        except ModeltuiError as error:
            self.post_message(self.Listed(self._folder, self._found, error.message))

    @on(Listed)
    def _show_listed(self, event: Listed) -> None:
        event.stop()
        if event.problem:
            self.notify(safe(event.problem), severity="warning", markup=False)
            return
        came_from = self._folder
        self._folder, self._found = event.folder, event.found
        self.query_one("#where", Static).update(safe(event.folder))
        self.query_one(Input).value = ""
        self._filter("")
        self.query_one(RowList).seek(came_from)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        self._filter(event.value)

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        rows = [each for each in self._found if all(word in each.name.casefold() for word in words)]
        parent = os.path.dirname(self._folder)
        up = [Entry(_UP, parent, is_folder=True, size=0)] if not words and parent != self._folder else []
        listed = self.query_one(RowList)
        listed.show([*up, *rows])
        listed.action_first()
        if up and rows:
            listed.action_move(1)

    @on(Input.Submitted)
    @on(RowList.Chosen)
    def _take(self) -> None:
        rows = self.query_one(RowList)
        entry = next((each for each in rows.rows if each.path == rows.cursor_key), None)
        if entry is None:
            return
        if entry.is_folder:
            self._list(entry.path)
        else:
            self.dismiss(entry.path)

    def on_key(self, event: object) -> None:
        """Backspace where there is nothing to delete."""
        if getattr(event, "key", "") == "backspace" and not self.query_one(Input).value:
            self._list(os.path.dirname(self._folder))

    def action_move(self, step: int) -> None:
        self.query_one(RowList).action_move(step)

    def action_all(self) -> None:
        self._has_all = not self._has_all
        self._list(self._folder)


def _row(entry: Entry, width: int) -> Line:
    name = safe(entry.name + ("/" if entry.is_folder else ""))
    right: Line = (("" if entry.is_folder else size_text(entry.size), "muted"), (" ", "plain"))
    left = cut(((" ", "plain"), (name, "strong" if entry.is_folder else "plain")), max(width - 12, 1))
    return spread(left, right, width)
