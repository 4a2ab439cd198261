"""Keys wait until the one before has done what it does, so that what is typed ahead goes where that one leads.

Textual sends each key at once to what has focus then: of `/type` typed in a burst, as a slow line delivers it, the `t`
would still reach the table.
"""

from __future__ import annotations

from collections import deque
from math import inf
from time import monotonic
from typing import Any, Final

from textual import events
from textual.app import App
from textual.message import Message
from textual.widgets import Input

_LONGEST_WAIT_S: Final = 5.0
"""After this a key is taken for lost, with the widget that it went to."""


ROWS: Final = "rows"
"""Group of the workers that choose which rows a table shows."""

_MOVES: Final = ("move(", "page(")
"""How the actions of keys begin that may act several times at once."""

_ALWAYS: Final = frozenset({"ctrl+q", "ctrl+c"})
"""Keys that need not wait for the start to be over."""


class KeyDone(Message):
    """Sent after a key, on the same way through the widgets: when it comes to the app, the key has been answered."""


class CaughtUp(Message):
    """Keys had to wait, and now all are answered. It goes to the screen."""


class TypeAhead:
    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._waiting: deque[events.Key] = deque()
        self._released: events.Key | None = None
        """The waiting key that was posted again. Those that came meanwhile stand before it in the app's queue."""
        self._since: float | None = None
        self._acting = ""
        """The key that acts, or acted last."""
        self._is_open = False
        self._was_behind = False
        self._last = -inf

    def open(self) -> None:
        """Let keys go. Until then they wait: what was typed at the start is meant for what comes."""
        self._is_open = True
        self.answered()

    @property
    def idle_s(self) -> float:
        """Seconds since the last key."""
        return monotonic() - self._last

    @property
    def is_behind(self) -> bool:
        """Whether more keys have come than were answered, as while one is held."""
        return bool(self._waiting)

    def admits(self, key: events.Key) -> bool:
        """Whether a key goes on now. One that does not is posted again later; a whole sequence goes first then."""
        self._last = monotonic()
        if key is self._released:
            self._released = None
        elif (self._is_open or key.key not in _ALWAYS) and not self._is_free():
            self._hold(key)
            return False
        self._since = monotonic()
        self._acting = key.key
        return True

    def take_repeats(self) -> int:
        """How often the key that acts was pressed again meanwhile, where it moves: it acts for all of them at once.

        So a key that is held does not run on when it is let go, however slow each step is.
        """
        if not (self._waiting and self._waiting[0].key == self._acting and self._is_move(self._acting)):
            return 0
        count = 0
        while self._waiting and self._waiting[0].key == self._acting:
            self._waiting.popleft()
            count += 1
        return count

    def _is_move(self, key: str) -> bool:
        bound = self._app.screen.active_bindings.get(key)
        return bound is not None and bound.binding.action.startswith(_MOVES)

    def _is_free(self) -> bool:
        is_held = self._since is not None or self._released is not None or self._waiting
        return self._is_open and not is_held and not self._is_stirring()

    def _hold(self, key: events.Key) -> None:
        self._was_behind = True
        if " " in key.key:
            self._waiting.appendleft(key)
        else:
            self._waiting.append(key)
        if not self._is_open or self._released is not None:
            return
        if self._since is None:
            self._since = monotonic()
            self.answered()
        elif self._is_overdue:
            self._release()

    @property
    def _is_overdue(self) -> bool:
        return self._since is not None and monotonic() - self._since >= _LONGEST_WAIT_S

    def sent(self) -> None:
        """A key has gone to what has focus."""
        if not (self._app.focused or self._app.screen).post_message(KeyDone()):
            self._app.post_message(KeyDone())

    def answered(self) -> None:
        """Let the next key go, as soon as no widget has anything left to do that the last one began."""
        if self._released is not None:
            return
        if self._waiting and self._is_stirring() and not self._is_overdue:
            self._app.screen.call_later(self._app.call_later, self.answered)
            return
        self._release()

    def _release(self) -> None:
        self._since = None
        if self._waiting:
            self._released = self._waiting.popleft()
            self._app.post_message(self._released)
        elif self._was_behind:
            self._was_behind = False
            self._app.screen.post_message(CaughtUp())

    def _is_stirring(self) -> bool:
        """Whether messages wait, or rows are being chosen that the next key may be meant for."""
        nodes = (self._app, *self._app.screen.walk_children(with_self=True))
        if any(node.message_queue_size for node in nodes):
            return True
        is_typing = isinstance(self._app.focused, Input)
        return not is_typing and any(each.group == ROWS and not each.is_finished for each in self._app.workers)
