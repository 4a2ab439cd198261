"""Edits on their way into the queue. What a lock refuses is refused here, and again at apply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from modeltui.domain.change import Action, Change, Edit
from modeltui.domain.document import Document, get
from modeltui.domain.merging.conflict import Conflict
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import Plan, pending_document
from modeltui.domain.pending.queue import Step
from modeltui.domain.snapshot import Snapshot
from modeltui.errors import RefusedError
from modeltui.services.changing import acts
from modeltui.services.changing.conflicts import ConflictFinder
from modeltui.services.changing.dropping import drop_fields
from modeltui.services.changing.queueing import Queueing
from modeltui.services.changing.rebasing import Target, target_of
from modeltui.services.current import Current
from modeltui.services.identity import Identity
from modeltui.services.outcome import Outcome, Refusal
from modeltui.services.rendering import Renderer


class ChangeService:
    """Every method returns the new state; one call is one undo step."""

    def __init__(
        self,
        current: Current,
        queueing: Queueing,
        renderer: Renderer,
        identity: Identity,
        conflict_finder: ConflictFinder,
    ) -> None:
        self._current = current
        self._queueing = queueing
        self._renderer = renderer
        self._identity = identity
        self._conflict_finder = conflict_finder

    def set_text(
        self, keys: Sequence[str], assignments: Sequence[tuple[str, str]], unset: Sequence[str] = ()
    ) -> Outcome:
        """Set fields to VALUEs as a person typed them, and remove the fields in `unset`.

        Raises UsageError for a field that is no field. A value that does not fit is a refusal of that model.
        """
        act = acts.set_fields(assignments, unset)
        outcome = self._queueing.queue(act.label, keys, act.edits_of)
        return replace(outcome, warnings=act.warnings(outcome))

    def set_active(self, keys: Sequence[str], active: bool | None) -> Outcome:
        """Switch models on or off. None toggles them as one: off where any that is not locked is on, else on."""
        wanted = not self._is_any_active(keys) if active is None else active

        act = acts.switch(wanted)
        outcome = self._queueing.queue("toggle" if active is None else act.label, keys, act.edits_of)
        return replace(outcome, warnings=act.warnings(outcome))

    def _is_any_active(self, keys: Sequence[str]) -> bool:
        """Of those that take an edit, with what is pending."""
        snapshot = self._current.snapshot()
        models = (snapshot.catalog.models.get(key) for key in keys)
        open_keys = [model.key for model in models if model and not model.is_locked and not model.is_broken]
        return any(pending_document(snapshot.plan, snapshot.catalog, key).get("active") is True for key in open_keys)

    def lock(self, keys: Sequence[str], reason: str = "") -> Outcome:
        """Lock models, with who, when and why."""
        act = acts.lock(self._identity.lock_table(reason), reason)
        return self._queueing.queue(act.label, keys, act.edits_of, of_lock=act.of_lock)

    def unlock(self, keys: Sequence[str], reason: str = "") -> Outcome:
        """Take the lock away: the only change that a locked model takes."""

        act = acts.unlock(reason)
        return self._queueing.queue(act.label, keys, act.edits_of, of_lock=act.of_lock)

    def relock(self, keys: Sequence[str], reason: str = "") -> Outcome:
        """Lock locked models anew, as they are now. Takes the place of what is pending for them."""
        table = self._identity.lock_table(reason)

        def target(model: Model, document: Document) -> Target:
            if model.lock is None:
                raise RefusedError(f"{model.label} is not locked", hint="`modeltui lock` locks it")
            return Target(model, edits=(Edit(("lock",), get(document, ("lock",)), table),))

        return self._queueing.replace(acts.with_reason("lock anew", reason), keys, target)

    def give_back(self, texts: Mapping[str, str]) -> Outcome:
        """Queue for locked models, by key, the texts that were locked. Takes the place of what is pending for them."""

        def target(model: Model, _: Document) -> Target:
            text = texts[model.key]
            if model.lock is None or not model.lock.fits(text.encode()):
                raise RefusedError(f"this text of {model.label} is not the one that was locked")
            return Target(model, text=text)

        return self._queueing.replace("give back what was locked", list(texts), target)

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
            new_change = self._queueing.change_maker()
            for conflict in self._conflict_finder.find(snapshot, keys):
                try:
                    target = target_of(conflict, snapshot, mine=mine, follow=follow)
                    change = None if target is None else new_change(target)
                except RefusedError as error:
                    refused.append(Refusal(conflict.key, error.message, error.hint))
                    continue
                removed += snapshot.queue.of(conflict.key)
                if change is None:
                    done.append(conflict.key)
                else:
                    changes.append(change)
            after = self._queueing.take(Step("rebase", tuple(changes), tuple(removed))) if removed else snapshot
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
            return self._queueing.take(Step("drop", removed=gone)) if gone else self._current.snapshot()

    def drop_fields(self, keys: Sequence[str], fields: Sequence[str]) -> Outcome:
        """Take what is pending for single fields, and for those inside them, out of the queue; the rest stays.

        In the outcome, `unchanged` are the models for which nothing of it was pending. Raises UsageError for a field
        that is no field.
        """
        with self._current.guard:
            return drop_fields(self._queueing, self._current.snapshot(), keys, fields, self._identity.change_ids())

    def undo(self) -> Snapshot:
        """Take the last step back; nothing when there is none."""
        return self._queueing.undo()

    def redo(self) -> Snapshot:
        """Do the step again that was undone last; nothing when there is none."""
        return self._queueing.redo()

    def diff(self, keys: Sequence[str] | None = None) -> str:
        """Unified diff of the files' bytes against what would be written; all pending files by default."""
        plan = self._current.snapshot().plan
        chosen = plan.files.values() if keys is None else (plan.files[key] for key in keys if key in plan.files)
        return "".join(self._renderer.diff(file) for file in chosen)


def _lost_forms(before: Sequence[Change], after: Sequence[Change]) -> tuple[str, ...]:
    """A new text is rebased by its values: their file keeps its own comments and order."""
    is_rebased = any(change.action is Action.UPDATE for change in after)
    rewritten = dict.fromkeys(change.key for change in before if change.text is not None) if is_rebased else {}
    return tuple(f"{key}: the values of the new text are kept, its comments and order are not" for key in rewritten)
