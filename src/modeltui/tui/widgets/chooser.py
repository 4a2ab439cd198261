"""A list to choose from: a menu, or with a filter the palette and the help."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from modeltui.tui.present.line import Line, content, cut, plain, spread, width_of
from modeltui.tui.widgets.dialog import Dialog
from modeltui.tui.widgets.line_input import LineInput
from modeltui.tui.widgets.row_list import RowList


@dataclass(frozen=True, slots=True)
class Option:
    key: str
    """What choosing it gives."""
    left: Line
    right: Line = ()

    @property
    def text(self) -> str:
        return f"{plain(self.left)} {plain(self.right)}"


_EMPTY: Sequence[Line] = [(("nothing by that name", "muted"),)]

Search = Callable[[str], Sequence[Option]]


def within(options: Sequence[Option]) -> Search:
    """The options that hold every word of a text."""

    def search(text: str) -> list[Option]:
        words = text.casefold().split()
        return [option for option in options if all(word in option.text.casefold() for word in words)]

    return search


class Chooser(Dialog[str]):
    """Gives the key of the chosen option."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,ctrl+n", "move(1)", "Next", id="choice.next", show=False),
        Binding("up,ctrl+p", "move(-1)", "Previous", id="choice.previous", show=False),
        Binding("enter", "choose", "Choose", id="choice.take"),
        Binding("q", "leave", show=False),
    ]
    DEFAULT_CSS = """
    Chooser {
        & > #box { padding: 0 1; }
        Input { margin: 0 1 1 1; }
        #about { margin: 0 1 1 1; }
        RowList { height: auto; max-height: 20; margin-bottom: 0; }
        &.-wide > #box { width: 92; }
        &.-wide RowList { max-height: 30; }
    }
    """

    def __init__(
        self,
        title: str,
        search: Search,
        *,
        at: str | None = None,
        has_filter: bool = False,
        hint: str = "",
        lines: Sequence[Line] = (),
    ) -> None:
        """`search("")` gives all options; `at` is the key of the one to start on. `lines` stand above them."""
        super().__init__()
        self._title = title
        self._search = search
        self._at = at
        self._has_filter = has_filter
        self._lines = lines
        self._hint = hint or "enter choose, esc cancel"

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = Content(self._hint)
            if self._has_filter:
                yield LineInput(placeholder="type to find")
            if self._lines:
                yield Static(content(self._lines), id="about")
            yield RowList(attrgetter("key"), _row, empty=_EMPTY)

    def on_mount(self) -> None:
        self._show("")
        if self._at is not None:
            self._list.seek(self._at)

    @property
    def _list(self) -> RowList[Option]:
        return self.query_one(RowList)

    def _show(self, text: str) -> None:
        options = self._search(text)
        self._list.styles.height = max(2, len(options))
        self._list.show(options)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        self._show(event.value)
        self._list.action_first()

    @on(Input.Submitted)
    @on(RowList.Chosen)
    def action_choose(self) -> None:
        if self._list.cursor_key is not None:
            self.dismiss(self.taken(self._list.cursor_key))

    def taken(self, key: str) -> str:
        """What choosing the option of a key gives."""
        return key

    def action_move(self, step: int) -> None:
        self._list.action_move(step)


def _row(option: Option, width: int) -> Line:
    right: Line = (*option.right, (" ", "plain"))
    left = cut(option.left, width - width_of(right) - 2)
    return ((" ", "plain"), *spread(left, right, width - 1))
