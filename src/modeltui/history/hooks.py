"""The hooks that people who merge with git expect to run: those of a message, and the one at the end."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from modeltui.errors import RefusedError
from modeltui.history.git import Git, GitError

_DRAFT: Final = "MODELTUI_MERGE_MSG"
_MESSAGE_HOOKS: Final = (("prepare-commit-msg", ("merge",)), ("commit-msg", ()))
_TIMEOUT_S: Final = 300.0
_NOT_RUN: Final = "pre-merge-commit"


class Hooks:
    def __init__(self, git: Git) -> None:
        self._git = git

    def message(self, message: str) -> str:
        """A merge's message as the hooks leave it. Raises RefusedError where one of them refuses it."""
        hooks = [(name, more) for name, more in _MESSAGE_HOOKS if self._is_there(name)]
        if not hooks:
            return message
        draft = Path(self._git.directory, self._path(_DRAFT))
        try:
            draft.write_text(f"{message}\n", encoding="utf-8", errors="replace")
            for name, more in hooks:
                self._run(name, str(draft), *more)
            return draft.read_text(encoding="utf-8", errors="replace").rstrip("\n")
        except OSError as error:
            raise RefusedError(f"the message of the merge cannot be kept: {error.strerror}") from error
        finally:
            draft.unlink(missing_ok=True)

    def merged(self) -> str | None:
        """Run what is to be run after a merge. What went wrong; by then nothing can be refused."""
        try:
            if self._is_there("post-merge"):
                self._git.run("hook", "run", "post-merge", "--", "0", timeout_s=_TIMEOUT_S)
        except GitError as error:
            return f"the hook post-merge failed: {error.message}"
        return None

    def left_out(self) -> str | None:
        """That a hook is there which cannot be run: it looks at a work tree that is merged before it is asked."""
        with suppress(GitError):
            return f"the hook {_NOT_RUN} is not run by a pull" if self._is_there(_NOT_RUN) else None
        return None

    def _run(self, name: str, *arguments: str) -> None:
        try:
            self._git.run("hook", "run", name, "--", *arguments, timeout_s=_TIMEOUT_S)
        except GitError as error:
            said = error.message.removeprefix("git hook: ")
            raise RefusedError(f"the hook {name} refuses: {said}", hint="nothing was changed") from error

    def _is_there(self, name: str) -> bool:
        return os.access(os.path.join(self._git.directory, self._path(f"hooks/{name}")), os.X_OK)

    def _path(self, name: str) -> str:
        return os.fsdecode(self._git.run("rev-parse", "--git-path", name).rstrip(b"\n"))
