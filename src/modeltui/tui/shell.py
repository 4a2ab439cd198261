"""An app with manners on a terminal: colours that it can show, keys typed ahead, signals, no secrets in a crash."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping, Sequence

from textual import events, on
from textual.await_complete import AwaitComplete
from textual.filter import LineFilter, Monochrome, NoColor

from modeltui.config import Settings
from modeltui.tui.ascii_only import AsciiOnly
from modeltui.tui.ending import Ending
from modeltui.tui.lowband import LowbandApp
from modeltui.tui.present.notice import Notice, Severity, toast_text
from modeltui.tui.themes import choose_theme, with_roles
from modeltui.tui.type_ahead import KeyDone, TypeAhead


class Shell(LowbandApp[None]):
    TITLE = "modeltui"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, settings: Settings) -> None:
        super().__init__(ansi_color=None if settings.color else True)
        self._settings = settings
        if not settings.color and not self.no_color:
            self._filters.append(NoColor() if self.native_ansi_color else Monochrome())
        if settings.lowband:
            self.use_lowband(settings.term, in_tmux=settings.tmux)
        self._type_ahead = TypeAhead(self)
        self._ascii_only = AsciiOnly()
        self.lasts_s: Mapping[Severity, float] = {"information": 3, "warning": 6, "error": 10}
        """Seconds for which something told is shown."""
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

    @property
    def is_behind(self) -> bool:
        """Whether keys wait: what only follows the cursor then waits as well."""
        return self._type_ahead.is_behind

    def take_repeats(self) -> int:
        """How often the key that acts was pressed again meanwhile; see `TypeAhead`."""
        return self._type_ahead.take_repeats()

    @property
    def shows_pictures(self) -> bool:
        """Whether the terminal has the colours and signs for them."""
        return self._settings.color and not self._settings.ascii

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), *([self._ascii_only] if self._settings.ascii else [])]

    def on_mount(self) -> None:
        self.wear(self._settings.theme)

    def wear(self, theme: str) -> None:
        """A theme by its name, or for any other text the one that fits the terminal."""
        choose_theme(self, theme, is_light=self._settings.light, has_color=self._settings.color)

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

    def copy_to_clipboard(self, text: str) -> None:
        """In tmux also wrapped: it hands to its own terminal only what is."""
        super().copy_to_clipboard(text)
        if self._settings.tmux and self._driver is not None:
            encoded = base64.b64encode(text.encode("utf-8")).decode("ascii")
            self._driver.write(f"\x1bPtmux;\x1b\x1b]52;c;{encoded}\a\x1b\\")

    def tell(self, notice: Notice) -> None:
        timeout = None if notice.severity == "error" else notice.lasts_s
        self.notify(notice.text, title=notice.title, severity=notice.severity, timeout=timeout, markup=False)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: Severity = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Tell something in one line; what is long goes on in a second one, and no further. Thread-safe."""
        text = toast_text(title, message, self.size.width)
        lasts_s = self.lasts_s[severity] if timeout is None else timeout
        super().notify(text, severity=severity, timeout=lasts_s, markup=markup)

    def pop_screen(self) -> AwaitComplete:
        """What was told on a page does not follow to the next one."""
        if not self.screen.is_modal:
            self.clear_notifications()
        return super().pop_screen()
