"""Model files with a second name somewhere: an edit would part the names, so it is refused, and said beforehand."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator

from modeltui.domain.finding import Finding
from modeltui.domain.text import safe
from modeltui.errors import RefusedError


def hard_links(root: str, paths: Iterable[str]) -> Iterator[Finding]:
    """A warning for each of `paths` (relative to the catalogue) that is a file of more than one name."""
    base = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for path in paths:
            try:
                status = os.stat(path, dir_fd=base, follow_symlinks=False)
            except (OSError, ValueError):
                continue
            if stat.S_ISREG(status.st_mode) and status.st_nlink > 1:
                yield _finding(path, status.st_nlink)
    finally:
        os.close(base)


def refuse_linked(root: str, path: str) -> None:
    """Raises RefusedError where the file at `path`, relative to the catalogue, has more than one name."""
    try:
        status = os.lstat(f"{root}/{path}")
    except (OSError, ValueError):
        return  # gone since it was read: what is made on it is stale
    if stat.S_ISREG(status.st_mode) and status.st_nlink > 1:
        raise parting(path, status.st_nlink)


def parting(path: str, count: int) -> RefusedError:
    """The refusal of an edit of a file with `count` names."""
    return RefusedError(
        f"{safe(path)} has {count} hard links, and replacing it would part them", hint="make it a file of its own"
    )


def _finding(path: str, count: int) -> Finding:
    message = f"the file has {count} names (hard links), so it can be read and not be edited"
    return Finding(
        "hard-link", "warning", message, path, hint="make it a file of its own: copy it, and move the copy back"
    )
