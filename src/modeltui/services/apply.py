"""Making the queue so: all files or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Final, Literal

from msgspec import Struct

from modeltui.domain.change import Action
from modeltui.domain.digest import digest
from modeltui.domain.finding import Finding
from modeltui.domain.pending.limits import PlanLimits, limits_of
from modeltui.domain.pending.plan import CHANGED, Plan, PlannedFile
from modeltui.domain.policy import policy_of
from modeltui.domain.snapshot import Snapshot
from modeltui.domain.text import some_of
from modeltui.errors import (
    BrokenFileError,
    ConflictError,
    EditRefusedError,
    InDoubtError,
    LockedError,
    ModeltuiError,
    RefusedError,
    UsageError,
)
from modeltui.services.current import Current
from modeltui.services.identity import Identity
from modeltui.services.lock_watch import LockWatch
from modeltui.services.permissions import Deed, Permissions
from modeltui.services.recording import history_record, is_by_field, with_digests
from modeltui.services.rendering import Renderer
from modeltui.services.unlock_reason import reason_with_unlocks
from modeltui.storage.applying.applier import Applied, Applier, ApplyStatus, Recovered
from modeltui.storage.applying.doubt import Doubt, KeptFile
from modeltui.storage.applying.request import ApplyRequest, FileOperation
from modeltui.storage.guard import Folder
from modeltui.storage.mutex import Delay, OnWait

__all__ = [
    "ApplyOutcome",
    "ApplyService",
    "ApplyStatus",
    "Delay",
    "Doubt",
    "KeptFile",
    "OnWait",
    "PlanLimits",
    "RecoverOutcome",
    "Recovered",
    "limits",
    "refuse_without_reason",
    "wants_reason",
]


_MANY: Final = 512
"""Files from which a copy of the process pays."""


class ApplyOutcome(Struct, frozen=True):
    snapshot: Snapshot
    id: str | None = None
    """None when there was nothing to apply."""
    files: tuple[str, ...] = ()
    commit: str | None = None
    warnings: tuple[str, ...] = ()


class RecoverOutcome(Struct, frozen=True):
    snapshot: Snapshot
    message: str | None = None
    """What was found and done; None when there was nothing to recover."""
    recovered: Recovered | None = None
    """The same in parts; None also where it stays in doubt."""
    hint: str | None = None
    """What to do where it stays in doubt."""


class ApplyService:
    def __init__(
        self,
        current: Current,
        applier: Applier,
        renderer: Renderer,
        identity: Identity,
        uncommitted: Callable[[Sequence[str], Mapping[str, bytes]], tuple[str, ...]],
        *,
        preflight: Callable[[], tuple[Finding, ...]],
        watch: LockWatch,
        permissions: Permissions,
    ) -> None:
        """`uncommitted` names those of some paths whose file holds edits that git has not seen, given new contents.

        `preflight` finds what stands in the way of a commit.
        """
        self._current = current
        self._applier = applier
        self._renderer = renderer
        self._identity = identity
        self._uncommitted = uncommitted
        self._preflight = preflight
        self._watch = watch
        self._permissions = permissions

    def apply(
        self,
        reason: str = "",
        keys: Sequence[str] | None = None,
        *,
        confirmed: int | None = None,
        on_wait: OnWait | None = None,
        looks_again: bool = True,
    ) -> ApplyOutcome:
        """Write the pending changes of `keys` (None: all) and record them with `reason`, and why models were unlocked.

        `confirmed` is the number of files as a person said it, for an apply that is beyond the policy's limit. Without
        `looks_again` the outcome has the snapshot of before: for who ends here, and shows nothing more.

        `on_wait` is told, on the calling thread and at once, of another process that writes the catalogue: `str` of
        the Delay is a line for people. It is told again when the wait is for somebody else.
        Raises NotPermittedError, UsageError where the catalogue wants a reason or the number, LockedError,
        ConflictError (stale), BusyError, InDoubtError, EditRefusedError or ApplyError; each means that no file was
        changed and the queue is kept.
        """
        with self._current.guard:
            self.refuse_in_doubt()
            snapshot = self._current.reload()
            plan = _chosen(snapshot.plan, keys)
            reason = reason_with_unlocks(reason, snapshot.queue, plan)
            ids = _change_ids(snapshot, plan)
            return self.write(
                snapshot, plan, reason, ids, confirmed=confirmed, on_wait=on_wait, looks_again=looks_again
            )

    def write(
        self,
        snapshot: Snapshot,
        plan: Plan,
        reason: str,
        change_ids: Sequence[str] = (),
        *,
        confirmed: int | None = None,
        on_wait: OnWait | None = None,
        looks_again: bool = True,
    ) -> ApplyOutcome:
        """Write a plan made on `snapshot`; the changes that are named leave the queue. Raises what `apply` raises."""
        with self._current.guard:
            self._permissions.require(Deed.APPLY, f"apply of {len(plan.files)} files", list(plan.files))
            self.refuse_in_doubt()
            if not plan.files:
                return ApplyOutcome(snapshot)
            with self._refusals_noted(plan):
                refuse_problems(plan)
                _refuse_needed(snapshot, plan)
                self._watch.refuse(snapshot.catalog, plan)
            refuse_without_reason(snapshot, plan, reason)
            _refuse_large(snapshot, plan, confirmed)
            with self._request(snapshot, plan, reason.strip(), tuple(change_ids)) as request:
                if newer := [file for file in plan.files.values() if snapshot.catalog.is_newer(file.key)]:
                    raise _stale(newer)  # the limits were held against other bytes
                applied = self._written(request, on_wait)
            return self._outcome(snapshot, applied) if looks_again else _outcome(snapshot, applied, applied.warnings)

    @contextmanager
    def _refusals_noted(self, plan: Plan) -> Iterator[None]:
        try:
            yield
        except RefusedError as error:
            keys = list(plan.files)
            self._permissions.note_refused(f"apply of {len(keys)} files", error.message, keys)
            raise

    def refuse_in_doubt(self) -> None:
        """Raises InDoubtError. Files of which some are old and some are new would only look stale."""
        self._current.refuse_in_doubt()
        status = self._applier.status()
        if status.state == "in doubt" and status.id is None:
            self._current.noted(f"an apply is in doubt: {status.reason}", is_in_doubt=True)
            self._current.refuse_in_doubt()

    def _outcome(self, before: Snapshot, applied: Applied) -> ApplyOutcome:
        """What was applied is so, whether it can be read again or not."""
        snapshot, warnings = before, applied.warnings
        try:
            snapshot = self._current.reload()
        except ModeltuiError as error:
            warnings = (*warnings, f"all is written, but it could not be read again: {error.message}")
        return _outcome(snapshot, applied, warnings)

    def swept(self, plan: Plan | None = None) -> tuple[str, ...]:
        """Files of a plan (None: all that is pending) with uncommitted edits by hand, which its commit would take
        along.

        A file that is given back what git has already takes nothing along.
        """
        files = (self._current.snapshot().plan if plan is None else plan).files.values()
        new = {file.path: self._renderer.rendered(file, None) for file in files if file.text and not file.edits}
        contents = {path: content for path, content in new.items() if content is not None}
        return self._uncommitted([file.path for file in files], contents)

    def preflight(self) -> tuple[Finding, ...]:
        """What would keep the next apply from being committed, or should be known before."""
        return self._preflight()

    def _written(self, request: ApplyRequest, on_wait: OnWait | None) -> Applied:
        try:
            return self._applier.apply(request, on_wait)
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

    def recover_at_start(self) -> RecoverOutcome:
        """As `recover`. Where this user may not, an apply that was interrupted stays, and the snapshot says so."""
        refusal = self._permissions.standing().refusal(Deed.RECOVER)
        if refusal is None:
            return self.recover()
        state = self._applier.status().state
        if state not in {"interrupted", "in doubt"}:
            return RecoverOutcome(self._current.snapshot())
        what = "an apply was interrupted" if state == "interrupted" else "an apply is in doubt"
        message = f"{what}, and stays so: {refusal.message}"
        return RecoverOutcome(
            self._current.noted(message, is_in_doubt=state == "in doubt"), message, None, refusal.hint
        )

    def recover(self, way: Literal["forward", "back"] | None = None, *, accepts: bool = False) -> RecoverOutcome:
        """Finish or undo an apply that was interrupted; `way` insists on one of the two.

        `accepts` ends a doubt of which neither is possible: the files stay as they are, and what was kept is put
        aside. An apply that can be neither finished nor undone is no error here: the snapshot says that it is in doubt.
        Raises NotPermittedError.
        """
        self._permissions.require(Deed.RECOVER, "recover")
        with self._current.guard:
            try:
                recovered = self._applier.recover(way, accepts=accepts)
            except InDoubtError as error:
                snapshot = self._current.noted(error.message, is_in_doubt=True)
                return RecoverOutcome(snapshot, error.message, hint=error.hint)
            self._current.reload()
            message = None if recovered is None else _told(recovered)
            return RecoverOutcome(self._current.noted(message, is_in_doubt=False), message, recovered)

    @contextmanager
    def _request(
        self, snapshot: Snapshot, plan: Plan, reason: str, change_ids: tuple[str, ...]
    ) -> Iterator[ApplyRequest]:
        """Of many edits of fields, those that were made are written while others are made."""
        stamp = self._identity.stamp(reason)
        files = list(plan.files.values())
        with Folder(snapshot.catalog.root) as folder:
            found = ((file.path, _verified(file, folder)) for file in files)
            contents = {path: content for path, content in found if content is not None}
        with ExitStack() as held:
            make, is_late = self._maker(files, contents), False
            if len(files) >= _MANY:
                from modeltui.storage.applying.side_by_side import SideBySide  # noqa: PLC0415  # for many files only

                made = held.enter_context(SideBySide(make, range(len(files))))
                is_late = made.is_ahead and all(is_by_field(file) and not file.is_of_lock_only for file in files)
                make = made.get
            operations = tuple(_operation(file, partial(make, at), is_late) for at, file in enumerate(files))
            yield ApplyRequest(
                id=stamp.id,
                by=stamp.by,
                host=stamp.host,
                at=stamp.at,
                reason=stamp.reason,
                operations=operations,
                change_ids=change_ids,
                record=history_record(snapshot, plan, operations, contents, stamp),
                complete=with_digests if is_late else None,
            )

    def _maker(self, files: Sequence[PlannedFile], contents: Mapping[str, bytes]) -> Callable[[int], bytes | None]:
        return lambda at: self._rendered(files[at], contents.get(files[at].path))

    def _rendered(self, file: PlannedFile, content: bytes | None) -> bytes | None:
        try:
            return self._renderer.rendered(file, content)
        except (BrokenFileError, EditRefusedError) as error:
            message = f"{file.key}: {error.message}; nothing was written"
            hint = error.hint or f"`modeltui discard {file.key}` takes that change away"
            raise EditRefusedError(message, hint=hint) from error


def _operation(file: PlannedFile, make: Callable[[], bytes | None], is_late: bool) -> FileOperation:
    return FileOperation(
        key=file.key,
        path=file.path,
        action=file.action,
        old_digest=file.base,
        new_content=None if is_late else make(),
        is_of_lock_only=file.is_of_lock_only,
        late=make if is_late else None,
    )


def _outcome(snapshot: Snapshot, applied: Applied, warnings: Sequence[str]) -> ApplyOutcome:
    return ApplyOutcome(snapshot, applied.id, applied.paths, applied.commit, tuple(warnings))


def _verified(file: PlannedFile, folder: Folder) -> bytes | None:
    """The bytes that the edit is to be made on: those it was queued for. The applier looks again."""
    content = None if file.action is Action.CREATE else folder.read(file.path)
    if content is not None and digest(content) != file.base:
        raise _stale([file])
    return content


def _told(recovered: Recovered) -> str:
    if recovered.outcome == "accepted":
        return "; ".join(("the apply in doubt was ended", *recovered.warnings))
    what = f"an interrupted apply ({recovered.id}) was {recovered.outcome}"
    return "; ".join((f"{what}: {len(recovered.files)} files", *recovered.warnings))


def limits(snapshot: Snapshot, plan: Plan | None = None) -> PlanLimits:
    """What of a plan (None: all that is pending) the policy wants a second yes or a reason for."""
    return limits_of(snapshot.plan if plan is None else plan, snapshot.catalog, policy_of(snapshot.catalog))


def wants_reason(snapshot: Snapshot, plan: Plan | None = None) -> bool:
    """Whether the policy asks for a reason: at every apply, or for a price that this plan (None: all) raises."""
    return policy_of(snapshot.catalog).reason_required or bool(limits(snapshot, plan).jumps)


def refuse_without_reason(snapshot: Snapshot, plan: Plan, reason: str) -> None:
    """Raises UsageError where the policy wants a reason for this plan, and there is none."""
    if reason.strip():
        return
    if (found := limits(snapshot, plan)).jumps:
        raise UsageError(found.said[-1], hint="say why with --reason")
    if wants_reason(snapshot, plan):
        raise UsageError("this catalogue wants a reason for every apply", hint="say why with --reason")


def _refuse_large(snapshot: Snapshot, plan: Plan, confirmed: int | None) -> None:
    """Raises UsageError for an apply that wants to be told the number of its files."""
    found = limits(snapshot, plan)
    if found.files is not None and confirmed != found.files:
        raise UsageError(found.said[0], hint=f"`--confirm {found.files}` says that all of them are meant")


def _chosen(plan: Plan, keys: Sequence[str] | None) -> Plan:
    return plan if keys is None else Plan({key: plan.files[key] for key in keys if key in plan.files})


def refuse_problems(plan: Plan) -> None:
    """Raises ConflictError or LockedError where the plan cannot be applied as a whole."""
    if stale := [file for file in plan.problems if file.is_stale]:
        raise _stale(stale)
    if locked := plan.problems:
        first = locked[0]
        more = f" (and {len(locked) - 1} more)" if len(locked) > 1 else ""
        raise LockedError(f"{first.key}: {first.problem}{more}; nothing was written", hint="or discard those changes")


def _refuse_needed(snapshot: Snapshot, plan: Plan) -> None:
    if plan.count(Action.DELETE):
        from modeltui.domain.references import refuse_needed  # noqa: PLC0415  # reads the workflows

        refuse_needed(snapshot.catalog, plan)


def _stale(files: Sequence[PlannedFile]) -> ConflictError:
    """Says what became of the files; those that just changed are named together."""
    changed = [file.path for file in files if file.problem in {None, CHANGED}]
    told = [f"{file.path}: {file.problem}" for file in files if file.path not in changed]
    if changed:
        told.insert(0, f"{some_of(changed, len(changed))} changed since the edit was queued")
    return ConflictError(
        f"stale: {some_of(told, len(told))}; nothing was written",
        hint="`modeltui conflicts` shows both sides; `modeltui rebase` keeps yours, `modeltui discard` takes theirs",
    )


def _change_ids(snapshot: Snapshot, plan: Plan) -> tuple[str, ...]:
    """The changes that the files hold after this apply, with those that cancel each other out."""
    files = snapshot.plan.files
    return tuple(change.id for change in snapshot.queue.changes if change.key in plan.files or change.key not in files)
