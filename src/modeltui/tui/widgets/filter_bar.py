"""The filter: a query as you type, its mistake where it stands, and what it finds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from rich.highlighter import Highlighter
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from modeltui.domain.browse.place import MOST_USED
from modeltui.domain.text import safe
from modeltui.tui.present.line import Line, content, width_of
from modeltui.tui.widgets.line_input import LineInput
from modeltui.tui.widgets.offer import Offer

if TYPE_CHECKING:
    from textual.geometry import Size

    from modeltui.domain.browse.completion import Completion
    from modeltui.errors import QueryError

_SIGN: Final = 3
"""Cells before what is typed."""


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
        Binding("tab", "complete(1)", "Complete", id="filter.complete", tooltip="once more for the next one"),
        Binding("shift+tab", "complete(-1)", "The one before", id="filter.complete_back", show=False),
        Binding("enter", "keep", "Keep", id="filter.keep", tooltip="keep the filter and go to the table"),
        Binding("escape", "drop", "Clear", id="filter.clear", tooltip="clear the filter and go to the table"),
    ]

    class Recalled(Message):
        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class Completing(Message):
        """The user wants the next candidate, or the one before."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class Left(Message):
        """The user is done with the filter."""

    def action_complete(self, step: int) -> None:
        self.post_message(self.Completing(step))

    def action_recall(self, step: int) -> None:
        self.post_message(self.Recalled(step))

    def action_keep(self) -> None:
        self.post_message(self.Left())

    def action_drop(self) -> None:
        self.value = ""
        self.post_message(self.Left())


class _Said(Static):
    """A text that does not scroll."""

    def _size_updated(
        self,
        size: Size,
        virtual_size: Size,
        container_size: Size,
        layout: bool = True,  # noqa: ARG002  # Textual's
    ) -> bool:
        """Without the second layout for which Textual asks after each that gave it another size."""
        return super()._size_updated(size, virtual_size, container_size, layout=False)


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
        & > #candidates {
            overlay: screen; position: absolute; constrain: inside; display: none;
            width: auto; max-width: 60; height: auto; padding: 0 1; background: $panel; color: $foreground;
            &:ansi { background: ansi_default; border: round $muted; }
        }
        &.-offering > #candidates { display: block; }
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

    class Typed(Message):
        """Candidates for what is typed at the cursor are wanted."""

        def __init__(self, query: str, position: int) -> None:
            super().__init__()
            self.query = query
            self.position = position

    def __init__(self, query: str = "", used: Sequence[str] = ()) -> None:
        """used: the queries to recall, the last one last."""
        super().__init__()
        self._underline = _Underline()
        self._query = query
        self._used: list[str] = list(used)
        self._at = 0
        self._offer = Offer()
        self._found_width: int | None = None
        """Of what stands there now, in cells: another text of that width needs no layout."""

    def compose(self) -> ComposeResult:
        yield Static(" / ", id="sign", markup=False)
        yield FilterInput(self._query, placeholder="filter", highlighter=self._underline)
        yield _Said(id="candidates", markup=False)
        yield _Said(id="found", markup=False)

    @property
    def _input(self) -> FilterInput:
        return self.query_one(FilterInput)

    @property
    def text(self) -> str:
        return self._input.value

    def begin(self) -> None:
        """Let the user type."""
        self._at = len(self._used)
        self._input.cursor_position = len(self.text)
        self._input.focus()

    def put(self, text: str) -> None:
        """Replace the query."""
        self._input.value = text
        self._input.cursor_position = len(text)

    def show_found(self, found: Line) -> None:
        """The query is right, and this is what it finds."""
        self._mark(None)
        shown, self._found_width = self._found_width, width_of(found)
        self.query_one("#found", Static).update(content([found]), layout=shown != self._found_width)

    def show_error(self, error: QueryError) -> None:
        self._mark(error.position)
        self._found_width = None
        said = f"{error.message}. {error.hint}" if error.hint and self.size.width >= 100 else error.message
        self.query_one("#found", Static).update(content([((safe(said), "bad"),)]))

    def _mark(self, position: int | None) -> None:
        self._underline.position = position
        self.set_class(position is not None, "-wrong")
        self._input.refresh()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(event.value))
        if self._input.has_focus and not self._offer.is_own(event.value):
            self._withdraw()
            self.post_message(self.Typed(event.value, self._input.cursor_position))

    def offer(self, completion: Completion) -> None:
        """Show what may stand at the cursor, unless something else is typed by now."""
        is_of_now = completion.query == self.text and completion.position == self._input.cursor_position
        if is_of_now and self._input.has_focus:
            if (taken := self._offer.show(completion)) is not None:
                self._take(taken)
            self._show_offer()

    @on(FilterInput.Completing)
    def _complete(self, event: FilterInput.Completing) -> None:
        event.stop()
        taken = self._offer.step(event.step)
        if taken is not None:
            self._take(taken)
        elif self._offer.is_waiting:
            self.post_message(self.Typed(self.text, self._input.cursor_position))
        self._show_offer()

    def _take(self, taken: tuple[str, int]) -> None:
        self._input.value, self._input.cursor_position = taken
        if self._offer.is_settled:
            self._withdraw()
            self.post_message(self.Typed(*taken))

    def _withdraw(self) -> None:
        self._offer = Offer()
        self._show_offer()

    def _show_offer(self) -> None:
        lines = self._offer.lines()
        if not lines and not self.has_class("-offering"):
            return
        candidates = self.query_one("#candidates", Static)
        candidates.update(content(lines))
        candidates.styles.offset = (_SIGN + self._offer.start - self._input.scroll_offset.x - 1, 1)
        self.set_class(bool(lines), "-offering")

    @on(FilterInput.Left)
    def _left(self, event: FilterInput.Left) -> None:
        event.stop()
        self._withdraw()
        text = self.text.strip()
        if text:
            self._used = [*(each for each in self._used if each != text), text][-MOST_USED:]
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
