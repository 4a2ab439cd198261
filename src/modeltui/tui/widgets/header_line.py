"""The line at the top of every screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from textual.app import RenderResult
from textual.reactive import reactive
from textual.widget import Widget

from modeltui.tui.present.header import header
from modeltui.tui.present.line import content
from modeltui.tui.standing import standing_of

if TYPE_CHECKING:
    from modeltui.domain.snapshot import Snapshot
    from modeltui.tui.present.line import Line


@runtime_checkable
class HasWork(Protocol):
    """The app, which refreshes the line when this changes."""

    work_said: str
    apart_said: Line
    """How far the branch is from the one that it follows."""


class HeaderLine(Widget):
    DEFAULT_CSS = """
    HeaderLine { height: 1; background: $surface; dock: top; }
    """

    snapshot: reactive[Snapshot | None] = reactive(None)

    def __init__(self) -> None:
        super().__init__()

    def render(self) -> RenderResult:
        if self.snapshot is None:
            return ""
        app = self.app
        work, apart = (app.work_said, app.apart_said) if isinstance(app, HasWork) else ("", ())
        return content([header(self.snapshot, self.size.width, standing_of(self), work, apart)])
