"""What a change to many models would do; enter queues it. Both go on beside the console, and can be stopped."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Event
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from modeltui.domain.text import safe
from modeltui.errors import ModeltuiError
from modeltui.services.changing.preview import Preview, Progress
from modeltui.services.outcome import Outcome
from modeltui.tui.messages import Failed, Perform, Performed
from modeltui.tui.present.line import Line, content
from modeltui.tui.present.preview import bar, preview_lines
from modeltui.tui.widgets.dialog import Dialog

_BAR: Final = 30
_STEPS: Final = 50
"""How often progress is told, at most."""


class PreviewDialog(Dialog[bool]):
    """Gives whether it was queued."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take(False)", "Queue it", id="preview.take", show=False),
        Binding("y", "take(True)", "Queue it", id="preview.yes"),
        Binding("n", "leave", "Leave it", id="preview.no", show=False),
        Binding("down,j", "scroll(1)", "Down", id="preview.down", show=False),
        Binding("up,k", "scroll(-1)", "Up", id="preview.up", show=False),
    ]
    DEFAULT_CSS = """
    PreviewDialog {
        & > #box { width: 84; }
        #lines { height: auto; max-height: 60vh; scrollbar-size: 0 1; }
    }
    """

    class Foreseen(Message):
        """What it would do."""

        def __init__(self, preview: Preview) -> None:
            super().__init__()
            self.preview = preview

    class Advanced(Message):
        """So many of so many models are done."""

        def __init__(self, done: int, total: int) -> None:
            super().__init__()
            self.done = done
            self.total = total

    class Ended(Message):
        """The preview could not be made, or was stopped."""

        def __init__(self, error: ModeltuiError) -> None:
            super().__init__()
            self.error = error

    def __init__(
        self,
        title: str,
        foresee: Callable[[Progress], Preview],
        do: Callable[[Progress], Outcome],
        *,
        done: str,
        is_grave: bool = False,
    ) -> None:
        """`done` is told when it is queued. What is grave wants a y: enter does not do it."""
        super().__init__()
        self._title = title
        self._foresee = foresee
        self._do = do
        self._done = done
        self._is_grave = is_grave
        self._preview: Preview | None = None
        self._is_queueing = False
        self._stop = Event()

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(self._title)
            with VerticalScroll(id="lines", can_focus=False):
                yield Static(id="said", markup=False)
            yield Static(classes="problem", markup=False)

    def on_mount(self) -> None:
        self._say("Looking at what would change …")
        self._look()

    @work(thread=True, group="preview")
    def _look(self) -> None:
        try:
            self.post_message(self.Foreseen(self._foresee(self._progress())))
        except ModeltuiError as error:
            self.post_message(self.Ended(error))

    def _progress(self) -> Progress:
        """For a thread: tells now and then how far it is, and raises when it is to stop."""
        told = -1

        def progress(done: int, total: int) -> None:
            nonlocal told
            if self._stop.is_set():
                raise ModeltuiError("stopped: nothing was queued")
            if total > _STEPS and (step := done * _STEPS // total) != told:
                told = step
                self.post_message(self.Advanced(done, total))

        return progress

    @on(Advanced)
    def _show_progress(self, event: Advanced) -> None:
        if self._preview is None or self._is_queueing:
            what = "Queueing" if self._is_queueing else "Looking at what would change"
            self._say(f"{what} …", bar(event.done, event.total, _BAR))

    @on(Foreseen)
    def _show_preview(self, event: Foreseen) -> None:
        self._preview = event.preview
        self._show(preview_lines(event.preview))
        box = self.query_one("#box")
        if event.preview.count:
            key = "y" if self._is_grave else "enter"
            box.border_subtitle = Content(f"{key} queue, esc cancel")
        else:
            box.border_subtitle = Content("nothing to queue: esc")

    @on(Ended)
    def _ended(self, event: Ended) -> None:
        self._refuse(event.error)

    def _say(self, what: str, progress: Line = ()) -> None:
        self._show([((what, "muted"),), progress])
        self.query_one("#box").border_subtitle = Content("esc stop")

    def _show(self, lines: list[Line]) -> None:
        self.query_one("#said", Static).update(content(lines))

    def _refuse(self, error: ModeltuiError) -> None:
        problem = self.query_one(".problem", Static)
        problem.update(safe(f"{error.message}; {error.hint}" if error.hint else error.message))
        problem.add_class("-shown")
        self.query_one("#box").border_subtitle = Content("esc back")

    def action_take(self, is_said: bool) -> None:
        if self._preview is None or self._is_queueing:
            return
        if not self._preview.count:
            self.dismiss(False)
        elif is_said or not self._is_grave:
            self._is_queueing = True
            self._say("Queueing …")
            self.post_message(Perform(self, partial(self._do, self._progress()), self._done))

    @on(Performed)
    def _performed(self) -> None:
        self.dismiss(True)

    @on(Failed)
    def _failed(self, event: Failed) -> None:
        event.stop()
        self._is_queueing = False
        if self._stop.is_set():
            self.notify(safe(event.error.message), severity="warning", markup=False)
            self.dismiss(False)
        else:
            self._refuse(event.error)

    def action_scroll(self, step: int) -> None:
        self.query_one("#lines").scroll_relative(y=step, animate=False)

    def action_leave(self) -> None:
        """While it is being queued: stop that, and leave when it has stopped, or was quicker."""
        self._stop.set()
        if not self._is_queueing:
            self.dismiss(False)
