"""Plans as files: a round trip changes what the queue would, and a crafted one can do nothing that commands cannot."""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modeltui.bootstrap import open_workspace
from modeltui.config import Settings
from modeltui.domain.lock_text import lock_digest
from modeltui.errors import ConflictError, LockedError, ModeltuiError, RefusedError, UsageError
from modeltui.services.workspace import Workspace

A, B, HELD = "chat/a", "chat/b", "chat/held"


def _file(root: Path, key: str) -> Path:
    return root / "models" / f"{key}.toml"


def _contents(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted((root / "models").rglob("*.toml"))}


@pytest.fixture
def crafted(workspace: Workspace, root: Path, tmp_path: Path) -> Callable[..., None]:
    """Apply a plan of one file made by hand; whatever is not given is as it would be for chat/a."""

    def apply(*, edits: Any = (), **members: Any) -> None:
        key = members.get("key", A)
        content = _file(root, key).read_bytes() if _file(root, key).exists() else b""
        entry = {
            "key": key,
            "path": f"models/{key}.toml",
            "action": "update",
            "base": hashlib.sha256(content).hexdigest(),
            **({"edits": [{"field": field, "old": old, "new": new} for field, old, new in edits]} if edits else {}),
            **members,
        }
        path = tmp_path / "crafted.json"
        whole = {"modeltui_plan": 1, "catalog": "x", "by": "mallory", "at": "2026-11-20T00:00:00+00:00"}
        path.write_text(json.dumps({**whole, "files": [entry]}))
        workspace.plans.apply(workspace.plans.read(str(path)), "why")

    return apply


def test_a_plan_made_by_one_is_applied_by_another(
    workspace: Workspace, root: Path, tmp_path: Path, settings_for: Callable[[str], Settings]
) -> None:
    workspace.changes.set_text([A], [("order", "7"), ("released_on", "2026-01-02"), ("tags", '["ä", "b"]')])
    workspace.changes.lock([B], "live")
    path = str(tmp_path / "plan.json")
    assert workspace.plans.save(path) == 2
    bob = open_workspace(settings_for("bob"))
    bob.changes.set_active(["chat/c"], False)
    outcome = bob.plans.apply(bob.plans.read(path), "reviewed")
    assert outcome.files == ("models/chat/a.toml", "models/chat/b.toml")
    text = _file(root, A).read_text()
    assert "order = 7\n" in text
    assert "released_on = 2026-01-02\n" in text
    assert 'tags = ["ä", "b"]\n' in text
    lock = outcome.snapshot.catalog.models[B].lock
    assert lock is not None
    assert (lock.by, lock.reason) == ("bob", "live"), "whoever applies a plan sets its locks"
    assert lock.digest == lock_digest(_file(root, B).read_bytes())
    assert list(outcome.snapshot.plan.files) == ["chat/c"], "bob's own queue is as it was"
    [entry] = bob.history.entries()
    assert (entry.by, entry.reason) == ("bob", "reviewed")


def test_the_same_queue_gives_the_same_file_which_a_person_can_read(workspace: Workspace, tmp_path: Path) -> None:
    workspace.changes.set_text([A], [("name", "Zoë \u202e")])
    text = workspace.plans.text()
    assert workspace.plans.text() == text
    assert '"new": "Zoë \\u202e"' in text
    assert text.startswith('{\n  "modeltui_plan": 1,\n')
    assert workspace.plans.save(str(tmp_path / "p")) == workspace.plans.save(str(tmp_path / "p")) == 1
    assert (tmp_path / "p").read_text() == text


def test_an_empty_or_stale_queue_gives_no_plan(workspace: Workspace, root: Path, tmp_path: Path) -> None:
    assert workspace.plans.save(str(tmp_path / "p")) == 0
    assert not (tmp_path / "p").exists()
    workspace.changes.set_active([A], False)
    _file(root, A).write_text(_file(root, A).read_text() + "# by hand\n")
    with pytest.raises(ConflictError):
        workspace.plans.save(str(tmp_path / "p"))


def test_only_a_plan_is_overwritten(workspace: Workspace, root: Path, tmp_path: Path) -> None:
    workspace.changes.set_active([A], False)
    before = (root / "catalog.toml").read_bytes()
    with pytest.raises(RefusedError, match="is no plan"):
        workspace.plans.save(str(root / "catalog.toml"))
    assert (root / "catalog.toml").read_bytes() == before
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with pytest.raises(UsageError):
        workspace.plans.save(str(tmp_path / "link"))
    with pytest.raises(UsageError):
        workspace.plans.save(str(tmp_path / "none" / "p"))
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".tmp")] == []


def test_a_stale_plan_writes_nothing(workspace: Workspace, root: Path, tmp_path: Path) -> None:
    workspace.changes.set_active([A, B], False)
    path = str(tmp_path / "p")
    workspace.plans.save(path)
    _file(root, B).write_text(_file(root, B).read_text() + "# by hand\n")
    before = _contents(root)
    plan_file = workspace.plans.read(path)
    assert [file.key for file in workspace.plans.planned(plan_file).problems] == [B]
    with pytest.raises(ConflictError, match=r"models/chat/b\.toml"):
        workspace.plans.apply(plan_file, "x")
    assert _contents(root) == before


def test_a_well_formed_plan_by_hand_is_applied(crafted: Callable[..., None], root: Path) -> None:
    crafted(edits=[(["active"], True, False)])
    assert "active = false   # kept" in _file(root, A).read_text()


_LOCKED = {"locked": True, "by": "ops", "at": {"$datetime": "2026-01-01T00:00:00+00:00"}, "reason": "in production"}


@pytest.mark.parametrize(
    ("members", "error"),
    [
        ({"edits": [(["uid"], "x", "y")]}, RefusedError),
        ({"edits": [(["schema"], 1, 2)]}, RefusedError),
        ({"edits": [(["active"], False, True)]}, RefusedError),
        ({"edits": [(["active"], True, "no")]}, RefusedError),
        ({"edits": [(["order"], {"$absent": True}, [{"$absent": True}])]}, RefusedError),
        ({"edits": [(["nmae"], {"$absent": True}, "x")]}, RefusedError),
        ({"edits": [([], {"$absent": True}, "x")]}, RefusedError),
        ({"edits": [([0], {"$absent": True}, "x")]}, RefusedError),
        ({"edits": [(["name", "x"], {"$absent": True}, "x")]}, RefusedError),
        ({"edits": [(["lock", "digest"], {"$absent": True}, "sha256:0")]}, LockedError),
        ({"edits": [(["lock"], {"$absent": True}, {"locked": True, "digest": "sha256:0"})]}, LockedError),
        ({"edits": [(["lock"], {"$absent": True}, {"locked": False})]}, LockedError),
        ({"edits": [(["lock"], {"$absent": True}, "yes")]}, LockedError),
        ({"key": HELD, "edits": [(["active"], True, False)]}, LockedError),
        ({"key": HELD, "edits": [(["lock"], _LOCKED, {"$absent": True}), (["active"], True, False)]}, LockedError),
        ({"key": HELD, "edits": [(["lock", "locked"], True, False)]}, LockedError),
        ({"key": HELD, "action": "delete"}, LockedError),
        ({"base": "0" * 64, "edits": [(["active"], True, False)]}, ConflictError),
        ({"key": "chat/none", "edits": [(["active"], True, False)]}, ConflictError),
        ({"key": "chat/../../catalog"}, RefusedError),
        ({"key": "../providers/sandbox", "edits": [(["name"], "Sandbox", "x")]}, RefusedError),
        ({"path": "models/chat/b.toml", "edits": [(["active"], True, False)]}, RefusedError),
        ({"path": "/etc/passwd", "edits": [(["active"], True, False)]}, RefusedError),
        ({"action": "chmod", "edits": [(["active"], True, False)]}, RefusedError),
        ({"action": ["update"]}, RefusedError),
        ({"action": "delete", "edits": [(["active"], True, False)]}, RefusedError),
        ({"action": "create", "base": None}, RefusedError),
        ({"surprise": 1, "edits": [(["active"], True, False)]}, RefusedError),
        ({"text": ["name = \n"]}, RefusedError),
        ({"text": ["a = '\ud800'"]}, RefusedError),
    ],
)
def test_a_crafted_plan_is_refused(
    crafted: Callable[..., None], root: Path, members: dict[str, Any], error: type[ModeltuiError]
) -> None:
    before = _contents(root)
    with pytest.raises(error):
        crafted(**members)
    assert _contents(root) == before


def test_the_right_base_with_a_lying_old_value_names_the_field(crafted: Callable[..., None]) -> None:
    with pytest.raises(RefusedError, match="old value of `name`"):
        crafted(edits=[(["name"], "harmless", "evil")])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('uid = "', 'uid = "0', "uid"),
        ("schema = 1", "schema = 2", "schema"),
        ("[timing]", "[lock]\nlocked = true\n\n[timing]", "lock"),
        ('provider = "sandbox"', "provider = 3", "provider"),
    ],
)
def test_a_crafted_rewrite_is_held_to_the_same_rules(
    crafted: Callable[..., None], root: Path, old: str, new: str, message: str
) -> None:
    text = _file(root, A).read_text()
    assert old in text
    with pytest.raises(RefusedError, match=message):
        crafted(text=text.replace(old, new).splitlines(keepends=True))
    assert _file(root, A).read_text() == text


def test_a_rewrite_of_a_locked_file_is_refused(crafted: Callable[..., None], root: Path) -> None:
    text = _file(root, HELD).read_text()
    with pytest.raises(LockedError):
        crafted(key=HELD, text=text.replace("Model HELD", "Evil").splitlines(keepends=True))


@pytest.mark.parametrize(
    ("key", "lock", "message"),
    [
        ("chat/new", "", "uid"),
        ("image/new", "", "content_type"),
        ("chat/A", "", "case"),
        ("chat/new", "[lock]\nlocked = true\n\n", "never locked"),
    ],
)
def test_a_crafted_creation_is_held_to_the_rules_of_new_models(
    crafted: Callable[..., None], root: Path, key: str, lock: str, message: str
) -> None:
    text = _file(root, A).read_text().replace("[timing]", f"{lock}[timing]")
    with pytest.raises(RefusedError, match=message):
        crafted(key=key, action="create", base=None, text=[text])
    assert key == "chat/A" or not _file(root, key).exists()


def _fresh(root: Path) -> str:
    """A model with a uid of its own."""
    uid = str(uuid.uuid5(uuid.NAMESPACE_URL, "a"))
    return _file(root, A).read_text().replace(uid, str(uuid.uuid4())).replace("default = true", "default = false")


def test_two_creations_do_not_share_an_identity(workspace: Workspace, root: Path, tmp_path: Path) -> None:
    text, head = _fresh(root), {"modeltui_plan": 1, "catalog": "x", "by": "m", "at": "2026-11-20T00:00:00+00:00"}
    for first, second, message in (("chat/x", "chat/y", "uid"), ("chat/x", "chat/X", "case")):
        files = [
            {"key": key, "path": f"models/{key}.toml", "action": "create", "base": None, "text": [text]}
            for key in (first, second)
        ]
        (tmp_path / "p").write_text(json.dumps({**head, "files": files}))
        with pytest.raises(RefusedError, match=message):
            workspace.plans.apply(workspace.plans.read(str(tmp_path / "p")), "x")


def test_a_creation_and_a_removal_by_plan(crafted: Callable[..., None], root: Path) -> None:
    crafted(key="chat/new", action="create", base=None, text=[_fresh(root)])
    assert _file(root, "chat/new").exists()
    crafted(key="chat/new", action="delete")
    assert not _file(root, "chat/new").exists()


def test_a_model_that_another_names_is_not_removed(crafted: Callable[..., None], root: Path) -> None:
    _file(root, B).write_text('replaced_by = "chat/a"\n' + _file(root, B).read_text())
    with pytest.raises(RefusedError, match="it takes the place of chat/b"):
        crafted(action="delete")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{}",
        b'{"modeltui_plan": 2, "catalog": "", "by": "", "at": "", "files": []}',
        b'{"modeltui_plan": true, "catalog": "", "by": "", "at": "2026-01-01", "files": []}',
        b'{"modeltui_plan": 1, "catalog": "", "by": "", "at": 1, "files": []}',
        b'{"modeltui_plan": 1, "catalog": "", "by": "", "at": "2026-01-01", "files": {}}',
        b'{"modeltui_plan": 1, "by": "a", "by": "b", "catalog": "", "at": "2026-01-01", "files": []}',
        b"[" * 100_000,
        b'{"modeltui_plan": ' + b"9" * 5000 + b"}",
        b'{"modeltui_plan": NaN}',
    ],
)
def test_what_is_no_plan_is_refused(workspace: Workspace, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "p").write_bytes(content)
    with pytest.raises(RefusedError, match="no plan"):
        workspace.plans.read(str(tmp_path / "p"))


def test_a_file_named_twice_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    workspace.changes.set_active([A], False)
    plan = json.loads(workspace.plans.text())
    (tmp_path / "p").write_text(json.dumps({**plan, "files": plan["files"] * 2}))
    with pytest.raises(RefusedError, match="chat/a is named 2 times"):
        workspace.plans.read(str(tmp_path / "p"))


def test_what_is_no_plain_file_is_not_opened(workspace: Workspace, tmp_path: Path) -> None:
    workspace.changes.set_active([A], False)
    workspace.plans.save(str(tmp_path / "p"))
    (tmp_path / "link").symlink_to(tmp_path / "p")
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "large").open("wb") as file:
        file.truncate(2**24 + 1)
    for name in ("link", "pipe", "large", "none", "."):
        with pytest.raises(UsageError):
            workspace.plans.read(str(tmp_path / name))
