"""Writes down where the user stands, soon after each step and off the loop, so that no end of the console loses it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from textual.screen import Screen
from textual.timer import Timer

from modeltui.errors import ModeltuiError

if TYPE_CHECKING:
    from modeltui.domain.browse.place import Place
    from modeltui.services.views import ViewService

_REST_S: Final = 0.3
"""Steps that follow each other this fast are written as one."""


class PlaceKeeper:
    def __init__(self, screen: Screen[Any], views: ViewService, tell: Callable[[str], None]) -> None:
        """tell: says once that nothing can be written."""
        self._screen = screen
        self._views = views
        self._tell = tell
        self._kept = views.place()
        self._latest = self._kept
        self._timer: Timer | None = None
        self._is_writing = False
        self._has_failed = False

    def note(self, place: Place) -> None:
        """The user stands here now."""
        self._latest = place
        if self._views.is_kept and self._timer is None and place != self._kept:
            self._timer = self._screen.set_timer(_REST_S, self._begin)

    def _begin(self) -> None:
        self._timer = None
        if self._is_writing:
            self.note(self._latest)
        elif self._latest != self._kept:
            self._is_writing = True
            self._screen.run_worker(self._write, thread=True, group="place")

    def _write(self) -> None:
        place = self._latest
        try:
            self._views.keep(place)
        except ModeltuiError as error:
            if not self._has_failed:
                self._has_failed = True
                self._screen.app.call_from_thread(self._tell, error.message)
        self._kept = place
        self._is_writing = False

    def end(self) -> None:
        """Write what is not written yet, now."""
        if self._views.is_kept and self._latest != self._kept:
            self._write_last()

    def _write_last(self) -> None:
        try:
            self._views.keep(self._latest)
        except ModeltuiError:
            return
        self._kept = self._latest
