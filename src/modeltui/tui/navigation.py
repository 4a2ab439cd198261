"""Which screen a wish to go somewhere opens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from textual.screen import Screen

from modeltui.services.workspace import Workspace
from modeltui.tui.messages import (
    Open,
    OpenConflicts,
    OpenEdit,
    OpenHistory,
    OpenModel,
    OpenPending,
    OpenProblems,
    OpenRecovery,
    OpenRun,
)
from modeltui.tui.screens.catalog import CatalogScreen
from modeltui.tui.screens.conflicts import ConflictsScreen
from modeltui.tui.screens.detail import DetailScreen
from modeltui.tui.screens.edit import EditScreen
from modeltui.tui.screens.history import HistoryScreen
from modeltui.tui.screens.pending import PendingScreen
from modeltui.tui.screens.problems import ProblemsScreen
from modeltui.tui.screens.recovery import RecoveryScreen
from modeltui.tui.screens.run import RunScreen

_PLAIN: Final[Mapping[type[Open], Callable[[Workspace], Screen[Any]]]] = {
    OpenPending: PendingScreen,
    OpenProblems: ProblemsScreen,
    OpenRecovery: RecoveryScreen,
}
"""Those that are the same whoever opens them."""


class Navigator:
    """Every screen that it makes has a reactive `snapshot`, for the app to bind."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._drafts: dict[str, dict[str, Any]] = {}

    def first(self) -> Screen[Any]:
        return CatalogScreen(self._workspace)

    def screen_for(self, wish: Open) -> Screen[Any]:
        """A new screen. What was typed to run a model is kept for the next time."""
        match wish:
            case OpenModel():
                return DetailScreen(self._workspace, wish.key, wish.line)
            case OpenEdit():
                return EditScreen(self._workspace, wish.key, wish.field, wish.region)
            case OpenHistory():
                return HistoryScreen(self._workspace, wish.key)
            case OpenRun():
                return RunScreen(self._workspace, wish.key, self._drafts.setdefault(wish.key, {}))
            case OpenConflicts():
                return ConflictsScreen(self._workspace, wish.key)
        return _PLAIN[type(wish)](self._workspace)
