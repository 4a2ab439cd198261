"""What can be done to models from any screen that shows some."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from modeltui.domain.change import Action
from modeltui.domain.document import ABSENT
from modeltui.domain.text import safe
from modeltui.tui.messages import Perform
from modeltui.tui.present.state import would_be
from modeltui.tui.widgets.ask import Ask
from modeltui.tui.widgets.confirm import Confirm

if TYPE_CHECKING:
    from modeltui.domain.model import Model
    from modeltui.domain.snapshot import Snapshot
    from modeltui.services.changing.changes import ChangeService
    from modeltui.tui.present.line import Line

_MOST_NAMED = 6


class ModelActs:
    """Asks where it must, then has the app perform. `screen` is told what came of it."""

    def __init__(self, screen: Screen[Any], changes: ChangeService) -> None:
        self._screen = screen
        self._changes = changes

    def toggle(self, keys: Sequence[str]) -> None:
        self._perform(partial(self._changes.set_active, keys, None), "switched")

    def lock_or_unlock(self, keys: Sequence[str], snapshot: Snapshot) -> None:
        """Ask for a reason and lock; where all are locked already, ask once and unlock."""
        models = [snapshot.shown.models[key] for key in keys if key in snapshot.shown.models]
        open_ones = [model.key for model in models if not _would_be_locked(model, snapshot)]
        if open_ones:
            self._ask_lock([snapshot.shown.models[key] for key in open_ones])
        elif any(model.is_locked for model in models):
            self._ask_unlock(models)
        else:
            self._perform(partial(self._changes.unlock, keys), "not to be locked")

    def _ask_lock(self, models: Sequence[Model]) -> None:
        def answered(reason: str | None) -> None:
            if reason:
                keys = [model.key for model in models]
                self._perform(partial(self._changes.lock, keys, reason), "to be locked")

        lines = self.named(models) if len(models) > 1 else []
        ask = Ask(f"Lock {counted(models)}", lines, label="why", does="lock", is_needed=True)
        self._screen.app.push_screen(ask, answered)

    def _ask_unlock(self, models: Sequence[Model]) -> None:
        def answered(is_sure: bool | None) -> None:
            if is_sure:
                self._perform(partial(self._changes.unlock, [model.key for model in models]), "to be unlocked")

        confirm = Confirm(f"Unlock {counted(models)}?", self.named(models), yes="Unlock")
        self._screen.app.push_screen(confirm, answered)

    def named(self, models: Sequence[Model]) -> list[Line]:
        """The first models by name, with the lock of those that have one."""
        lines: list[Line] = []
        for model in models[:_MOST_NAMED]:
            why = safe(f"  {model.lock}") if model.lock else ""
            lines.append(((f"• {safe(model.label)}", "plain"), (why, "muted")))
        if len(models) > _MOST_NAMED:
            lines.append(((f"… and {len(models) - _MOST_NAMED} more", "muted"),))
        return lines

    def _perform(self, work: Any, done: str) -> None:
        self._screen.post_message(Perform(self._screen, work, done))


def counted(models: Sequence[Model]) -> str:
    return safe(models[0].label) if len(models) == 1 else f"{len(models)} models"


def _would_be_locked(model: Model, snapshot: Snapshot) -> bool:
    planned = snapshot.plan.files.get(model.key)
    if planned is not None and planned.action is not Action.UPDATE:
        return False
    lock = would_be(model.lock, planned, ("lock",))
    return lock is not None and lock is not ABSENT
