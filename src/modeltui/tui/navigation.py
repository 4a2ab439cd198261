"""Which screen a wish to go somewhere opens. A screen is loaded when it is opened for the first time."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from textual.screen import Screen

from modeltui.errors import ModeltuiError
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
    OpenPick,
    OpenPlanFile,
    OpenPresets,
    OpenProblems,
    OpenProviders,
    OpenPull,
    OpenPush,
    OpenRecovery,
    OpenRun,
    OpenSync,
    OpenText,
)
from modeltui.tui.work_messages import (
    OpenBatch,
    OpenBatches,
    OpenBatchForm,
    OpenChains,
    OpenComparison,
    OpenJob,
    OpenJobs,
    OpenWorkflow,
    OpenWorkflows,
)

if TYPE_CHECKING:
    from modeltui.domain.form import FormSteps
    from modeltui.services.browsing import Rows
    from modeltui.services.workspace import Workspace

_PLAIN: Final[Mapping[type[Open], tuple[str, str]]] = {
    OpenAlerts: ("alerts", "AlertsScreen"),
    OpenBatches: ("batches", "BatchesScreen"),
    OpenDashboard: ("dashboard", "DashboardScreen"),
    OpenImport: ("importing", "ImportScreen"),
    OpenJobs: ("jobs", "JobsScreen"),
    OpenPending: ("pending", "PendingScreen"),
    OpenPresets: ("presets", "PresetsScreen"),
    OpenProblems: ("problems", "ProblemsScreen"),
    OpenProviders: ("providers", "ProvidersScreen"),
    OpenPull: ("sharing", "PullScreen"),
    OpenPush: ("sharing", "PushScreen"),
    OpenRecovery: ("recovery", "RecoveryScreen"),
    OpenSync: ("syncing", "SyncScreen"),
    OpenWorkflows: ("workflows", "WorkflowsScreen"),
}
"""Module and class of those that are the same whoever opens them."""


def first_rows(workspace: Workspace) -> Rows | None:
    """What the first table shows, chosen before there is a screen; None where the filter of last time is wrong."""
    view = workspace.views.place().shown
    try:
        return workspace.browsing.rows(view.query, view.sort, view.group)
    except ModeltuiError:
        return None


class Navigator:
    """Every screen that it makes has a reactive `snapshot`, for the app to bind."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._drafts: dict[str, dict[str, Any]] = {}
        self._forms: dict[str, FormSteps] = {}

    def first(self, rows: Rows | None) -> Screen[Any]:
        """rows: what it shows at once."""
        from modeltui.tui.screens.catalog import CatalogScreen

        return CatalogScreen(self._workspace, rows)

    def screen_for(self, wish: Open) -> Screen[Any]:
        """A new screen. What was typed to run a model is kept for the next time."""
        match wish:
            case OpenModel():
                from modeltui.tui.screens.detail import DetailScreen

                return DetailScreen(self._workspace, wish.key, wish.line)
            case OpenEdit() | OpenForm() | OpenNew() | OpenText():
                return self._editor(wish)
            case OpenRun() | OpenPick():
                return self._asker(wish)
            case OpenJob() | OpenBatch() | OpenBatchForm() | OpenComparison() | OpenWorkflow() | OpenChains():
                return self._of_runs(wish)
            case OpenConflicts() | OpenPlanFile() | OpenHistory():
                return self._of_past(wish)
        module, name = _PLAIN[type(wish)]
        screen: Screen[Any] = getattr(import_module(f"modeltui.tui.screens.{module}"), name)(self._workspace)
        return screen

    def _draft(self, name: str, instead: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """What was typed under a name, or what it is to be from now on."""
        draft = self._drafts.setdefault(name, {})
        if instead is not None:
            draft.clear()
            draft.update(instead)
        return draft

    def _asker(self, wish: OpenRun | OpenPick) -> Screen[Any]:
        """Inputs are typed there, and are there the next time."""
        if isinstance(wish, OpenPick):
            from modeltui.tui.screens.pick import PickScreen

            return PickScreen(self._workspace, self._draft("pick"))
        from modeltui.tui.screens.run import RunScreen

        return RunScreen(self._workspace, wish.key, self._draft(wish.key, wish.drafts))

    def _of_runs(
        self, wish: OpenJob | OpenBatch | OpenBatchForm | OpenComparison | OpenWorkflow | OpenChains
    ) -> Screen[Any]:
        match wish:
            case OpenJob():
                from modeltui.tui.screens.job import JobScreen

                return JobScreen(self._workspace, wish.id)
            case OpenBatch():
                from modeltui.tui.screens.batch import BatchScreen

                return BatchScreen(self._workspace, wish.id)
            case OpenBatchForm():
                from modeltui.tui.screens.batch_form import BatchFormScreen

                return BatchFormScreen(self._workspace, wish, self._draft("batch"))
            case OpenWorkflow():
                from modeltui.tui.screens.workflow import WorkflowScreen

                return WorkflowScreen(self._workspace, wish.slug, self._draft(f"workflows/{wish.slug}"))
            case OpenChains():
                from modeltui.tui.screens.chains import ChainsScreen

                return ChainsScreen(self._workspace, wish.slug)
            case OpenComparison():
                from modeltui.tui.screens.compare import CompareScreen

                return CompareScreen(self._workspace, wish.id)

    def _of_past(self, wish: OpenConflicts | OpenPlanFile | OpenHistory) -> Screen[Any]:
        """What was changed, and what is to be, from a file or against somebody else."""
        if isinstance(wish, OpenPlanFile):
            from modeltui.tui.screens.plan_file import PlanFileScreen

            return PlanFileScreen(self._workspace, wish.path)
        if isinstance(wish, OpenHistory):
            from modeltui.tui.screens.history import HistoryScreen

            return HistoryScreen(self._workspace, wish.key)
        from modeltui.tui.screens.conflicts import ConflictsScreen

        return ConflictsScreen(self._workspace, wish.key)

    def _editor(self, wish: OpenEdit | OpenForm | OpenNew | OpenText) -> Screen[Any]:
        """What was changed in a form and not queued is there the next time."""
        match wish:
            case OpenEdit():
                from modeltui.tui.screens.edit import EditScreen

                return EditScreen(self._workspace, wish.key, wish.field, wish.region)
            case OpenForm():
                from modeltui.tui.screens.form import FormScreen

                return FormScreen(self._workspace, wish.key, wish.keys, self._forms)
            case OpenNew():
                from modeltui.tui.screens.new import NewScreen

                return NewScreen(self._workspace, wish.preset, wish.copy_of)
            case OpenText():
                from modeltui.tui.screens.text import TextScreen

                return TextScreen(self._workspace, wish.key)
