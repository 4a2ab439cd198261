"""Rolling back: the inverse of an apply or a commit goes into the queue, as one step. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from modeltui.domain.audit import Audit
from modeltui.domain.document import FieldPath, parse_field
from modeltui.domain.snapshot import Snapshot
from modeltui.history.record import ApplyRecord
from modeltui.history.timeline import Timeline
from modeltui.services.changing.queueing import Queueing
from modeltui.services.changing.reversing import ReadFile, Reversal, Wanted, reversal_of
from modeltui.services.current import Current
from modeltui.services.outcome import Outcome

__all__ = ["Reversal", "RollbackService"]


class RollbackService:
    def __init__(self, current: Current, timeline: Timeline, queueing: Queueing, audit: Audit, read: ReadFile) -> None:
        self._current = current
        self._timeline = timeline
        self._queueing = queueing
        self._audit = audit
        self._read = read

    def preview(
        self, name: str, *, key: str | None = None, field: str | None = None, even_if_changed: bool = False
    ) -> Reversal:
        """What `roll_back` would queue, with what it would refuse. Raises NotFoundError, UsageError."""
        with self._current.guard:
            record = self._timeline.find(name)
            wanted = Wanted(key, parse_field(field) if field else None, even_if_changed)
            return self._reversal(record, self._current.snapshot(), wanted)

    def roll_back(
        self, name: str, *, key: str | None = None, field: str | None = None, even_if_changed: bool = False
    ) -> Outcome:
        """Queue the inverse of an apply (by its id) or of a commit: of all, of one model, or of one field.

        A field that something later changed is refused, and the rest goes on, unless `even_if_changed`. A model that
        was made is removed, one that was removed is made again; locked ones are refused.
        Raises NotFoundError, UsageError.
        """
        with self._current.guard:
            record = self._timeline.find(name)
            wanted = Wanted(key, parse_field(field) if field else None, even_if_changed)
            before = self._current.snapshot()
            reversal = self._reversal(record, before, wanted)
            outcome = self._queued(_label(record, key, field), reversal) if reversal.keys else Outcome(before)
            refused = (*reversal.refused, *outcome.refused)
            warning = self._noted(record, outcome, refused[0].reason if refused else "")
            return replace(
                outcome,
                unchanged=(*outcome.unchanged, *reversal.unchanged),
                refused=refused,
                warnings=(*outcome.warnings, *([warning] if warning else [])),
            )

    def _queued(self, label: str, reversal: Reversal) -> Outcome:
        return self._queueing.queue(
            label,
            list(reversal.edits),
            lambda model, _: reversal.edits[model.key],
            creations=reversal.creations,
            removals=reversal.removals,
            rewrites=reversal.rewrites,
        )

    def _noted(self, record: ApplyRecord, outcome: Outcome, refusal: str) -> str | None:
        if outcome.changed:
            return self._audit.note("rollback", record.id, "queued", outcome.changed)
        return self._audit.note("refused", f"rollback of {record.id}", refusal) if refusal else None

    def _reversal(self, record: ApplyRecord, snapshot: Snapshot, wanted: Wanted) -> Reversal:
        reversal = reversal_of(record, snapshot, wanted, self._who(record, snapshot, wanted.key), self._read)
        if reversal.removals:
            from modeltui.services.changing.still_needed import keep_needed  # noqa: PLC0415  # reads the workflows

            keep_needed(reversal, snapshot)
        return reversal

    def _who(self, record: ApplyRecord, snapshot: Snapshot, key: str | None) -> Callable[[str, FieldPath], str]:
        """Looks through what came after `record` only when it is first asked."""
        later: list[ApplyRecord] = []

        def who(changed: str, path: FieldPath) -> str:
            if not later:
                for each in self._timeline.read(key):
                    if each.id == record.id:
                        break
                    later.append(each)
            if changed in snapshot.plan.files:
                return "a pending change of yours is on it"
            for each in later:
                if any(other.key == changed and _overlap(other.field, path) for other in each.changes):
                    return f"changed later by {each.by} at {each.at:%Y-%m-%d %H:%M} UTC ({each.name})"
            return "changed since, by hand"

        return who


def _overlap(one: FieldPath, other: FieldPath) -> bool:
    length = min(len(one), len(other))
    return one[:length] == other[:length]


def _label(record: ApplyRecord, key: str | None, field: str | None) -> str:
    return " ".join(part for part in ("roll back", record.name, key or "", field or "") if part)
