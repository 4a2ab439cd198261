"""Changes that wait, with undo and redo by deltas."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from modeltui.domain.change import Change


@dataclass(frozen=True, slots=True)
class Step:
    """What one undo takes back: a bulk edit of a thousand models is one step."""

    label: str
    added: tuple[Change, ...] = ()
    removed: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Queue:
    """Frozen; every method returns the next queue. `changes` stays in the order of ids."""

    changes: tuple[Change, ...] = ()
    done: tuple[Step, ...] = ()
    undone: tuple[Step, ...] = ()

    def take(self, step: Step) -> Queue:
        """The queue after `step`, which can be undone; what was undone before is forgotten."""
        return Queue(_moved(self.changes, step.removed, step.added), (*self.done, step))

    def undo(self) -> Queue:
        """The queue before its last step; itself when there is none."""
        if not self.done:
            return self
        step = self.done[-1]
        return Queue(_moved(self.changes, step.added, step.removed), self.done[:-1], (*self.undone, step))

    def redo(self) -> Queue:
        """The queue with the step that was undone last; itself when there is none."""
        if not self.undone:
            return self
        step = self.undone[-1]
        return Queue(_moved(self.changes, step.removed, step.added), (*self.done, step), self.undone[:-1])

    def without(self, ids: Collection[str]) -> tuple[Change, ...]:
        """The changes that a drop of `ids` would remove."""
        wanted = frozenset(ids)
        return tuple(change for change in self.changes if change.id in wanted)

    def settled(self, ids: Collection[str]) -> Queue:
        """The queue after an apply of `ids`: they are in the files now, so no undo brings them back."""
        gone = frozenset(ids)
        return Queue(
            tuple(change for change in self.changes if change.id not in gone),
            _pruned(self.done, gone),
            _pruned(self.undone, gone),
        )

    def of(self, key: str) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.key == key)


def _moved(changes: tuple[Change, ...], out: Iterable[Change], back: Iterable[Change]) -> tuple[Change, ...]:
    gone = frozenset(change.id for change in out)
    kept = [change for change in changes if change.id not in gone]
    return tuple(sorted((*kept, *back), key=lambda change: change.id))


def _pruned(steps: Iterable[Step], gone: frozenset[str]) -> tuple[Step, ...]:
    pruned = (
        replace(
            step,
            added=tuple(change for change in step.added if change.id not in gone),
            removed=tuple(change for change in step.removed if change.id not in gone),
        )
        for step in steps
    )
    return tuple(step for step in pruned if step.added or step.removed)
