"""Gradual rollout: how it stands, changing it through the queue, and off at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from modeltui.domain.change import Change, Edit
from modeltui.domain.document import ABSENT, Absent, Document, Value, format_field
from modeltui.domain.model import Model
from modeltui.domain.pending.fields import field_edits
from modeltui.domain.pending.plan import Plan, PlannedFile, make_plan, pending_document
from modeltui.domain.ramp import PERCENT, Ramp, jump
from modeltui.domain.rollout import NAME, STEPS, Rollout, RolloutAnswer, percent_text, rollout_in, rollout_of
from modeltui.domain.snapshot import Snapshot
from modeltui.domain.text import some_of
from modeltui.errors import BrokenFileError, RefusedError
from modeltui.services.apply import ApplyOutcome, ApplyService, OnWait
from modeltui.services.changing.acts import Act, checked
from modeltui.services.changing.queueing import Queueing, admit
from modeltui.services.changing.rebasing import Target
from modeltui.services.current import Current
from modeltui.services.outcome import Refusal
from modeltui.services.permissions import Permissions

if TYPE_CHECKING:
    from modeltui.history.record import ApplyRecord, FieldChange
    from modeltui.history.timeline import Timeline

__all__ = ["Off", "RolloutService", "RolloutState"]

_OFF: Final = 0
_MOST_RECORDS: Final = 500
"""Of the history that are looked at for the day of a percentage."""
_FEW: Final = 8
"""Models whose history is read one by one."""
_MOST_FIELDS: Final = 3
_LABEL: Final = "rollout off"


class RolloutState(Struct, frozen=True):
    """The rollout of one model: as its file says it, and as it would be after the apply."""

    key: str
    model: Model
    written: Rollout | None
    """None where the file has no `[rollout]`: everybody is in."""
    pending: Rollout | None
    """None where the apply would leave it as it is."""
    since: datetime | None = None
    """When the percentage of the file was applied, or committed by hand; None where that is not known."""


class Off(Struct, frozen=True):
    """What switching models off at once would write, and who refuses."""

    snapshot: Snapshot
    plan: Plan
    unchanged: tuple[str, ...] = ()
    """At 0 % already."""
    refused: tuple[Refusal, ...] = ()
    warnings: tuple[str, ...] = ()
    settles: tuple[str, ...] = ()
    """Ids of pending changes that this stands in for: of the percentage, and of nothing else."""


class RolloutService:
    def __init__(
        self,
        current: Current,
        queueing: Queueing,
        permissions: Permissions,
        *,
        applying: Callable[[], ApplyService],
        timeline: Callable[[], Timeline],
    ) -> None:
        self._current = current
        self._queueing = queueing
        self._permissions = permissions
        self._applying = applying
        self._timeline = timeline

    def states(self, keys: Sequence[str] | None = None, *, with_since: bool = False) -> tuple[RolloutState, ...]:
        """Of these models; None: of those that have a rollout, or would have one. Raises NotFoundError."""
        snapshot = self._current.snapshot()
        chosen = _with_rollout(snapshot) if keys is None else [snapshot.shown.find(key) for key in keys]
        since = self._since(chosen) if with_since else {}
        return tuple(_state(snapshot, model, since.get(model.key)) for model in chosen)

    def answers(self, keys: Sequence[str] | None, caller_id: str) -> tuple[tuple[RolloutState, RolloutAnswer], ...]:
        """Whether one caller is in, by the files as they are. Raises RefusedError for an id that is no UTF-8 text."""
        try:
            return tuple((state, _rollout(state).answer(caller_id)) for state in self.states(keys))
        except UnicodeEncodeError:
            raise RefusedError("the id of a caller is text that UTF-8 can say") from None

    def act(self, ramp: Ramp) -> Act:
        """To be previewed and queued as any act on many models."""

        def edits(_: Model, document: Document) -> list[Edit]:
            return checked(ramp.values(document), document)

        return Act(ramp.said, edits, lambda snapshot, keys: tuple(_warnings(snapshot, keys, ramp)))

    def foresee_off(self, keys: Sequence[str]) -> Off:
        """What `off` would write now."""
        with self._current.guard:
            self._applying().refuse_in_doubt()
            return self._planned_off(self._current.reload(), keys)

    def off(
        self, keys: Sequence[str], reason: str = "", *, confirmed: int | None = None, on_wait: OnWait | None = None
    ) -> ApplyOutcome:
        """Set the percentage of models to 0 and apply that, and nothing else: what is pending stays pending.

        Who refuses is left out, as `foresee_off` says. Raises what ApplyService.apply raises; RefusedError where every
        model refuses.
        """
        with self._current.guard:
            found = self.foresee_off(keys)
            if found.refused and not found.plan.files and not found.unchanged:
                raise RefusedError(found.refused[0].reason, hint=found.refused[0].hint)
            if locked := [each.key for each in found.refused if _is_locked(found.snapshot, each.key)]:
                self._permissions.note_refused(_LABEL, "locked", locked)
            return self._applying().write(
                found.snapshot, found.plan, reason, found.settles, confirmed=confirmed, on_wait=on_wait
            )

    def _planned_off(self, snapshot: Snapshot, keys: Sequence[str]) -> Off:
        make = self._queueing.change_maker()
        changes: list[Change] = []
        unchanged: list[str] = []
        refused: list[Refusal] = []
        settles: list[str] = []
        for model in [snapshot.shown.find(key) for key in dict.fromkeys(keys)]:
            try:
                edits, overtaken = _off_edits(snapshot, model)
                if not edits:
                    unchanged.append(model.key)
                    continue
                changes.append(make(Target(model, edits=edits)))
                settles += overtaken
            except (RefusedError, BrokenFileError) as error:
                refused.append(Refusal(model.key, error.message, error.hint))
        plan = make_plan(snapshot.catalog, changes)
        warned = tuple(self._off_warnings(snapshot, plan.files, unchanged))
        return Off(snapshot, plan, tuple(unchanged), tuple(refused), warned, tuple(settles))

    def _off_warnings(self, snapshot: Snapshot, going: Collection[str], unchanged: Collection[str]) -> Iterator[str]:
        for key in (*going, *unchanged):
            state = _state(snapshot, snapshot.catalog.models[key])
            model, now, after = state.model, _rollout(state), state.pending
            if allowed := sorted(now.allow - now.deny):
                yield f"{model.label} stays on for {some_of(allowed, len(allowed))}, by its allow list"
            if key in unchanged and after is not None and after.percent > _OFF:
                yield f"{model.label} is off, and what is pending takes it to {percent_text(after.percent)} again"
            if key in going and model.default and model.active:
                yield f"{model.label} is the default of {model.content_type}: callers get another model, or none"
        for user, plan in self._current.others().items():
            if touched := sorted(plan.files.keys() & set(going)):
                yield f"{user} has changes pending for {some_of(touched, len(touched))}, and has to rebase them then"

    def _since(self, models: Sequence[Model]) -> Mapping[str, datetime]:
        """When the percentage of each model became what it is, as far as the newest records tell."""
        missing = {model.key: model.rollout for model in models if model.rollout is not None}
        found: dict[str, datetime] = {}
        keys: Sequence[str | None] = [*missing] if len(missing) <= _FEW else [None]
        with suppress(OSError):  # a history that cannot be read tells nothing
            for key in keys:
                for record in islice(self._timeline().read(key), _MOST_RECORDS):
                    found |= _told(record, missing)
                    if not missing if key is None else key not in missing:
                        break
        return found


def _with_rollout(snapshot: Snapshot) -> list[Model]:
    models = snapshot.shown.models.values()
    return [
        model
        for model in models
        if model.rollout is not None or (model.key in snapshot.plan.files and _would_have(snapshot, model))
    ]


def _would_have(snapshot: Snapshot, model: Model) -> bool:
    return NAME in pending_document(snapshot.plan, snapshot.catalog, model.key)


def _state(snapshot: Snapshot, model: Model, since: datetime | None = None) -> RolloutState:
    written = rollout_in(snapshot.catalog, model) if model.key in snapshot.catalog.models else None
    if model.key not in snapshot.plan.files:
        return RolloutState(model.key, model, written, None, since)
    after = _read(pending_document(snapshot.plan, snapshot.catalog, model.key), model)
    before = written if written is not None else _read({}, model)
    return RolloutState(model.key, model, written, None if after == before else after, since)


def _told(record: ApplyRecord, missing: dict[str, float]) -> Mapping[str, datetime]:
    """The models whose percentage is what a record made of it. Those that it gave another one are no longer missing."""
    changes = [each for each in record.changes if each.key in missing and each.field in (PERCENT, (NAME,), ())]
    return {each.key: record.at for each in changes if _percent_after(each) == missing.pop(each.key, None)}


def _percent_after(change: FieldChange) -> Value | Absent:
    """ABSENT where the record does not tell it: of a whole file."""
    value = change.new.get(PERCENT[-1], ABSENT) if isinstance(change.new, Mapping) else change.new
    return value if change.field else ABSENT


def _read(document: Document, model: Model) -> Rollout:
    return rollout_of(document, model.uid or model.key)


def _rollout(state: RolloutState) -> Rollout:
    """Nobody gets a model whose file cannot be used."""
    everybody = _read({}, state.model)
    found = everybody if state.written is None else state.written
    return replace(found, percent=_OFF) if state.model.is_broken else found


def _off_edits(snapshot: Snapshot, model: Model) -> tuple[tuple[Edit, ...], tuple[str, ...]]:
    """What sets the file to 0, and the pending changes that it stands in for. Raises RefusedError."""
    if model.key not in snapshot.catalog.models:
        raise RefusedError(f"{model.label} is not written yet", hint="nobody gets it before the apply")
    admit(snapshot, model)
    document = snapshot.catalog.document(model.key)
    edits = tuple(checked(Ramp(_OFF).values(document), document))
    planned = snapshot.plan.files.get(model.key)
    if not edits or planned is None:
        return edits, ()
    if others := _other_fields(snapshot, planned):
        raise RefusedError(
            f"{model.label} has other pending changes: {some_of(others, len(others), _MOST_FIELDS)}",
            hint=f"apply all that waits; or `modeltui discard {model.key}` first, and afterwards `modeltui undo` and "
            f"`modeltui rebase {model.key}` bring it back",
        )
    return edits, planned.change_ids


def _other_fields(snapshot: Snapshot, planned: PlannedFile) -> list[str]:
    """Pending fields of a model but the percentage. The apply of an edit beside them would make them stale."""
    if planned.text is not None:
        return ["the whole text"]
    return [format_field(edit.path) for edit in field_edits(planned, snapshot.catalog) if not _is_of_percent(edit)]


def _is_of_percent(edit: Edit) -> bool:
    """Also as the only field of a new table."""
    if edit.path == (NAME,) and edit.old is ABSENT and isinstance(edit.new, Mapping):
        return edit.new.keys() == {PERCENT[-1]}
    return edit.path == PERCENT


def _is_locked(snapshot: Snapshot, key: str) -> bool:
    model = snapshot.shown.models.get(key)
    return model is not None and model.is_locked


def _warnings(snapshot: Snapshot, keys: Sequence[str], ramp: Ramp) -> Iterator[str]:
    """Held against the files as they are: what is pending is no step that anybody saw."""
    named: dict[str, list[str]] = {}
    defaults = {
        model.content_type: model for model in snapshot.catalog.models.values() if model.default and model.active
    }
    for key in keys:
        model = snapshot.catalog.models.get(key)
        if model is not None and not model.is_broken:
            before = rollout_in(snapshot.catalog, model) or _read({}, model)
            for said in _warnings_of(model, before, ramp, defaults.get(model.content_type)):
                named.setdefault(said, []).append(model.label)
    for said, labels in named.items():
        yield f"{some_of(labels, len(labels))}: {said}"


def _warnings_of(model: Model, before: Rollout, ramp: Ramp, default: Model | None) -> Iterator[str]:
    percent = before.percent if ramp.percent is None else ramp.percent
    is_partly = 0 < before.percent < STEPS[-1]
    if (said := jump(before.percent, percent)) is not None:
        yield said
    if is_partly and ramp.salt is not None and (ramp.salt or model.uid or model.key) != before.salt:
        yield "another salt draws other callers: some who have the model now lose it, and others get it"
    if ramp.allow and percent >= STEPS[-1]:
        yield "everybody is in, so the allow list does nothing yet"
    if percent < STEPS[-1] and model.default and model.active:
        yield f"the default of {model.content_type}; callers who are out get another model, or none"
    if ramp.percent == STEPS[-1] and model.active and default is not None and not model.default:
        yield f"everybody gets it before {default.label}, the default; `modeltui default` makes it that one"
