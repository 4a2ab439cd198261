"""The keys that work on every screen, when they do, and what they ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from textual.binding import Binding, BindingType
from textual.message_pump import MessagePump

from modeltui.domain.snapshot import Snapshot
from modeltui.services.workspace import Workspace
from modeltui.tui.messages import Open, OpenHistory, OpenPending, OpenProblems, OpenRecovery, Perform

BINDINGS: Final[list[BindingType]] = [
    Binding("p", "go('pending')", "Pending", id="pending.open", tooltip="what waits to be applied, as a diff"),
    Binding("a", "do('apply')", "Apply", id="apply.open", tooltip="write all that is pending, with a reason"),
    Binding("u", "do('undo')", "Undo", id="change.undo", tooltip="take the last change back", show=False),
    Binding("ctrl+r", "do('redo')", "Redo", id="change.redo", tooltip="do what was undone", show=False),
    Binding("f", "go('problems')", "Problems", id="problems.open", tooltip="check every file", show=False),
    Binding("H", "go('history')", "Whole history", id="history.open", tooltip="every apply", show=False),
    Binding("f5", "do('reload')", "Reload", id="catalog.reload", tooltip="read the files again", show=False),
    Binding(
        "f6", "go('recovery')", "Recover", id="apply.recover", tooltip="an apply in doubt: finish or undo", show=False
    ),
    Binding("colon,ctrl+p", "menu('palette')", "Commands", id="palette.open", tooltip="find a command by name"),
    Binding("question_mark,f1", "menu('help')", "Help", id="help.open", tooltip="every key that works here"),
    Binding("escape", "leave(False)", "Back", id="screen.leave", show=False),
    Binding("q", "leave(True)", "Back or quit", id="screen.back", tooltip="what is pending is kept", show=False),
    Binding("ctrl+q,ctrl+c", "quit", "Quit", id="app.quit", tooltip="what is pending is kept", show=False),
]

PLACES: Final[Mapping[str, Callable[[], Open]]] = {
    "pending": OpenPending,
    "problems": OpenProblems,
    "history": OpenHistory,
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
        "pending": (snapshot.plan.files, "nothing is pending; t, i and l in the catalogue make changes"),
        "undo": (snapshot.queue.done, "there is nothing to undo"),
        "redo": (snapshot.queue.undone, "there is nothing to redo"),
        "recovery": (snapshot.is_in_doubt, "no apply is in doubt"),
    }
    is_possible, reason = reasons.get(action, (True, ""))
    return None if is_possible else reason


def errand(verb: str, workspace: Workspace, snapshot: Snapshot, asker: MessagePump) -> Perform:
    """What a key asks for, with what to tell when it is done."""
    queue = snapshot.queue
    match verb:
        case "undo":
            return Perform(asker, workspace.changes.undo, f"undone: {queue.done[-1].label}")
        case "redo":
            return Perform(asker, workspace.changes.redo, f"done again: {queue.undone[-1].label}")
        case "reload":
            return Perform(asker, workspace.catalog.reload, "read again")
    raise ValueError(verb)
