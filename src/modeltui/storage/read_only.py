"""Saying plainly that nothing can be written where the file system lets nobody write."""

from __future__ import annotations

import errno
import os

from modeltui.errors import RefusedError


def is_read_only(error: OSError) -> bool:
    return error.errno == errno.EROFS


def refuse_read_only(root: str) -> None:
    """Raises RefusedError where the file system of `root` is mounted read-only."""
    try:
        flags = os.statvfs(root).f_flag
    except OSError:
        return
    if flags & os.ST_RDONLY:
        raise read_only_refusal()


def read_only_refusal() -> RefusedError:
    return RefusedError(
        "the catalogue is on a read-only file system; nothing was written", hint="mount it so that it can be written"
    )
