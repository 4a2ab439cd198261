"""Plans as files: saved here, reviewed by somebody, applied elsewhere under the same checks as every other change."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from modeltui.domain.catalog import Catalog
from modeltui.domain.change import Change
from modeltui.domain.pending.plan import Plan, make_plan
from modeltui.domain.pending.plan_file import PlanEntry, PlanFile, parsed_plan, plan_text
from modeltui.domain.references import refuse_needed
from modeltui.domain.snapshot import Snapshot
from modeltui.errors import ApplyError, ConflictError, LockedError
from modeltui.services.apply import ApplyOutcome, ApplyService, OnWait, refuse_problems
from modeltui.services.changing.plan_checks import check_creations, check_entry, check_form, with_own_locks
from modeltui.services.current import Current
from modeltui.services.identity import Identity
from modeltui.services.rendering import Renderer
from modeltui.storage.plan_file import LARGEST as LARGEST_PLAN
from modeltui.storage.plan_file import read_plan_file, write_plan_file

__all__ = ["LARGEST_PLAN", "PlanFile", "PlanFileService"]


class PlanFileService:
    """None of this touches the user's own queue."""

    def __init__(self, current: Current, applying: ApplyService, renderer: Renderer, identity: Identity) -> None:
        self._current = current
        self._applying = applying
        self._renderer = renderer
        self._identity = identity

    def text(self) -> str:
        """All that is pending, as a plan file; empty where nothing is.

        Raises ConflictError or LockedError where it could not be applied.
        """
        self._applying.refuse_in_doubt()
        snapshot = self._current.reload()
        refuse_problems(snapshot.plan)
        name = os.path.basename(snapshot.catalog.root)
        return plan_text(snapshot.plan, name, snapshot.user) if snapshot.plan.files else ""

    def save(self, path: str) -> int:
        """Write what `text` gives to a file; returns how many models it changes. Nothing is written where that is 0.

        Raises UsageError where it cannot be written, RefusedError where something else is there.
        """
        if text := self.text():
            write_plan_file(path, text.encode(), text.partition(":")[0].encode())
        return len(self._current.snapshot().plan.files)

    def is_there(self, path: str) -> bool:
        """Whether there is something that `save` would take the place of, or refuse to."""
        return os.path.lexists(path)

    def read(self, path: str) -> PlanFile:
        """Raises UsageError for a file that cannot be read, RefusedError for one that is no plan."""
        return parsed_plan(read_plan_file(path))

    def parsed(self, content: bytes) -> PlanFile:
        """What came another way than as a file, at most LARGEST_PLAN bytes. Raises RefusedError for what is no plan."""
        return parsed_plan(content)

    def planned(self, plan_file: PlanFile) -> Plan:
        """What it would do now; a file that cannot be written says so in its problem.

        Raises RefusedError for what no command could have queued.
        """
        self._applying.refuse_in_doubt()
        return self._planned(self._current.reload(), plan_file)

    def diff(self, plan: Plan) -> str:
        return "".join(self._renderer.diff(file) for file in plan.files.values())

    def apply(
        self, plan_file: PlanFile, reason: str = "", *, confirmed: int | None = None, on_wait: OnWait | None = None
    ) -> ApplyOutcome:
        """Check everything again, then write all files or none. Raises what `planned` and ApplyService.apply raise."""
        with self._current.guard, _as_of_a_plan():
            self._applying.refuse_in_doubt()
            snapshot = self._current.reload()
            plan = self._planned(snapshot, plan_file)
            return self._applying.write(snapshot, plan, reason, confirmed=confirmed, on_wait=on_wait)

    def _planned(self, snapshot: Snapshot, plan_file: PlanFile) -> Plan:
        catalog = snapshot.catalog
        for entry in plan_file.entries:
            check_form(entry, catalog)
        plan = self._plan_of(catalog, plan_file, plan_file.entries)
        for entry in plan_file.entries:
            if entry.key not in plan.files or plan.files[entry.key].problem is None:
                check_entry(entry, catalog)
        check_creations(plan_file.entries)
        refuse_needed(catalog, plan)
        own = (with_own_locks(entry, self._identity.lock_table) for entry in plan_file.entries)
        return self._plan_of(catalog, plan_file, own)

    def _plan_of(self, catalog: Catalog, plan_file: PlanFile, entries: Iterable[PlanEntry]) -> Plan:
        changes = zip(entries, self._identity.change_ids(), strict=False)
        return make_plan(catalog, [self._change(entry, plan_file, name) for entry, name in changes])

    def _change(self, entry: PlanEntry, plan_file: PlanFile, change_id: str) -> Change:
        return Change(
            id=change_id,
            key=entry.key,
            path=entry.path,
            action=entry.action,
            base=entry.base,
            edits=entry.edits,
            text=entry.text,
            by=plan_file.by,
            at=plan_file.at,
        )


@contextmanager
def _as_of_a_plan() -> Iterator[None]:
    """What is refused inside is not in a queue: its hints are those of a plan."""
    try:
        yield
    except ApplyError as error:
        raise ApplyError(error.message, hint="the plan is as it was; see to that, then apply it again") from error
    except ConflictError as error:
        if type(error) is not ConflictError:
            raise
        message = error.message.replace("since the edit was queued", "since the plan was made")
        raise ConflictError(message, hint="make the plan anew, on the files as they are now") from error
    except LockedError as error:
        raise LockedError(error.message, hint="unlock it and apply that first, or make a plan without it") from error
