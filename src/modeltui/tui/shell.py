"""An app with manners on a terminal: colours that it can show, keys typed ahead, signals, no secrets in a crash."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from textual import events, on
from textual.app import App
from textual.filter import LineFilter

from modeltui.config import Settings
from modeltui.tui.ascii_only import AsciiOnly
from modeltui.tui.ending import Ending
from modeltui.tui.present.outcome import Notice
from modeltui.tui.themes import choose_theme, with_roles
from modeltui.tui.type_ahead import KeyDone, TypeAhead


class Shell(App[None]):
    TITLE = "modeltui"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, settings: Settings) -> None:
        super().__init__(ansi_color=None if settings.color else True)
        self._settings = settings
        self._type_ahead = TypeAhead(self)
        self._ascii_only = AsciiOnly()
        self.failure: Exception | None = None
        """What ended the app; None when the user did."""

    def run_on_terminal(self) -> int:
        """Run until the user quits or a signal comes; returns the exit code, or raises what ended the app otherwise.

        The terminal is restored in every case.
        """

        ending = Ending(lambda code: self.exit(return_code=code))

        async def run() -> None:
            ending.listen(asyncio.get_running_loop())
            await self.run_async(mouse=self._settings.mouse)

        asyncio.run(run())
        if self.failure is not None:
            raise self.failure
        return self.return_code or 0

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), *([self._ascii_only] if self._settings.ascii else [])]

    def on_mount(self) -> None:
        settings = self._settings
        choose_theme(self, settings.theme, is_light=settings.light, has_color=settings.color)

    def get_css_variables(self) -> dict[str, str]:
        return with_roles(super().get_css_variables(), is_ansi=self.current_theme.ansi)

    def _handle_exception(self, error: Exception) -> None:
        """End the console; `run_console` raises the error again when the terminal is itself again."""
        self.failure = self.failure or error
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Textual would print the error with the values of variables, which may be secret."""
        self._close_messages_no_wait()

    async def on_event(self, event: events.Event) -> None:
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
        elif self._type_ahead.admits(event):
            await super().on_event(event)
            self._type_ahead.sent()

    @on(KeyDone)
    def _key_done(self) -> None:
        self._type_ahead.answered()

    def tell(self, notice: Notice) -> None:
        timeout = 10 if notice.severity == "error" else None
        self.notify(notice.text, title=notice.title, severity=notice.severity, timeout=timeout, markup=False)
