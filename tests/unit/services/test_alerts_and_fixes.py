"""What `check` mends and what ends an alert goes into the queue as any change."""

from __future__ import annotations

from pathlib import Path

import pytest

from modeltui.errors import RefusedError
from modeltui.services.workspace import Workspace


def _edit(root: Path, slug: str, before: str, after: str) -> Path:
    path = root / "models" / "chat" / f"{slug}.toml"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))
    return path


def test_a_fix_comes_on_top_of_what_is_pending(root: Path, workspace: Workspace) -> None:
    _edit(root, "b", 'tags = ["test"]', 'tags = ["test", "test"]')
    workspace.catalog.reload()
    workspace.changes.set_text(["chat/b"], [("name", "Other")])
    outcome = workspace.fixes.queue(workspace.fixes.check())
    assert outcome.changed == ("chat/b",)
    edits = {edit.path: edit.new for edit in outcome.snapshot.plan.files["chat/b"].edits}
    assert edits == {("name",): "Other", ("tags",): ["test"]}
    assert len(workspace.changes.undo().plan.files["chat/b"].edits) == 1


def test_a_fix_that_is_pending_is_not_queued_again(root: Path, workspace: Workspace) -> None:
    _edit(root, "b", "active = true", 'active = "true"')
    assert workspace.fixes.queue(workspace.fixes.check()).changed == ("chat/b",)
    again = workspace.fixes.queue(workspace.fixes.check())
    assert (again.changed, again.unchanged) == ((), ("chat/b",))


def test_a_clean_catalogue_has_nothing_to_queue(workspace: Workspace) -> None:
    checked = workspace.fixes.check()
    assert checked.fixes == {}
    assert workspace.fixes.queue(checked).changed == ()
    assert workspace.fixes.by_hand(checked) == ()


def test_the_fixed_file_differs_in_its_lines_only(root: Path, workspace: Workspace) -> None:
    path = _edit(root, "c", "active = true   # kept", 'active = "true"   # kept')
    before = path.read_text()
    workspace.fixes.queue(workspace.fixes.check())
    workspace.applying.apply("mended")
    assert path.read_text() == before.replace('"true"', "true")


def test_every_edit_of_a_finding_is_told(root: Path, workspace: Workspace) -> None:
    _edit(root, "b", 'status = "active"', 'statsu = "active"')
    checked = workspace.fixes.check()
    ((finding, edits),) = checked.fixes.items()
    assert (finding.code, finding.field) == ("unknown-key", "statsu")
    assert finding.line is not None
    assert [edit.path for edit in edits] == [("statsu",), ("status",)]


def test_a_remedy_is_queued(root: Path, workspace: Workspace) -> None:
    _edit(root, "b", "released_on = 2025-10-01", "released_on = 2025-10-01\nretires_on = 2025-11-01")
    workspace.catalog.reload()
    (alert,) = [alert for alert in workspace.alerts.all("chat/b") if alert.code == "retired-active"]
    outcome = workspace.alerts.remedy(alert)
    assert outcome.changed == ("chat/b",)
    assert workspace.alerts.remedy(alert).unchanged == ("chat/b",)


def test_a_locked_model_refuses_its_remedy(root: Path, workspace: Workspace) -> None:
    _edit(root, "held", "released_on = 2025-10-01", "released_on = 2025-10-01\nretires_on = 2025-11-01")
    workspace.catalog.reload()
    (alert,) = [alert for alert in workspace.alerts.all("chat/held") if alert.code == "retired-active"]
    (refusal,) = workspace.alerts.remedy(alert).refused
    assert "locked by ops" in refusal.reason


def test_what_needs_a_decision_is_refused(root: Path, workspace: Workspace) -> None:
    _edit(root, "b", "default = false", "default = true")
    workspace.catalog.reload()
    (alert,) = [alert for alert in workspace.alerts.all() if alert.code == "several-defaults"]
    with pytest.raises(RefusedError, match="nobody can choose that for you"):
        workspace.alerts.remedy(alert)


def test_a_provider_without_key_is_no_alert_where_none_is_needed(workspace: Workspace) -> None:
    assert [alert.code for alert in workspace.alerts.all() if alert.code == "key-missing"] == []


def test_statistics_of_a_query(workspace: Workspace) -> None:
    assert workspace.alerts.statistics().total == 4
    assert workspace.alerts.statistics("lock:yes").locked == 1
