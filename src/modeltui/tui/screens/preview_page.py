"""A file of other people's, and what it would do here: named in a form, shown, and only then queued."""

from __future__ import annotations

import os
from collections.abc import Sequence
from operator import attrgetter
from threading import Thread
from typing import ClassVar, Final, Generic, TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Grid, VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from modeltui.domain.snapshot import Snapshot
from modeltui.errors import ModeltuiError
from modeltui.services.outcome import Outcome
from modeltui.tui.commands import explained
from modeltui.tui.messages import Perform, Performed
from modeltui.tui.present.importing import ImportEntry, entry_line
from modeltui.tui.present.line import BLANK, Line, content, line
from modeltui.tui.screens.typed_page import TypedPage
from modeltui.tui.widgets.header_line import HeaderLine
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.input_row import PathSuggester
from modeltui.tui.widgets.line_input import LineInput
from modeltui.tui.widgets.row_list import RowList

FoundT = TypeVar("FoundT")

_LOOKS_EVERY_S: Final = 0.1
"""Whether somebody has left meanwhile; what was found is shown at once."""
_READING: Final[list[Line]] = [(("Reading …", "muted"),)]
_NOTHING: Final[list[Line]] = [(("The file holds no rows.", "plain"),)]


def path_input(placeholder: str) -> LineInput:
    """The field `path` of a form; the right arrow takes the name that a path goes on with."""
    field = LineInput(placeholder=placeholder, id="path")
    field.suggester = PathSuggester()
    return field


class PreviewRows(RowList[ImportEntry]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Queue", id="import.queue", tooltip="all that is shown, as one step"),
    ]


class PreviewPage(TypedPage, Generic[FoundT]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "tab",
            "app.focus_next",
            "Next",
            id="import.next",
            tooltip="the fields of the form, rows, details",
            show=False,
        ),
        Binding("shift+tab", "app.focus_previous", "Previous", id="import.previous", show=False),
    ]
    CSS_PATH = "preview_page.tcss"
    AUTO_FOCUS = "#path"
    FORM: ClassVar[Sequence[tuple[str, str]]] = ()
    """Names of the fields, `path` among them, with their titles."""
    ROWS: ClassVar[type[PreviewRows]] = PreviewRows
    EMPTY: ClassVar[list[Line]] = []
    HINTS: ClassVar[Sequence[str]] = ("import.queue",)
    DONE: ClassVar[str] = ""
    """What is told of what was queued."""

    class Previewed(Message):
        """What a file would do, or why it cannot be read."""

        def __init__(self, turn: int, found: object) -> None:
            super().__init__()
            self.turn = turn
            self.found = found

    def __init__(self, name: str) -> None:
        super().__init__(name=name)
        self.found: FoundT | None = None
        self._turn = 0

    # What each page is made of

    def field(self, name: str) -> Widget:
        """The field of the form with this name."""
        raise NotImplementedError

    def preview(self, path: str) -> FoundT:
        """Off the event loop, of what `prepare` has left. Raises ModeltuiError."""
        raise NotImplementedError

    def prepare(self) -> None:
        """Take from the form what `preview` needs."""

    def took(self, found: FoundT) -> None:
        """Something new was found; it is shown next."""

    def entries(self, found: FoundT) -> list[ImportEntry]:
        raise NotImplementedError

    def counts(self, found: FoundT) -> list[Line]:
        raise NotImplementedError

    def details(self, entry: ImportEntry) -> Sequence[Line]:
        return entry.details

    def why_no_queue(self, found: FoundT) -> str | None:
        raise NotImplementedError

    def queue(self, found: FoundT) -> Outcome | Snapshot:
        """Off the event loop."""
        raise NotImplementedError

    # What all of them do

    def compose(self) -> ComposeResult:
        yield HeaderLine().data_bind(PreviewPage.snapshot)
        with Grid(id="form"):
            for name, title in self.FORM:
                yield Static(title, classes="label", markup=False)
                yield self.field(name)
        yield Static(id="counts", markup=False)
        with Container(id="body"):
            yield self.ROWS(attrgetter("id"), entry_line, empty=self.EMPTY, id="rows")
            with VerticalScroll(id="details"):
                yield Static(id="entry", markup=False)
        yield HintLine(self.HINTS).data_bind(PreviewPage.snapshot)

    @property
    def rows(self) -> PreviewRows:
        return self.query_one(PreviewRows)

    def chosen_otherwise(self) -> None:
        """Another format or wish: what was shown is not true any longer."""
        if self.found is not None:
            self.ask()

    def typed_otherwise(self, field: Input) -> None:  # noqa: ARG002  # for pages that tell fields apart
        if self.found is not None:
            self._forget(self.EMPTY)

    def submitted(self, field: Input) -> None:  # noqa: ARG002  # the same
        self.ask()

    def ask(self) -> None:
        """Find out what the file that is named would do."""
        path = self.query_one("#path", LineInput).value.strip()
        if not path:
            self.refuse("name a file")
            return
        self._forget(_READING)
        self.prepare()
        self._preview(self._turn, os.path.expanduser(path))

    def _forget(self, said: list[Line]) -> None:
        self._turn += 1
        self.found = None
        self.rows.empty = said
        self.rows.show([])
        self.query_one("#counts", Static).update("")
        self.refresh_bindings()

    @work(thread=True, exclusive=True, group="preview")
    def _preview(self, turn: int, path: str) -> None:
        """In a thread of its own, which nobody waits for who leaves: a server may take a minute."""
        answers: list[FoundT | ModeltuiError] = []

        def find() -> None:
            try:
                answers.append(self.preview(path))
            except ModeltuiError as error:
                answers.append(error)

        worker, thread = get_current_worker(), Thread(target=find, name="preview", daemon=True)
        thread.start()
        while thread.is_alive() and not worker.is_cancelled:
            thread.join(_LOOKS_EVERY_S)
        if worker.is_cancelled:
            return
        if not answers:
            raise RuntimeError(f"the preview of {self.name} failed; its own error was told before")
        [found] = answers
        self.post_message(self.Previewed(turn, found))

    @on(Previewed)
    def _show(self, event: Previewed) -> None:
        if event.turn != self._turn:
            return
        if isinstance(event.found, ModeltuiError):
            hint = [BLANK, line(event.found.hint, "muted")] if event.found.hint else []
            self._forget([line(event.found.message, "bad"), *hint])
            return
        found: FoundT = event.found  # type: ignore[assignment]  # what `preview` gave
        self.took(found)
        self.found = found
        self.rows.empty = _NOTHING
        self.show_found()
        self.rows.focus()
        self._show_details()

    def show_found(self) -> None:
        """The rows and counts of what was found, as it is now."""
        if self.found is not None:
            self.rows.show(self.entries(self.found))
            self.query_one("#counts", Static).update(content(self.counts(self.found)))
            self._show_details()
            self.refresh_bindings()

    @on(RowList.Highlighted)
    def _show_details(self) -> None:
        entry = self.rows.cursor_row
        self.query_one("#entry", Static).update(content(self.details(entry) if entry else [BLANK]))
        self.query_one("#details").scroll_home(animate=False)

    def why_not(self, action: str) -> str | None:
        if action != "queue":
            return None
        if self.found is None:
            return "name a file first, and press enter to see what it would do"
        return self.why_no_queue(self.found)

    @on(RowList.Chosen)
    def _chosen(self) -> None:
        self.action_queue()

    @explained
    def action_queue(self) -> None:
        if (found := self.found) is not None:
            self.post_message(Perform(self, lambda: self.queue(found), self.DONE))

    @on(Performed)
    def _queued(self) -> None:
        self.dismiss()
