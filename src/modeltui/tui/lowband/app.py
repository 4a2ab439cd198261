"""An app that sends differences. Where anything is not as it should be, it is an app like any other."""

from __future__ import annotations

from typing import Any, cast

from rich.console import RenderableType
from textual import events, on
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App, ReturnType
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.screen import Screen

from modeltui.tui.lowband.driver import watched_by
from modeltui.tui.lowband.guard import is_known_textual
from modeltui.tui.lowband.sender import Sender
from modeltui.tui.lowband.traits import traits_of


class LowbandApp(App[ReturnType]):
    _lowband: Sender | None = None

    def use_lowband(self, term: str, *, in_tmux: bool = False) -> bool:
        """Send differences, if the terminal named `term` is known to cope. Called before the app runs."""
        traits = traits_of(term, in_tmux=in_tmux)
        if traits is None or not is_known_textual() or self.driver_class is not LinuxDriver:
            return False
        self._lowband = Sender(self, traits)
        self.driver_class = cast("type[Driver]", watched_by(self._lowband))
        return True

    @property
    def is_lowband(self) -> bool:
        return self._lowband is not None and self._lowband.is_at_work

    def on_resize(self, event: events.Resize) -> None:
        if self._lowband is not None:
            self._lowband.resized(event)

    @on(Driver.SignalResume)
    def _draw_again(self) -> None:
        """Back from the background the terminal is empty, and Textual draws only what changes."""
        self.refresh(layout=True)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        is_taken = (
            self._lowband is not None
            and isinstance(renderable, LayoutUpdate | ChopsUpdate)
            and not self._batch_count
            and self._lowband.take(screen, renderable)
        )
        if is_taken:
            self.post_display_hook()
        else:
            super()._display(screen, renderable)
