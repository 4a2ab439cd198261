"""A pull killed at any call of git, or between two files: the next start has all of it or nothing, and one record."""

from __future__ import annotations

import os
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crash.conftest import Tell
from modeltui.bootstrap import open_workspace
from modeltui.config import Settings
from modeltui.history.git import Git
from modeltui.services.workspace import Workspace
from modeltui.storage.real_fs import RealFs
from sharing.clones import Clone, cloned, git, make_hub, person

THOROUGH = os.environ.get("MODELTUI_CRASH") == "all"
STEPS = ("create", "rename", "exchange", "rename_new", "unlink", "unlink_all", "append")


@pytest.fixture
def behind(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Clone:
    """A clone that has work of its own, something pending, and much to pull: models, a provider, a file beside."""
    person(monkeypatch, tmp_path / "gitconfig")
    hub = make_hub(tmp_path)
    ann, bob = (cloned(hub, tmp_path / name, capsys) for name in ("ann", "bob"))
    ann.apply("chat/a", "order=4")
    ann.apply("chat/b", "order=4")
    shutil.copy(ann.path("chat/c"), ann.path("chat/d"))
    ann.path("chat/d").write_text(ann.text("chat/d").replace("0003", "0004"))
    ann.git("rm", "-q", "catalog/models/chat/c.toml")
    provider = ann.root / "providers" / "kie_ai.toml"
    provider.write_text(provider.read_text().replace("KIE.ai", "KIE"))
    (ann.tree / "README.md").write_text("other\n")
    (ann.tree / "new.txt").write_text("new\n")
    ann.git("add", "-A")
    ann.git("commit", "-qm", "more")
    ann.push()
    bob.apply("chat/a", "name=Mine")
    bob.done("set", "chat/b", "name=Pending")
    return bob


def _opened(root: Path) -> Workspace:
    return open_workspace(
        Settings(
            root=str(root), user="root", host="here", secret=lambda _: None, log_file=str(root.parent.parent / "log")
        )
    )


def _pull(root: Path) -> None:
    service = _opened(root).pulling
    service.pull(service.preview())


def _killed(root: Path, number: int, *, after: bool) -> bool:
    """Pull in a process of its own that is killed before or after its call of that number; whether it was."""
    child = os.fork()
    if child == 0:
        try:
            _armed(number, after=after)
            _pull(root)
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0
    return False


def _armed(number: int, *, after: bool) -> None:
    calls = iter(range(10_000))

    def counted(function: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **given: object) -> object:
            is_it = next(calls) == number
            if is_it and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            try:
                return function(*arguments, **given)
            finally:
                if is_it:
                    os.kill(os.getpid(), signal.SIGKILL)

        return call

    Git.run = counted(Git.run)  # type: ignore[assignment, method-assign]
    for name in STEPS:
        setattr(RealFs, name, counted(getattr(RealFs, name)))


def _calls(root: Path) -> int:
    low, high = 0, 512
    while low < high:
        middle = (low + high) // 2
        place = root.with_name(f"counted-{middle}")
        shutil.copytree(root, place, symlinks=True)
        if _killed(place / "catalog", middle, after=False):
            low = middle + 1
        else:
            high = middle
        shutil.rmtree(place)
    return low


def _spread(count: int) -> Iterator[tuple[int, bool]]:
    for number in range(0, count, 1 if THOROUGH else 5):
        yield number, number % 2 == 0
        if THOROUGH:
            yield number, number % 2 == 1


def _outcome(tree: Path, old: str) -> str:
    """Old or new, and nothing between; the queue is kept either way."""
    root = tree / "catalog"
    workspace = _opened(root)
    snapshot = workspace.catalog.snapshot()
    assert snapshot.plan.files.keys() == {"chat/b"}
    is_old = git(tree, "rev-parse", "HEAD") == old
    assert git(tree, "status", "--porcelain", "--untracked-files=no") == ""
    texts = {path.stem: path.read_text() for path in (root / "models" / "chat").glob("*.toml")}
    assert texts.keys() == ({"a", "b", "c"} if is_old else {"a", "b", "d"})
    assert ("order = 4" in texts["a"], 'name = "Mine"' in texts["a"]) == (not is_old, True)
    assert ("KIE.ai" in (root / "providers" / "kie_ai.toml").read_text()) is is_old
    assert (tree / "new.txt").exists() is not is_old
    records = [each for each in workspace.history.entries() if each.reason == "pull origin/main"]
    assert len(records) == (0 if is_old else 1)
    assert not list((root / ".modeltui").glob("txn-*"))
    return "old" if is_old else "new"


def test_a_pull_killed_at_any_call(behind: Clone, tmp_path: Path, tell: Tell) -> None:
    old = behind.git("rev-parse", "HEAD")
    count = _calls(behind.tree)
    assert count > 40
    outcomes: Counter[str] = Counter()
    for number, after in _spread(count):
        tree = tmp_path / f"killed-{number}-{after}"
        shutil.copytree(behind.tree, tree, symlinks=True)
        assert _killed(tree / "catalog", number, after=after)
        name = _outcome(tree, old)
        if name == "old":
            _pull(tree / "catalog")
            assert _outcome(tree, old) == "new"
        outcomes[name] += 1
        shutil.rmtree(tree)
    tell(outcomes)
    assert outcomes.keys() == {"old", "new"}
