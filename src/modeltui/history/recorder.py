"""The recorder of an apply: into the history, and into git where there is one. It changes no file of the catalogue."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from modeltui.domain.recorder import Recorded
from modeltui.domain.text import safe
from modeltui.errors import ModeltuiError
from modeltui.history.git import Git, GitError, git_directory, listed
from modeltui.history.message import TRAILER, message_of
from modeltui.history.preflight import is_detached, is_ignored, obstacle, wait_for_index
from modeltui.history.repository import HistoryRepository

if TYPE_CHECKING:
    from pathlib import Path

_STDIN: Final = ("--pathspec-from-file=-", "--pathspec-file-nul")
_SEARCHED: Final = 500
"""Commits looked through for one that a crash kept us from noting."""


class GitRecorder:
    """One commit for each apply, of its paths only. Where the catalogue is not in git, or ignored, records without."""

    def __init__(
        self,
        root: str,
        repository: HistoryRepository,
        *,
        git: Git | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._root = root
        self._repository = repository
        self._git = git or Git(root)
        self._pause = pause

    def has(self, apply_id: str) -> bool:
        return self._repository.has(apply_id)

    def catch_up(self) -> str | None:
        try:
            for waiting in self._repository.pending():
                self._recorded(waiting.record, waiting.paths, is_new=False)
        except (ModeltuiError, OSError) as error:
            return f"an earlier apply is not committed yet: {_why(error)}"
        return None

    def record(self, record: Mapping[str, Any], paths: Sequence[str], /) -> Recorded:
        is_new = self._repository.append(record)
        try:
            return self._recorded(record, paths, is_new=is_new)
        except (ModeltuiError, OSError) as error:
            return self._pending(record["id"], _why(error))

    def uncommitted(self, paths: Sequence[str], new: Mapping[str, bytes] = MappingProxyType({})) -> tuple[str, ...]:
        """Those of `paths` whose work-tree file holds edits that the next commit would sweep in.

        `new` are whole new contents, by path: one that is in HEAD already sweeps nothing in.
        """
        if git_directory(self._root) is None:
            return ()
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

    def _recorded(self, record: Mapping[str, Any], paths: Sequence[str], *, is_new: bool) -> Recorded:
        if not self._is_in_git():
            return Recorded()
        commit = None if is_new else self._repository.commit_of(record["id"]) or self._found(record["id"])
        if commit is None:
            self._commit(record, paths)
            commit = self._found(record["id"])
        self._repository.note_commit(record["id"], commit)
        is_lonely = commit is not None and is_detached(self._root)
        return Recorded(commit, "HEAD is detached: the commit is on no branch" if is_lonely else None)

    def _pending(self, apply_id: str, why: str) -> Recorded:
        warning = f"history pending: the files are applied, but not committed: {why}"
        try:
            self._repository.note_pending(apply_id, why)
        except (OSError, ModeltuiError):
            return Recorded(None, f"{warning}; that could not be noted, commit by hand")
        return Recorded(None, warning)

    def _is_in_git(self) -> bool:
        return git_directory(self._root) is not None and not is_ignored(self._git)

    def _commit(self, record: Mapping[str, Any], paths: Sequence[str]) -> None:
        """`commit --only`: whatever else is staged stays staged. Nothing to commit is no error."""
        from modeltui.history.bulk_commit import committed_at_once  # noqa: PLC0415  # in a git work tree only

        directory = self._wait_until_free()
        if committed_at_once(self._git, directory, record, paths):
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

    def _found(self, apply_id: str) -> str | None:
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


def _why(error: ModeltuiError | OSError) -> str:
    return error.message if isinstance(error, ModeltuiError) else safe(error.strerror or error)
