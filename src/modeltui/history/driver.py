"""The merge driver in a repository's own configuration: which program git calls, under which name."""

from __future__ import annotations

from typing import Final

from modeltui.history.git import Git, GitError

NAME: Final = "modeltui"
_SECTION: Final = f"merge.{NAME}"
_MISSING: Final = 128
"""Exit code of git where there is no such section."""


def install(root: str, command: str) -> None:
    """Raises GitError. `command` is what a shell calls, without its arguments."""
    git = Git(root)
    git.run("config", "--local", f"{_SECTION}.name", "models field by field")
    git.run("config", "--local", f"{_SECTION}.driver", f"{command} merge-driver %O %A %B %P")


def uninstall(root: str) -> None:
    """Raises GitError; nothing where it is not there."""
    try:
        Git(root).run("config", "--local", "--remove-section", _SECTION)
    except GitError as error:
        if error.code != _MISSING:
            raise
