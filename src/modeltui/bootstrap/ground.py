"""What the services of one catalogue share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from typing import TYPE_CHECKING

from modeltui.config import Settings
from modeltui.domain.schema.fatal import fatal_fault
from modeltui.history.commits import Commits
from modeltui.history.git import branch
from modeltui.history.repository import HistoryRepository
from modeltui.services.current import Current
from modeltui.services.identity import Identity
from modeltui.services.lock_watch import LockWatch
from modeltui.services.permissions import Permissions, read_policy
from modeltui.services.rendering import Renderer
from modeltui.services.run_figures import RunFigures
from modeltui.storage.audit_file import AuditFile
from modeltui.storage.codec import parse
from modeltui.storage.log_file import LogFile
from modeltui.storage.other_queues import OtherQueues
from modeltui.storage.queue_file import QueueFile
from modeltui.storage.real_fs import RealFs
from modeltui.storage.state_dir import HISTORY
from modeltui.storage.store import Store

if TYPE_CHECKING:
    from modeltui.jobs.store import JobStore


from modeltui.bootstrap.clocks import now


@dataclass(frozen=True, slots=True)
class Ground:
    """What the services of one catalogue share."""

    root: str
    identity: Identity
    store: Store
    queue_file: QueueFile
    current: Current
    repository: HistoryRepository
    history_trouble: Callable[[], str | None]
    commits: Commits
    watch: LockWatch
    audit: AuditFile
    permissions: Permissions
    renderer: Renderer
    jobs: Callable[[], JobStore]
    """The one store of kept jobs; the database is loaded with the first call."""


def ground(settings: Settings) -> Ground:
    root = settings.root
    identity = Identity(settings.user, settings.host, lambda: datetime.now(UTC))
    store = Store(root, fatal_fault)
    queue_file = QueueFile(root, settings.user, is_mine=not settings.read_only)
    other_queues, history_log = OtherQueues(root, settings.user), LogFile(RealFs(root), HISTORY)
    repository, commits = HistoryRepository(history_log), Commits(root)
    history_trouble = history_log.trouble(at_end=True, sets_right=not settings.read_only)
    audit = AuditFile(RealFs(root), settings.user, settings.host, identity.now)
    permissions = Permissions(
        lambda: read_policy(store.read, parse),
        audit,
        settings.user,
        settings.groups,
        is_read_only=settings.read_only,
    )
    jobs = _job_store(settings, permissions)
    current = Current(
        settings.user,
        store.load,
        queue_file.load,
        lambda: branch(root),
        load_others=other_queues.load,
        notices=lambda: (queue_file.notice, other_queues.notice, history_trouble),
        is_queue_unread=lambda: queue_file.is_unread,
        figures=RunFigures.of(jobs),
        now=now,
    )
    return Ground(
        root=root,
        identity=identity,
        store=store,
        queue_file=queue_file,
        current=current,
        repository=repository,
        history_trouble=partial(history_log.trouble, sets_right=not settings.read_only),
        commits=commits,
        watch=LockWatch(repository, commits),
        audit=audit,
        permissions=permissions,
        renderer=Renderer(store.read),
        jobs=jobs,
    )


def _job_store(settings: Settings, permissions: Permissions) -> Callable[[], JobStore]:
    @cache
    def opened() -> JobStore:
        from modeltui.jobs.store import JobStore

        is_read_only = lambda: permissions.is_read_only  # noqa: E731  # it can be lifted while the program runs
        return JobStore(settings.root, user=settings.user, host=settings.host, is_read_only=is_read_only)

    return opened
