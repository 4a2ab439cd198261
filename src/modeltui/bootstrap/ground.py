"""What the services of one catalogue share, each made and loaded when it is first asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from modeltui.bootstrap.clocks import now, utc_now
from modeltui.bootstrap.once import Made, once
from modeltui.config import Settings
from modeltui.domain.pending.queue import Queue
from modeltui.services.current import Current
from modeltui.services.run_figures import RunFigures
from modeltui.storage.state_names import STATE

if TYPE_CHECKING:
    from modeltui.history.commits import Commits
    from modeltui.history.repository import HistoryRepository
    from modeltui.jobs.store import JobStore
    from modeltui.services.identity import Identity
    from modeltui.services.lock_watch import LockWatch
    from modeltui.services.permissions import Permissions
    from modeltui.services.rendering import Renderer
    from modeltui.storage.audit_file import AuditFile
    from modeltui.storage.log_file import LogFile
    from modeltui.storage.other_queues import OtherQueues
    from modeltui.storage.queue_file import QueueFile
    from modeltui.storage.source import Source


class Ground(Made):
    """What the services of one catalogue share."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self._had_state = False
        self.root = settings.root

    def has_state(self) -> bool:
        """Whether anything was ever queued or applied here, as far as this process has seen."""
        self._had_state = self._had_state or os.path.lexists(os.path.join(self.root, STATE))
        return self._had_state

    @once
    def current(self) -> Current:
        return Current(
            self._settings.user,
            lambda *, fresh=False, seen=None: self.store.load(fresh=fresh, seen=seen),
            lambda: self.queue_file.load() if self.has_state() else Queue(),
            self._branch,
            load_others=self._other_queues,
            notices=self._notices,
            is_queue_unread=lambda: self.has_state() and self.queue_file.is_unread,
            figures=RunFigures.of(self.jobs, self.has_state),
            now=now,
        )

    def _branch(self) -> str | None:
        from modeltui.history.work_tree import branch

        return branch(self.root)

    def _other_queues(self) -> Mapping[str, Queue]:
        return self.others.load() if self.has_state() else {}

    def _notices(self) -> Iterator[str | None]:
        if self.has_state():
            yield from (self.queue_file.notice, self.others.notice, self._trouble_at_start)

    @once
    def identity(self) -> Identity:
        from modeltui.services.identity import Identity

        return Identity(self._settings.user, self._settings.host, utc_now)

    @once
    def store(self) -> Source:
        from modeltui.domain.schema.fatal import fatal_fault
        from modeltui.storage.store import Store
        from modeltui.storage.summary_cache import SummaryCache

        return Store(self.root, fatal_fault, SummaryCache(self._settings.cache, self.root))

    @once
    def queue_file(self) -> QueueFile:
        from modeltui.storage.queue_file import QueueFile

        return QueueFile(self.root, self._settings.user, is_mine=not self._settings.read_only)

    @once
    def others(self) -> OtherQueues:
        """The queues of other users."""
        from modeltui.storage.other_queues import OtherQueues

        return OtherQueues(self.root, self._settings.user)

    @once
    def _history_log(self) -> LogFile:
        from modeltui.storage.log_file import LogFile
        from modeltui.storage.real_fs import RealFs
        from modeltui.storage.state_names import HISTORY

        return LogFile(RealFs(self.root), HISTORY)

    @once
    def repository(self) -> HistoryRepository:
        from modeltui.history.repository import HistoryRepository

        return HistoryRepository(self._history_log)

    @once
    def _trouble_at_start(self) -> str | None:
        return self._history_log.trouble(at_end=True, sets_right=not self._settings.read_only)

    def history_trouble(self) -> str | None:
        """What of the history cannot be read, looked at as a whole."""
        return self._history_log.trouble(sets_right=not self._settings.read_only)

    @once
    def commits(self) -> Commits:
        from modeltui.history.commits import Commits

        return Commits(self.root)

    @once
    def watch(self) -> LockWatch:
        from modeltui.services.lock_watch import LockWatch

        return LockWatch(self.repository, lambda: self.commits)

    @once
    def audit(self) -> AuditFile:
        from modeltui.storage.audit_file import AuditFile
        from modeltui.storage.real_fs import RealFs

        return AuditFile(RealFs(self.root), self._settings.user, self._settings.host, utc_now)

    @once
    def permissions(self) -> Permissions:
        from modeltui.services.permissions import Permissions, read_policy
        from modeltui.storage.toml.codec import parse

        return Permissions(
            lambda: read_policy(self.store.read, parse),
            self.audit,
            self._settings.user,
            self._settings.groups,
            is_read_only=self._settings.read_only,
        )

    @once
    def renderer(self) -> Renderer:
        from modeltui.services.rendering import Renderer

        return Renderer(self.store.read)

    @once
    def _job_store(self) -> JobStore:
        from modeltui.jobs.store import JobStore

        settings = self._settings
        is_read_only = lambda: self.permissions.is_read_only  # noqa: E731  # it can be lifted while the program runs
        return JobStore(settings.root, user=settings.user, host=settings.host, is_read_only=is_read_only)

    def jobs(self) -> JobStore:
        """The one store of kept jobs; the database is loaded with the first call."""
        return self._job_store
