"""What `tab` puts into the filter: the candidates for what is typed, and which of them is in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from modeltui.domain.text import safe
from modeltui.tui.present.line import Line, fit

if TYPE_CHECKING:
    from modeltui.domain.browse.completion import Completion

_ROWS: Final = 8
_WIDTH: Final = 28
"""Cells of a candidate, before its note."""


class Offer:
    def __init__(self) -> None:
        self._completion: Completion | None = None
        self._at: int | None = None
        self._waiting = 0
        """The step that was asked for before there were candidates."""
        self._own: str | None = None

    @property
    def is_waiting(self) -> bool:
        return self._completion is None and self._waiting != 0

    @property
    def is_settled(self) -> bool:
        """Whether the only candidate is in, so that what comes after it may be offered."""
        return self._completion is not None and len(self._completion.candidates) == 1

    @property
    def start(self) -> int:
        """Where in the query the candidates belong."""
        return self._completion.start if self._completion is not None else 0

    def is_own(self, query: str) -> bool:
        """Whether a query is what a candidate made of it."""
        return query == self._own

    def show(self, completion: Completion) -> tuple[str, int] | None:
        """Offer this; the query and the cursor with the candidate that `tab` already asked for."""
        self._completion, self._at = completion, None
        step, self._waiting = self._waiting, 0
        return self.step(step) if step else None

    def step(self, step: int) -> tuple[str, int] | None:
        """The query with the next candidate in it, and where the cursor is then; None where there is none yet."""
        made = self._completion
        if made is None:
            self._waiting = step
            return None
        if not made.candidates:
            return None
        first = 0 if step > 0 else len(made.candidates) - 1
        self._at = first if self._at is None else (self._at + step) % len(made.candidates)
        text = made.candidates[self._at].text
        self._own = f"{made.query[: made.start]}{text}{made.query[made.end :]}"
        return self._own, made.start + len(text)

    def lines(self) -> list[Line]:
        """The candidates around the one that is in."""
        if self._completion is None:
            return []
        candidates = self._completion.candidates
        top = max(0, min((self._at or 0) - _ROWS + 1, len(candidates) - _ROWS))
        width = min(_WIDTH, max((len(each.text) for each in candidates), default=0)) + 2
        lines: list[Line] = [
            ((fit(safe(each.text), width), "chosen" if index == self._at else "plain"), (safe(each.note), "muted"))
            for index, each in enumerate(candidates[top : top + _ROWS], top)
        ]
        if len(candidates) > _ROWS:
            lines.append(((f"{len(candidates)} in all; tab goes through them", "muted"),))
        return lines
