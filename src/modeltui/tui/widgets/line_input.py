"""A line to type in. What a terminal would act on is shown as a sign, and stays in the value as it is."""

from __future__ import annotations

from collections.abc import Sequence

from rich.highlighter import Highlighter
from rich.text import Text
from textual.geometry import Size
from textual.reactive import Reactive
from textual.suggester import SuggestFromList
from textual.widgets import Input

from modeltui.domain.text import safe


class LineInput(Input):
    """Textual's own sends control characters of its value to the terminal, and blinks."""

    DEFAULT_CSS = """
    LineInput {
        height: 1; border: none; padding: 0 1; background: $panel;
        &:focus { border: none; background: $panel; background-tint: $foreground 0%; }
        &:ansi { text-style: underline; }
    }
    """

    virtual_size: Reactive[Size] = Reactive(Size(0, 0), layout=False)
    """Of the text: the place that the input takes does not depend on it, so a letter lays nothing out."""

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        highlighter: Highlighter | None = None,
        id: str | None = None,  # noqa: A002  # Textual's name
        offers: Sequence[str] = (),
    ) -> None:
        """`offers` are completed as one types, and taken with the right arrow."""
        super().__init__(
            value,
            placeholder=placeholder,
            highlighter=highlighter,
            suggester=SuggestFromList(offers, case_sensitive=False) if offers else None,
            select_on_focus=False,
            id=id,
        )
        self.cursor_blink = False

    @property
    def _value(self) -> Text:
        text = Text(visible(self.value), no_wrap=True, overflow="ignore", end="")
        return self.highlighter(text) if self.highlighter is not None else text


def visible(text: str) -> str:
    """`text` with a sign in place of each character that is not safe, so that every position stays the same."""
    return "".join(each if safe(each) == each else _sign(each) for each in text)


def _sign(character: str) -> str:
    code = ord(character)
    return chr(0x2400 + code) if code < 0x20 else "�"
