"""A switch: on, off, or left as it is. Space turns it, delete leaves it to the model again."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from textual.app import RenderResult
from textual.binding import Binding, BindingType

from modeltui.tui.present.line import content
from modeltui.tui.widgets.choice import Choice

_SHAPES: Final = {True: "──●", False: "○──", None: "─·─"}


class Toggle(Choice):
    BINDING_GROUP_TITLE = "Switch"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space,l,enter", "turn", "Turn", id="switch.turn", show=False),
        Binding("left,h", "turn", show=False),
        Binding("delete,backspace", "forget", "As the model has it", id="switch.forget", show=False),
    ]

    def __init__(self, title: str, value: Any, *, default: Any = None, is_required: bool = False) -> None:
        """value: what was chosen, None for nothing yet. default: what counts where nothing is chosen."""
        self._default = default
        super().__init__(
            (True, False) if is_required else (None, True, False),
            lambda each: "–" if each is None else "on" if each else "off",
            title,
            value,
        )

    def render(self) -> RenderResult:
        is_on = self._default if self.value is None else self.value
        said = {True: "on", False: "off", None: "not given"}[is_on if isinstance(is_on, bool) else None]
        shape = _SHAPES[is_on if isinstance(is_on, bool) else None]
        more = "  default" if self.value is None and is_on is not None else ""
        return content([((f" {shape} ", "accent" if is_on else "muted"), (said, "plain"), (more, "muted"))])

    def action_turn(self) -> None:
        is_on = self._default if self.value is None else self.value
        self.at = list(self._values).index(not is_on)

    def action_forget(self) -> None:
        if None in self._values:
            self.at = list(self._values).index(None)
