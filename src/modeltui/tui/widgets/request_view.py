"""The exact request as it would be sent, its key hidden, below a title that stays when it is folded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import reactive
from textual.widgets import Static

from modeltui.tui.present.line import content, cut
from modeltui.tui.present.run import request_lines, request_title
from modeltui.tui.widgets.line_view import LineView


class RequestView(Vertical):
    DEFAULT_CSS = """
    RequestView {
        height: 1fr; min-height: 1; margin-top: 1;
        & > #title { height: 1; }
        & > LineView { height: 1fr; }
        &.-folded { height: 1; & > LineView { display: none; } }
    }
    """

    is_folded: reactive[bool] = reactive(False, toggle_class="-folded")

    def __init__(self) -> None:
        super().__init__()
        self._request: Mapping[str, Any] | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="title", markup=False)
        yield LineView(id="request")

    def show(self, request: Mapping[str, Any] | None, files: Mapping[str, str]) -> None:
        """None where it cannot be made yet. files: what to say of each text that stands for a local file."""
        self._request = request
        self._show_title()
        view = self.query_one(LineView)
        lines = request_lines(request, files)
        if lines != view.rows:
            view.show_lines(lines)

    def watch_is_folded(self) -> None:
        self._show_title()

    def on_resize(self) -> None:
        self._show_title()

    def _show_title(self) -> None:
        line = cut(request_title(self._request, is_folded=self.is_folded), max(self.size.width, 10))
        for title in self.query("#title").results(Static):
            title.update(content([line]))
