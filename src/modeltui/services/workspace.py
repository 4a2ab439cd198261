"""What a front end is handed."""

from __future__ import annotations

from dataclasses import dataclass

from modeltui.services.apply import ApplyService
from modeltui.services.catalog import CatalogService
from modeltui.services.changes import ChangeService
from modeltui.services.drift import DriftService
from modeltui.services.history import HistoryService
from modeltui.services.plan_files import PlanFileService
from modeltui.services.providers import ProviderService
from modeltui.services.runs import RunService


@dataclass(frozen=True, slots=True)
class Workspace:
    """Reading gives frozen values, a change gives the new Snapshot, long work is an async stream."""

    root: str
    user: str
    catalog: CatalogService
    changes: ChangeService
    applying: ApplyService
    plans: PlanFileService
    drift: DriftService
    history: HistoryService
    runs: RunService
    providers: ProviderService
