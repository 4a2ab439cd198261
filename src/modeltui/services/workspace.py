"""What a front end is handed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from modeltui.services.alerts import AlertService
    from modeltui.services.apply import ApplyService
    from modeltui.services.auditing import AuditService
    from modeltui.services.browsing import BrowseService
    from modeltui.services.catalog import CatalogService
    from modeltui.services.changing.bulk import BulkService
    from modeltui.services.changing.changes import ChangeService
    from modeltui.services.changing.creating import CreateService
    from modeltui.services.changing.editing import EditService
    from modeltui.services.changing.exchange import ExchangeService
    from modeltui.services.changing.fixing import FixService
    from modeltui.services.changing.lifecycle import LifecycleService
    from modeltui.services.changing.plan_files import PlanFileService
    from modeltui.services.changing.rollback import RollbackService
    from modeltui.services.changing.rollout import RolloutService
    from modeltui.services.changing.sync import SyncService
    from modeltui.services.changing.workflow_files import WorkflowFileService
    from modeltui.services.drift import DriftService
    from modeltui.services.history import HistoryService
    from modeltui.services.keys import KeyService
    from modeltui.services.looks import LookService
    from modeltui.services.permissions import Permissions
    from modeltui.services.presets import PresetService
    from modeltui.services.providers import ProviderService
    from modeltui.services.running.batches import BatchService
    from modeltui.services.running.capability import CapabilityService
    from modeltui.services.running.chains import ChainService
    from modeltui.services.running.costing import CostService
    from modeltui.services.running.input_sets import InputSetService
    from modeltui.services.running.jobs import JobService
    from modeltui.services.running.pick import PickService
    from modeltui.services.running.results import ResultService
    from modeltui.services.running.runs import RunService
    from modeltui.services.running.workflows import WorkflowService
    from modeltui.services.sharing.apart import ApartService
    from modeltui.services.sharing.pulling import PullService
    from modeltui.services.sharing.pushing import PushService
    from modeltui.services.trust import TrustService
    from modeltui.services.views import ViewService


class RunWorkspace(Protocol):
    """Prices, test generations, and the providers that they go to."""

    @property
    def costing(self) -> CostService: ...
    @property
    def capability(self) -> CapabilityService: ...
    @property
    def picking(self) -> PickService: ...
    @property
    def runs(self) -> RunService: ...
    @property
    def jobs(self) -> JobService: ...
    @property
    def batches(self) -> BatchService: ...
    @property
    def workflows(self) -> WorkflowService: ...
    @property
    def chains(self) -> ChainService: ...
    @property
    def results(self) -> ResultService: ...
    @property
    def input_sets(self) -> InputSetService: ...
    @property
    def providers(self) -> ProviderService: ...
    @property
    def keys(self) -> KeyService: ...
    @property
    def trust(self) -> TrustService: ...


class ChangeWorkspace(Protocol):
    """Every way to a change, and to the files."""

    @property
    def changes(self) -> ChangeService: ...
    @property
    def editing(self) -> EditService: ...
    @property
    def applying(self) -> ApplyService: ...
    @property
    def plans(self) -> PlanFileService: ...
    @property
    def apart(self) -> ApartService: ...
    @property
    def pulling(self) -> PullService: ...
    @property
    def pushing(self) -> PushService: ...
    @property
    def exchange(self) -> ExchangeService: ...
    @property
    def sync(self) -> SyncService: ...
    @property
    def presets(self) -> PresetService: ...
    @property
    def creating(self) -> CreateService: ...
    @property
    def workflow_files(self) -> WorkflowFileService: ...
    @property
    def lifecycle(self) -> LifecycleService: ...
    @property
    def bulk(self) -> BulkService: ...
    @property
    def fixes(self) -> FixService: ...
    @property
    def rollback(self) -> RollbackService: ...
    @property
    def rollout(self) -> RolloutService: ...


class Workspace(RunWorkspace, ChangeWorkspace, Protocol):
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
    def drift(self) -> DriftService: ...
    @property
    def history(self) -> HistoryService: ...
    @property
    def audit(self) -> AuditService: ...
    @property
    def alerts(self) -> AlertService: ...
    @property
    def browsing(self) -> BrowseService: ...
    @property
    def views(self) -> ViewService: ...
