"""Which screen a wish to go somewhere opens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from textual.screen import Screen

from modeltui.domain.form import FormSteps
from modeltui.services.workspace import Workspace
from modeltui.tui.messages import (
    Open,
    OpenAlerts,
    OpenConflicts,
    OpenDashboard,
    OpenEdit,
    OpenForm,
    OpenHistory,
    OpenImport,
    OpenModel,
    OpenNew,
    OpenPending,
    OpenPlanFile,
    OpenPresets,
    OpenProblems,
    OpenProviders,
    OpenRecovery,
    OpenRun,
    OpenText,
)
from modeltui.tui.screens.alerts import AlertsScreen
from modeltui.tui.screens.batch import BatchScreen
from modeltui.tui.screens.batch_form import BatchFormScreen
from modeltui.tui.screens.batches import BatchesScreen
from modeltui.tui.screens.catalog import CatalogScreen
from modeltui.tui.screens.compare import CompareScreen
from modeltui.tui.screens.conflicts import ConflictsScreen
from modeltui.tui.screens.dashboard import DashboardScreen
from modeltui.tui.screens.detail import DetailScreen
from modeltui.tui.screens.edit import EditScreen
from modeltui.tui.screens.form import FormScreen
from modeltui.tui.screens.history import HistoryScreen
from modeltui.tui.screens.importing import ImportScreen
from modeltui.tui.screens.job import JobScreen
from modeltui.tui.screens.jobs import JobsScreen
from modeltui.tui.screens.new import NewScreen
from modeltui.tui.screens.pending import PendingScreen
from modeltui.tui.screens.plan_file import PlanFileScreen
from modeltui.tui.screens.presets import PresetsScreen
from modeltui.tui.screens.problems import ProblemsScreen
from modeltui.tui.screens.providers import ProvidersScreen
from modeltui.tui.screens.recovery import RecoveryScreen
from modeltui.tui.screens.run import RunScreen
from modeltui.tui.screens.text import TextScreen
from modeltui.tui.work_messages import OpenBatch, OpenBatches, OpenBatchForm, OpenComparison, OpenJob, OpenJobs

_PLAIN: Final[Mapping[type[Open], Callable[[Workspace], Screen[Any]]]] = {
    OpenAlerts: AlertsScreen,
    OpenBatches: BatchesScreen,
    OpenDashboard: DashboardScreen,
    OpenImport: ImportScreen,
    OpenJobs: JobsScreen,
    OpenPending: PendingScreen,
    OpenPresets: PresetsScreen,
    OpenProblems: ProblemsScreen,
    OpenProviders: ProvidersScreen,
    OpenRecovery: RecoveryScreen,
}
"""Those that are the same whoever opens them."""


class Navigator:
    """Every screen that it makes has a reactive `snapshot`, for the app to bind."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._drafts: dict[str, dict[str, Any]] = {}
        self._forms: dict[str, FormSteps] = {}

    def first(self) -> Screen[Any]:
        return CatalogScreen(self._workspace)

    def screen_for(self, wish: Open) -> Screen[Any]:
        """A new screen. What was typed to run a model is kept for the next time."""
        match wish:
            case OpenModel():
                return DetailScreen(self._workspace, wish.key, wish.line)
            case OpenEdit() | OpenForm() | OpenNew() | OpenText():
                return self._editor(wish)
            case OpenRun():
                return RunScreen(self._workspace, wish.key, self._draft(wish.key, wish.drafts))
            case OpenJob() | OpenBatch() | OpenBatchForm() | OpenComparison():
                return self._of_runs(wish)
            case OpenConflicts() | OpenPlanFile() | OpenHistory():
                return self._of_past(wish)
        return _PLAIN[type(wish)](self._workspace)

    def _draft(self, name: str, instead: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """What was typed under a name, or what it is to be from now on."""
        draft = self._drafts.setdefault(name, {})
        if instead is not None:
            draft.clear()
            draft.update(instead)
        return draft

    def _of_runs(self, wish: OpenJob | OpenBatch | OpenBatchForm | OpenComparison) -> Screen[Any]:
        match wish:
            case OpenJob():
                return JobScreen(self._workspace, wish.id)
            case OpenBatch():
                return BatchScreen(self._workspace, wish.id)
            case OpenBatchForm():
                return BatchFormScreen(self._workspace, wish, self._draft("batch"))
            case OpenComparison():
                return CompareScreen(self._workspace, wish.id)

    def _of_past(self, wish: OpenConflicts | OpenPlanFile | OpenHistory) -> Screen[Any]:
        """What was changed, and what is to be, from a file or against somebody else."""
        if isinstance(wish, OpenPlanFile):
            return PlanFileScreen(self._workspace, wish.path)
        if isinstance(wish, OpenHistory):
            return HistoryScreen(self._workspace, wish.key)
        return ConflictsScreen(self._workspace, wish.key)

    def _editor(self, wish: OpenEdit | OpenForm | OpenNew | OpenText) -> Screen[Any]:
        """What was changed in a form and not queued is there the next time."""
        match wish:
            case OpenEdit():
                return EditScreen(self._workspace, wish.key, wish.field, wish.region)
            case OpenForm():
                return FormScreen(self._workspace, wish.key, wish.keys, self._forms)
            case OpenNew():
                return NewScreen(self._workspace, wish.preset, wish.copy_of)
            case OpenText():
                return TextScreen(self._workspace, wish.key)
