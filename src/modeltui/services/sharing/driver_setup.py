"""Telling git of the merge driver: the attributes are files of the repository, the program is each clone's own."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from contextlib import suppress
from typing import Final

from modeltui.errors import BrokenFileError, RefusedError, UsageError
from modeltui.history.driver import NAME, install, uninstall
from modeltui.history.git import git_directory
from modeltui.storage.guard import Folder
from modeltui.storage.outside import write_outside

_ATTRIBUTES: Final = ".gitattributes"
_PATTERNS: Final = ("/models/**/*.toml", "/workflows/*.toml", "/providers/*.toml", "/presets/*.toml", "/catalog.toml")
_LINES: Final = tuple(f"{pattern} merge={NAME}" for pattern in _PATTERNS)


def install_driver(root: str) -> str | None:
    """Name the driver in `.gitattributes`, which is to be committed, and in this clone's configuration.

    Returns the path of the file, None where it said so already. Raises UsageError, RefusedError, GitError.
    """
    _refuse_without_git(root)
    install(root, _command())
    lines = _read(root)
    there = {line.strip() for line in lines}
    missing = [line for line in _LINES if line not in there]
    if not missing:
        return None
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    end = "\r\n" if lines and lines[-1].endswith("\r\n") else "\n"
    return _written(root, [*lines, *(f"{line}{end}" for line in missing)])


def uninstall_driver(root: str) -> str | None:
    """The reverse; returns the path of a file that changed. Raises as `install_driver`."""
    _refuse_without_git(root)
    uninstall(root)
    lines = _read(root)
    kept = [line for line in lines if line.strip() not in _LINES]
    return _written(root, kept) if len(kept) < len(lines) else None


def _refuse_without_git(root: str) -> None:
    if git_directory(root) is None:
        raise UsageError("the catalogue is in no git work tree", hint="git init, then install the merge driver")


def _command() -> str:
    """As the shell of git finds it."""
    found = shutil.which("modeltui")
    return "modeltui" if found else f"{shlex.quote(sys.executable)} -m modeltui"


def _read(root: str) -> list[str]:
    """The lines, with their ends."""
    with Folder(root) as folder:
        try:
            content = folder.read(_ATTRIBUTES)
            return [line.decode(errors="surrogateescape") for line in content.splitlines(keepends=True)]
        except BrokenFileError as error:
            if error.code == "missing":
                return []
            raise RefusedError(f"{_ATTRIBUTES}: {error.message}", hint="nothing was written") from error


def _written(root: str, lines: list[str]) -> str:
    path = os.path.join(root, _ATTRIBUTES)
    if not lines:
        with suppress(FileNotFoundError):
            os.unlink(path)
        return path
    write_outside(path, "".join(lines).encode(errors="surrogateescape"), replaces=True)
    return path
