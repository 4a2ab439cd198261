"""The line at the bottom: at most six keys, of what is possible now, and at the right how to find the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from textual.app import RenderResult
from textual.reactive import reactive
from textual.widget import Widget

from modeltui.tui.commands import Command, commands_of
from modeltui.tui.present.line import Line, Piece, content, cut, spread, width_of

if TYPE_CHECKING:
    from modeltui.domain.snapshot import Snapshot

_MOST: Final = 6
_ALWAYS: Final = ("palette.open", "help.open")
_PENDING: Final = "pending.open"
"""It opens at all times, and is worth a hint when something is pending."""


class HintLine(Widget):
    DEFAULT_CSS = """
    HintLine { height: 1; background: $surface; dock: bottom; }
    """

    snapshot: reactive[Snapshot | None] = reactive(None)
    first: reactive[Sequence[str]] = reactive(())
    """Ids of the commands to show before others, also of those that are no hints elsewhere."""
    typed: reactive[str] = reactive("")
    """The start of a count or of a sequence of keys."""

    def __init__(self, first: Sequence[str] = ()) -> None:
        super().__init__()
        self._drawn: Line = ()
        self.set_reactive(HintLine.first, first)

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self._look())

    def _look(self) -> None:
        """Only another line is drawn: most steps of a cursor change nothing here."""
        if self._said() != self._drawn:
            self.refresh()

    def render(self) -> RenderResult:
        self._drawn = self._said()
        return content([self._drawn])

    def _said(self) -> Line:
        commands = {command.id: command for command in commands_of(self.screen, self._is_wanted)}
        fixed = [commands[name] for name in _ALWAYS if name in commands]
        order = dict.fromkeys((*(name for name in self.first if name in commands), *commands))
        hints = [commands[name] for name in order if self._is_of_use(commands[name])]
        right: Line = (*_line(fixed), (" ", "plain"))
        if self.typed:
            right = ((f"{self.typed}  ", "accent"), *right)
        room = self.size.width - width_of(right)
        return spread(_fitting(hints[:_MOST], room), right, self.size.width)

    def _is_wanted(self, command_id: str, is_hint: bool) -> bool:
        return is_hint or command_id in self.first or command_id in _ALWAYS

    def _is_of_use(self, command: Command) -> bool:
        is_hint = command.is_hint or command.id in self.first
        if command.id == _PENDING and self.snapshot is not None and not self.snapshot.plan.files:
            return False
        return is_hint and command.id not in _ALWAYS and command.why_not is None


def _fitting(hints: list[Command], room: int) -> Line:
    while hints and width_of(_line(hints)) >= room:
        hints = hints[:-1]
    return cut(_line(hints), room)


def _line(hints: list[Command]) -> Line:
    pieces: list[Piece] = []
    for hint in hints:
        pieces += [(f" {hint.keys[0]}", "accent"), (f" {hint.title.casefold()} ", "muted")]
    return tuple(pieces)
