"""A file that goes, or breaks, after the catalogue was read: nothing is queued on what it does not say any more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from modeltui.bootstrap import open_workspace
from modeltui.config import Settings
from modeltui.domain.catalog import Catalog
from modeltui.domain.pending.fields import field_edits
from modeltui.domain.pending.limits import PlanLimits, limits_of
from modeltui.domain.pending.plan import Plan
from modeltui.domain.policy import Policy
from modeltui.errors import ConflictError
from modeltui.services import apply
from modeltui.services.apply import limits
from modeltui.services.changing import acts
from modeltui.services.workspace import Workspace

A = "chat/a"


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(b"a = \n")])
def test_an_edit_of_it_is_refused(workspace: Workspace, root: Path, spoil: Callable[[Path], object]) -> None:
    workspace.catalog.snapshot()
    spoil(root / "models" / f"{A}.toml")
    outcome = workspace.changes.set_text([A], [("tags", '["new"]')])
    assert [refusal.key for refusal in outcome.refused] == [A]
    assert outcome.snapshot.queue.changes == ()


def test_what_its_row_tells_is_edited_and_is_stale_at_the_apply(workspace: Workspace, root: Path) -> None:
    workspace.catalog.snapshot()
    path = root / "models" / f"{A}.toml"
    content = path.read_bytes() + b"# by hand\n"
    path.write_bytes(content)
    assert workspace.changes.set_active([A], active=False).changed == (A,)
    with pytest.raises(ConflictError):
        workspace.applying.apply("why")
    assert path.read_bytes() == content


@pytest.mark.parametrize("is_pending", [False, True])
def test_no_edit_is_made_of_values_that_its_base_does_not_have(
    root: Path, settings_for: Callable[[str], Settings], *, is_pending: bool
) -> None:
    """A colleague changes a price and takes it back: an edit of the price between the two would never be stale."""
    if is_pending:
        open_workspace(settings_for("alice")).changes.set_text([A], [("order", "7")])
    workspace = open_workspace(settings_for("alice"))
    pending = workspace.catalog.snapshot().queue.changes
    path = root / "models" / f"{A}.toml"
    before = path.read_bytes()
    path.write_bytes(before.replace(b'base = "1"', b'base = "10"'))
    twice = acts.scale("cost.base", "2")
    assert [refusal.key for refusal in workspace.bulk.preview([A], twice).refused] == [A]
    outcome = workspace.bulk.do([A], twice)
    path.write_bytes(before)
    assert [refusal.key for refusal in outcome.refused] == [A]
    assert "changed on disk" in outcome.refused[0].reason
    assert outcome.snapshot.queue.changes == pending
    workspace.catalog.reload()
    assert workspace.bulk.do([A], twice).changed == (A,)
    workspace.applying.apply("why")
    assert b'base = "2"' in path.read_bytes()


def test_no_change_takes_the_place_of_others_on_a_file_that_changed(workspace: Workspace, root: Path) -> None:
    workspace.catalog.snapshot()
    path = root / "models/chat/held.toml"
    path.write_bytes(path.read_bytes().replace(b'by = "ops"', b'by = "dev"'))
    outcome = workspace.changes.relock(["chat/held"], "again")
    assert [refusal.key for refusal in outcome.refused] == ["chat/held"]


SPOIL = pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(b"a = \n")])


def _with_pending_text(root: Path, settings_for: Callable[[str], Settings]) -> Workspace:
    """As another process finds it, which has read rows only."""
    first = open_workspace(settings_for("alice"))
    opened = first.editing.open(A)
    first.editing.queue_text(opened, opened.content.replace(b"# kept", b"# other").replace(b'"1"', b'"2"'))
    (file,) = first.catalog.snapshot().plan.files.values()
    assert file.text is not None
    workspace = open_workspace(settings_for("alice"))
    workspace.catalog.snapshot()
    return workspace


@SPOIL
def test_what_is_pending_for_it_is_still_shown(
    root: Path, settings_for: Callable[[str], Settings], spoil: Callable[[Path], object]
) -> None:
    snapshot = _with_pending_text(root, settings_for).catalog.snapshot()
    spoil(root / "models" / f"{A}.toml")
    (file,) = snapshot.plan.files.values()
    assert field_edits(file, snapshot.catalog) == ()


@pytest.mark.parametrize("content", [b"a = \n", None])
def test_no_field_of_a_text_is_put_back_to_what_its_base_does_not_say(
    root: Path, settings_for: Callable[[str], Settings], content: bytes | None
) -> None:
    workspace = _with_pending_text(root, settings_for)
    path = root / "models" / f"{A}.toml"
    path.write_bytes(content or path.read_bytes().replace(b'base = "1"', b'base = "10"'))
    outcome = workspace.changes.drop_fields([A], ["cost.base"])
    assert [(refusal.key, "changed on disk" in refusal.reason) for refusal in outcome.refused] == [(A, True)]


@SPOIL
def test_an_export_leaves_it_out_and_says_so(workspace: Workspace, root: Path, spoil: Callable[[Path], object]) -> None:
    workspace.catalog.snapshot()
    spoil(root / "models" / f"{A}.toml")
    found = workspace.exchange.export("json", [A, "chat/b"])
    assert (found.count, found.warnings) == (1, ("1 left out: the file cannot be read",))


@SPOIL
def test_limits_of_its_price_can_be_asked_for(
    root: Path, settings_for: Callable[[str], Settings], spoil: Callable[[Path], object]
) -> None:
    (root / "catalog.toml").write_text("schema = 1\n[policy.limits]\nprice_jump_percent = 10\n")
    snapshot = _with_pending_text(root, settings_for).catalog.snapshot()
    assert [jump.key for jump in limits(snapshot).jumps] == [A]
    snapshot = open_workspace(settings_for("alice")).catalog.snapshot()
    spoil(root / "models" / f"{A}.toml")
    assert limits(snapshot).jumps == ()


def test_an_apply_is_not_held_against_limits_of_other_bytes(
    root: Path, settings_for: Callable[[str], Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is another one just while the limits look at it."""
    (root / "catalog.toml").write_text("schema = 1\n[policy.limits]\nprice_jump_percent = 10\n")
    workspace = _with_pending_text(root, settings_for)
    path = root / "models" / f"{A}.toml"
    before = path.read_bytes()

    def looking(plan: Plan, catalog: Catalog, policy: Policy) -> PlanLimits:
        path.write_bytes(before.replace(b'base = "1"', b'base = "2"'))
        found = limits_of(plan, catalog, policy)
        path.write_bytes(before)
        return found

    monkeypatch.setattr(apply, "limits_of", looking)
    with pytest.raises(ConflictError):
        workspace.applying.apply()
    assert path.read_bytes() == before
