"""The two ways out for a locked file that was changed behind the lock."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from modeltui.domain.text import safe
from modeltui.tui.messages import Perform
from modeltui.tui.widgets.ask import Ask

if TYPE_CHECKING:
    from modeltui.domain.model import Model
    from modeltui.services.drift import DriftService
    from modeltui.tui.present.line import Line


class DriftActs:
    def __init__(self, screen: Screen[Any], drift: DriftService) -> None:
        self._screen = screen
        self._drift = drift

    def relock(self, model: Model) -> None:
        """Ask why, and lock the file as it is now."""

        def answered(reason: str | None) -> None:
            if reason:
                self._perform(partial(self._drift.relock, [model.key], reason), "to be locked anew")

        lines: list[Line] = [(("What is in the file now counts from then on as what was locked.", "plain"),)]
        ask = Ask(f"Lock {safe(model.label)} anew", lines, label="why", does="lock", is_needed=True)
        self._screen.app.push_screen(ask, answered)

    def restore(self, model: Model) -> None:
        """What was locked takes the place of what is in the file."""
        self._perform(partial(self._drift.restore, [model.key]), "to be given back")

    def _perform(self, work: Any, done: str) -> None:
        self._screen.post_message(Perform(self._screen, work, done))
