"""Defaults, deprecation, restoring and removal."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from modeltui.domain.change import Action
from modeltui.domain.document import Document
from modeltui.domain.pending.plan import pending_document
from modeltui.errors import LockedError, NotFoundError, RefusedError
from modeltui.services.workspace import Workspace

A, B, C, HELD = "chat/a", "chat/b", "chat/c", "chat/held"


def now(workspace: Workspace, key: str) -> Document:
    snapshot = workspace.catalog.snapshot()
    return pending_document(snapshot.plan, snapshot.catalog, key)


def change(root: Path, key: str, old: str, new: str) -> None:
    path = root / "models" / f"{key}.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


# The default


def test_the_old_default_goes_in_the_same_step(workspace: Workspace) -> None:
    outcome = workspace.lifecycle.set_default(B)
    assert set(outcome.changed) == {A, B}
    assert (now(workspace, A)["default"], now(workspace, B)["default"]) == (False, True)
    assert workspace.changes.undo().plan.files == {}


def test_a_locked_old_default_refuses_the_whole_change(workspace: Workspace, root: Path) -> None:
    change(root, A, "default = true", "default = false")
    change(root, HELD, "default = false", "default = true")
    workspace.catalog.reload()
    with pytest.raises(LockedError, match="Model HELD is locked by ops"):
        workspace.lifecycle.set_default(B)
    assert workspace.catalog.snapshot().plan.files == {}


def test_a_locked_model_cannot_become_the_default(workspace: Workspace) -> None:
    with pytest.raises(LockedError):
        workspace.lifecycle.set_default(HELD)
    assert workspace.catalog.snapshot().plan.files == {}


def test_what_is_not_active_cannot_be_the_default_unless_that_is_pending(workspace: Workspace, root: Path) -> None:
    change(root, B, "active = true", "active = false")
    workspace.catalog.reload()
    with pytest.raises(RefusedError, match="is not active") as caught:
        workspace.lifecycle.set_default(B)
    assert caught.value.hint == "enable chat/b first"
    workspace.changes.set_active([B], True)
    assert set(workspace.lifecycle.set_default(B).changed) == {A, B}


def test_a_default_that_is_pending_is_cleared_too(workspace: Workspace) -> None:
    workspace.lifecycle.set_default(B)
    workspace.lifecycle.set_default(C)
    assert [now(workspace, key)["default"] for key in (A, B, C)] == [False, False, True]


def test_the_default_of_another_content_type_stays(workspace: Workspace) -> None:
    draft = workspace.creating.copy(B, "embedding/b")
    workspace.creating.create(draft)
    workspace.changes.set_active([draft.key], True)
    workspace.lifecycle.set_default(draft.key)
    assert now(workspace, A)["default"] is True
    assert now(workspace, draft.key)["default"] is True


def test_the_default_again_changes_nothing(workspace: Workspace) -> None:
    outcome = workspace.lifecycle.set_default(A)
    assert (outcome.changed, outcome.unchanged) == ((), (A,))


# Deprecated, and back


def test_deprecated_is_dated_and_still_active(workspace: Workspace) -> None:
    act = workspace.lifecycle.deprecation(date(2026, 12, 1), B)
    outcome = workspace.bulk.do([A, B, HELD], act)
    assert outcome.changed == (A,)
    assert [refusal.key for refusal in outcome.refused] == [B, HELD]
    document = now(workspace, A)
    assert (document["status"], document["deprecated_on"], document["replaced_by"], document["active"]) == (
        "deprecated",
        date(2026, 12, 1),
        B,
        True,
    )
    assert outcome.warnings == ("Model A is the default of chat; another should take that over",)


def test_the_day_of_what_is_deprecated_already_stays(workspace: Workspace, root: Path) -> None:
    change(root, B, 'status = "active"', 'status = "deprecated"\ndeprecated_on = 2026-01-02')
    workspace.catalog.reload()
    assert workspace.bulk.do([B], workspace.lifecycle.deprecation()).unchanged == (B,)
    workspace.bulk.do([B], workspace.lifecycle.deprecation(date(2026, 2, 3)))
    assert now(workspace, B)["deprecated_on"] == date(2026, 2, 3)


def test_a_successor_that_is_not_there(workspace: Workspace) -> None:
    with pytest.raises(NotFoundError):
        workspace.lifecycle.deprecation(None, "chat/nobody")


def test_what_is_only_pending_comes_back_as_the_file_has_it(workspace: Workspace, root: Path) -> None:
    change(root, B, 'status = "active"', 'status = "beta"')
    change(root, B, "active = true", "active = false")
    workspace.catalog.reload()
    workspace.lifecycle.remove([B])
    workspace.bulk.do([B], workspace.lifecycle.restoration())
    assert workspace.catalog.snapshot().plan.files == {}


def test_what_was_removed_is_restored_to_use(workspace: Workspace) -> None:
    before = now(workspace, B)
    workspace.lifecycle.remove([B])
    assert (now(workspace, B)["active"], now(workspace, B)["status"]) == (False, "deprecated")
    workspace.applying.apply("gone")
    workspace.bulk.do([B], workspace.lifecycle.restoration())
    assert now(workspace, B) == before
    assert workspace.bulk.do([C], workspace.lifecycle.restoration()).unchanged == (C,)


# Removed


def test_removing_a_new_model_just_does_not_make_it(workspace: Workspace) -> None:
    draft = workspace.creating.copy(B)
    workspace.creating.create(draft)
    assert workspace.lifecycle.preview_removal([draft.key]).removed == (draft.key,)
    workspace.lifecycle.remove([draft.key])
    assert workspace.catalog.snapshot().plan.files == {}


def test_a_file_that_nothing_needs_is_deleted(workspace: Workspace, root: Path) -> None:
    outcome = workspace.lifecycle.remove([B, C], hard=True)
    assert set(outcome.changed) == {B, C}
    assert [file.action for file in outcome.snapshot.plan.files.values()] == [Action.DELETE] * 2
    workspace.applying.apply("gone")
    assert not (root / "models" / f"{B}.toml").exists()


def test_removals_are_one_step(workspace: Workspace) -> None:
    workspace.lifecycle.remove([B, C], hard=True)
    assert workspace.changes.undo().plan.files == {}


@pytest.mark.parametrize(
    ("key", "said"), [(A, "it is the default of chat"), (HELD, "is locked by ops")], ids=["default", "locked"]
)
def test_what_is_needed_or_locked_is_not_deleted(workspace: Workspace, key: str, said: str) -> None:
    outcome = workspace.lifecycle.remove([key, B], hard=True)
    assert outcome.changed == (B,)
    assert [refusal.key for refusal in outcome.refused] == [key]
    assert said in outcome.refused[0].reason
    assert [refusal.reason for refusal in workspace.lifecycle.preview_removal([key], hard=True).refused] == [
        outcome.refused[0].reason
    ]


def test_who_names_it_is_named(workspace: Workspace) -> None:
    workspace.bulk.do([B], workspace.lifecycle.deprecation(None, C))
    outcome = workspace.lifecycle.remove([C], hard=True)
    assert outcome.refused[0].reason == "Model C is still needed: it takes the place of chat/b"
    assert set(workspace.lifecycle.remove([B, C], hard=True).changed) == {B, C}


def test_what_a_locked_one_names_stays_though_both_are_meant(workspace: Workspace, root: Path) -> None:
    change(root, HELD, 'status = "active"', f'status = "deprecated"\nreplaced_by = "{B}"')
    workspace.catalog.reload()
    outcome = workspace.lifecycle.remove([HELD, B], hard=True)
    assert outcome.changed == ()
    assert {refusal.key for refusal in outcome.refused} == {HELD, B}


def test_a_reference_that_a_pending_change_takes_away_does_not_count(workspace: Workspace, root: Path) -> None:
    change(root, B, 'status = "active"', f'status = "active"\nreplaced_by = "{C}"')
    workspace.catalog.reload()
    assert workspace.lifecycle.preview_removal([C], hard=True).removed == ()
    workspace.changes.set_text([B], [], ["replaced_by"])
    assert workspace.lifecycle.preview_removal([C], hard=True).removed == (C,)


def test_a_setting_that_names_it(workspace: Workspace, root: Path) -> None:
    (root / "catalog.toml").write_text(f'schema = 1\n\n[units]\nmargin = "{C}"\n')
    workspace.catalog.reload()
    assert "catalog.toml names it in units.margin" in workspace.lifecycle.remove([C], hard=True).refused[0].reason


def test_removing_softly_warns_of_a_default(workspace: Workspace) -> None:
    preview = workspace.lifecycle.preview_removal([A])
    assert preview.warnings == ("Model A is the default of chat; another should take that over",)
    assert list(preview.changed) == [A]
    assert workspace.catalog.snapshot().plan.files == {}
