"""Puts the program together: Settings in, Workspace out.

What nearly every command needs is loaded with this module; each other service when it is first asked for.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING

from modeltui.config import Settings
from modeltui.domain.schema.fatal import fatal_fault
from modeltui.history.commits import Commits
from modeltui.history.git import branch
from modeltui.history.repository import HistoryRepository
from modeltui.services.catalog import CatalogService
from modeltui.services.current import Current
from modeltui.services.identity import Identity
from modeltui.services.lock_watch import LockWatch
from modeltui.services.permissions import Permissions, read_policy
from modeltui.services.rendering import Renderer
from modeltui.storage.audit_file import AuditFile
from modeltui.storage.codec import parse
from modeltui.storage.log_file import LogFile
from modeltui.storage.other_queues import OtherQueues
from modeltui.storage.queue_file import QueueFile
from modeltui.storage.real_fs import RealFs
from modeltui.storage.state_dir import HISTORY, STATE
from modeltui.storage.store import Store

if TYPE_CHECKING:
    from modeltui.domain.finding import Finding
    from modeltui.history.timeline import Timeline
    from modeltui.history.versions import Versions
    from modeltui.services.alerts import AlertService
    from modeltui.services.apply import ApplyService
    from modeltui.services.auditing import AuditService
    from modeltui.services.browsing import BrowseService
    from modeltui.services.bulk import BulkService
    from modeltui.services.changes import ChangeService
    from modeltui.services.creating import CreateService
    from modeltui.services.drift import DriftService
    from modeltui.services.editing import EditService
    from modeltui.services.exchange import ExchangeService
    from modeltui.services.fixing import FixService
    from modeltui.services.history import HistoryService
    from modeltui.services.lifecycle import LifecycleService
    from modeltui.services.looks import LookService
    from modeltui.services.plan_files import PlanFileService
    from modeltui.services.presets import PresetService
    from modeltui.services.providers import ProviderService
    from modeltui.services.queueing import Queueing
    from modeltui.services.rollback import RollbackService
    from modeltui.services.runs import RunService
    from modeltui.services.views import ViewService
    from modeltui.services.workspace import Workspace
    from modeltui.storage.console_state import ConsoleState


@dataclass(frozen=True, slots=True)
class _Ground:
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


def open_workspace(settings: Settings, *, recovers: bool = True) -> Workspace:
    """Everything that a front end needs, on the catalogue that `settings` names.

    An apply that was interrupted is finished or undone first, unless its user is about to decide on that.
    """
    workspace = _Wired(_ground(settings), settings)
    if recovers and os.path.lexists(os.path.join(settings.root, STATE)):
        workspace.applying.recover_at_start()
    return workspace


def _ground(settings: Settings) -> _Ground:
    root = settings.root
    identity = Identity(settings.user, settings.host, lambda: datetime.now(UTC))
    store = Store(root, fatal_fault)
    queue_file = QueueFile(root, settings.user, is_mine=not settings.read_only)
    other_queues, history_log = OtherQueues(root, settings.user), LogFile(RealFs(root), HISTORY)
    repository, commits = HistoryRepository(history_log), Commits(root)
    history_trouble = history_log.trouble(at_end=True, sets_right=not settings.read_only)
    current = Current(
        settings.user,
        store.load,
        queue_file.load,
        lambda: branch(root),
        load_others=other_queues.load,
        notices=lambda: (queue_file.notice, other_queues.notice, history_trouble),
        is_queue_unread=lambda: queue_file.is_unread,
    )
    audit = AuditFile(RealFs(root), settings.user, settings.host, identity.now)
    permissions = Permissions(
        lambda: read_policy(store.read, parse),
        audit,
        settings.user,
        settings.groups,
        is_read_only=settings.read_only,
    )
    return _Ground(
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
    )


class _Services:
    """What the services of a workspace are made with."""

    def __init__(self, on: _Ground, settings: Settings) -> None:
        self._on = on
        self._settings = settings
        self.root = on.root

    @cached_property
    def _queueing(self) -> Queueing:
        from modeltui.services.queueing import Queueing

        return Queueing(self._on.current, self._on.queue_file, self._on.identity, self._on.permissions)

    @cached_property
    def _kept(self) -> ConsoleState:
        from modeltui.storage.console_state import ConsoleState

        return ConsoleState(self._settings.state, self.root)

    @cached_property
    def _versions(self) -> Versions:
        from modeltui.history.versions import Versions

        return Versions(self.root, self._on.repository)

    @cached_property
    def _timeline(self) -> Timeline:
        from modeltui.history.timeline import Timeline

        return Timeline(self._on.repository, self._on.commits, parse)

    @cached_property
    def applying(self) -> ApplyService:
        from modeltui.history.preflight import preflight
        from modeltui.history.recorder import GitRecorder
        from modeltui.services.apply import ApplyService
        from modeltui.services.auditing import AuditedApplier
        from modeltui.storage.queue_file import QueueSettler

        on, settings = self._on, self._settings
        recorder, settler = GitRecorder(on.root, on.repository), QueueSettler(on.root)
        applier = AuditedApplier(on.root, recorder, settler, on.audit, user=settings.user, host=settings.host)
        return ApplyService(
            on.current,
            applier,
            on.renderer,
            on.identity,
            recorder.uncommitted,
            preflight=lambda: preflight(on.root),
            watch=on.watch,
            permissions=on.permissions,
        )


class _Wired(_Services):
    """A Workspace."""

    def __init__(self, on: _Ground, settings: Settings) -> None:
        super().__init__(on, settings)
        self.user = settings.user
        self.permissions = on.permissions

    @cached_property
    def catalog(self) -> CatalogService:
        return CatalogService(self._on.current, self._on.store, _today, self._on.watch, state=self._state)

    def _state(self) -> tuple[Finding, ...]:
        from modeltui.services.state_check import StateCheck

        return StateCheck(self.root, self.applying.status, self._on.repository.pending)()

    @cached_property
    def changes(self) -> ChangeService:
        from modeltui.services.changes import ChangeService
        from modeltui.services.conflicts import ConflictFinder

        on = self._on
        return ChangeService(on.current, self._queueing, on.renderer, on.identity, ConflictFinder(self._versions))

    @cached_property
    def editing(self) -> EditService:
        from modeltui.services.editing import EditService

        on, editor = self._on, self._settings.editor
        return EditService(on.current, self._queueing, on.renderer, on.store.read, on.permissions, editor=editor)

    @cached_property
    def plans(self) -> PlanFileService:
        from modeltui.services.plan_files import PlanFileService

        return PlanFileService(self._on.current, self.applying, self._on.renderer, self._on.identity)

    @cached_property
    def drift(self) -> DriftService:
        from modeltui.services.drift import DriftService

        on = self._on
        return DriftService(on.current, on.store, self._versions, on.repository, self.changes, watch=on.watch)

    @cached_property
    def history(self) -> HistoryService:
        from modeltui.services.comparing import Comparer
        from modeltui.services.history import HistoryService

        comparer = Comparer(self._on.current, self._timeline, self._on.commits)
        return HistoryService(self._timeline, comparer, self._on.history_trouble)

    @cached_property
    def rollback(self) -> RollbackService:
        from modeltui.services.rollback import RollbackService

        on = self._on
        return RollbackService(on.current, self._timeline, self._queueing, on.audit, on.store.read)

    @cached_property
    def audit(self) -> AuditService:
        from modeltui.services.auditing import AuditService

        return AuditService(self._on.audit, self._on.repository, self._on.commits)

    @cached_property
    def runs(self) -> RunService:
        from modeltui.services.runs import RunService

        on = self._on
        return RunService(on.current, on.root, self._settings.secret, on.permissions, on.audit)

    @cached_property
    def providers(self) -> ProviderService:
        from modeltui.services.providers import ProviderService

        return ProviderService(self._on.current, self._settings.secret, self._kept, self._on.identity.now)

    @cached_property
    def fixes(self) -> FixService:
        from modeltui.services.fixing import FixService

        return FixService(self.catalog, self._queueing)

    @cached_property
    def alerts(self) -> AlertService:
        from modeltui.services.alerts import AlertService

        return AlertService(self.catalog, self.providers, self._queueing, _today)

    @cached_property
    def exchange(self) -> ExchangeService:
        from modeltui.services.exchange import ExchangeService

        return ExchangeService(self._on.current, self._queueing)

    @cached_property
    def presets(self) -> PresetService:
        from modeltui.services.presets import PresetService

        return PresetService(self.root)

    @cached_property
    def creating(self) -> CreateService:
        from modeltui.services.creating import CreateService

        return CreateService(self._on.current, self._queueing, self._on.renderer)

    @cached_property
    def lifecycle(self) -> LifecycleService:
        from modeltui.services.lifecycle import LifecycleService

        return LifecycleService(self._on.current, self._queueing, _today)

    @cached_property
    def bulk(self) -> BulkService:
        from modeltui.services.bulk import BulkService

        return BulkService(self._queueing, self._on.identity)

    @cached_property
    def browsing(self) -> BrowseService:
        from modeltui.services.browsing import BrowseService

        return BrowseService(self.catalog)

    @cached_property
    def looks(self) -> LookService:
        from modeltui.services.looks import LookService

        return LookService(self._kept)

    @cached_property
    def views(self) -> ViewService:
        from modeltui.domain.views import ALL, ShownColumn
        from modeltui.services.views import ViewService

        settings = self._settings
        columns = tuple(ShownColumn(name) for name in settings.columns)
        usual = replace(ALL, columns=columns, sort=settings.sort)
        return ViewService(self._kept, is_fresh=settings.fresh, usual=usual)


def _today() -> date:
    """Where the user is."""
    return datetime.now().astimezone().date()
