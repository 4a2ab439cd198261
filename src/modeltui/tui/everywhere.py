"""The keys that work on every screen, when they do, and what they ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from textual.binding import Binding, BindingType
from textual.message_pump import MessagePump

from modeltui.tui.messages import (
    Open,
    OpenAlerts,
    OpenDashboard,
    OpenHistory,
    OpenImport,
    OpenPending,
    OpenPick,
    OpenProblems,
    OpenProviders,
    OpenPull,
    OpenPush,
    OpenRecovery,
    OpenSync,
    Perform,
    Told,
)
from modeltui.tui.work_messages import OpenBatches, OpenJobs, OpenWorkflows

if TYPE_CHECKING:
    from modeltui.domain.snapshot import Snapshot
    from modeltui.services.workspace import Workspace

BINDINGS: Final[list[BindingType]] = [
    Binding("p", "go('pending')", "Pending", id="pending.open", tooltip="what waits to be applied, as a diff"),
    Binding("a", "do('apply')", "Apply", id="apply.open", tooltip="write all that is pending, with a reason"),
    Binding("u", "do('undo')", "Undo", id="change.undo", tooltip="take the last change back", show=False),
    Binding("ctrl+r", "do('redo')", "Redo", id="change.redo", tooltip="do what was undone", show=False),
    Binding("f", "go('problems')", "Problems", id="problems.open", tooltip="check every file", show=False),
    Binding("A", "go('alerts')", "Alerts", id="alerts.open", tooltip="what should be looked at today", show=False),
    Binding("o", "go('dashboard')", "Dashboard", id="dashboard.open", tooltip="the catalogue in numbers", show=False),
    Binding("H", "go('history')", "Whole history", id="history.open", tooltip="every apply", show=False),
    Binding("I", "go('import')", "Import…", id="import.open", tooltip="what a file would change here", show=False),
    Binding("f9", "go('sync')", "Sync…", id="sync.open", tooltip="what changed in a registry of models", show=False),
    Binding("f7", "go('pull')", "Pull…", id="pull.open", tooltip="what others committed", show=False),
    Binding("f10", "go('push')", "Push…", id="push.open", tooltip="what was committed here", show=False),
    Binding("M", "go('pick')", "Pick for inputs…", id="pick.open", tooltip="which model takes them best", show=False),
    Binding("P", "go('providers')", "Providers", id="providers.open", tooltip="hosts, keys, limits", show=False),
    Binding("w", "go('jobs')", "Jobs", id="jobs.open", tooltip="every run: how it stands, what it made", show=False),
    Binding("B", "go('batches')", "Batches", id="batches.open", tooltip="many runs at once, and before", show=False),
    Binding("Y", "go('workflows')", "Workflows", id="workflows.open", tooltip="chains of models", show=False),
    Binding("T", "theme", "Theme…", id="theme.choose", tooltip="light, dark, high contrast; kept", show=False),
    Binding(
        "f8", "do('read_only')", "Read-only", id="session.read_only", tooltip="change nothing, or again", show=False
    ),
    Binding("f5", "do('reload')", "Reload", id="catalog.reload", tooltip="read the files again", show=False),
    Binding(
        "f6", "go('recovery')", "Recover", id="apply.recover", tooltip="an apply in doubt: finish or undo", show=False
    ),
    Binding("colon,ctrl+p", "menu('palette')", "Commands", id="palette.open", tooltip="find a command by name"),
    Binding("question_mark,f1", "menu('help')", "Help", id="help.open", tooltip="every key that works here"),
    Binding("escape", "leave(False)", "Back", id="screen.leave", show=False),
    Binding("q", "leave(True)", "Back or quit", id="screen.back", tooltip="what is pending is kept", show=False),
    Binding("z,ctrl+z", "suspend_process", "To the shell", id="app.suspend", tooltip="`fg` comes back", show=False),
    Binding("ctrl+q,ctrl+c", "quit", "Quit", id="app.quit", tooltip="what is pending is kept", show=False),
]

PLACES: Final[Mapping[str, Callable[[], Open]]] = {
    "pending": OpenPending,
    "pick": OpenPick,
    "alerts": OpenAlerts,
    "dashboard": OpenDashboard,
    "problems": OpenProblems,
    "history": OpenHistory,
    "providers": OpenProviders,
    "import": OpenImport,
    "sync": OpenSync,
    "pull": OpenPull,
    "push": OpenPush,
    "jobs": OpenJobs,
    "batches": OpenBatches,
    "workflows": OpenWorkflows,
    "recovery": OpenRecovery,
}


def why_not(action: str, snapshot: Snapshot | None) -> str | None:
    """Why a key that works everywhere does nothing now."""
    if snapshot is None:
        return "the catalogue is being read"
    if action == "apply" and snapshot.is_in_doubt:
        return "an apply is in doubt, and no other begins before that is settled: F6"
    reasons = {
        "apply": (snapshot.plan.files, "nothing is pending"),
        "undo": (snapshot.queue.done, f"there is {snapshot.queue.no_undo}"),
        "redo": (snapshot.queue.undone, "there is nothing to redo"),
        "recovery": (snapshot.is_in_doubt, "no apply is in doubt"),
    }
    is_possible, reason = reasons.get(action, (True, ""))
    return None if is_possible else reason


def errand(verb: str, workspace: Workspace, asker: MessagePump) -> Perform:
    """What a key asks for, with what to tell when it is done."""
    match verb:
        case "undo":
            return Perform(asker, partial(_undo, workspace))
        case "redo":
            return Perform(asker, partial(_redo, workspace))
        case "reload":
            return Perform(asker, workspace.catalog.reload, "read again")
    raise ValueError(verb)


def _undo(workspace: Workspace) -> Told:
    """Keys may have been pressed faster than steps are taken back, so what is told is what was found."""
    from modeltui.tui.present.pending import step_told

    before = workspace.catalog.snapshot().queue.undone
    after = workspace.changes.undo()
    steps = after.queue.undone
    told = f"undone: {step_told(steps[-1])}" if steps and steps != before else f"there was {after.queue.no_undo}"
    return Told(after, told)


def _redo(workspace: Workspace) -> Told:
    from modeltui.tui.present.pending import step_told

    before = workspace.catalog.snapshot().queue.done
    after = workspace.changes.redo()
    steps = after.queue.done
    told = f"done again: {step_told(steps[-1])}" if steps and steps != before else "there was nothing to redo"
    return Told(after, told)
