"""The text of a model in the user's own editor. The console steps aside, then holds what comes back to every rule."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from modeltui.domain.finding import Finding
from modeltui.domain.snapshot import Snapshot
from modeltui.domain.text import safe
from modeltui.errors import ModeltuiError
from modeltui.services.changing.editing import Opened
from modeltui.services.changing.editor import Copy, copy_of, run_editor
from modeltui.services.workspace import Workspace
from modeltui.tui.messages import Failed, Perform, Performed
from modeltui.tui.present.form import fault_lines
from modeltui.tui.present.line import Line, content
from modeltui.tui.widgets.dialog import Dialog


class TextScreen(Dialog[None]):
    """Stays until the text is queued, given up, or kept as a copy."""

    BINDING_GROUP_TITLE = "Text"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,r", "reopen", "Edit on", id="text.reopen", tooltip="the editor again, at the first error"),
        Binding("k", "keep", "Keep the copy", id="text.keep", tooltip="nothing is queued, the copy stays"),
        Binding("x", "discard", "Give up", id="text.discard", tooltip="nothing is queued, the copy goes"),
        Binding("escape", "keep", show=False),
    ]
    CSS_PATH = "text.tcss"

    snapshot: reactive[Snapshot | None] = reactive(None)

    class Begun(Message):
        def __init__(self, opened: Opened, copy: Copy) -> None:
            super().__init__()
            self.opened = opened
            self.copy = copy

    class Checked(Message):
        """What came back from the editor, and what is wrong with it."""

        def __init__(self, text: bytes, faults: Sequence[Finding]) -> None:
            super().__init__()
            self.text = text
            self.faults = faults

    def __init__(self, workspace: Workspace, key: str) -> None:
        super().__init__(name="text")
        self._service = workspace.editing
        self._key = key
        self._opened: Opened | None = None
        self._copy: Copy | None = None
        self._line: int | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(safe(self._key))
            with VerticalScroll(id="faults", can_focus=True):
                yield Static(id="said", markup=False)

    def on_mount(self) -> None:
        self._say([(("Opening your editor …", "muted"),)], "")
        self._open()

    def _say(self, lines: Sequence[Line], keys: str) -> None:
        self.query_one("#said", Static).update(content(lines))
        self.query_one("#box").border_subtitle = Content(keys)

    @work(thread=True, group="text")
    def _open(self) -> None:
        try:
            opened = self._service.open(self._key)
            copy = copy_of(opened.content, opened.key)
            if not self.post_message(self.Begun(opened, copy)):
                copy.remove()
        except ModeltuiError as error:
            self.post_message(Failed(error))

    @on(Begun)
    def _begin(self, event: Begun) -> None:
        self._opened, self._copy = event.opened, event.copy
        self._edit(event.copy)

    def _edit(self, copy: Copy) -> None:
        """Nothing else goes on while the editor has the terminal."""
        try:
            with self.app.suspend():
                code = run_editor(self._service.editor, copy, self._line)
        except (ModeltuiError, SuspendNotSupported) as error:
            self._give_up(error.message if isinstance(error, ModeltuiError) else str(error))
            return
        if code:
            self._give_up(f"the editor ended with {code}, so nothing was queued")
        elif self._opened is not None:
            self._check(self._opened, copy)

    @work(thread=True, group="text")
    def _check(self, opened: Opened, copy: Copy) -> None:
        try:
            text = copy.read()
            self.post_message(self.Checked(text, self._service.faults(opened, text)))
        except ModeltuiError as error:
            self.post_message(Failed(error))

    @on(Checked)
    def _queue(self, event: Checked) -> None:
        assert self._opened is not None
        if event.faults:
            self._line = event.faults[0].line
            self._say(fault_lines(event.faults), "enter edits on, x gives up, k keeps the copy")
        elif event.text == self._opened.content:
            self._leave("nothing changed")
        else:
            self.post_message(Perform(self, partial(self._service.queue_text, self._opened, event.text)))

    @on(Performed)
    def _queued(self) -> None:
        """What is to be told, the app tells."""
        self._leave()

    @on(Failed)
    def _failed(self, event: Failed) -> None:
        if self._copy is None:
            self._leave()
        else:
            self._say([((safe(event.error.message), "bad"),)], "enter edits on, x gives up, k keeps the copy")

    def action_reopen(self) -> None:
        if self._copy is not None:
            self._edit(self._copy)

    def action_discard(self) -> None:
        self._leave("given up: nothing was queued")

    def action_keep(self) -> None:
        self._give_up("nothing was queued")

    def _give_up(self, why: str) -> None:
        """Keep a copy that was changed, and say where."""
        copy, opened = self._copy, self._opened
        if copy is None or opened is None or copy.holds(opened.content):
            self._leave(why)
            return
        self._copy = None
        self._leave(f"{why}; the edited copy is {copy.path}")

    def on_unmount(self) -> None:
        """Whatever ended it, a copy that was edited is not lost."""
        if self._copy is not None and self._opened is not None and self._copy.holds(self._opened.content):
            self._copy.remove()

    def _leave(self, said: str = "") -> None:
        if self._copy is not None:
            self._copy.remove()
            self._copy = None
        if said:
            self.notify(safe(said), markup=False)
        if self.is_current:
            self.dismiss()
