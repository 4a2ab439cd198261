"""What a front end is handed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from modeltui.services.alerts import AlertService
    from modeltui.services.apply import ApplyService
    from modeltui.services.auditing import AuditService
    from modeltui.services.browsing import BrowseService
    from modeltui.services.bulk import BulkService
    from modeltui.services.catalog import CatalogService
    from modeltui.services.changes import ChangeService
    from modeltui.services.creating import CreateService
    from modeltui.services.drift import DriftService
    from modeltui.services.editing import EditService
    from modeltui.services.exchange import ExchangeService
    from modeltui.services.fixing import FixService
    from modeltui.services.history import HistoryService
    from modeltui.services.lifecycle import LifecycleService
    from modeltui.services.looks import LookService
    from modeltui.services.permissions import Permissions
    from modeltui.services.plan_files import PlanFileService
    from modeltui.services.presets import PresetService
    from modeltui.services.providers import ProviderService
    from modeltui.services.rollback import RollbackService
    from modeltui.services.runs import RunService
    from modeltui.services.views import ViewService


class Workspace(Protocol):
    """Reading gives frozen values, a change gives the new Snapshot, long work is an async stream.

    A service is made, and loaded, when it is first asked for: a command pays for what it uses.
    """

    @property
    def root(self) -> str: ...
    @property
    def user(self) -> str: ...
    @property
    def permissions(self) -> Permissions: ...
    @property
    def looks(self) -> LookService: ...
    @property
    def catalog(self) -> CatalogService: ...
    @property
    def changes(self) -> ChangeService: ...
    @property
    def editing(self) -> EditService: ...
    @property
    def applying(self) -> ApplyService: ...
    @property
    def plans(self) -> PlanFileService: ...
    @property
    def drift(self) -> DriftService: ...
    @property
    def history(self) -> HistoryService: ...
    @property
    def rollback(self) -> RollbackService: ...
    @property
    def audit(self) -> AuditService: ...
    @property
    def runs(self) -> RunService: ...
    @property
    def providers(self) -> ProviderService: ...
    @property
    def fixes(self) -> FixService: ...
    @property
    def alerts(self) -> AlertService: ...
    @property
    def exchange(self) -> ExchangeService: ...
    @property
    def presets(self) -> PresetService: ...
    @property
    def creating(self) -> CreateService: ...
    @property
    def lifecycle(self) -> LifecycleService: ...
    @property
    def bulk(self) -> BulkService: ...
    @property
    def browsing(self) -> BrowseService: ...
    @property
    def views(self) -> ViewService: ...
