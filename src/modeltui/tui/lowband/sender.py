"""Sends an app's newest state when the line is free for it."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from textual import events
from textual.app import App
from textual.screen import Screen

from modeltui.tui.lowband.driver import WatchedDriver
from modeltui.tui.lowband.frame import Update
from modeltui.tui.lowband.output import Output
from modeltui.tui.lowband.traits import Traits

_POLL_S: Final = 0.02
"""Between two looks whether the terminal has taken what was written."""
_TEARS: Final = 1024
"""Characters from which a frame is marked, where the terminal can, as one that is shown at once."""
_TOGETHER: Final = ("\x1b[?2026h", "\x1b[?2026l")
_CHECK_AFTER_S: Final = 1.0
"""How long nothing was sent when it is looked whether all is right, once."""
_CLEAN: Final = "\x1b[r\x1b[m"


class Sender:
    """What fails ends it: from then on all that Textual draws goes out as it is, beginning with the whole screen."""

    def __init__(self, app: App[Any], traits: Traits) -> None:
        self.is_at_work = True
        self._app = app
        self._output = Output(traits)
        self._cursor = (0, 0)
        """Line and column, as they were when the newest state was drawn: Textual tells the terminal no sooner."""
        self._due: asyncio.Handle | None = None
        self._check_due: asyncio.TimerHandle | None = None
        self._was_wrong = False

    def take(self, screen: Screen[Any], update: Update) -> bool:
        """Take what a screen draws. False: it is to go out as it is."""
        if not self.is_at_work or self._driver is None:
            return False
        try:
            size = screen.outer_size
            self._output.take(update, self._app.console, (size.width, size.height))
            at = size.clamp_offset(self._app.cursor_position)
            self._cursor = at.y, at.x
        except Exception as error:  # noqa: BLE001  # whatever it is, Textual's own way is still there
            self._end(repr(error))
            return False
        if self._due is None:
            self._send_soon()
        return True

    def resized(self, event: events.Resize) -> None:
        """The terminal has moved its lines about. Where it has the same size again, Textual draws nothing."""
        self._output.forget()
        if self._output.size == (event.size.width, event.size.height):
            self._send_soon()

    # What the driver tells
    @property
    def awaits_answer(self) -> bool:
        return self._output.pacing.awaits

    def written(self, text: str) -> None:
        self._output.written(text)

    def restarted(self) -> None:
        self._output.restarted()

    def answered(self, column: int) -> None:
        if not self._output.answered(column):
            self._end("this terminal shows some text wider than Textual counts")
        elif self._due is not None:
            self._send_soon()

    @property
    def _driver(self) -> WatchedDriver | None:
        app = self._app
        is_drawing = app._running and not app._closed  # noqa: SLF001  # as App._display
        return app._driver if is_drawing and isinstance(app._driver, WatchedDriver) else None  # noqa: SLF001  # same

    def _send_soon(self, wait_s: float = 0) -> None:
        if self._due is not None:
            self._due.cancel()
        loop = asyncio.get_running_loop()
        self._due = loop.call_later(wait_s, self._send) if wait_s else loop.call_soon(self._send)

    def _send(self) -> None:
        """Send the newest state, unless what was sent before is still on its way."""
        self._due = None
        driver = self._driver
        if driver is None or not self.is_at_work:
            return
        wait_s = _POLL_S if driver.backlog else self._output.pacing.wait_s()
        if wait_s is not None:
            self._send_soon(wait_s)
            return
        try:
            text = self._output.text(self._cursor)
        except Exception as error:  # noqa: BLE001  # as above
            self._end(repr(error))
            return
        if text:
            if self._app._sync_available and len(text) >= _TEARS:  # noqa: SLF001  # as App._begin_update
                text = text.join(_TOGETHER)
            driver.send(text + self._output.closing(text))
            self._check_later()

    def _check_later(self) -> None:
        if self._check_due is not None:
            self._check_due.cancel()
        self._check_due = asyncio.get_running_loop().call_later(_CHECK_AFTER_S, self._check)

    def _check(self) -> None:
        """At rest: what was put together of many updates is what the compositor has. Where not, all is drawn again."""
        self._check_due = None
        if self._driver is None or not self.is_at_work or self._due is not None:
            return
        screen = self._app.screen
        try:
            is_right = self._output.agrees(screen._compositor.render_strips, self._app.console)  # noqa: SLF001  # as Screen
        except Exception as error:  # noqa: BLE001  # as above
            self._end(repr(error))
            return
        if is_right or screen._dirty_widgets or screen._layout_required:  # noqa: SLF001  # what is not drawn is no fault
            self._was_wrong = False
        elif self._was_wrong:
            self._end("what is sent is not what the screen shows, also when it is drawn again")
        else:
            self._was_wrong = True
            self._app.log.error("the terminal does not show what it should: all is drawn again")
            self._output.forget()
            screen.refresh(layout=True)

    def _end(self, why: str) -> None:
        self.is_at_work = False
        self._app.log.error(f"output as differences ends: {why}")
        if self._driver is not None:
            self._driver.send(_CLEAN)
        self._app.screen.refresh()
