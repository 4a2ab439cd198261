"""What belongs together is drawn together, where it comes soon enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen
    from textual.timer import Timer

LONGEST_S: Final = 0.025
"""After this a frame is drawn without what is on its way: what was typed is to be seen."""


class OneFrame:
    """Says of each frame of a screen whether it is to wait for what is on its way."""

    def __init__(self, screen: Screen[Any], is_coming: Callable[[], bool]) -> None:
        """`is_coming` tells whether something that belongs into the next frame is on its way."""
        self._screen = screen
        self._is_coming = is_coming
        self._timer: Timer | None = None
        """Runs while a frame waits."""
        self._is_late = False

    def waits(self) -> bool:
        """Asked whenever the screen might be drawn. After something was late nothing waits until all has come."""
        if self._is_coming():
            if self._timer is None and not self._is_late:
                self._timer = self._screen.set_timer(LONGEST_S, self._give_up)
        elif self._timer is not None and self._is_handed_on():
            self._screen.app.call_later(self._screen.check_idle)  # through another queue, so that theirs get a turn
        else:
            self._end()
        return self._timer is not None

    def _is_handed_on(self) -> bool:
        """Whether widgets have yet to say what of it they draw."""
        return any(node.message_queue_size for node in self._screen.walk_children())

    def _end(self) -> None:
        self._is_late = False
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _give_up(self) -> None:
        self._is_late = True
        self._timer = None
        self._screen.check_idle()
