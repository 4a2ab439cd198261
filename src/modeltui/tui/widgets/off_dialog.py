"""Models off at once: what would be written and who refuses, then the question before an apply."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from modeltui.services.apply import ApplyOutcome, OnWait
from modeltui.services.changing.rollout import Off, RolloutService
from modeltui.tui.messages import ApplyPlan, Failed, Perform, Performed
from modeltui.tui.present.line import content, line
from modeltui.tui.present.rollout import off_lines
from modeltui.tui.widgets.dialog import Dialog


class OffDialog(Dialog[None]):
    """Goes on by itself to the question where there is nothing to say first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "go_on", "Go on", id="rollout.off", show=False),
        Binding("n", "leave", "Leave it", id="rollout.leave", show=False),
    ]

    def __init__(self, title: str, service: RolloutService, keys: Sequence[str]) -> None:
        super().__init__()
        self._title = title
        self._service = service
        self._keys = tuple(keys)
        self._off: Off | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = Content("esc cancel")
            yield Static(content([line("Looking at the files …", "muted")]), id="said", markup=False)

    def on_mount(self) -> None:
        self.post_message(Perform(self, partial(self._service.foresee_off, self._keys)))

    @on(Performed)
    def _show(self, event: Performed) -> None:
        if isinstance(event.result, ApplyOutcome):
            self.dismiss(None)
        elif isinstance(event.result, Off):
            self._off = found = event.result
            self.query_one("#said", Static).update(content(off_lines(found)))
            goes_on = bool(found.plan.files)
            subtitle = "enter goes on to the apply, esc cancel" if goes_on else "nothing to apply: esc"
            self.query_one("#box").border_subtitle = Content(subtitle)
            if goes_on and not found.refused and not found.warnings:
                self.action_go_on()

    @on(Failed)
    def _failed(self, event: Failed) -> None:
        event.stop()
        self._off = None
        error = event.error
        said = [line(error.message, "bad"), *([line(error.hint, "muted")] if error.hint else [])]
        self.query_one("#said", Static).update(content(said))
        self.query_one("#box").border_subtitle = Content("esc back")

    def action_go_on(self) -> None:
        if self._off is None or not self._off.plan.files:
            self.dismiss(None)
        else:
            self.post_message(ApplyPlan(self, self._off.plan, partial(self._apply, len(self._off.plan.files))))

    def _apply(self, count: int, reason: str, on_wait: OnWait) -> ApplyOutcome:
        """The question had `count` typed where the policy wants that."""
        return self._service.off(self._keys, reason, confirmed=count, on_wait=on_wait)
