"""Commits of applies in a git work tree: of their files only, whatever else is staged or edited there."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from modeltui.history import bulk_commit
from modeltui.history.git import Git, GitError, git_directory, listed
from modeltui.history.message import TRAILER, message_of
from modeltui.history.preflight import is_ignored, obstacle, wait_for_index

if TYPE_CHECKING:
    from pathlib import Path

_STDIN: Final = ("--pathspec-from-file=-", "--pathspec-file-nul")
_SEARCHED: Final = 500
"""Commits looked through for one that a crash kept us from noting."""


class Committer:
    """Everything that is asked of git about an apply."""

    def __init__(self, root: str, git: Git | None, pause: Callable[[float], None]) -> None:
        self._root = root
        self._git = git or Git(root)
        self._pause = pause

    def is_ignored(self) -> bool:
        """Whether git is told to leave the catalogue alone. Raises GitError."""
        return is_ignored(self._git)

    def uncommitted(self, paths: Sequence[str], new: Mapping[str, bytes]) -> tuple[str, ...]:
        """As the recorder's, in a work tree."""
        try:
            changed = self._git.names("diff", "--name-only", "--relative", "-z", "HEAD", "--", ".")
        except GitError:
            return ()
        told = changed - {path for path in changed & new.keys() if self._is_in_head(path, new[path])}
        return tuple(path for path in paths if path in told)

    def _is_in_head(self, path: str, content: bytes) -> bool:
        try:
            return self._git.run("cat-file", "blob", f"HEAD:./{path}") == content
        except GitError:
            return False

    def commit(self, record: Mapping[str, Any], paths: Sequence[str]) -> None:
        """`commit --only`: whatever else is staged stays staged. Nothing to commit is no error."""
        directory = self._wait_until_free()
        if bulk_commit.committed_at_once(self._git, directory, record, paths):
            return
        tracked = self._git.names("ls-files", "-z", "--", ".")
        there = [path for path in paths if os.path.lexists(f"{self._root}/{path}")]
        if not tracked.union(there).issuperset(paths):  # gone, and from the index as well
            tracked |= self._committed()
        new = [path for path in there if path not in tracked]
        meant = [path for path in paths if path in tracked or path in new]
        if new:
            self._git.run("add", "--intent-to-add", *_STDIN, given=listed(new))
        if not meant:
            return
        try:
            self._git.run(
                "commit",
                "--only",
                "--quiet",
                "--cleanup=whitespace",
                f"--message={message_of(record)}",
                *_STDIN,
                given=listed(meant),
                timeout_s=60 + len(meant) / 50,
            )
        except GitError:
            if self._differs(meant):
                raise

    def pulled(self, pull: Mapping[str, Any]) -> bool:
        """Whether the branch is at the commit of a pull; False where it went elsewhere, and took nothing of it."""
        from modeltui.history.switching import switched  # noqa: PLC0415  # for pulls only

        return switched(self._git, self._wait_until_free(), pull)

    def found(self, apply_id: str) -> str | None:
        """The commit whose trailer names the apply."""
        pretty = f"--format=%H %(trailers:key={TRAILER},valueonly,separator=%x2C)"
        try:
            lines = self._git.run("log", f"--max-count={_SEARCHED}", pretty).decode(errors="replace").splitlines()
        except GitError:
            return None
        for line in lines:
            commit, _, named = line.partition(" ")
            if apply_id in named.split(","):
                return commit
        return None

    def _committed(self) -> frozenset[str]:
        """The files of the catalogue in HEAD."""
        try:
            return self._git.names("ls-tree", "-r", "-z", "--name-only", "HEAD")
        except GitError:
            return frozenset()

    def _wait_until_free(self) -> Path:
        directory = git_directory(self._root)
        assert directory is not None
        wait_for_index(directory, self._pause)
        if why := obstacle(directory):
            raise GitError(why)
        return directory

    def _differs(self, paths: Sequence[str]) -> bool:
        try:
            return bool(self._git.names("diff", "--name-only", "--relative", "-z", "HEAD", "--", ".") & set(paths))
        except GitError:
            return True
