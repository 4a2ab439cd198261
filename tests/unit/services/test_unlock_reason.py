"""Why a model was unlocked is in the record of the apply."""

from __future__ import annotations

from collections.abc import Callable

from modeltui.bootstrap import open_workspace
from modeltui.config import Settings
from modeltui.services.workspace import Workspace

A, HELD = "chat/a", "chat/held"


def test_the_reason_of_an_unlock_is_recorded(workspace: Workspace, settings_for: Callable[[str], Settings]) -> None:
    workspace.changes.unlock([HELD], "new prices")
    again = open_workspace(settings_for("alice"))
    assert again.applying.usual_reason() == "new prices"
    again.applying.apply("")
    assert again.history.entries()[0].reason == "new prices"


def test_it_comes_after_the_reason_of_the_apply(workspace: Workspace) -> None:
    workspace.changes.unlock([HELD], "new prices")
    workspace.applying.apply("winter")
    assert workspace.history.entries()[0].reason == "winter; new prices"


def test_it_is_not_said_twice_and_not_of_other_models(workspace: Workspace) -> None:
    workspace.changes.unlock([HELD], "new prices")
    workspace.changes.set_active([A], False)
    workspace.applying.apply("only this", [A])
    workspace.applying.apply("new prices")
    assert [entry.reason for entry in workspace.history.entries()] == ["new prices", "only this"]


def test_an_unlock_that_was_dropped_has_no_reason(workspace: Workspace) -> None:
    workspace.changes.unlock([HELD], "a mistake")
    workspace.changes.drop()
    workspace.changes.set_active([A], False)
    assert workspace.applying.usual_reason() == ""
    workspace.changes.unlock([HELD])
    assert workspace.applying.usual_reason() == "", "the last unlock counts"
