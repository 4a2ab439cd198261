"""Model files with a second name somewhere: an edit would part the names, so it is refused, and said beforehand."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator

from modeltui.domain.finding import Finding


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


def _finding(path: str, count: int) -> Finding:
    message = f"the file has {count} names (hard links), so it can be read and not be edited"
    return Finding(
        "hard-link", "warning", message, path, hint="make it a file of its own: copy it, and move the copy back"
    )
