"""One of a few values, on one line: the arrows go through them, enter shows them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from modeltui.tui.present.line import content, fit
from modeltui.tui.widgets.chooser import Chooser, Option, within


class Choice(Widget, can_focus=True):
    BINDING_GROUP_TITLE = "Choice"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space,l", "step(1)", "Next value", id="value.next", show=False),
        Binding("left,h", "step(-1)", "Previous value", id="value.previous", show=False),
        Binding("enter", "choose", "All values", id="value.choose", show=False),
        Binding("down,j", "app.focus_next", show=False),
        Binding("up,k", "app.focus_previous", show=False),
    ]
    DEFAULT_CSS = """
    Choice { height: 1; &:focus { background: $cursor-cell; } &:ansi:focus { text-style: reverse; } }
    """

    at: reactive[int] = reactive(0, init=False)
    """Index of the value."""

    class Changed(Message):
        """Another value is chosen."""

    def __init__(self, values: Sequence[Any], text_of: Callable[[Any], str], title: str, value: Any) -> None:
        super().__init__()
        self._values = values
        self._text_of = text_of
        self._title = title
        if value in values:
            self.set_reactive(Choice.at, list(values).index(value))

    @property
    def value(self) -> Any:
        return self._values[self.at]

    def take(self, value: Any) -> None:
        """Stand on a value; on the first one where there is no such."""
        self.at = list(self._values).index(value) if value in self._values else 0

    def validate_at(self, at: int) -> int:
        return at % len(self._values)

    def watch_at(self) -> None:
        self.post_message(self.Changed())

    def render(self) -> RenderResult:
        said = self._text_of(self.value)
        width = max(1, self.size.width - 4)
        return content([((" < ", "muted"), (fit(said, min(width, max(len(said), 8))), "plain"), (" >", "muted"))])

    def action_step(self, step: int) -> None:
        self.at += step

    def action_choose(self) -> None:
        options = [Option(str(at), ((self._text_of(value), "plain"),)) for at, value in enumerate(self._values)]

        def answered(at: str | None) -> None:
            if at is not None:
                self.at = int(at)

        self.app.push_screen(Chooser(self._title, within(options), at=str(self.at)), answered)
