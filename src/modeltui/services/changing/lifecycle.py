"""The life of a model: the default of its content type, deprecated, restored, removed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from modeltui.domain.change import Action, Edit
from modeltui.domain.document import ABSENT, Absent, Document, FieldPath, Value, get
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import pending_document
from modeltui.domain.ramp import ending
from modeltui.domain.references import References
from modeltui.domain.snapshot import Snapshot
from modeltui.errors import RefusedError, UsageError
from modeltui.services.changing.acts import Act, checked
from modeltui.services.changing.preview import Preview, Progress, watched
from modeltui.services.changing.queueing import Queueing
from modeltui.services.current import Current
from modeltui.services.outcome import Outcome, Refusal

if TYPE_CHECKING:
    from modeltui.services.changing.replacement import Replacement

_GONE: Final = Edit(("file",), True, ABSENT)
"""Stands for the deletion of a file where only that something changes is of interest."""
_OF_LIFE: Final[tuple[FieldPath, ...]] = (("active",), ("status",), ("deprecated_on",), ("replaced_by",))


class _Removal(Struct, frozen=True):
    """Who goes, and how."""

    edited: tuple[str, ...]
    """Stay as files, and are switched off."""
    deleted: tuple[str, ...]
    refused: tuple[Refusal, ...] = ()


class LifecycleService:
    def __init__(self, current: Current, queueing: Queueing, today: Callable[[], date]) -> None:
        self._current = current
        self._queueing = queueing
        self._today = today

    def set_default(self, name: str) -> Outcome:
        """Make a model the default of its content type, and none other, in one step.

        A rollout of theirs that is at 100 % is over then: as the default everybody gets it, else nobody by that.

        Raises NotFoundError; LockedError where the model, or the default so far, is locked: then nothing is queued.
        """
        with self._current.guard:
            snapshot = self._current.snapshot()
            model = snapshot.shown.find(name)
            document = pending_document(snapshot.plan, snapshot.catalog, model.key)
            if model.fault is None and document.get("active") is not True:
                hint = f"enable {model.key} first"
                raise RefusedError(f"{model.label} is not active, so it cannot be the default", hint=hint)
            former = _defaults(snapshot, model)

            def edits(each: Model, before: Document) -> list[Edit]:
                return [Edit(("default",), get(before, ("default",)), each.key == model.key), *ending(before)]

            label = f"default of {model.content_type}"
            outcome = self._queueing.queue(label, [model.key, *former], edits, is_whole=True)
            return replace(outcome, warnings=_doubts(model, document))

    def deprecation(
        self, on: date | None = None, replaced_by: str | None = None, *, everywhere: Sequence[str] = ()
    ) -> Act:
        """Advise against models, since today or another day. They stay active. Raises NotFoundError.

        `everywhere`: the keys of the models, where whatever names one of them is to name `replaced_by`.
        """
        follower = None if replaced_by is None else self._current.snapshot().shown.find(replaced_by)
        today, replacement = self._today(), self._replacement(everywhere, follower)

        def edits(model: Model, document: Document) -> list[Edit]:
            if replacement is not None and model.key in replacement.keys:
                return replacement.edits(model, document)
            succession = _succession(model, follower)
            since = on or (_known_day(document) if document.get("status") == "deprecated" else None) or today
            values: list[tuple[FieldPath, Value | Absent]] = [(("status",), "deprecated"), (("deprecated_on",), since)]
            return checked([*values, *succession], document)

        besides = () if replacement is None else replacement.keys
        return Act("deprecate", edits, self._warnings("is deprecated"), besides=besides)

    def restoration(self) -> Act:
        """Take a deprecation or a soft removal back: active, with no date and no successor.

        Where it is only pending, the values of the file come back as they are.
        """
        documents = self._current.snapshot().catalog.documents

        def edits(model: Model, document: Document) -> list[Edit]:
            if document.get("status") != "deprecated" and _known_day(document) is None:
                return []
            written = documents.get(model.key)
            if written is not None and written.get("status") != "deprecated" and _known_day(written) is None:
                return checked([(path, get(written, path)) for path in _OF_LIFE], document)
            gone = [(("deprecated_on",), ABSENT), (("replaced_by",), ABSENT)]
            return checked([(("active",), True), (("status",), "active"), *gone], document)

        return Act("restore", edits, _retired_warnings(self._today()))

    def preview_removal(
        self,
        keys: Sequence[str],
        *,
        hard: bool = False,
        replaced_by: str | None = None,
        everywhere: bool = False,
        progress: Progress | None = None,
    ) -> Preview:
        """What `remove` would queue, and whom it would refuse."""
        removal, act = self._removal(keys, replaced_by, hard=hard, everywhere=everywhere)
        label = "delete" if hard else act.label
        edited = (*removal.edited, *act.besides)
        edits_of = watched(act.edits_of, edited, progress)
        found = self._queueing.foresee(label, edited, edits_of)
        gone = self._queueing.foresee(label, removal.deleted, lambda *_: [_GONE])
        found = replace(found, removed=tuple(gone.changed), refused=(*removal.refused, *found.refused, *gone.refused))
        return replace(found, warnings=act.foreseen(found))

    def remove(
        self,
        keys: Sequence[str],
        *,
        hard: bool = False,
        replaced_by: str | None = None,
        everywhere: bool = False,
        progress: Progress | None = None,
    ) -> Outcome:
        """Take models out of use: inactive, deprecated, dated. With `hard`, delete their files.

        A file goes only when nothing needs it and it is not locked; a new model that waits is just not made.
        `everywhere`: whatever names one of them is to name `replaced_by`. Raises NotFoundError, UsageError.
        """
        with self._current.guard:
            removal, act = self._removal(keys, replaced_by, hard=hard, everywhere=everywhere)
            if not removal.edited and not removal.deleted:
                return Outcome(self._current.snapshot(), refused=removal.refused)
            outcome = self._queueing.queue(
                "delete" if hard else act.label,
                (*removal.edited, *act.besides),
                watched(act.edits_of, removal.edited, progress),
                removals=removal.deleted,
            )
            return replace(outcome, refused=(*removal.refused, *outcome.refused), warnings=act.warnings(outcome))

    def _soft_removal(self, follower: Model | None, replacement: Replacement | None) -> Act:
        today = self._today()

        def edits(model: Model, document: Document) -> list[Edit]:
            if replacement is not None and model.key in replacement.keys:
                return replacement.edits(model, document)
            since = _known_day(document) or today
            values = [(("active",), False), (("status",), "deprecated"), (("deprecated_on",), since)]
            return checked([*values, *_succession(model, follower)], document)

        besides = () if replacement is None else replacement.keys
        return Act("remove", edits, self._warnings("would be out of use"), besides=besides)

    def _removal(
        self, keys: Sequence[str], replaced_by: str | None, *, hard: bool, everywhere: bool
    ) -> tuple[_Removal, Act]:
        snapshot = self._current.snapshot()
        follower = None if replaced_by is None else snapshot.shown.find(replaced_by)
        found = [snapshot.shown.find(key).key for key in dict.fromkeys(keys)]
        replacement = self._replacement(found if everywhere else (), follower)
        if everywhere and follower is None:
            raise UsageError("what takes their place everywhere is not said", hint="--replaced-by MODEL names it")
        mended = [] if replacement is None else [key for key in replacement.keys if takes_edits(snapshot, key)]
        act = self._soft_removal(follower, replacement)
        if hard:
            deletion = _deletion(snapshot, found, mended)
            return deletion, act if deletion.deleted else replace(act, besides=())
        dropped = _deletion(snapshot, [key for key in found if key not in snapshot.catalog.models], mended)
        return replace(dropped, edited=tuple(key for key in found if key in snapshot.catalog.models)), act

    def _replacement(self, old: Sequence[str], follower: Model | None) -> Replacement | None:
        """None where nothing is to be replaced. Loaded only then: it reads the workflows."""
        if not old or follower is None:
            return None
        from modeltui.services.changing.replacement import Replacement  # noqa: PLC0415  # as said

        return Replacement(self._current.snapshot(), old, follower)

    def _warnings(self, becomes: str) -> Callable[[Snapshot, Sequence[str]], tuple[str, ...]]:
        """Defaults, and workflows that name what is out of use, or that would not work any more."""

        def warnings(snapshot: Snapshot, keys: Sequence[str]) -> tuple[str, ...]:
            from modeltui.services.changing.replacement import in_use, misfits  # noqa: PLC0415  # reads the workflows

            used = in_use(snapshot, keys, becomes)
            return (*_default_warnings(snapshot, keys), *used, *misfits(snapshot, keys, self._today()))

        return warnings


def _succession(model: Model, follower: Model | None) -> list[tuple[FieldPath, Value | Absent]]:
    if follower is None:
        return []
    if follower.key == model.key:
        raise RefusedError(f"{model.label} cannot take its own place", hint="name another model")
    return [(("replaced_by",), follower.key)]


def takes_edits(snapshot: Snapshot, key: str) -> bool:
    """Whether a file that names another model can be made to name its successor."""
    return not _takes_nothing(snapshot, snapshot.shown.any_row(key))


def _deletion(snapshot: Snapshot, keys: Sequence[str], mended: Sequence[str] = ()) -> _Removal:
    """Those that can go together: who is needed by one that stays, stays too."""
    references, models = References(snapshot.catalog, snapshot.plan), snapshot.shown.models
    refused: dict[str, Refusal] = {}
    stay = frozenset(key for key in keys if _takes_nothing(snapshot, models[key]))
    going = frozenset(keys) - stay
    while going:
        needed = {key: why for key in going if (why := list(_reasons(references, snapshot, key, going, mended)))}
        if not needed:
            break
        for key, why in needed.items():
            hint = "choose another default, or change what names it; a removal that is not hard only switches it off"
            refused[key] = Refusal(key, f"{models[key].label} is still needed: {'; '.join(why)}", hint)
        going -= needed.keys()
    return _Removal((), tuple(key for key in keys if key not in refused), tuple(refused.values()))


def _takes_nothing(snapshot: Snapshot, model: Model) -> bool:
    """Whether the queue refuses it anyway, in its own words."""
    planned = snapshot.plan.files.get(model.key)
    return model.is_locked or model.is_broken or (planned is not None and planned.is_stale)


def _reasons(
    references: References, snapshot: Snapshot, key: str, going: frozenset[str], mended: Sequence[str]
) -> list[str]:
    return list(references.reasons(key, snapshot.shown.models[key].content_type, going, mended))


def _defaults(snapshot: Snapshot, model: Model) -> list[str]:
    """The other models that would be a default of the same content type after the apply."""
    return [
        each.key
        for each in snapshot.shown.models.values()
        if each.key != model.key
        and each.content_type == model.content_type
        and not each.is_broken
        and _is_default(snapshot, each)
    ]


def _is_default(snapshot: Snapshot, model: Model) -> bool:
    planned = snapshot.plan.files.get(model.key)
    if planned is None:
        return model.default
    if planned.action is Action.DELETE:
        return False
    return pending_document(snapshot.plan, snapshot.catalog, model.key).get("default") is True


def _known_day(document: Document) -> date | None:
    value = document.get("deprecated_on")
    return value if isinstance(value, date) else None


def _doubts(model: Model, document: Document) -> tuple[str, ...]:
    return (f"{model.label} is deprecated",) if document.get("status") == "deprecated" else ()


def _default_warnings(snapshot: Snapshot, keys: Sequence[str]) -> tuple[str, ...]:
    """Defaults among the models: each content type should have one that is active and not deprecated."""
    models = snapshot.shown.models
    return tuple(
        f"{models[key].label} is the default of {models[key].content_type}; another should take that over"
        for key in keys
        if key in models and _is_default(snapshot, models[key])
    )


def _retired_warnings(today: date) -> Callable[[Snapshot, Sequence[str]], tuple[str, ...]]:
    def warnings(snapshot: Snapshot, keys: Sequence[str]) -> tuple[str, ...]:
        models = [snapshot.shown.models[key] for key in keys if key in snapshot.shown.models]
        return tuple(
            f"{model.label} retired on {model.retires_on}"
            for model in models
            if model.retires_on is not None and model.retires_on < today
        )

    return warnings
