"""What undo knows of marks: changes of many marks at once, as differences."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from modeltui.domain.pending.queue import Queue, Step

Marks: TypeAlias = frozenset[str]

_MOST_STEPS: Final = 50
_MOST_KEYS: Final = 500_000
"""Keys that all differences together may hold."""


@dataclass(frozen=True, slots=True)
class _Change:
    added: Marks
    removed: Marks
    after: Step | None
    """The last step of the queue when the marks changed."""


class MarkHistory:
    """Marks are taken back in turn with the steps of the queue, what came last first.

    A single mark is no step: it is taken back by the key that set it, and the queue's undo stays near.
    """

    def __init__(self) -> None:
        self._done: list[_Change] = []
        self._undone: list[_Change] = []

    def note(self, before: Marks, now: Marks, queue: Queue) -> None:
        """Marks changed."""
        change = _Change(now - before, before - now, _last(queue))
        if _size(change) < 2:
            return
        self._undone.clear()
        self._done.append(change)
        while len(self._done) > _MOST_STEPS or sum(map(_size, self._done)) > max(_MOST_KEYS, _size(change)):
            del self._done[0]

    def undo(self, marks: Marks, queue: Queue) -> Marks | None:
        """The marks before they changed last; None where that is not what came last."""
        if not self._done or not _is_next(self._done[-1], queue):
            return None
        change = self._done.pop()
        self._undone.append(change)
        return (marks - change.added) | change.removed

    def redo(self, marks: Marks, queue: Queue) -> Marks | None:
        """The marks with the change that was taken back last; None where that is not what came last."""
        if not self._undone or not _is_next(self._undone[-1], queue):
            return None
        change = self._undone.pop()
        self._done.append(change)
        return (marks - change.removed) | change.added

    def can(self, verb: str, queue: Queue) -> bool:
        """Whether `undo` or `redo` would turn to marks now."""
        changes = self._done if verb == "undo" else self._undone
        return bool(changes) and _is_next(changes[-1], queue)


def _is_next(change: _Change, queue: Queue) -> bool:
    """Whether no step of the queue came after a change, or the one before it is gone, as after an apply."""
    if change.after == _last(queue):
        return True
    steps: Collection[Step] = (*queue.done, *queue.undone)
    return change.after is not None and change.after not in steps


def _last(queue: Queue) -> Step | None:
    return queue.done[-1] if queue.done else None


def _size(change: _Change) -> int:
    return len(change.added) + len(change.removed)
