"""The hooks that people who merge with git expect to run: those of a message, and the one at the end."""

from __future__ import annotations

import os
import shlex
from contextlib import suppress
from pathlib import Path
from typing import Final

from modeltui.errors import RefusedError
from modeltui.history.git import Git, GitError

_DRAFT: Final = "MODELTUI_MERGE_MSG"
_MESSAGE_HOOKS: Final = (("prepare-commit-msg", ("merge",)), ("commit-msg", ()))
_TIMEOUT_S: Final = 300.0
_NOT_RUN: Final = "pre-merge-commit"
_ALIAS: Final = "modeltui-hook"
_OURS: Final = "GIT_LITERAL_PATHSPECS GIT_CONFIG_PARAMETERS"
"""What we tell git by ourselves, and no hook expects."""


class Hooks:
    def __init__(self, git: Git) -> None:
        self._git = git

    def message(self, message: str) -> str:
        """A merge's message as the hooks leave it. Raises RefusedError where one of them refuses it."""
        hooks = [(name, more) for name, more in _MESSAGE_HOOKS if self._is_there(name)]
        if not hooks:
            return message
        draft = Path(self._path(_DRAFT))
        try:
            draft.write_text(f"{message}\n", encoding="utf-8", errors="replace")
            for name, more in hooks:
                self._ask(name, str(draft), *more)
            return draft.read_text(encoding="utf-8", errors="replace").rstrip("\n")
        except OSError as error:
            raise RefusedError(f"the message of the merge cannot be kept: {error.strerror}") from error
        finally:
            draft.unlink(missing_ok=True)

    def merged(self) -> str | None:
        """Run what is to be run after a merge. What went wrong; by then nothing can be refused."""
        try:
            if self._is_there("post-merge"):
                self._run("post-merge", "0")
        except GitError as error:
            return f"the hook post-merge failed: {_said(error)}"
        return None

    def left_out(self) -> str | None:
        """That a hook is there which cannot be run: it looks at a work tree that is merged before it is asked."""
        with suppress(GitError):
            return f"the hook {_NOT_RUN} is not run by a pull" if self._is_there(_NOT_RUN) else None
        return None

    def _ask(self, name: str, *arguments: str) -> None:
        try:
            self._run(name, *arguments)
        except GitError as error:
            raise RefusedError(f"the hook {name} refuses: {_said(error)}", hint="nothing was changed") from error

    def _run(self, name: str, *arguments: str) -> None:
        """At the top of the work tree, as git does it; by an alias, since `git hook` is not in each git yet."""
        script = f"unset {_OURS}; {shlex.quote(self._path(f'hooks/{name}'))}"
        self._git.run("-c", f"alias.{_ALIAS}=!{script}", _ALIAS, *arguments, timeout_s=_TIMEOUT_S)

    def _is_there(self, name: str) -> bool:
        return os.access(self._path(f"hooks/{name}"), os.X_OK)

    def _path(self, name: str) -> str:
        """Absolute."""
        found = os.fsdecode(self._git.run("rev-parse", "--git-path", name).rstrip(b"\n"))
        return os.path.abspath(os.path.join(self._git.directory, found))


def _said(error: GitError) -> str:
    return error.message.removeprefix("git -c: ").replace("git -c", "it", 1)
