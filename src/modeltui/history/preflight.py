"""What stands in the way of a commit, known before it is tried."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from modeltui.domain.finding import Finding
from modeltui.history.git import Git, GitError, git_directory
from modeltui.history.work_tree import is_detached

if TYPE_CHECKING:
    from pathlib import Path

_UNDER_WAY: Final = (
    ("MERGE_HEAD", "a merge"),
    ("rebase-merge", "a rebase"),
    ("rebase-apply", "a rebase"),
    ("CHERRY_PICK_HEAD", "a cherry-pick"),
    ("REVERT_HEAD", "a revert"),
)
_LOCK_LOOKS: Final = 40
_LOCK_PAUSE_S: Final = 0.05


def preflight(root: str, git: Git | None = None) -> tuple[Finding, ...]:
    """What would keep the next apply from being committed, or should be known before.

    Nothing outside a work tree, and where git ignores the catalogue.
    """
    directory, git = git_directory(root), git or Git(root)
    if directory is None:
        return ()
    found = []
    if why := obstacle(directory):
        found.append(_finding("git-busy", why))
    try:
        if is_ignored(git):
            return ()
        git.run("var", "GIT_COMMITTER_IDENT")
    except GitError as error:
        found.append(_finding("git-refuses", error.message, error.hint))
    if is_detached(root):
        found.append(_finding("git-detached", "HEAD is detached: a commit would be on no branch", "git switch BRANCH"))
    return tuple(found)


def is_ignored(git: Git) -> bool:
    """Whether git is told to leave the catalogue alone: `git` is that of its root. Raises GitError."""
    try:
        git.run("check-ignore", "--quiet", "--", "catalog.toml")
    except GitError as error:
        if error.code == 1:
            return False
        raise
    return True


def obstacle(directory: Path) -> str | None:
    """Why no commit can be made now, from the files of a `.git` directory alone."""
    for name, what in _UNDER_WAY:
        if (directory / name).exists():
            return f"{what} is under way in the work tree"
    if (directory / "index.lock").exists():
        return "another git holds index.lock"
    return None


def wait_for_index(directory: Path, pause: Callable[[float], None]) -> None:
    """A `git status` of an editor holds the index for a moment; a lock that stays is somebody's, and we leave it."""
    for _ in range(_LOCK_LOOKS):
        if not (directory / "index.lock").exists():
            return
        pause(_LOCK_PAUSE_S)


def _finding(code: str, message: str, hint: str | None = None) -> Finding:
    return Finding(code, "warning", message, path=".git", hint=hint or "the history record is kept; the commit follows")
