"""What a change was made on goes with it into the queue: which model, and its text. Nothing here needs git."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from modeltui.bootstrap import open_workspace
from modeltui.config import Settings
from modeltui.domain.change import Action, Change
from modeltui.domain.merging.conflict import Fate
from modeltui.domain.pending.queue import Step
from modeltui.errors import ConflictError
from modeltui.services.changing import base_texts
from modeltui.services.changing.base_texts import with_base_texts
from modeltui.services.workspace import Workspace
from modeltui.storage.queue_file import QueueFile

A, B, C = "chat/a", "chat/b", "chat/c"


def _file(root: Path, key: str) -> Path:
    return root / "models" / f"{key}.toml"


def _change(root: Path, key: str, old: str, new: str) -> None:
    text = _file(root, key).read_text()
    assert old in text
    _file(root, key).write_text(text.replace(old, new))


def _log(root: Path) -> Path:
    return root / ".modeltui" / "queue" / "alice.jsonl"


def _pending(workspace: Workspace) -> Change:
    [change] = workspace.catalog.snapshot().queue.changes
    return change


def _queue(workspace: Workspace, root: Path, key: str, action: Action, text: str | None = None) -> None:
    model = workspace.catalog.snapshot().catalog.models[key]
    at = workspace.changes._identity.now()
    change = Change(
        id="0-0",
        key=key,
        path=model.path,
        action=action,
        base=model.digest,
        text=text,
        by="alice",
        at=at,
        uid=model.uid,
    )
    QueueFile(str(root), "alice").take(with_base_texts(Step("whole", (change,)), str(root)))


def test_a_change_keeps_its_model_and_its_text(
    workspace: Workspace, root: Path, settings_for: Callable[[str], Settings]
) -> None:
    text, uid = _file(root, A).read_text(), workspace.catalog.snapshot().catalog.models[A].uid
    workspace.changes.set_active([A], False)
    for each in (workspace, open_workspace(settings_for("alice"))):
        assert (_pending(each).uid, _pending(each).base_text) == (uid, text)


def test_the_text_is_in_the_file_once(workspace: Workspace, root: Path) -> None:
    for active in (False, True, False):
        workspace.changes.set_active([A, B], active)
    workspace.changes.drop([A])
    workspace.changes.undo()
    assert _log(root).read_text().count("vendor/a") == 1
    assert all(change.base_text for change in QueueFile(str(root), "alice").load().changes)


def test_a_bulk_of_edits_keeps_uids_only_and_a_bulk_of_removals_its_texts(
    workspace: Workspace, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base_texts, "_MOST_OF_EDITS", 1)
    changes = workspace.changes.set_active([A, B], False).snapshot.queue.changes
    assert [(each.uid is not None, each.base_text) for each in changes] == [(True, None)] * 2
    removals = Step("remove", tuple(replace(each, action=Action.DELETE, edits=()) for each in changes))
    assert all(change.base_text for change in with_base_texts(removals, str(root)).added)


def test_no_text_is_kept_of_a_file_that_changed_meanwhile(workspace: Workspace, root: Path) -> None:
    workspace.catalog.reload()
    _change(root, A, "# kept", "# by hand")
    workspace.changes.set_active([A], False)
    assert _pending(workspace).base_text is None


@pytest.mark.parametrize("is_there_still", [True, False])
def test_another_model_in_the_place_is_seen_without_git(
    workspace: Workspace, root: Path, *, is_there_still: bool
) -> None:
    workspace.changes.set_active([A], False)
    if is_there_still:
        _file(root, A).rename(_file(root, "chat/z"))
        _change(root, "chat/z", "# kept", "# and edited")
    _file(root, C).rename(_file(root, A))
    before = _file(root, A).read_bytes()
    assert workspace.catalog.reload().plan.files[A].problem == "another model is in its place"
    [conflict] = workspace.changes.conflicts()
    assert (conflict.fate, conflict.moved_to) == (Fate.REPLACED, "chat/z" if is_there_still else None)
    for mine in (False, True):
        outcome = workspace.changes.rebase(mine=mine, follow=True)
        assert outcome.changed == outcome.unchanged == ()
        assert outcome.refused[0].reason.startswith("another model is in its place")
    assert workspace.changes.set_text([A], [("order", "1")]).refused
    assert workspace.changes.lock([A]).refused, "nor is a lock taken along"
    with pytest.raises(ConflictError):
        workspace.applying.apply("x")
    assert _file(root, A).read_bytes() == before


def test_one_change_of_many_that_was_meant_for_another_model_is_enough(
    workspace: Workspace, root: Path, settings_for: Callable[[str], Settings]
) -> None:
    late = open_workspace(settings_for("alice"))
    late.catalog.snapshot().catalog.document(A)
    _file(root, C).replace(_file(root, A))
    workspace.catalog.reload()
    workspace.changes.set_active([A], False)
    late.changes.set_text([A], [("order", "7")])
    assert workspace.catalog.reload().plan.files[A].problem == "another model is in its place"
    assert workspace.changes.rebase(mine=True).changed == ()


def test_a_uid_in_other_letters_is_the_same_model(workspace: Workspace, root: Path) -> None:
    workspace.changes.set_active([A], False)
    uid = _pending(workspace).uid
    assert uid is not None
    _change(root, A, uid, uid.upper())
    assert workspace.changes.rebase().changed == (A,)


def test_a_renamed_and_edited_file_is_found_without_git(workspace: Workspace, root: Path) -> None:
    workspace.changes.set_active([A], False)
    _file(root, A).rename(_file(root, "chat/z"))
    _change(root, "chat/z", "# kept", "# and edited")
    assert workspace.changes.rebase(follow=True).changed == ("chat/z",)


def test_a_rewrite_has_a_base_without_git(workspace: Workspace, root: Path) -> None:
    _queue(workspace, root, A, Action.UPDATE, _file(root, A).read_text().replace("Model A", "Mine"))
    _change(root, A, 'status = "active"', 'status = "beta"')
    workspace.catalog.reload()
    [conflict] = workspace.changes.conflicts()
    assert conflict.is_base_known
    assert [(each.base, each.theirs, each.mine, each.state.value) for each in conflict.fields] == [
        ("Model A", "Model A", "Mine", "clean")
    ]
    workspace.changes.rebase()
    workspace.applying.apply("x")
    assert 'status = "beta"' in _file(root, A).read_text()
    assert 'name = "Mine"' in _file(root, A).read_text()


def test_a_removal_has_a_base_without_git(workspace: Workspace, root: Path) -> None:
    _queue(workspace, root, A, Action.DELETE)
    _change(root, A, 'name = "Model A"', 'name = "Theirs"')
    assert workspace.changes.rebase().refused[0].reason == "both sides changed name"


def test_a_text_that_is_not_the_one_it_is_said_to_be_is_no_base(workspace: Workspace, root: Path) -> None:
    _queue(workspace, root, A, Action.UPDATE, _file(root, A).read_text().replace("Model A", "Mine"))
    [change] = QueueFile(str(root), "alice").load().changes
    forged = replace(change, base_text=str(change.base_text).replace("Model A", "Never"))
    _log(root).unlink()
    QueueFile(str(root), "alice").take(Step("forged", (forged,)))
    _change(root, A, 'status = "active"', 'status = "beta"')
    workspace.catalog.reload()
    assert not workspace.changes.conflicts()[0].is_base_known


def test_a_file_of_lines_that_end_otherwise_is_kept_byte_by_byte(workspace: Workspace, root: Path) -> None:
    content = _file(root, A).read_bytes().replace(b"\n", b"\r\n").replace(b"Model A", "Modèle \U0001f98a".encode())
    _file(root, A).write_bytes(content)
    workspace.catalog.reload()
    workspace.changes.set_active([A], False)
    [change] = QueueFile(str(root), "alice").load().changes
    assert change.base_text is not None
    assert change.base_text.encode() == content
    assert json.loads(_log(root).read_text().splitlines()[0])["step"]["bases"] == {change.base: change.base_text}
