"""Off at once beside the queues of others and one's own, and who may do it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from modeltui.bootstrap import open_workspace
from modeltui.config import Settings
from modeltui.domain.document import get
from modeltui.domain.ramp import Ramp
from modeltui.errors import ConflictError, LockedError, NotPermittedError, RefusedError
from modeltui.services.workspace import Workspace

A, B, HELD = "chat/a", "chat/b", "chat/held"
ROLES = '[policy.roles]\nviewer = ["vera"]\neditor = ["edda"]\nadmin = ["ada"]\n'

Opened = Callable[..., Workspace]


@pytest.fixture
def opened(root: Path, settings_for: Callable[[str], Settings]) -> Opened:
    file = root / f"models/{A}.toml"
    file.write_text(f"{file.read_text()}\n[rollout]\npercent = 50\n")
    return lambda user, **changes: open_workspace(replace(settings_for(user), **changes))


def document(workspace: Workspace) -> Any:
    return workspace.catalog.reload().catalog.document(A)


def noted(workspace: Workspace) -> list[tuple[str, tuple[str, ...]]]:
    return [(entry.what, tuple(entry.keys)) for entry in workspace.audit.entries()]


def test_what_another_has_pending_does_not_stand_in_its_way_and_is_not_lost(opened: Opened) -> None:
    ada, bob = opened("ada"), opened("bob")
    bob.changes.set_text([A], [("order", "7")])
    found = ada.rollout.foresee_off([A])
    assert "bob has changes pending for chat/a, and has to rebase them then" in found.warnings
    assert ada.rollout.off([A], "fails").id is not None
    assert get(document(ada), ("rollout", "percent")) == 0
    file = bob.catalog.reload().plan.files[A]
    assert file.is_stale
    with pytest.raises(ConflictError):
        bob.applying.apply("mine")
    assert bob.changes.rebase([A]).changed == (A,)
    bob.applying.apply("mine")
    assert (document(bob)["order"], document(bob)["rollout"]) == (7, {"percent": 0})


def test_a_step_that_another_has_pending_does_not_undo_it_unseen(opened: Opened) -> None:
    ada, bob = opened("ada"), opened("bob")
    bob.bulk.do([A], bob.rollout.act(Ramp(100)))
    ada.rollout.off([A])
    bob.catalog.reload()
    [refusal] = bob.changes.rebase([A]).refused
    assert refusal.reason == "both sides changed rollout.percent"
    assert document(bob)["rollout"] == {"percent": 0}


def test_what_i_have_pending_beside_it_comes_back_after_it(opened: Opened) -> None:
    ada = opened("ada")
    ada.changes.set_text([A], [("order", "7")])
    with pytest.raises(RefusedError, match="other pending changes: order") as caught:
        ada.rollout.off([A])
    assert "`modeltui undo` and `modeltui rebase chat/a`" in str(caught.value.hint)
    ada.changes.drop([A])
    ada.rollout.off([A])
    ada.changes.undo()
    ada.changes.rebase([A])
    ada.applying.apply()
    assert (document(ada)["order"], document(ada)["rollout"]) == (7, {"percent": 0})


def test_a_step_of_mine_is_given_up_for_it(opened: Opened) -> None:
    ada = opened("ada")
    ada.bulk.do([A, B], ada.rollout.act(Ramp(100)))
    ada.bulk.do([A, B], ada.rollout.act(Ramp(1)))
    ada.rollout.off([A])
    after = ada.catalog.snapshot()
    assert list(after.plan.files) == [B]
    assert [edit.new for edit in after.plan.files[B].edits] == [{"percent": 1}]


@pytest.mark.parametrize("user", ["vera", "edda"])
def test_only_who_may_apply_may_switch_off(opened: Opened, root: Path, user: str) -> None:
    (root / "catalog.toml").write_text(f"schema = 1\n{ROLES}")
    workspace = opened(user)
    with pytest.raises(NotPermittedError):
        workspace.rollout.off([A])
    assert document(workspace)["rollout"] == {"percent": 50}
    assert noted(workspace)[0] == ("refused", (A,))
    assert opened("ada").rollout.off([A]).id is not None


def test_a_read_only_session_does_not(opened: Opened) -> None:
    workspace = opened("ada", read_only=True)
    with pytest.raises(NotPermittedError):
        workspace.rollout.off([A])
    assert document(workspace)["rollout"] == {"percent": 50}


def test_a_locked_model_stays_as_it_is_also_among_others(opened: Opened, root: Path) -> None:
    ada, before = opened("ada"), (root / f"models/{HELD}.toml").read_bytes()
    with pytest.raises(RefusedError, match="is locked"):
        ada.rollout.off([HELD])
    assert ada.rollout.off([A, HELD]).files == (f"models/{A}.toml",)
    assert (root / f"models/{HELD}.toml").read_bytes() == before
    assert ("refused", (HELD,)) in noted(ada)


def test_a_lock_that_comes_between_the_question_and_the_answer_holds(opened: Opened, root: Path) -> None:
    ada, bob = opened("ada"), opened("bob")
    assert list(ada.rollout.foresee_off([A]).plan.files) == [A]
    bob.changes.lock([A], "in use")
    bob.applying.apply()
    before = (root / f"models/{A}.toml").read_bytes()
    with pytest.raises((LockedError, RefusedError)):
        ada.rollout.off([A])
    assert (root / f"models/{A}.toml").read_bytes() == before


def test_another_writer_between_reading_and_writing_is_not_overwritten(
    opened: Opened, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, file = opened("ada"), root / f"models/{A}.toml"
    plain = ada.applying.write

    def late(*given: Any, **more: Any) -> Any:
        file.write_text(file.read_text() + "# theirs\n")
        return plain(*given, **more)

    monkeypatch.setattr(ada.applying, "write", late)
    with pytest.raises(ConflictError):
        ada.rollout.off([A])
    assert file.read_text().endswith("percent = 50\n# theirs\n")
