"""The merge driver in a repository's own configuration: which program git calls, under which name."""

from __future__ import annotations

from typing import Final

from modeltui.history.git import Git, GitError

NAME: Final = "modeltui"
_SECTION: Final = f"merge.{NAME}"
_MISSING: Final = 128
"""Exit code of git where there is no such section."""


_MARKED: Final = 'test $c -eq 1 && grep -q "^<<<<<<<" %A && exit 1'
_BY_LINES: Final = "git merge-file -q -L ours -L base -L theirs %A %O %B || exit 1"


def install(root: str, command: str) -> None:
    """Raises GitError. `command` is what a shell calls, without its arguments.

    Where that is not there any more, or fails, git merges by lines: its conflicts are to be seen in any case. A driver
    that marks nothing leaves our text, in which theirs is missing.
    """
    git = Git(root)
    driver = f"{command} merge-driver %O %A %B %P; c=$?; test $c -eq 0 && exit 0; {_MARKED}; {_BY_LINES}"
    git.run("config", "--local", f"{_SECTION}.name", "models field by field")
    git.run("config", "--local", f"{_SECTION}.driver", driver)


def uninstall(root: str) -> None:
    """Raises GitError; nothing where it is not there."""
    try:
        Git(root).run("config", "--local", "--remove-section", _SECTION)
    except GitError as error:
        if error.code != _MISSING:
            raise
