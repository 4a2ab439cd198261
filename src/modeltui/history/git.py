"""The only caller of git: scrubbed environment, no prompt, no pager, a timeout, and names taken literally."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from modeltui.domain.text import safe
from modeltui.errors import ModeltuiError
from modeltui.history import work_tree

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

_KEPT: Final = frozenset(
    {
        "GIT_AUTHOR_NAME",
        "GIT_AUTHOR_EMAIL",
        "GIT_COMMITTER_NAME",
        "GIT_COMMITTER_EMAIL",
        "GIT_CONFIG_GLOBAL",
        "GIT_CONFIG_NOSYSTEM",
        "GIT_CONFIG_SYSTEM",
        "GIT_EXEC_PATH",
    }
)
"""Who commits and where git's own files are; none of these can lead git to another repository."""

_SETTINGS: Final = (
    "advice.pushUpdateRejected=false",
    "core.fsync=all",
    "core.fsmonitor=false",
    "core.quotePath=false",
    "gc.auto=0",
    "log.showRoot=true",
    "maintenance.auto=false",
)
_FORCED: Final = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "GCM_INTERACTIVE": "never",
    "SSH_ASKPASS_REQUIRE": "never",
    "GIT_EDITOR": "true",
    "GIT_PAGER": "cat",
    "GIT_NO_LAZY_FETCH": "1",  # to look back never asks another machine
    "LC_ALL": "C",
}
_NO_PATHSPECS: Final = frozenset({"check-ignore"})
"""Commands that take paths and refuse to be told so."""
_SAID_OFTEN: Final = frozenset({"Please make sure you have the correct access rights", "and the repository exists."})
"""Lines of git that stand where the reason would be."""
_GRACE_S: Final = 5.0
_MUCH: Final = 2**16
"""Bytes."""


class GitError(ModeltuiError):
    """git did not do it, and said why."""

    title = "git"

    def __init__(self, message: str, *, hint: str | None = None, code: int | None = None) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        """Exit code; None where git did not run to its end."""


class Git:
    """git in one directory; paths given and returned are relative to it."""

    def __init__(self, directory: str, environment: Mapping[str, str] | None = None) -> None:
        self.directory = directory
        self._environment = _scrubbed(os.environ if environment is None else environment)

    def run(self, *arguments: str, given: bytes = b"", timeout_s: float = 60.0) -> bytes:
        """What git printed. Raises GitError when it fails, is not there, or is not done in time."""
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        literally = [] if arguments[0] in _NO_PATHSPECS else ["--literal-pathspecs"]
        command = ["git", "--no-pager", *literally, *settings, *arguments]
        import subprocess  # noqa: PLC0415  # 8 ms, which most catalogues need not

        with _at_hand(given) as source:
            try:
                process = subprocess.Popen(  # noqa: S603  # a list, no shell
                    command,
                    cwd=self.directory,
                    env=self._environment,
                    stdin=subprocess.PIPE if source is None else source,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    start_new_session=True,
                )
            except FileNotFoundError as error:
                raise GitError("git is not installed") from error
        with process:
            try:
                out, err = process.communicate(given if source is None else None, timeout_s)
            except subprocess.TimeoutExpired as error:
                _stop(process)
                raise GitError(f"git {arguments[0]} was not done within {timeout_s:.0f} s") from error
            finally:
                if process.poll() is None:  # Ctrl+C reaches us alone: git is in a session of its own
                    _stop(process)
        if process.returncode != 0:
            raise _refusal(arguments[0], process.returncode, err or out)
        return out

    def names(self, *arguments: str) -> frozenset[str]:
        """The NUL-separated paths that a listing command prints."""
        return frozenset(os.fsdecode(name) for name in self.run(*arguments).split(b"\0") if name)


def listed(paths: Iterable[str]) -> bytes:
    """Paths as `--pathspec-from-file=- --pathspec-file-nul` reads them."""
    return b"".join(os.fsencode(path) + b"\0" for path in paths)


def git_directory(root: str) -> Path | None:
    """The `.git` directory that `root` belongs to, found without running anything; None outside a work tree."""
    found = work_tree.git_directory(root)
    if found is None:
        return None
    from pathlib import Path  # noqa: PLC0415  # as above

    return Path(found)


@contextmanager
def _at_hand(given: bytes) -> Iterator[int | None]:
    """Much that is given, as an open file in memory: through a pipe it goes by half kilobytes. None for little."""
    if len(given) < _MUCH or not hasattr(os, "memfd_create"):
        yield None
        return
    descriptor = os.memfd_create("given")
    with open(descriptor, "wb", buffering=0) as file:
        rest = memoryview(given)
        while rest:
            rest = rest[file.write(rest) :]
        file.seek(0)
        yield descriptor


def _scrubbed(environment: Mapping[str, str]) -> dict[str, str]:
    kept = {
        name: value
        for name, value in environment.items()
        if name in _KEPT or not (name.startswith("GIT_") or name == "GPG_TTY")
    }
    return {**kept, **_FORCED}


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask first: git removes its own lock files when it is asked."""
    import signal  # noqa: PLC0415  # as above
    import subprocess  # noqa: PLC0415

    for sign in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=_GRACE_S)
            return


def _refusal(verb: str, code: int, said: bytes) -> GitError:
    text = said.decode(errors="replace").strip()
    if "dubious ownership" in text:
        return GitError(
            "git does not trust this work tree: it belongs to another user",
            hint="git config --global --add safe.directory <the work tree>",
            code=code,
        )
    if "Please tell me who you are" in text or "unable to auto-detect email" in text:
        return GitError(
            "git does not know who you are", hint="git config --global user.name … and user.email …", code=code
        )
    lines = [line for line in text.splitlines() if line.strip() and line.strip() not in _SAID_OFTEN]
    told = without_credentials(" / ".join(lines[-3:]))
    return GitError(safe(f"git {verb}: {told}" if lines else f"git {verb} failed"), code=code)


def without_credentials(text: str) -> str:
    """`text` with user, password and query of each URL in it left out."""
    import re  # noqa: PLC0415  # as above

    return re.sub(r"(://[^\s?#'\"]*)[?#][^\s'\"]*", r"\1?***", re.sub(r"(://)[^\s/]*@", r"\1***@", text))
