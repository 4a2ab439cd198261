"""git is called so that nothing of the surroundings decides what it does."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from modeltui.history.git import Git, GitError, git_directory
from modeltui.history.work_tree import branch


def test_the_environment_cannot_lead_it_elsewhere(tree: Path, tmp_path: Path) -> None:
    hostile = {
        **os.environ,
        "GIT_DIR": "/nowhere",
        "GIT_INDEX_FILE": "/nowhere",
        "GIT_WORK_TREE": "/",
        "GIT_PAGER": "x",
    }
    git = Git(str(tree), hostile)
    assert git.run("rev-parse", "--show-toplevel").strip() == os.fsencode(tree)


def test_names_are_taken_literally(tree: Path) -> None:
    (tree / "*.toml").write_text("x")
    (tree / ":(top)x").write_text("x")
    git = Git(str(tree))
    git.run("add", "--pathspec-from-file=-", "--pathspec-file-nul", given=b"*.toml\0:(top)x\0")
    assert git.names("diff", "--cached", "--name-only", "-z") == {"*.toml", ":(top)x"}


def test_a_refusal_is_said_in_its_words(tree: Path) -> None:
    with pytest.raises(GitError, match="git log: fatal: bad revision") as caught:
        Git(str(tree)).run("log", "nothing-of-the-kind", "--")
    assert caught.value.code == 128


def test_no_identity_has_a_hint(tree: Path) -> None:
    git = Git(str(tree), {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null"})
    with pytest.raises(GitError, match="does not know who you are") as caught:
        git.run("-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT")
    assert caught.value.hint is not None
    assert "user.email" in caught.value.hint


def test_it_is_stopped_when_it_takes_too_long(tree: Path) -> None:
    hook = tree / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexec sleep 60\n")
    hook.chmod(hook.stat().st_mode | stat.S_IXUSR)
    with pytest.raises(GitError, match="not done within 0 s"):
        Git(str(tree)).run("commit", "--allow-empty", "-m", "x", timeout_s=0.2)
    assert not (tree / ".git/index.lock").exists()


def test_without_git_there_is_an_error_of_ours(tree: Path) -> None:
    with pytest.raises(GitError, match="not installed"):
        Git(str(tree), {"PATH": "/nowhere"}).run("status")


def test_the_branch_is_read_without_running_git(
    tree: Path, root: Path, git: Callable[..., str], tmp_path: Path
) -> None:
    assert branch(str(root)) == "main"
    git("switch", "-q", "-c", "feature/x y".replace(" ", "-"))
    assert branch(str(root)) == "feature/x-y"
    commit = git("rev-parse", "HEAD").strip()
    git("switch", "-q", "--detach")
    assert branch(str(root)) == f"detached at {commit[:7]}"


def test_a_linked_work_tree_is_followed(
    tree: Path, git: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    linked = tmp_path_factory.mktemp("linked") / "tree"
    git("worktree", "add", "-q", "-b", "other", str(linked))
    assert branch(str(linked / "catalog")) == "other"
    assert git_directory(str(linked)) == tree / ".git/worktrees/tree"


@pytest.mark.parametrize("text", ["", "gitdir: /nowhere", "gitdir:", "\0", "x" * 9999])
def test_a_file_that_only_looks_like_git_is_none(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    place = tmp_path_factory.mktemp("plain")
    (place / ".git").write_text(text)
    assert branch(str(place)) is None


def test_an_unborn_branch_has_a_name(tmp_path_factory: pytest.TempPathFactory) -> None:
    place = tmp_path_factory.mktemp("unborn")
    subprocess.run(["git", "init", "-q"], cwd=place, check=True)
    assert branch(str(place)) == "main"
