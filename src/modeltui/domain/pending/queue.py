"""Changes that wait, with undo and redo by deltas."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from modeltui.domain.change import Change

_NO_UNDO: Final = "nothing to undo"
_AT_THE_FLOOR: Final = f"{_NO_UNDO}: what was applied is rolled back in history (R, or `modeltui rollback APPLY`)"


class Step(Struct, frozen=True):
    """What one undo takes back: a bulk edit of a thousand models is one step."""

    label: str
    added: tuple[Change, ...] = ()
    removed: tuple[Change, ...] = ()


class Queue(Struct, frozen=True, dict=True):
    """Frozen; every method returns the next queue. `changes` stays in the order of ids."""

    changes: tuple[Change, ...] = ()
    done: tuple[Step, ...] = ()
    undone: tuple[Step, ...] = ()
    is_floored: bool = False
    """Whether an apply took steps away that undo would have reached."""

    def take(self, step: Step) -> Queue:
        """The queue after `step`, which can be undone; what was undone before is forgotten."""
        return self._with(_moved(self.changes, step.removed, step.added), (*self.done, step), ())

    def undo(self) -> Queue:
        """The queue before its last step; itself when there is none."""
        if not self.done:
            return self
        step = self.done[-1]
        return self._with(_moved(self.changes, step.added, step.removed), self.done[:-1], (*self.undone, step))

    def redo(self) -> Queue:
        """The queue with the step that was undone last; itself when there is none."""
        if not self.undone:
            return self
        step = self.undone[-1]
        return self._with(_moved(self.changes, step.removed, step.added), (*self.done, step), self.undone[:-1])

    def without(self, ids: Collection[str]) -> tuple[Change, ...]:
        """The changes that a drop of `ids` would remove."""
        wanted = frozenset(ids)
        return tuple(change for change in self.changes if change.id in wanted)

    def settled(self, ids: Collection[str]) -> Queue:
        """The queue after an apply of `ids`: they are in the files now, and the apply is a floor for undo.

        Of a part, the steps of other models can still be undone; of all that waited, none. Nor is anything of the
        applied models done again: it was made on files that are no longer as they were.
        """
        gone = frozenset(ids)
        applied = frozenset(change.key for change in self._known() if change.id in gone)
        if not applied:
            return self
        changes = tuple(change for change in self.changes if change.id not in gone)
        done = _without(self.done, applied) if changes else ()
        return Queue(changes, done, _without(self.undone, applied), is_floored=True)

    def settled_without_floor(self, ids: Collection[str]) -> Queue:
        """As versions before the floor settled: what their files say later was done upon that."""
        gone = frozenset(ids)
        changes = tuple(change for change in self.changes if change.id not in gone)
        return self._with(changes, _pruned(self.done, gone), _pruned(self.undone, gone))

    @property
    def no_undo(self) -> str:
        """What to say where no step is left: after an apply also where that is taken back."""
        return _AT_THE_FLOOR if self.is_floored else _NO_UNDO

    @property
    def base_texts(self) -> Mapping[str, str]:
        """The texts that changes were made on, by digest, as far as they were kept."""
        return {each.base: each.base_text for each in self.changes if each.base and each.base_text is not None}

    def of(self, key: str) -> tuple[Change, ...]:
        """The changes of one model, in the order of ids."""
        return self._by_key.get(key, ())

    def steps_of(self, key: str) -> tuple[Step, ...]:
        """The steps that did something to one model and can be undone, the first one first."""
        return self._steps_by_key.get(key, ())

    def _with(self, changes: tuple[Change, ...], done: tuple[Step, ...], undone: tuple[Step, ...]) -> Queue:
        return Queue(changes, done, undone, self.is_floored)

    def _known(self) -> Iterator[Change]:
        """Also an undone change may be applied: an apply that runs has its own copy."""
        yield from self.changes
        for step in (*self.done, *self.undone):
            yield from step.added
            yield from step.removed

    @cached_property
    def _by_key(self) -> Mapping[str, tuple[Change, ...]]:
        found: dict[str, list[Change]] = {}
        for change in self.changes:
            found.setdefault(change.key, []).append(change)
        return {key: tuple(changes) for key, changes in found.items()}

    @cached_property
    def _steps_by_key(self) -> Mapping[str, tuple[Step, ...]]:
        found: dict[str, list[Step]] = {}
        for step in self.done:
            for key in dict.fromkeys(change.key for change in (*step.added, *step.removed)):
                found.setdefault(key, []).append(step)
        return {key: tuple(steps) for key, steps in found.items()}


def _moved(changes: tuple[Change, ...], out: Iterable[Change], back: Iterable[Change]) -> tuple[Change, ...]:
    gone = frozenset(change.id for change in out)
    kept = [change for change in changes if change.id not in gone]
    return tuple(sorted((*kept, *back), key=lambda change: change.id))


def _without(steps: Iterable[Step], keys: Collection[str]) -> tuple[Step, ...]:
    """The steps as far as they are about other models."""
    return _kept(steps, lambda change: change.key not in keys)


def _pruned(steps: Iterable[Step], gone: Collection[str]) -> tuple[Step, ...]:
    return _kept(steps, lambda change: change.id not in gone)


def _kept(steps: Iterable[Step], is_kept: Callable[[Change], bool]) -> tuple[Step, ...]:
    kept = (
        replace(step, added=tuple(filter(is_kept, step.added)), removed=tuple(filter(is_kept, step.removed)))
        for step in steps
    )
    return tuple(step for step in kept if step.added or step.removed)
