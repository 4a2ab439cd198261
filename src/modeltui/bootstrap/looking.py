"""Services that look, back and around."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from modeltui.domain.job import KeptJob
    from modeltui.services.alerts import AlertService
    from modeltui.services.auditing import AuditService
    from modeltui.services.browsing import BrowseService
    from modeltui.services.drift import DriftService
    from modeltui.services.history import HistoryService
    from modeltui.services.looks import LookService
    from modeltui.services.views import ViewService


from modeltui.bootstrap.changing import Changing
from modeltui.bootstrap.clocks import today
from modeltui.bootstrap.running import Running


class Looking(Running, Changing):
    """History, drift, alerts and views: they look at what the others do."""

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
    def audit(self) -> AuditService:
        from modeltui.services.auditing import AuditService

        return AuditService(self._on.audit, self._on.repository, self._on.commits)

    @cached_property
    def alerts(self) -> AlertService:
        from modeltui.services.alerts import AlertService

        return AlertService(self.catalog, self.providers, self._queueing, today, uncertain=self._uncertain)

    def _uncertain(self) -> Sequence[KeptJob]:
        from modeltui.domain.job import JobState
        from modeltui.jobs.store import JobFilter

        return self._on.jobs().list(JobFilter(states=(JobState.UNCERTAIN,)))

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
        from modeltui.domain.browse.views import ALL, ShownColumn
        from modeltui.services.views import ViewService

        settings = self._settings
        columns = tuple(ShownColumn(name) for name in settings.columns)
        usual = replace(ALL, columns=columns, sort=settings.sort)
        return ViewService(self._kept, is_fresh=settings.fresh, usual=usual)
