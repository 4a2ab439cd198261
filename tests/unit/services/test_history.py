"""Looking back: the newest first, no more than was asked for; and what differs between two moments."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from modeltui.bootstrap import open_workspace
from modeltui.config import Settings
from modeltui.domain.document import ABSENT
from modeltui.errors import NotFoundError, UsageError
from modeltui.services.history import Comparison
from modeltui.services.workspace import Workspace

A, B = "chat/a", "chat/b"


def _set(workspace: Workspace, key: str, field: str, value: str, reason: str = "") -> str:
    workspace.changes.set_text([key], [(field, value)])
    name = workspace.applying.apply(reason).id
    assert name is not None
    return name


def _git(root: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True).stdout.strip()


def _told(found: Comparison) -> list[tuple[str, str, object, object]]:
    return [(change.key, ".".join(map(str, change.field)), change.old, change.new) for change in found.changes]


def test_the_newest_and_what_holds_all_words(workspace: Workspace) -> None:
    names = [
        _set(workspace, key, "order", str(n), why) for n, (key, why) in enumerate([(A, "Cheap"), (B, ""), (A, "x")], 5)
    ]
    history = workspace.history
    found = history.read(limit=2)
    assert ([record.id for record in found.records], found.is_complete) == (names[:0:-1], False)
    assert history.read(limit=3).is_complete
    assert [record.id for record in history.read(A).records] == [names[2], names[0]]
    assert [record.id for record in history.read(words="cheap ALICE order").records] == [names[0]]
    assert history.read(words="cheap bob").records == ()
    assert history.read(words="chat/b", limit=1) == history.read(B)
    assert history.record(names[1]).changes[0].new == 6


def test_a_rewritten_file_is_told_by_field(root: Path, workspace: Workspace) -> None:
    text = (root / f"models/{A}.toml").read_text()
    workspace.rollback._queueing.queue(
        "edit", [], lambda *_: [], rewrites={A: text.replace("Model A", "Other").replace("# kept", "# new")}
    )
    workspace.applying.apply()
    [record] = workspace.history.entries()
    assert [(change.field, change.old, change.new) for change in record.changes] == [(("name",), "Model A", "Other")]
    workspace.rollback.roll_back(record.id)
    workspace.applying.apply()
    assert (root / f"models/{A}.toml").read_text() == text


@pytest.mark.parametrize("in_git", [True, False])
def test_any_two_moments_are_compared(root: Path, settings_for: Callable[[str], Settings], *, in_git: bool) -> None:
    if in_git:
        (root / ".gitignore").write_text(".modeltui/\n")
        _git(root, "init", "-q")
        _git(root, "add", "-A")
        _git(root, "commit", "-qm", "start")
    workspace = open_workspace(settings_for("alice"))
    one = _set(workspace, A, "order", "1")
    two = _set(workspace, B, "name", "Two")
    three = _set(workspace, A, "order", "3")
    compare = workspace.history.compare
    assert _told(compare(f"{one}..{three}")) == [(A, "order", 1, 3), (B, "name", "Model B", "Two")]
    assert _told(compare(f"{three}..{one}")) == [(A, "order", 3, 1), (B, "name", "Two", "Model B")]
    assert _told(compare(f"{one}..{three}", B)) == [(B, "name", "Model B", "Two")]
    assert _told(compare(f"{two}..")) == [(A, "order", 1, 3)]
    assert _told(compare("now..now")) == []
    assert compare(f"{one}..{two}").is_complete is in_git
    if in_git:
        assert _told(compare(f"HEAD~3..{one}")) == [(A, "order", ABSENT, 1)]
        (root / f"models/{B}.toml").unlink()
        _git(root, "commit", "-qam", "gone")
        workspace.catalog.reload()
        [(key, field, _, new)] = _told(compare(f"{three}.."))
        assert (key, field, new) == (B, "", ABSENT)
        _git(root, "reset", "-q", "--hard", "HEAD~2")
        assert _told(compare(f"{two}..HEAD")) == []


@pytest.mark.parametrize("points", ["", "now", "..", "..now", "a...b", "now.."])
def test_what_is_not_two_moments_is_wrong_use(workspace: Workspace, points: str) -> None:
    if points == "now..":
        assert workspace.history.compare(points).changes == ()
        return
    with pytest.raises(UsageError):
        workspace.history.compare(points)


def test_a_moment_that_nobody_knows(workspace: Workspace) -> None:
    with pytest.raises(NotFoundError):
        workspace.history.compare("nothing..now")
