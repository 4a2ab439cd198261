"""The branch of another repository that this one follows: how far apart they are, fetching from it, pushing to it."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Final

from msgspec import Struct

from modeltui.errors import ConflictError, UsageError
from modeltui.history.git import Git, GitError, git_directory, without_credentials
from modeltui.history.preflight import is_ignored
from modeltui.history.work_tree import branch, is_detached

_NETWORK_S: Final = 300.0
_LOCAL: Final = "refs/heads/"
_HINTS: Final = (
    (
        ("terminal prompts disabled", "Authentication failed", "Permission denied", "could not read Password"),
        "git is not let ask here: a credential helper or an SSH agent has to know the answer",
    ),
    (("Host key verification failed",), "connect with ssh once by hand, so that its key is known"),
    (
        ("unable to access", "Could not read from remote", "unable to connect", "was not done within"),
        "nothing was changed; is the network there, and `git remote -v` right?",
    ),
)
"""What helps, by what git says."""


class Upstream(Struct, frozen=True):
    remote: str
    branch: str
    """There."""
    local: str
    """The branch that is checked out here."""

    @property
    def name(self) -> str:
        """`origin/main`."""
        return f"{self.remote}/{self.branch}"

    @property
    def tracking(self) -> str:
        """Where this repository keeps what it last saw there."""
        return f"refs/remotes/{self.remote}/{self.branch}"


class Apart(Struct, frozen=True):
    ahead: int
    """Commits that only we have."""
    behind: int
    """Commits that only they have."""


class Remotes:
    """Every method raises GitError where git fails. Nothing is asked of a person, and nothing is forced."""

    def __init__(self, root: str, git: Git | None = None) -> None:
        self._root = root
        self._git = git or Git(root)

    def upstream(self, remote: str | None = None, name: str | None = None) -> Upstream:
        """What the branch that is checked out follows, or what is named. Raises UsageError where that is nothing."""
        if git_directory(self._root) is None:
            raise UsageError("the catalogue is in no git work tree", hint="git clone one, or git init this one")
        if is_ignored(self._git):
            raise UsageError("git is told to ignore this catalogue", hint="see .gitignore of the work tree")
        if is_detached(self._root):
            raise UsageError("HEAD is detached: no branch is checked out", hint="git switch BRANCH")
        local = branch(self._root) or ""
        if self.commit("HEAD") is None:
            raise UsageError(f"the branch {local} has no commit yet", hint="git add and git commit the catalogue first")
        known = self._git.run("remote").decode(errors="surrogateescape").split("\n")
        remote = remote or self._setting(f"branch.{local}.remote") or ("origin" if "origin" in known else None)
        if remote is None:
            raise UsageError(f"the branch {local} follows nothing", hint="git remote add origin URL, or --remote R")
        if remote not in known or not remote or remote.startswith("-"):
            raise UsageError(f"there is no remote {without_credentials(remote)!r}", hint="`git remote` lists them")
        name = name or (self._setting(f"branch.{local}.merge") or local).removeprefix(_LOCAL)
        self._check_name(name)
        return Upstream(remote, name, local)

    def commit(self, name: str) -> str | None:
        """The full id of a commit; None where there is none of that name."""
        with suppress(GitError):
            return self._git.run("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").decode().strip()
        return None

    def fetch(self, upstream: Upstream) -> str:
        """The commit that is there now. Raises UsageError where there is no such branch."""
        refspec = f"+{_LOCAL}{upstream.branch}:{upstream.tracking}"
        options = ("--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head")
        try:
            self._git.run("fetch", *options, "--", upstream.remote, refspec, timeout_s=_NETWORK_S)
        except GitError as error:
            if "couldn't find remote ref" in error.message:
                raise UsageError(
                    f"{upstream.remote} has no branch {upstream.branch}", hint="`modeltui push` makes it"
                ) from error
            raise _with_hint(error) from error
        found = self.commit(upstream.tracking)
        if found is None:
            raise GitError(f"git fetch: {upstream.name} is no commit")
        return found

    def apart(self, ours: str, theirs: str) -> Apart:
        said = self._git.run("rev-list", "--left-right", "--count", f"{ours}...{theirs}").split()
        return Apart(int(said[0]), int(said[1]))

    def known_apart(self) -> Apart | None:
        """From what was last fetched of the branch that is followed; None where there is no such."""
        with suppress(GitError):
            said = self._git.run("rev-list", "--left-right", "--count", "HEAD...@{upstream}").split()
            return Apart(int(said[0]), int(said[1]))
        return None

    def taken_out(self, upstream: Upstream, ours: str, theirs: str) -> int:
        """Commits that are here, and were once seen there: somebody has rewritten that branch since."""
        try:
            seen = self._git.run("merge-base", "--fork-point", upstream.tracking, ours).decode().strip()
            return int(self._git.run("rev-list", "--count", f"{theirs}..{seen}"))
        except GitError:
            return 0  # as with a log of references that was cleared

    def base(self, ours: str, theirs: str) -> str:
        """The newest common commit. Raises ConflictError where there is none."""
        try:
            return self._git.run("merge-base", ours, theirs).decode().strip()
        except GitError as error:
            if error.code != 1:
                raise
        if self._git.run("rev-parse", "--is-shallow-repository").strip() == b"true":
            raise ConflictError(
                "this clone is shallow, and has no commit that both sides come from", hint="git fetch --unshallow"
            )
        raise ConflictError(
            "the two histories have no commit in common, so nothing can be merged",
            hint="is that the right remote? --remote and --branch name another",
        )

    def push(self, upstream: Upstream, commit: str) -> None:
        """Raises ConflictError where there is more now than was last seen."""
        options = ("--no-follow-tags", "--recurse-submodules=no")
        refspec = f"{commit}:{_LOCAL}{upstream.branch}"
        try:
            self._git.run("push", *options, "--", upstream.remote, refspec, timeout_s=_NETWORK_S)
        except GitError as error:
            if any(word in error.message for word in ("non-fast-forward", "fetch first", "stale info")):
                raise ConflictError(
                    f"{upstream.name} has commits that are not here", hint="`modeltui pull`, then push again"
                ) from error
            raise _with_hint(error) from error

    def follow(self, upstream: Upstream) -> None:
        """Note what the branch follows, where nothing is noted yet."""
        if self._setting(f"branch.{upstream.local}.merge") is None:
            self._git.run("config", f"branch.{upstream.local}.remote", upstream.remote)
            self._git.run("config", f"branch.{upstream.local}.merge", f"{_LOCAL}{upstream.branch}")

    def _setting(self, name: str) -> str | None:
        with suppress(GitError):
            return os.fsdecode(self._git.run("config", "--get", name)).strip("\n") or None
        return None

    def _check_name(self, name: str) -> None:
        try:
            self._git.run("check-ref-format", f"{_LOCAL}{name}")
        except GitError as error:
            raise UsageError(f"{name!r} is no name of a branch") from error


def _with_hint(error: GitError) -> GitError:
    hint = error.hint or next((hint for words, hint in _HINTS if any(word in error.message for word in words)), None)
    return GitError(error.message, hint=hint, code=error.code)
