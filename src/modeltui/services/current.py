"""The one snapshot that all services share, and the only way to a new one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol

from msgspec.structs import replace

from modeltui.domain.catalog import Catalog
from modeltui.domain.pending.plan import Plan, make_plan
from modeltui.domain.pending.queue import Queue
from modeltui.domain.snapshot import Snapshot
from modeltui.errors import InDoubtError
from modeltui.services.new_text import said_by
from modeltui.services.run_figures import RunFigures

if TYPE_CHECKING:
    from modeltui.storage.model_reading import Seen

IN_DOUBT_HINT: Final = (
    "`modeltui recover --details` says what is known; until it is settled nothing is queued or applied"
)


class LoadCatalog(Protocol):
    """Reads the files; `fresh`: whatever is known of them; `seen` is told of each that is parsed."""

    def __call__(self, *, fresh: bool = False, seen: Seen | None = None) -> Catalog: ...


class Current:
    """Holds the last snapshot. Safe to use from several threads."""

    def __init__(
        self,
        user: str,
        load_catalog: LoadCatalog,
        load_queue: Callable[[], Queue],
        branch: Callable[[], str | None],
        *,
        load_others: Callable[[], Mapping[str, Queue]] = dict,
        notices: Callable[[], Iterable[str | None]] = tuple,
        is_queue_unread: Callable[[], bool] = bool,
        figures: RunFigures | None = None,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        """`notices` say what of the queues could not be read, once they were loaded; `is_queue_unread`, whether all.

        now: the time in the zone of the user, from which the ages of runs count.
        """
        self.user = user
        self.guard = threading.RLock()
        self._load_catalog = load_catalog
        self._load_queue = load_queue
        self._branch = branch
        self._load_others = load_others
        self._notices = notices
        self._is_queue_unread = is_queue_unread
        self._figures = figures or RunFigures()
        self._now = now
        self._snapshot: Snapshot | None = None
        self._said: str | None = None

    def snapshot(self) -> Snapshot:
        """The last one. Only the first is waited for: who reads does not stand behind an apply that takes its time."""
        if (last := self._snapshot) is not None:
            return last
        with self.guard:
            return self._snapshot or self.reload()

    def reload(self, *, fresh: bool = False, seen: Seen | None = None) -> Snapshot:
        """Read the queue again, and the files that changed; `fresh`: all files, to the last byte.

        `seen` is told of each file that is parsed.
        """
        with self.guard:
            catalog, queue = self._with_figures(self._load_catalog(fresh=fresh, seen=seen)), self._load_queue()
            others = {user: len(plan.files) for user, plan in self._others(catalog).items()}
            in_doubt = self._snapshot.is_in_doubt if self._snapshot else False
            self._snapshot = Snapshot(
                catalog=catalog,
                queue=queue,
                plan=self._plan(catalog, queue),
                user=self.user,
                branch=self._branch(),
                notice=self._notice(),
                is_in_doubt=in_doubt,
                is_queue_unread=self._is_queue_unread(),
                others=others,
            )
            return self._snapshot

    def _plan(self, catalog: Catalog, queue: Queue) -> Plan:
        """The last one where neither the rows nor the queue are others."""
        last = self._snapshot
        if last is not None and last.queue is queue and last.catalog.models == catalog.models:
            return last.plan
        return make_plan(catalog, queue.changes, said_by)

    @property
    def run_trouble(self) -> str | None:
        """Why there are no statistics of runs, once somebody asked for them."""
        return self._figures.trouble

    def look_at_runs(self) -> Snapshot:
        """The snapshot with the statistics of runs read, and as they are now; the last one where nothing ended since.

        Files and queue are not read again.
        """
        before = self.snapshot()
        len(before.catalog.runs)
        figures = self._figures.now()
        len(figures)
        with self.guard:
            before = self.snapshot()
            if before.catalog.runs is not figures or before.notice != self._notice():
                catalog = self._with_figures(before.catalog)
                self._snapshot = replace(before, catalog=catalog, notice=self._notice())
            return self.snapshot()

    def _with_figures(self, catalog: Catalog) -> Catalog:
        return replace(catalog, runs=self._figures.now(), as_of=self._now() if self._now else None)

    def others(self) -> Mapping[str, Plan]:
        """What other users have pending, by user; read now."""
        return self._others(self.snapshot().catalog)

    def with_queue(self, queue: Queue) -> Snapshot:
        """The snapshot after the queue changed and the files did not."""
        with self.guard:
            before = self.snapshot()
            self._snapshot = replace(before, queue=queue, plan=make_plan(before.catalog, queue.changes, said_by))
            return self._snapshot

    def noted(self, notice: str | None, *, is_in_doubt: bool) -> Snapshot:
        """The snapshot with something that the user should know."""
        with self.guard:
            self._said = notice
            self._snapshot = replace(self.snapshot(), notice=self._notice(), is_in_doubt=is_in_doubt)
            return self._snapshot

    def _notice(self) -> str | None:
        """What was noted, and what of the queues and of the runs could not be read."""
        return "; ".join(filter(None, (self._said, *self._notices(), self._figures.trouble))) or None

    def refuse_in_doubt(self) -> None:
        """Raises InDoubtError while an apply is in doubt: what is queued on a half-written file has no base."""
        snapshot = self.snapshot()
        if snapshot.is_in_doubt:
            raise InDoubtError(self._said or "an apply is in doubt", hint=IN_DOUBT_HINT)

    def _others(self, catalog: Catalog) -> dict[str, Plan]:
        plans = {user: make_plan(catalog, queue.changes, said_by) for user, queue in self._load_others().items()}
        return {user: plan for user, plan in plans.items() if plan.files}
