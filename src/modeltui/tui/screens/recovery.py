"""An apply in doubt: what happened, which files, and the ways out of it."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, Literal

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Static

from modeltui.domain.text import safe
from modeltui.errors import ModeltuiError
from modeltui.services.apply import ApplyStatus
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained
from modeltui.tui.messages import Failed, OpenModel, Perform
from modeltui.tui.present.line import Line, content, cut
from modeltui.tui.present.recovery import files_of, recovery_lines, why_not_way
from modeltui.tui.screens.page import Page
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.widgets.header_line import HeaderLine
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.row_list import RowList


class RecoveryScreen(Page):
    """It leaves by itself when nothing is in doubt any longer."""

    BINDING_GROUP_TITLE = "Recovery"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "go('forward')", "Forward", id="recovery.forward", tooltip="finish the apply: every file new"),
        Binding("b", "go('back')", "Back", id="recovery.back", tooltip="undo the apply: every file as before"),
        Binding("x", "accept", "Accept", id="recovery.accept", tooltip="leave every file as it is now, and go on"),
        Binding("enter", "open", "Details", id="recovery.details", tooltip="the file as it is on disk now"),
    ]
    CSS_PATH = "recovery.tcss"
    AUTO_FOCUS = "#files"

    class Looked(Message):
        def __init__(self, status: ApplyStatus) -> None:
            super().__init__()
            self.status = status

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(name="recovery")
        self._applying = workspace.applying
        self._status: ApplyStatus | None = None

    def compose(self) -> ComposeResult:
        yield HeaderLine().data_bind(RecoveryScreen.snapshot)
        yield Static(id="story", markup=False)
        yield RowList[str](str, _file_line, id="files")
        yield HintLine().data_bind(RecoveryScreen.snapshot)

    @property
    def _files(self) -> RowList[str]:
        return self.query_one("#files", RowList)

    def watch_snapshot(self) -> None:
        if self.snapshot is None:
            return
        if self.snapshot.is_in_doubt:
            self._tell()
            self._look()
        elif self.is_current:
            self.dismiss()

    def on_screen_resume(self) -> None:
        """What was settled while another screen was on top."""
        if self.snapshot is not None and not self.snapshot.is_in_doubt:
            self.dismiss()

    @work(thread=True, exclusive=True, group="status")
    def _look(self) -> None:
        try:
            self.post_message(self.Looked(self._applying.status()))
        except ModeltuiError as error:
            self.post_message(Failed(error))

    @on(Looked)
    def _show(self, event: Looked) -> None:
        self._status = event.status
        if event.status.state == "idle":
            self._recover(None)
        self._files.show(files_of(event.status))
        self._tell()
        self.refresh_bindings()

    def _tell(self) -> None:
        notice = self.snapshot.notice if self.snapshot else None
        self.query_one("#story", Static).update(content(recovery_lines(self._status, notice)))

    def why_not(self, action: str) -> str | None:
        if action == "open":
            return None if self._files.rows else "no file is known of this apply"
        return why_not_way(self._status, action)

    @explained
    def action_go(self, way: Literal["forward", "back"]) -> None:
        self._recover(way)

    @explained
    def action_accept(self) -> None:
        """Asked first: what is accepted is a mix of old and new."""

        def answered(is_sure: bool | None) -> None:
            if is_sure:
                self._recover(None, accepts=True)

        lines: list[Line] = [
            (("Some of these files may be new and some old. They stay as they are now,", "plain"),),
            (("and what was kept of them goes to .modeltui/rescued.", "plain"),),
        ]
        self.app.push_screen(Confirm("Leave every file as it is?", lines, yes="Accept"), answered)

    def _recover(self, way: Literal["forward", "back"] | None, *, accepts: bool = False) -> None:
        """The app is told, since this screen may be gone by then."""
        self.post_message(Perform(self.app, partial(self._applying.recover, way, accepts=accepts)))

    @on(RowList.Chosen)
    @explained
    def action_open(self) -> None:
        if self._files.cursor_key is not None:
            self.post_message(OpenModel(self._files.cursor_key.removeprefix("models/").removesuffix(".toml")))


def _file_line(path: str, width: int) -> Line:
    return cut(((f"    {safe(path)}", "plain"),), width)
