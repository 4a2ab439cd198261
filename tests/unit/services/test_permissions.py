"""Roles, read-only and limits hold in the services, whoever asks, and what is refused is in the audit log."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from modeltui.bootstrap import open_workspace
from modeltui.config import Settings
from modeltui.domain.audit import AuditEntry
from modeltui.errors import LockedError, NotPermittedError, UsageError
from modeltui.services.apply import limits, wants_reason
from modeltui.services.workspace import Workspace

A, B, HELD = "chat/a", "chat/b", "chat/held"
_ROLES = '[policy.roles]\nviewer = ["vera"]\neditor = ["edda"]\nadmin = ["ada", "@ops"]\n'

Opened = Callable[..., Workspace]


@pytest.fixture
def opened(root: Path, settings_for: Callable[[str], Settings]) -> Opened:
    """A workspace of some user, in a catalogue with roles."""
    (root / "catalog.toml").write_text(f"schema = 1\n{_ROLES}")

    def workspace(user: str, **changes: Any) -> Workspace:
        return open_workspace(replace(settings_for(user), **changes))

    return workspace


def _policy(root: Path, text: str) -> None:
    (root / "catalog.toml").write_text(f"schema = 1\n{text}")


def _files(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in root.rglob("*.toml")}


def _refused(workspace: Workspace) -> list[AuditEntry]:
    return [entry for entry in workspace.audit.entries() if entry.what == "refused"]


_QUEUEING: dict[str, Callable[[Workspace], object]] = {
    "set": lambda of: of.changes.set_text([A], [("order", "5")]),
    "switch": lambda of: of.changes.set_active([A], False),
    "lock": lambda of: of.changes.lock([A]),
    "default": lambda of: of.lifecycle.set_default(B),
    "remove": lambda of: of.lifecycle.remove([B]),
    "undo": lambda of: of.changes.undo(),
    "redo": lambda of: of.changes.redo(),
    "fix": lambda of: of.bulk.do([A], of.bulk.lock("x")),
}


@pytest.mark.parametrize("deed", _QUEUEING)
def test_a_viewer_queues_nothing(opened: Opened, deed: str) -> None:
    workspace = opened("vera")
    with pytest.raises(NotPermittedError, match="vera is a viewer here, and may not queue changes") as caught:
        _QUEUEING[deed](workspace)
    assert caught.value.hint == "an editor may: @ops, ada, edda"
    assert opened("vera").catalog.snapshot().queue.changes == ()


@pytest.mark.parametrize("deed", _QUEUEING)
def test_an_editor_queues(opened: Opened, deed: str) -> None:
    _QUEUEING[deed](opened("edda"))


def test_an_editor_neither_applies_nor_recovers(opened: Opened, root: Path) -> None:
    workspace, before = opened("edda"), _files(root)
    workspace.changes.set_text([A], [("order", "5")])
    for deed in (workspace.applying.apply, workspace.applying.recover):
        with pytest.raises(NotPermittedError, match="edda is an editor here"):
            deed()
    assert _files(root) == before
    assert list(workspace.catalog.snapshot().plan.files) == [A]


def test_the_plan_of_an_editor_is_applied_by_an_admin_alone(opened: Opened, root: Path, tmp_path: Path) -> None:
    editor, path = opened("edda"), str(tmp_path / "plan.json")
    editor.changes.set_text([A], [("order", "5")])
    assert editor.plans.save(path) == 1
    with pytest.raises(NotPermittedError):
        editor.plans.apply(editor.plans.read(path))
    admin = opened("ada")
    assert admin.plans.apply(admin.plans.read(path)).id is not None
    assert "order = 5" in (root / "models" / f"{A}.toml").read_text()


def test_an_editor_takes_no_lock_away_and_deletes_no_file(opened: Opened) -> None:
    workspace = opened("edda")
    deeds: list[Callable[[], object]] = [
        lambda: workspace.changes.unlock([HELD]),
        lambda: workspace.changes.relock([HELD]),
        lambda: workspace.lifecycle.remove([B], hard=True),
    ]
    for deed in deeds:
        with pytest.raises(NotPermittedError, match=r"may not (unlock models|delete files)"):
            deed()
    assert workspace.catalog.snapshot().plan.files == {}


def test_an_admin_may_all_by_name_or_by_group(opened: Opened) -> None:
    for user, groups in (("ada", frozenset()), ("olga", frozenset({"ops"}))):
        workspace = opened(user, groups=groups)
        workspace.changes.unlock([HELD])
        assert workspace.applying.apply("in tests").id is not None
        workspace.changes.lock([HELD])
        assert workspace.applying.apply("in tests").id is not None


def test_without_roles_everybody_may_all(workspace: Workspace) -> None:
    workspace.changes.unlock([HELD])
    assert workspace.applying.apply().id is not None


async def _run(workspace: Workspace) -> None:
    async for _ in workspace.runs.run(A, {"prompt": "x"}):
        pass


async def test_a_viewer_runs_nothing_and_may_look_at_the_request(opened: Opened) -> None:
    workspace = opened("vera")
    assert workspace.runs.prepare(A, {"prompt": "secret words"}).call is not None
    with pytest.raises(NotPermittedError, match="may not run models"):
        await _run(workspace)


async def test_a_run_is_in_the_audit_log_without_its_inputs(opened: Opened, root: Path) -> None:
    workspace = opened("edda")
    async for _ in workspace.runs.run(A, {"prompt": "secret words"}):
        pass
    jobs = [entry for entry in workspace.audit.entries() if entry.what == "job"]
    assert [entry.keys for entry in jobs] == [(A,), (A,)]
    assert jobs[0].detail == "started"
    assert jobs[1].detail.startswith(("succeeded", "failed"))
    assert jobs[0].subject == jobs[1].subject
    assert b"secret words" not in (root / ".modeltui" / "audit.jsonl").read_bytes()


# What the audit log holds of refusals


def test_a_refusal_is_in_the_audit_log_with_who_what_and_why(opened: Opened) -> None:
    workspace = opened("vera")
    with pytest.raises(NotPermittedError):
        workspace.changes.set_text([A, B], [("order", "5")])
    (entry,) = _refused(workspace)
    assert (entry.by, entry.subject, entry.keys) == ("vera", "set order", (A, B))
    assert entry.detail == "vera is a viewer here, and may not queue changes"
    assert workspace.audit.verify().broken is None


def test_what_a_lock_refuses_is_in_the_audit_log(workspace: Workspace) -> None:
    outcome = workspace.changes.set_text([A, HELD], [("order", "5")])
    assert outcome.changed == (A,)
    with pytest.raises(LockedError):
        workspace.lifecycle.set_default(HELD)
    assert [(entry.subject, entry.detail, entry.keys) for entry in _refused(workspace)] == [
        ("set order", "locked", (HELD,)),
        ("default of chat", "locked", (HELD,)),
    ]


def test_an_entry_names_some_of_many_models(opened: Opened) -> None:
    workspace = opened("vera")
    with pytest.raises(NotPermittedError):
        workspace.changes.set_text([f"chat/x{number}" for number in range(70)], [("order", "5")])
    (entry,) = _refused(workspace)
    assert len(entry.keys) == 50
    assert entry.detail.endswith("(and 20 more models)")


# Read-only


def test_a_read_only_session_changes_nothing_until_it_is_lifted(opened: Opened, root: Path) -> None:
    workspace = opened("ada", read_only=True)
    more: list[Callable[[Workspace], object]] = [lambda of: of.applying.apply(), lambda of: of.applying.recover()]
    for deed in (*_QUEUEING.values(), *more):
        with pytest.raises(NotPermittedError, match="this session is read-only"):
            deed(workspace)
    assert not (root / ".modeltui").exists()
    workspace.permissions.is_read_only = False
    assert workspace.changes.set_text([A], [("order", "5")]).changed == (A,)


# The policy as it is on disk


def test_a_role_that_is_taken_away_counts_at_once(opened: Opened, root: Path) -> None:
    workspace = opened("ada")
    workspace.changes.set_text([A], [("order", "5")])
    _policy(root, _ROLES.replace('"ada", ', ""))
    with pytest.raises(NotPermittedError):
        workspace.applying.apply()


@pytest.mark.parametrize("text", ["[policy.roles]\nadmin = 'ada'\n", "[policy\n", "policy = 3\n"])
def test_a_policy_that_cannot_be_read_makes_nobody_an_admin(opened: Opened, root: Path, text: str) -> None:
    workspace = opened("ada")
    _policy(root, text)
    with pytest.raises(NotPermittedError, match=r"because the policy cannot be read: catalog\.toml: ") as caught:
        workspace.changes.set_text([A], [("order", "5")])
    assert caught.value.hint == "mend catalog.toml; until then everybody is a viewer"
    assert workspace.catalog.reload().catalog.models[A].active is True


def test_a_policy_file_that_is_gone_makes_nobody_an_admin(opened: Opened, root: Path) -> None:
    workspace = opened("ada")
    (root / "catalog.toml").unlink()
    with pytest.raises(NotPermittedError, match="cannot be read"):
        workspace.changes.set_text([A], [("order", "5")])


# Limits


def test_a_large_apply_wants_its_number(workspace: Workspace, root: Path) -> None:
    _policy(root, "[policy.limits]\napply_files = 2\n")
    workspace.changes.set_text([A, B], [("order", "5")])
    assert limits(workspace.catalog.reload()).files is None
    workspace.changes.set_text(["chat/c"], [("order", "5")])
    before = _files(root)
    for confirmed in (None, 2, 4):
        with pytest.raises(UsageError, match="3 files are more than the 2") as caught:
            workspace.applying.apply("a reason", confirmed=confirmed)
    assert "--confirm 3" in (caught.value.hint or "")
    assert _files(root) == before
    assert len(workspace.applying.apply("a reason", confirmed=3).files) == 3


@pytest.mark.parametrize(
    ("field", "new", "is_jump"),
    [
        ("cost.base", "1.25", False),
        ("cost.base", "1.2500001", True),
        ("cost.base", "0.1", False),
        ("cost.currency", "USD", True),
        ("order", "9", False),
    ],
)
def test_a_price_that_jumps_wants_a_reason(
    workspace: Workspace, root: Path, field: str, new: str, is_jump: bool
) -> None:
    _policy(root, "[policy.limits]\nprice_jump_percent = 25\n")
    workspace.changes.set_text([A], [(field, new)])
    snapshot = workspace.catalog.reload()
    assert wants_reason(snapshot) is is_jump
    if is_jump:
        with pytest.raises(
            UsageError, match=r"1 price rises by more than 25 %, which wants a reason: chat/a cost\.base"
        ):
            workspace.applying.apply()
    assert workspace.applying.apply("the provider asks for more" if is_jump else "").id is not None


def test_every_price_counts_and_new_models_do_not(workspace: Workspace, root: Path) -> None:
    _policy(root, "[policy.limits]\nprice_jump_percent = 10\n")
    path = root / "models" / f"{A}.toml"
    path.write_text(path.read_text() + '\n[cost.rate]\nper = "character"\nof = "inputs.prompt"\nprice = "0.1"\n')
    workspace.catalog.reload()
    workspace.changes.set_text([A], [("cost.rate.price", "0.2")])
    workspace.creating.create(workspace.creating.copy(B))
    (jump,) = limits(workspace.catalog.snapshot()).jumps
    assert str(jump) == "chat/a cost.rate.price 0.1 → 0.2"


# An apply that was interrupted


def _interrupted(workspace: Workspace, root: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """An apply that ends in the middle, as by a power cut; the files as they are then."""

    def fall(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    workspace.changes.set_text([A, B], [("order", "5")])
    with monkeypatch.context() as context:
        context.setattr("modeltui.storage.applying.applier.Applier._carried_out", fall)
        with pytest.raises(KeyboardInterrupt):
            workspace.applying.apply("x")
    return _files(root)


@pytest.mark.parametrize("user", ["vera", "edda"])
def test_who_may_not_apply_leaves_an_interrupted_apply_as_it_is(
    opened: Opened, root: Path, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _interrupted(opened("ada"), root, monkeypatch)
    other = opened(user)
    assert "an apply was interrupted, and stays so" in (other.catalog.snapshot().notice or "")
    assert _files(root) == before
    assert other.applying.status().state == "interrupted"
    assert "an interrupted apply" in (opened("ada").catalog.snapshot().notice or "")
