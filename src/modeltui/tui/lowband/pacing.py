"""How much may be under way to the terminal: what is behind is not sent, so that nothing runs on when a key is let go.

The kernel knows little of a slow line: over ssh the server takes all that is written. So the terminal is asked, after
some output, where its cursor stands; its answer says that everything before has been shown.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Final

REQUEST: Final = "\x1b[6n"
"""Asks where the cursor stands."""
_EVERY: Final = 1024
"""Bytes after which the terminal is asked."""
_LEAST: Final = 2048
_FIRST: Final = 8192
_MOST: Final = 131072
_EARLY_S: Final = 0.08
_LATE_S: Final = 0.2
"""How long bytes may wait on the line. Where they wait for less than `_EARLY_S`, more may be under way."""
LONGEST_WAIT_S: Final = 5.0
"""After this an answer is taken for lost."""
_MOST_LOST: Final = 3


class Pacing:
    """Counts what was sent and what has arrived. Asks only a terminal that has answered."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._sent = 0
        self._arrived = 0
        self._asked: deque[tuple[int, float]] = deque()
        """What had been sent when it was asked, and when that was."""
        self._window = _FIRST
        self._shortest_s = float("inf")
        self._answers = False
        self._lost = 0

    @property
    def awaits(self) -> bool:
        """Whether an answer may still come."""
        return bool(self._asked) and self._clock() - self._asked[-1][1] < LONGEST_WAIT_S

    def wait_s(self) -> float | None:
        """For how long nothing is sent, unless an answer comes before; None: something may be sent now."""
        if not self._answers or self._sent - self._arrived < self._window or not self._asked:
            return None
        left = self._asked[0][1] + LONGEST_WAIT_S - self._clock()
        if left > 0:
            return left
        self._give_up()
        return None

    def _give_up(self) -> None:
        self._asked.clear()
        self._arrived = self._sent
        self._lost += 1
        self._answers = self._lost < _MOST_LOST

    def sending(self, size: int) -> bool:
        """So many bytes go out. Whether a request shall follow them."""
        self._sent += size
        since = self._sent - (self._asked[-1][0] if self._asked else self._arrived)
        is_asked = self._answers and since >= _EVERY
        if is_asked:
            self.asking()
        return is_asked

    def asking(self) -> None:
        """A request follows on what was sent."""
        self._asked.append((self._sent, self._clock()))

    def answered(self) -> None:
        """The oldest request has been answered."""
        if not self._asked:
            return
        total, asked_at = self._asked.popleft()
        took_s = self._clock() - asked_at
        self._shortest_s = min(self._shortest_s, took_s)
        waited_s = took_s - self._shortest_s
        if waited_s > _LATE_S:
            self._window = max(_LEAST, self._window // 2)
        elif waited_s < _EARLY_S:
            self._window = min(_MOST, self._window + max(0, total - self._arrived))
        self._arrived = max(self._arrived, total)
        self._answers = True
        self._lost = 0

    def restarted(self) -> None:
        """Answers to what was asked before do not come any more."""
        self._asked.clear()
        self._arrived = self._sent
