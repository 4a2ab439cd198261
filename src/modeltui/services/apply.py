"""Making the queue so: all files or none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from modeltui.domain.document import get
from modeltui.domain.plan import Plan, PlannedFile
from modeltui.domain.snapshot import Snapshot
from modeltui.errors import ConflictError, InDoubtError, LockedError, UsageError
from modeltui.services.current import Current
from modeltui.services.identity import Identity
from modeltui.services.recording import history_record
from modeltui.services.rendering import Renderer
from modeltui.services.unlock_reason import reason_with_unlocks
from modeltui.storage.applier import Applied, Applier, ApplyStatus, Recovered
from modeltui.storage.fs import digest
from modeltui.storage.request import ApplyRequest, FileOperation

__all__ = ["ApplyOutcome", "ApplyService", "ApplyStatus", "RecoverOutcome", "Recovered", "wants_reason"]


@dataclass(frozen=True, slots=True)
class ApplyOutcome:
    snapshot: Snapshot
    id: str | None = None
    """None when there was nothing to apply."""
    files: tuple[str, ...] = ()
    commit: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecoverOutcome:
    snapshot: Snapshot
    message: str | None = None
    """What was found and done; None when there was nothing to recover."""
    recovered: Recovered | None = None
    """The same in parts; None also where it stays in doubt."""


class ApplyService:
    def __init__(
        self,
        current: Current,
        applier: Applier,
        renderer: Renderer,
        identity: Identity,
        uncommitted: Callable[[Sequence[str]], tuple[str, ...]],
    ) -> None:
        """`uncommitted` names those of some paths whose file holds edits that git has not seen."""
        self._current = current
        self._applier = applier
        self._renderer = renderer
        self._identity = identity
        self._uncommitted = uncommitted

    def apply(self, reason: str = "", keys: Sequence[str] | None = None) -> ApplyOutcome:
        """Write the pending changes of `keys` (None: all) and record them with `reason`, and why models were unlocked.

        Raises UsageError where the catalogue wants a reason, LockedError, ConflictError (stale), BusyError,
        InDoubtError, EditRefusedError or ApplyError; each means that no file was changed and the queue is kept.
        """
        with self._current.guard:
            snapshot = self._current.reload()
            plan = _chosen(snapshot.plan, keys)
            reason = reason_with_unlocks(reason, snapshot.queue, plan)
            return self.write(snapshot, plan, reason, _change_ids(snapshot, plan))

    def write(self, snapshot: Snapshot, plan: Plan, reason: str, change_ids: Sequence[str] = ()) -> ApplyOutcome:
        """Write a plan made on `snapshot`; the changes that are named leave the queue. Raises what `apply` raises."""
        with self._current.guard:
            if not plan.files:
                return ApplyOutcome(snapshot)
            refuse_problems(plan)
            if not reason.strip() and wants_reason(snapshot):
                raise UsageError("this catalogue wants a reason for every apply", hint="say why with --reason")
            applied = self._written(self._request(snapshot, plan, reason.strip(), tuple(change_ids)))
            return ApplyOutcome(
                self._current.reload(), applied.id, applied.paths, applied.commit, tuple(applied.warnings)
            )

    def swept(self) -> tuple[str, ...]:
        """Files of the pending plan with uncommitted edits by hand, which the commit of an apply would take along."""
        files = self._current.snapshot().plan.files.values()
        return self._uncommitted([file.path for file in files])

    def _written(self, request: ApplyRequest) -> Applied:
        try:
            return self._applier.apply(request)
        except InDoubtError as error:
            self._current.noted(error.message, is_in_doubt=True)
            raise

    def status(self) -> ApplyStatus:
        """Whether an apply is in progress, was interrupted or is in doubt; of which files, and by whom."""
        return self._applier.status()

    def usual_reason(self) -> str:
        """What the next apply of everything is recorded with when no reason is given."""
        snapshot = self._current.snapshot()
        return reason_with_unlocks("", snapshot.queue, snapshot.plan)

    def recover(self, way: Literal["forward", "back"] | None = None) -> RecoverOutcome:
        """Finish or undo an apply that was interrupted; `way` insists on one of the two.

        An apply that can be neither finished nor undone is no error here: the snapshot says that it is in doubt.
        """
        with self._current.guard:
            try:
                recovered = self._applier.recover(way)
            except InDoubtError as error:
                return RecoverOutcome(self._current.noted(error.message, is_in_doubt=True), error.message)
            self._current.reload()
            message = None if recovered is None else _told(recovered)
            return RecoverOutcome(self._current.noted(message, is_in_doubt=False), message, recovered)

    def _request(self, snapshot: Snapshot, plan: Plan, reason: str, change_ids: tuple[str, ...]) -> ApplyRequest:
        stamp = self._identity.stamp(reason)
        contents = {file.path: content for file in plan.files.values() if (content := self._verified(file)) is not None}
        operations = tuple(self._operation(file, contents.get(file.path)) for file in plan.files.values())
        return ApplyRequest(
            id=stamp.id,
            by=stamp.by,
            host=stamp.host,
            at=stamp.at,
            reason=stamp.reason,
            operations=operations,
            change_ids=change_ids,
            record=history_record(snapshot, plan, operations, contents, stamp),
        )

    def _verified(self, file: PlannedFile) -> bytes | None:
        """The bytes that the edit is to be made on: those it was queued for. The applier looks again."""
        content = self._renderer.current(file)
        if content is not None and digest(content) != file.base:
            raise _stale([file.path])
        return content

    def _operation(self, file: PlannedFile, content: bytes | None) -> FileOperation:
        return FileOperation(
            key=file.key,
            path=file.path,
            action=file.action,
            old_digest=file.base,
            new_content=self._renderer.rendered(file, content),
            is_of_lock_only=file.is_of_lock_only,
        )


def _told(recovered: Recovered) -> str:
    what = (
        f"an interrupted apply ({recovered.id}) was {recovered.outcome}" if recovered.id else "a journal was set aside"
    )
    return "; ".join((f"{what}: {len(recovered.files)} files", *recovered.warnings))


def wants_reason(snapshot: Snapshot) -> bool:
    """Whether the catalogue's policy asks for a reason at every apply."""
    return get(snapshot.catalog.settings, ("policy", "reason_required")) is True


def _chosen(plan: Plan, keys: Sequence[str] | None) -> Plan:
    return plan if keys is None else Plan({key: plan.files[key] for key in keys if key in plan.files})


def refuse_problems(plan: Plan) -> None:
    """Raises ConflictError or LockedError where the plan cannot be applied as a whole."""
    if stale := [file.path for file in plan.problems if file.is_stale]:
        raise _stale(stale)
    if locked := plan.problems:
        first = locked[0]
        more = f" (and {len(locked) - 1} more)" if len(locked) > 1 else ""
        raise LockedError(f"{first.key}: {first.problem}{more}; nothing was written", hint="or discard those changes")


def _stale(paths: Sequence[str]) -> ConflictError:
    named = ", ".join(paths[:5]) + (f" and {len(paths) - 5} more" if len(paths) > 5 else "")
    return ConflictError(
        f"stale: {named} changed since the edit was queued; nothing was written",
        hint="`modeltui conflicts` shows both sides; `modeltui rebase` keeps yours, `modeltui discard` takes theirs",
    )


def _change_ids(snapshot: Snapshot, plan: Plan) -> tuple[str, ...]:
    """The changes that the files hold after this apply, with those that cancel each other out."""
    files = snapshot.plan.files
    return tuple(change.id for change in snapshot.queue.changes if change.key in plan.files or change.key not in files)
