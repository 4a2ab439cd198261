"""The filter: a query as you type, its mistake where it stands, and what it finds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.highlighter import Highlighter
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from modeltui.domain.text import safe
from modeltui.errors import QueryError
from modeltui.tui.present.line import Line, content
from modeltui.tui.widgets.line_input import LineInput

_MOST_KEPT = 50


class _Underline(Highlighter):
    """Marks a query from the position of its mistake on."""

    position: int | None = None

    def highlight(self, text: Text) -> None:
        if self.position is not None and text.plain:
            start = min(self.position, len(text.plain) - 1)
            text.stylize("underline", start, max(start + 1, len(text.plain)))


class FilterInput(LineInput):
    BINDING_GROUP_TITLE = "Filter"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "recall(-1)", "Filters used before", id="filter.recall", show=True),
        Binding("down", "recall(1)", "Later filter", id="filter.later", show=False),
        Binding("enter", "keep", "Keep", id="filter.keep", tooltip="keep the filter and go to the table"),
        Binding("escape", "drop", "Clear", id="filter.clear", tooltip="clear the filter and go to the table"),
    ]

    class Recalled(Message):
        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class Left(Message):
        """The user is done with the filter."""

    def action_recall(self, step: int) -> None:
        self.post_message(self.Recalled(step))

    def action_keep(self) -> None:
        self.post_message(self.Left())

    def action_drop(self) -> None:
        self.value = ""
        self.post_message(self.Left())


class FilterBar(Horizontal):
    DEFAULT_CSS = """
    FilterBar {
        height: 1;
        & > #sign { width: 3; color: $muted; }
        & > FilterInput {
            width: 1fr; padding: 0; background: transparent;
            &:focus { background: transparent; }
            &:ansi { text-style: none; }
        }
        & > #found { width: auto; max-width: 60%; height: 1; padding: 0 1; color: $muted; text-wrap: nowrap; }
        &:focus-within > #sign { color: $accent; text-style: bold; }
        &.-wrong > #found { color: $error; }
        &.-wrong > FilterInput { color: $error; }
    }
    """

    class Changed(Message):
        """Another query is in the bar."""

        def __init__(self, query: str) -> None:
            super().__init__()
            self.query = query

    class Left(Message):
        """The query stays; the user wants to go on."""

    def __init__(self) -> None:
        super().__init__()
        self._underline = _Underline()
        self._used: list[str] = []
        self._at = 0

    def compose(self) -> ComposeResult:
        yield Static(" / ", id="sign", markup=False)
        yield FilterInput(placeholder="filter", highlighter=self._underline)
        yield Static(id="found", markup=False)

    @property
    def _input(self) -> FilterInput:
        return self.query_one(FilterInput)

    @property
    def text(self) -> str:
        return self._input.value

    def begin(self) -> None:
        """Let the user type."""
        self._at = len(self._used)
        self._input.focus()

    def put(self, text: str) -> None:
        """Replace the query."""
        self._input.value = text
        self._input.cursor_position = len(text)

    def show_found(self, found: Line) -> None:
        """The query is right, and this is what it finds."""
        self._mark(None)
        self.query_one("#found", Static).update(content([found]))

    def show_error(self, error: QueryError) -> None:
        self._mark(error.position)
        said = f"{error.message}; {error.hint}" if error.hint and self.size.width >= 100 else error.message
        self.query_one("#found", Static).update(content([((safe(said), "bad"),)]))

    def _mark(self, position: int | None) -> None:
        self._underline.position = position
        self.set_class(position is not None, "-wrong")
        self._input.refresh()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(event.value))

    @on(FilterInput.Left)
    def _left(self, event: FilterInput.Left) -> None:
        event.stop()
        text = self.text.strip()
        if text:
            self._used = [*(each for each in self._used if each != text), text][-_MOST_KEPT:]
        self.post_message(self.Left())

    @on(FilterInput.Recalled)
    def _recall(self, event: FilterInput.Recalled) -> None:
        event.stop()
        self._at = max(0, min(self._at + event.step, len(self._used)))
        self.put(([*self._used, ""])[self._at])

    @property
    def used(self) -> Sequence[str]:
        """Queries that were kept, the last one last."""
        return self._used
