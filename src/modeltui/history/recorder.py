"""The recorder of an apply: into the history, and into git where there is one. It changes no file of the catalogue."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from modeltui.domain.recorder import Recorded
from modeltui.domain.text import safe
from modeltui.errors import ModeltuiError
from modeltui.history.repository import HistoryRepository
from modeltui.history.work_tree import git_directory, is_detached

if TYPE_CHECKING:
    from modeltui.history.committing import Committer
    from modeltui.history.git import Git


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
        self._git = git
        self._pause = pause

    @cached_property
    def _committer(self) -> Committer:
        from modeltui.history.committing import Committer  # noqa: PLC0415  # in a git work tree only

        return Committer(self._root, self._git, self._pause)

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
        return self._committer.uncommitted(paths, new)

    def _recorded(self, record: Mapping[str, Any], paths: Sequence[str], *, is_new: bool) -> Recorded:
        if git_directory(self._root) is None or self._committer.is_ignored():
            return Recorded()
        commit = None
        if not is_new:
            commit = self._repository.commit_of(record["id"]) or self._committer.found(record["id"])
        if commit is None:
            pull = record.get("pull")
            if pull is None or not self._committer.pulled(pull):
                self._committer.commit(record, paths)
            commit = self._committer.found(record["id"])
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


def _why(error: ModeltuiError | OSError) -> str:
    return error.message if isinstance(error, ModeltuiError) else safe(error.strerror or error)
