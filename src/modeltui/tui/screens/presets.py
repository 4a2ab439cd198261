"""What a new model can be made from: the presets, and the text of the one under the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message

from modeltui.domain.presets import Preset
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained
from modeltui.tui.messages import OpenNew
from modeltui.tui.present.line import BLANK, Line
from modeltui.tui.present.preset import described_lines, preset_line
from modeltui.tui.screens.page import Page
from modeltui.tui.widgets.header_line import HeaderLine
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.line_view import LineView
from modeltui.tui.widgets.row_list import RowList

_READING: list[Line] = [(("Reading the presets …", "muted"),)]
_EMPTY: list[Line] = [
    (("There are no presets.", "plain"),),
    BLANK,
    (("A file in presets/ of the catalogue is one: a model file without uid.", "muted"),),
]


class PresetRows(RowList[Preset]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Make one of it", id="preset.choose", tooltip="a new model that starts as this"),
    ]


class PresetsScreen(Page):
    BINDING_GROUP_TITLE = "Presets"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", "List or text", id="preset.focus", show=False),
    ]
    CSS_PATH = "presets.tcss"
    AUTO_FOCUS = "#presets"

    class Found(Message):
        def __init__(self, presets: Sequence[Preset]) -> None:
            super().__init__()
            self.presets = presets

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(name="new")
        self._service = workspace.presets

    def compose(self) -> ComposeResult:
        yield HeaderLine().data_bind(PresetsScreen.snapshot)
        with Container(id="body"):
            yield PresetRows(attrgetter("id"), self._line, empty=_READING, id="presets")
            yield LineView(id="text")
        yield HintLine(("preset.choose",)).data_bind(PresetsScreen.snapshot)

    def on_mount(self) -> None:
        self._find()

    @property
    def _rows(self) -> PresetRows:
        return self.query_one(PresetRows)

    @work(thread=True, group="presets")
    def _find(self) -> None:
        self.post_message(self.Found(self._service.presets()))

    @on(Found)
    def _show(self, event: Found) -> None:
        """Those that can be used first; by provider, as the list is by name."""
        self._rows.empty = _EMPTY
        self._rows.show(sorted(event.presets, key=lambda preset: self._reason(preset) is not None))
        self._show_text()

    def _line(self, preset: Preset, width: int) -> Line:
        return preset_line(preset, self._reason(preset), width)

    def _reason(self, preset: Preset) -> str | None:
        return preset.why_not(self.snapshot.catalog.providers if self.snapshot else ())

    @on(RowList.Highlighted, "#presets")
    def _show_text(self) -> None:
        preset = self._under_cursor
        view = self.query_one("#text", LineView)
        width = view.scrollable_content_region.width
        view.show_lines(described_lines(preset, self._reason(preset), width) if preset is not None else [])
        self.refresh_bindings()

    @property
    def _under_cursor(self) -> Preset | None:
        rows = self._rows
        return next((preset for preset in rows.rows if preset.id == rows.cursor_key), None)

    def why_not(self, action: str) -> str | None:
        preset = self._under_cursor
        return self._reason(preset) if preset is not None and action == "make" else None

    @on(RowList.Chosen, "#presets")
    def _chosen(self) -> None:
        self.action_make()

    @explained
    def action_make(self) -> None:
        if self._under_cursor is not None:
            self.post_message(OpenNew(preset=self._under_cursor.id))
