"""What other services of a workspace are made with."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from modeltui.config import Settings

if TYPE_CHECKING:
    from modeltui.domain.finding import Finding
    from modeltui.history.recorder import GitRecorder
    from modeltui.history.timeline import Timeline
    from modeltui.history.versions import Versions
    from modeltui.services.apply import ApplyService
    from modeltui.services.auditing import AuditedApplier
    from modeltui.services.catalog import CatalogService
    from modeltui.services.changing.queueing import Queueing
    from modeltui.services.permissions import Permissions
    from modeltui.services.running.jobs import JobService
    from modeltui.services.running.runs import RunService
    from modeltui.services.trust import TrustService
    from modeltui.storage.console_state import ConsoleState

from modeltui.bootstrap.clocks import now, today
from modeltui.bootstrap.ground import Ground


class Base:
    """What the services of a workspace are made with."""

    def __init__(self, on: Ground, settings: Settings) -> None:
        self._on = on
        self._settings = settings
        self.root = on.root
        self.user = settings.user

    @property
    def permissions(self) -> Permissions:
        return self._on.permissions

    @cached_property
    def _queueing(self) -> Queueing:
        from modeltui.services.changing.queueing import Queueing

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
        from modeltui.storage.toml.codec import parse

        return Timeline(self._on.repository, self._on.commits, parse)

    @cached_property
    def _recorder(self) -> GitRecorder:
        from modeltui.history.recorder import GitRecorder

        return GitRecorder(self._on.root, self._on.repository)

    @cached_property
    def _applier(self) -> AuditedApplier:
        from modeltui.services.auditing import AuditedApplier
        from modeltui.storage.queue_file import QueueSettler

        on, settings = self._on, self._settings
        settler = QueueSettler(on.root, own=(settings.user, on.queue_file))
        return AuditedApplier(on.root, self._recorder, settler, on.audit, user=settings.user, host=settings.host)

    @cached_property
    def applying(self) -> ApplyService:
        from modeltui.services.apply import ApplyService

        on = self._on
        return ApplyService(
            on.current,
            self._applier,
            on.renderer,
            on.identity,
            self._recorder.uncommitted,
            preflight=self._preflight,
            watch=on.watch,
            permissions=on.permissions,
        )

    def _preflight(self) -> tuple[Finding, ...]:
        from modeltui.history.preflight import preflight

        return preflight(self.root)

    @cached_property
    def catalog(self) -> CatalogService:
        from modeltui.services.catalog import CatalogService

        on = self._on
        return CatalogService(on.current, on.store, today, lambda: on.watch, state=self._state, now=now)

    def _state(self) -> tuple[Finding, ...]:
        from modeltui.services.state_check import StateCheck

        return StateCheck(self.root, self.applying.status, self._on.repository.pending, self.jobs.trouble)()

    @cached_property
    def runs(self) -> RunService:
        from modeltui.services.running.runs import RunService

        on = self._on
        return RunService(
            on.current,
            on.root,
            self._settings.secret,
            permissions=on.permissions,
            audit=on.audit,
            trust=self.trust,
            kept_jobs=on.jobs,
        )

    @cached_property
    def jobs(self) -> JobService:
        from modeltui.services.running.jobs import JobService

        return JobService(self._on.jobs, self.catalog, self._on.permissions, lambda: self.runs)

    @cached_property
    def trust(self) -> TrustService:
        from modeltui.services.trust import TrustService

        return TrustService(self._on.current, self._kept)
