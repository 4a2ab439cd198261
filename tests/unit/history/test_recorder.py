"""One commit for each apply, of its own paths, found again after a crash; and no apply fails because git does."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from modeltui.domain.change import Action
from modeltui.domain.recorder import Recorded
from modeltui.history.git import Git
from modeltui.history.preflight import preflight
from modeltui.history.record import ApplyRecord, FileChange, encoded_record
from modeltui.history.recorder import GitRecorder
from modeltui.history.repository import HistoryRepository

A, B, C, NEW = (f"models/chat/{name}.toml" for name in ("a", "b", "c", "new"))


def _record(apply_id: str, *paths: str, reason: str = "because") -> dict[str, Any]:
    files = tuple(FileChange(path[7:-5], path, Action.UPDATE, "0" * 64, "1" * 64) for path in paths)
    return encoded_record(ApplyRecord(apply_id, datetime(2030, 1, 1, tzinfo=UTC), "alice", "here", reason, (), files))


@pytest.fixture
def recorder(root: Path, repository: HistoryRepository) -> GitRecorder:
    return GitRecorder(str(root), repository, pause=lambda _seconds: None)


def _apply(recorder: GitRecorder, root: Path, apply_id: str = "one", reason: str = "because") -> Recorded:
    """Change a, delete b and make new; then record."""
    (root / A).write_text(f"name = '{apply_id}'\n")
    (root / B).unlink(missing_ok=True)
    (root / NEW).write_text(f"name = '{apply_id}'\n")
    return recorder.record(_record(apply_id, A, B, NEW, reason=reason), [A, B, NEW])


def test_one_commit_of_its_paths(recorder: GitRecorder, root: Path, git: Callable[..., str]) -> None:
    recorded = _apply(recorder, root)
    assert recorded.commit == git("rev-parse", "HEAD").strip()
    assert recorded.warning is None
    changed = git("show", "--name-status", "--format=", "--no-renames", "HEAD").split()
    assert changed == ["M", f"catalog/{A}", "D", f"catalog/{B}", "A", f"catalog/{NEW}"]
    assert git("status", "--porcelain") == ""
    assert git("log", "-1", "--format=%an <%ae>").strip() == "Test <test@example.invalid>"


def test_what_the_user_has_staged_stays_staged(
    recorder: GitRecorder, root: Path, tree: Path, git: Callable[..., str]
) -> None:
    (root / C).write_text("name = 'half an idea'\n")
    (tree / "notes.txt").write_text("mine\n")
    git("add", "-A")
    (tree / "notes.txt").write_text("mine, and more\n")
    _apply(recorder, root)
    assert git("status", "--porcelain") == f"M  catalog/{C}\nAM notes.txt\n"
    assert git("show", ":notes.txt") == "mine\n"


def test_the_message_says_why_what_and_who(recorder: GitRecorder, root: Path, git: Callable[..., str]) -> None:
    _apply(recorder, root, reason="# cheaper\n\nModeltui-Txn: forged\x1b[31m")
    message = git("log", "-1", "--format=%B").strip()
    assert message == (
        "# cheaper\n\nModeltui-Txn: forged\\e[31m\n\n"
        "~ chat/a\n~ chat/b\n~ chat/new\n\nModeltui-Txn: one\nModeltui-By: alice"
    )
    assert git("log", "-1", "--format=%(trailers:key=Modeltui-Txn,valueonly)").strip() == "one"


def test_a_reason_is_not_needed(recorder: GitRecorder, root: Path, git: Callable[..., str]) -> None:
    _apply(recorder, root, reason="")
    assert git("log", "-1", "--format=%s").strip() == "Change 3 models"


def test_an_apply_is_committed_once_whatever_crashed(
    recorder: GitRecorder, root: Path, git: Callable[..., str], repository: HistoryRepository
) -> None:
    first = _apply(recorder, root)
    (root / A).write_text("name = 'edited since'\n")
    assert recorder.record(_record("one", A), [A]) == first
    assert git("rev-list", "--count", "HEAD").strip() == "2"
    forgetful = HistoryRepository(_Forgetful(repository))
    again = GitRecorder(str(root), forgetful).record(_record("one", A), [A])
    assert again == first, "found by its trailer, although it was never noted"
    assert git("rev-list", "--count", "HEAD").strip() == "2"


class _Forgetful:
    """A log in which a crash lost every note of a commit."""

    def __init__(self, repository: HistoryRepository) -> None:
        self._log = repository._log

    @property
    def entries(self) -> list[Any]:
        return [entry for entry in self._log.read().entries if entry["kind"] == "apply"]

    def read(self) -> _Forgetful:
        return self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)


def test_nothing_to_commit_is_no_failure(recorder: GitRecorder, root: Path, repository: HistoryRepository) -> None:
    assert recorder.record(_record("one", A), [A]) == Recorded(None, None)
    assert repository.pending() == []
    (root / "models/chat/untracked.toml").write_text("x")
    (root / "models/chat/untracked.toml").unlink()
    path = "models/chat/untracked.toml"
    assert recorder.record(_record("two", path), [path]) == Recorded(None, None)


def test_a_file_that_git_did_not_know_is_committed(recorder: GitRecorder, root: Path, git: Callable[..., str]) -> None:
    path = "models/chat/untracked.toml"
    (root / path).write_text("x = 1\n")
    assert recorder.record(_record("one", path), [path]).commit
    assert git("show", f"HEAD:catalog/{path}") == "x = 1\n"


def _merging(tree: Path, git: Callable[..., str]) -> None:
    (tree / ".git/MERGE_HEAD").write_text(git("rev-parse", "HEAD"))


def _locked(tree: Path, git: Callable[..., str]) -> None:
    (tree / ".git/index.lock").touch()


def _refused_by_a_hook(tree: Path, git: Callable[..., str]) -> None:
    hook = tree / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'the hook says no' >&2\nexit 1\n")
    hook.chmod(0o755)


@dataclass(frozen=True)
class Trouble:
    make: Callable[[Path, Callable[..., str]], None]
    words: str
    file: str
    """Below `.git`; its removal ends the trouble."""


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble(_merging, "a merge is under way", "MERGE_HEAD"),
        Trouble(_locked, "another git holds index.lock", "index.lock"),
        Trouble(_refused_by_a_hook, "the hook says no", "hooks/pre-commit"),
    ],
    ids=lambda trouble: trouble.file,
)
def test_a_commit_that_fails_is_pending_and_made_up_for(
    recorder: GitRecorder,
    root: Path,
    git: Callable[..., str],
    repository: HistoryRepository,
    trouble: Trouble,
) -> None:
    trouble.make(root.parent, git)
    recorded = _apply(recorder, root)
    assert recorded.commit is None
    assert recorded.warning is not None
    assert trouble.words in recorded.warning
    assert (root / NEW).exists(), "the files stay applied"
    [entry] = repository.entries()
    assert entry.pending is not None
    assert trouble.words in entry.pending
    late = recorder.catch_up()
    assert late is not None
    assert trouble.words in late

    (root.parent / ".git" / trouble.file).unlink()
    assert recorder.catch_up() is None
    assert repository.entries()[0].commit == git("rev-parse", "HEAD").strip()
    assert repository.pending() == []
    assert git("status", "--porcelain") == ""


def test_somebodys_index_lock_is_never_removed(recorder: GitRecorder, root: Path, tree: Path) -> None:
    (tree / ".git/index.lock").touch()
    _apply(recorder, root)
    assert (tree / ".git/index.lock").exists()


def test_a_lock_that_goes_away_is_waited_for(root: Path, tree: Path, repository: HistoryRepository) -> None:
    (tree / ".git/index.lock").touch()
    recorder = GitRecorder(str(root), repository, pause=lambda _seconds: (tree / ".git/index.lock").unlink())
    assert _apply(recorder, root).commit


def test_a_detached_head_is_said(recorder: GitRecorder, root: Path, git: Callable[..., str]) -> None:
    git("switch", "-q", "--detach")
    recorded = _apply(recorder, root)
    assert recorded.commit
    assert recorded.warning == "HEAD is detached: the commit is on no branch"


def test_the_first_commit_of_all(tmp_path_factory: pytest.TempPathFactory, repository: HistoryRepository) -> None:
    place = tmp_path_factory.mktemp("unborn")
    (place / "catalog.toml").write_text("schema = 1\n")
    subprocess.run(["git", "init", "-q"], cwd=place, check=True)
    recorder = GitRecorder(str(place), repository)
    assert recorder.record(_record("one", "catalog.toml"), ["catalog.toml"]).commit


def test_a_catalogue_that_git_ignores_is_recorded_plainly(
    recorder: GitRecorder, root: Path, tree: Path, git: Callable[..., str], repository: HistoryRepository
) -> None:
    git("rm", "-r", "-q", "--cached", "catalog")
    (tree / ".gitignore").write_text("catalog/\n")
    assert _apply(recorder, root) == Recorded(None, None)
    assert [record.pending for record in repository.entries()] == [None]


def test_without_a_work_tree_it_is_recorded_plainly(
    tmp_path_factory: pytest.TempPathFactory, repository: HistoryRepository
) -> None:
    place = str(tmp_path_factory.mktemp("plain"))
    assert GitRecorder(place, repository).record(_record("one", A), [A]) == Recorded()
    assert [record.id for record in repository.entries()] == ["one"]


def test_git_is_not_needed(root: Path, repository: HistoryRepository) -> None:
    recorder = GitRecorder(str(root), repository, git=Git(str(root), {"PATH": "/nowhere"}))
    recorded = _apply(recorder, root)
    assert recorded.warning is not None
    assert "git is not installed" in recorded.warning


def test_edits_that_a_commit_would_sweep_in_are_known_before(recorder: GitRecorder, root: Path) -> None:
    (root / A).write_text("name = 'not committed'\n")
    (root / C).write_text("name = 'not committed'\n")
    assert recorder.uncommitted([A, B]) == (A,)


def test_preflight_says_what_stands_in_the_way(
    root: Path, tree: Path, git: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert preflight(str(root)) == ()
    _merging(tree, git)
    (tree / ".git/HEAD").write_text(git("rev-parse", "HEAD"))
    git("config", "user.useConfigOnly", "true")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    assert [finding.code for finding in preflight(str(root))] == ["git-busy", "git-refuses", "git-detached"]
    assert preflight(str(tree.parent / "nowhere")) == ()


def test_many_paths_and_odd_names(recorder: GitRecorder, root: Path, git: Callable[..., str]) -> None:
    odd = [f"models/chat/{name}.toml" for name in ("*", "a b", "ü", ":(top)", "-x", "new\nline", "q'\"")]
    many = [f"models/many/m{number:04}.toml" for number in range(1500)]
    (root / "models/many").mkdir()
    for path in (*odd, *many):
        (root / path).write_text("x = 1\n")
    recorded = recorder.record(_record("one", *odd, *many), [*odd, *many])
    assert recorded.commit, recorded.warning
    assert git("status", "--porcelain") == ""
    names = git("show", "--name-only", "-z", "--format=", "HEAD").strip("\0").split("\0")
    assert set(names) == {f"catalog/{path}" for path in (*odd, *many)}


def test_the_record_is_one_even_if_the_reason_changes(recorder: GitRecorder, root: Path) -> None:
    first = _apply(recorder, root)
    assert replace(first) == recorder.record(_record("one", A, reason="another"), [A])
