"""The one snapshot that all services share, and the only way to a new one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace

from modeltui.domain.catalog import Catalog
from modeltui.domain.plan import Plan, make_plan
from modeltui.domain.queue import Queue
from modeltui.domain.snapshot import Snapshot


class Current:
    """Holds the last snapshot. Safe to use from several threads."""

    def __init__(
        self,
        user: str,
        load_catalog: Callable[[], Catalog],
        load_queue: Callable[[], Queue],
        branch: Callable[[], str | None],
        *,
        load_others: Callable[[], Mapping[str, Queue]] = dict,
        queue_notice: Callable[[], str | None] = lambda: None,
    ) -> None:
        """`queue_notice` says what of the queue could not be read, once it was loaded."""
        self.user = user
        self.guard = threading.RLock()
        self._load_catalog = load_catalog
        self._load_queue = load_queue
        self._branch = branch
        self._load_others = load_others
        self._queue_notice = queue_notice
        self._snapshot: Snapshot | None = None

    def snapshot(self) -> Snapshot:
        with self.guard:
            return self._snapshot or self.reload()

    def reload(self) -> Snapshot:
        """Read the files and the queue again."""
        with self.guard:
            catalog, queue = self._load_catalog(), self._load_queue()
            notice = self._queue_notice() or (self._snapshot.notice if self._snapshot else None)
            in_doubt = self._snapshot.is_in_doubt if self._snapshot else False
            self._snapshot = Snapshot(
                catalog=catalog,
                queue=queue,
                plan=make_plan(catalog, queue.changes),
                user=self.user,
                branch=self._branch(),
                notice=notice,
                is_in_doubt=in_doubt,
                others={user: len(plan.files) for user, plan in self._others(catalog).items()},
            )
            return self._snapshot

    def others(self) -> Mapping[str, Plan]:
        """What other users have pending, by user; read now."""
        return self._others(self.snapshot().catalog)

    def with_queue(self, queue: Queue) -> Snapshot:
        """The snapshot after the queue changed and the files did not."""
        with self.guard:
            before = self.snapshot()
            self._snapshot = replace(before, queue=queue, plan=make_plan(before.catalog, queue.changes))
            return self._snapshot

    def noted(self, notice: str | None, *, is_in_doubt: bool) -> Snapshot:
        """The snapshot with something that the user should know."""
        with self.guard:
            self._snapshot = replace(self.snapshot(), notice=notice or self._queue_notice(), is_in_doubt=is_in_doubt)
            return self._snapshot

    def _others(self, catalog: Catalog) -> dict[str, Plan]:
        plans = {user: make_plan(catalog, queue.changes) for user, queue in self._load_others().items()}
        return {user: plan for user, plan in plans.items() if plan.files}
