"""Edits on their way into the queue. What a lock refuses is refused here, and again at apply."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from modeltui.domain.change import Action, Change, Edit
from modeltui.domain.conflict import Conflict
from modeltui.domain.document import ABSENT, Absent, Document, FieldPath, Value, get, parse_field, same, with_value
from modeltui.domain.model import Model
from modeltui.domain.plan import Plan, pending_document
from modeltui.domain.queue import Queue, Step
from modeltui.domain.snapshot import Snapshot
from modeltui.errors import BrokenFileError, LockedError, RefusedError
from modeltui.services.conflicts import ConflictFinder
from modeltui.services.current import Current
from modeltui.services.identity import Identity
from modeltui.services.rebasing import Target, target_of
from modeltui.services.rendering import Renderer
from modeltui.services.unlock_reason import unlock_label
from modeltui.storage.queue_file import QueueFile


@dataclass(frozen=True, slots=True)
class Refusal:
    key: str
    reason: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request for many models."""

    snapshot: Snapshot
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    """Already so."""
    refused: tuple[Refusal, ...] = ()
    warnings: tuple[str, ...] = ()


EditsOf = Callable[[Model, Document], Sequence[Edit]]
"""The edits to queue for a model, given its document with what is pending. Raises what refuses this model."""


class ChangeService:
    """Every method returns the new state; one call is one undo step."""

    def __init__(
        self,
        current: Current,
        queue_file: QueueFile,
        renderer: Renderer,
        identity: Identity,
        conflict_finder: ConflictFinder,
    ) -> None:
        self._current = current
        self._queue_file = queue_file
        self._renderer = renderer
        self._identity = identity
        self._conflict_finder = conflict_finder

    def set_text(
        self, keys: Sequence[str], assignments: Sequence[tuple[str, str]], unset: Sequence[str] = ()
    ) -> Outcome:
        """Set fields to VALUEs as a person typed them, and remove the fields in `unset`.

        Raises UsageError for a field that is no field. A value that does not fit is a refusal of that model.
        """
        from modeltui.domain.fields import check_values, parse_value  # noqa: PLC0415  # loads pydantic

        wanted = [(parse_field(field), text) for field, text in assignments]
        removed = [(parse_field(field), ABSENT) for field in unset]

        def edits(_: Model, document: Document) -> list[Edit]:
            values = [(path, parse_value(path, text, get(document, path))) for path, text in wanted]
            check_values([*values, *removed], document)
            return _successive(document, [*values, *removed])

        return self._queue("set " + ", ".join([*(field for field, _ in assignments), *unset]), keys, edits)

    def set_active(self, keys: Sequence[str], active: bool | None) -> Outcome:
        """Switch models on or off. None toggles them as one: off where any that is not locked is on, else on."""
        wanted = not self._is_any_active(keys) if active is None else active

        def edits(_: Model, document: Document) -> list[Edit]:
            return [Edit(("active",), get(document, ("active",)), wanted)]

        label = "toggle" if active is None else "enable" if active else "disable"
        outcome = self._queue(label, keys, edits)
        return replace(outcome, warnings=_disabled_defaults(outcome))

    def _is_any_active(self, keys: Sequence[str]) -> bool:
        """Of those that take an edit, with what is pending."""
        snapshot = self._current.snapshot()
        models = (snapshot.catalog.models.get(key) for key in keys)
        open_keys = [model.key for model in models if model and not model.is_locked and not model.is_broken]
        return any(pending_document(snapshot.plan, snapshot.catalog, key).get("active") is True for key in open_keys)

    def lock(self, keys: Sequence[str], reason: str = "") -> Outcome:
        """Lock models, with who, when and why."""
        table = self._identity.lock_table(reason)

        def edits(_: Model, document: Document) -> list[Edit]:
            old = get(document, ("lock",))
            is_held = isinstance(old, dict) and old.get("locked") is True
            return [] if is_held else [Edit(("lock",), old, table)]

        return self._queue(_label("lock", reason), keys, edits, of_lock=True)

    def unlock(self, keys: Sequence[str], reason: str = "") -> Outcome:
        """Take the lock away: the only change that a locked model takes."""

        def edits(_: Model, document: Document) -> list[Edit]:
            return [Edit(("lock",), get(document, ("lock",)), ABSENT)]

        return self._queue(unlock_label(reason), keys, edits, of_lock=True)

    def relock(self, keys: Sequence[str], reason: str = "") -> Outcome:
        """Lock locked models anew, as they are now. Takes the place of what is pending for them."""
        table = self._identity.lock_table(reason)

        def target(model: Model, document: Document) -> Target:
            if model.lock is None:
                raise RefusedError(f"{model.label} is not locked", hint="`modeltui lock` locks it")
            return Target(model, edits=(Edit(("lock",), get(document, ("lock",)), table),))

        return self._replace(_label("lock anew", reason), keys, target)

    def give_back(self, texts: Mapping[str, str]) -> Outcome:
        """Queue for locked models, by key, the texts that were locked. Takes the place of what is pending for them."""

        def target(model: Model, _: Document) -> Target:
            text = texts[model.key]
            if model.lock is None or not model.lock.fits(text.encode()):
                raise RefusedError(f"this text of {model.label} is not the one that was locked")
            return Target(model, text=text)

        return self._replace("give back what was locked", list(texts), target)

    def conflicts(self, keys: Sequence[str] | None = None) -> tuple[Conflict, ...]:
        """The stale changes of these models (None: all), in the order of keys: what was, what is, what I want."""
        return self._conflict_finder.find(self._current.snapshot(), keys)

    def rebase(self, keys: Sequence[str] | None = None, *, mine: bool = False, follow: bool = False) -> Outcome:
        """Move stale changes to the files as they are on disk now.

        Where nobody else touched a field my value is kept, and where they set it to mine nothing is left to do. A
        field in conflict refuses its model, unless `mine` takes my value over theirs. `follow` goes after a model that
        has another key now. In the outcome, `unchanged` are those of which nothing was left to do.
        """
        with self._current.guard:
            snapshot = self._current.reload()
            changes: list[Change] = []
            done: list[str] = []
            refused: list[Refusal] = []
            removed: list[Change] = []
            new_change = self._change_maker()
            for conflict in self._conflict_finder.find(snapshot, keys):
                try:
                    target = target_of(conflict, snapshot, mine=mine, follow=follow)
                except RefusedError as error:
                    refused.append(Refusal(conflict.key, error.message, error.hint))
                    continue
                removed += snapshot.queue.of(conflict.key)
                if target is None:
                    done.append(conflict.key)
                else:
                    changes.append(new_change(target))
            after = self._take(Step("rebase", tuple(changes), tuple(removed))) if removed else snapshot
            warnings = _lost_forms(removed, changes)
            return Outcome(after, tuple(change.key for change in changes), tuple(done), tuple(refused), warnings)

    def others(self) -> Mapping[str, Plan]:
        """What other users have pending, by user: each has a queue of their own."""
        return self._current.others()

    def drop(self, keys: Sequence[str] | None = None) -> Snapshot:
        """Take the changes of these models (None: all) out of the queue. Undo brings them back."""
        with self._current.guard:
            queue = self._current.snapshot().queue
            wanted = None if keys is None else frozenset(keys)
            gone = tuple(change for change in queue.changes if wanted is None or change.key in wanted)
            return self._take(Step("drop", removed=gone)) if gone else self._current.snapshot()

    def undo(self) -> Snapshot:
        """Take the last step back; nothing when there is none."""
        return self._moved(self._queue_file.undo)

    def redo(self) -> Snapshot:
        """Do the step again that was undone last; nothing when there is none."""
        return self._moved(self._queue_file.redo)

    def diff(self, keys: Sequence[str] | None = None) -> str:
        """Unified diff of the files' bytes against what would be written; all pending files by default."""
        plan = self._current.snapshot().plan
        chosen = plan.files.values() if keys is None else (plan.files[key] for key in keys if key in plan.files)
        return "".join(self._renderer.diff(file) for file in chosen)

    def _moved(self, move: Callable[[], Queue]) -> Snapshot:
        with self._current.guard:
            return self._current.with_queue(move())

    def _take(self, step: Step) -> Snapshot:
        return self._current.with_queue(self._queue_file.take(step))

    def _queue(self, label: str, keys: Sequence[str], edits_of: EditsOf, *, of_lock: bool = False) -> Outcome:
        with self._current.guard:
            snapshot = self._current.snapshot()
            changes: list[Change] = []
            unchanged: list[str] = []
            refused: list[Refusal] = []
            new_change = self._change_maker()
            for model in map(snapshot.catalog.find, dict.fromkeys(keys)):
                try:
                    edits = _edits(snapshot, model, edits_of, of_lock=of_lock)
                except RefusedError as error:
                    refused.append(Refusal(model.key, error.message, error.hint))
                else:
                    if edits:
                        changes.append(new_change(Target(model, edits=edits)))
                    else:
                        unchanged.append(model.key)
            after = self._take(Step(label, added=tuple(changes))) if changes else snapshot
            return Outcome(after, tuple(change.key for change in changes), tuple(unchanged), tuple(refused))

    def _replace(self, label: str, keys: Sequence[str], target_for: Callable[[Model, Document], Target]) -> Outcome:
        """Queue one change for each model in the place of all that is pending for it."""
        with self._current.guard:
            snapshot = self._current.snapshot()
            changes: list[Change] = []
            refused: list[Refusal] = []
            new_change = self._change_maker()
            for model in map(snapshot.catalog.find, dict.fromkeys(keys)):
                try:
                    changes.append(new_change(target_for(model, snapshot.catalog.document(model.key))))
                except (RefusedError, BrokenFileError) as error:
                    refused.append(Refusal(model.key, error.message, error.hint))
            replaced = frozenset(change.key for change in changes)
            gone = tuple(change for change in snapshot.queue.changes if change.key in replaced)
            after = self._take(Step(label, added=tuple(changes), removed=gone)) if changes else snapshot
            return Outcome(after, tuple(change.key for change in changes), refused=tuple(refused))

    def _change_maker(self) -> Callable[[Target], Change]:
        """Makes the changes of one step: their ids sort in the order they are made."""
        ids, by, at = self._identity.change_ids(), self._identity.user, self._identity.now()

        def make(target: Target) -> Change:
            return Change(
                id=next(ids),
                key=target.model.key,
                path=target.model.path,
                action=target.action,
                base=target.model.digest,
                edits=target.edits,
                text=target.text,
                by=by,
                at=at,
            )

        return make


def _edits(snapshot: Snapshot, model: Model, edits_of: EditsOf, *, of_lock: bool) -> tuple[Edit, ...]:
    """What would really change. Raises RefusedError with the reason why this model takes no edit."""
    if model.fault is not None:
        raise RefusedError(
            f"{model.label} is broken: {model.fault.where}: {model.fault.message}", hint=model.fault.hint
        )
    if model.key in snapshot.catalog.twins:
        raise RefusedError(
            f"{model.key} differs from another file only in case or in how a letter is encoded",
            hint="rename one of the two files first",
        )
    if model.lock is not None and not of_lock:
        raise LockedError(f"{model.label} is {model.lock}", hint="unlock it, and apply that, before you change it")
    planned = snapshot.plan.files.get(model.key)
    if planned is not None and planned.is_stale:
        raise RefusedError(
            f"{model.label} has a pending change that is stale: {planned.problem}",
            hint="`modeltui conflicts` shows both sides; rebase that change or discard it first",
        )
    if planned is not None and planned.action is Action.DELETE:
        raise RefusedError(f"{model.label} is about to be removed", hint="discard the removal first")
    edits = edits_of(model, pending_document(snapshot.plan, snapshot.catalog, model.key))
    return tuple(edit for edit in edits if not same(edit.old, edit.new))


def _successive(document: Document, values: Sequence[tuple[FieldPath, Value | Absent]]) -> list[Edit]:
    """The edits that set `values` one after the other."""
    made: list[Edit] = []
    for path, value in values:
        made.append(Edit(path, get(document, path), value))
        document = with_value(document, path, value)
    return made


def _label(verb: str, reason: str) -> str:
    return f"{verb}: {reason.strip()}" if reason.strip() else verb


def _lost_forms(before: Sequence[Change], after: Sequence[Change]) -> tuple[str, ...]:
    """A new text is rebased by its values: their file keeps its own comments and order."""
    is_rebased = any(change.action is Action.UPDATE for change in after)
    rewritten = dict.fromkeys(change.key for change in before if change.text is not None) if is_rebased else {}
    return tuple(f"{key}: the values of the new text are kept, its comments and order are not" for key in rewritten)


def _disabled_defaults(outcome: Outcome) -> tuple[str, ...]:
    models, files = outcome.snapshot.catalog.models, outcome.snapshot.plan.files
    return tuple(
        f"{models[key].label} is the default of {models[key].content_type}, and would be inactive"
        for key in outcome.changed
        if models[key].default and key in files and Edit(("active",), True, False) in files[key].edits
    )
