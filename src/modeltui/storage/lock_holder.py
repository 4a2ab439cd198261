"""Who has a kernel lock, where the system tells: for people only, and of processes on this machine."""

from __future__ import annotations

import os
import re
from typing import Final

from modeltui.domain.text import safe
from modeltui.storage.fs import FileSystem

_LOCKS: Final = "/proc/locks"
_ENTRY: Final = r"^\d+: FLOCK +\S+ +WRITE (\d+) ([0-9a-f]+):([0-9a-f]+):(\d+) "
_LARGEST: Final = 2**22


def holder_of(fs: FileSystem, path: str) -> str | None:
    """`pid 1234 (python)` for the process that holds the lock on `path`; None where nothing tells."""
    try:
        found = fs.stat(path)
        with open(_LOCKS, encoding="ascii", errors="replace") as file:
            text = file.read(_LARGEST)
    except OSError:
        return None
    for pid, major, minor, inode in re.findall(_ENTRY, text, re.MULTILINE):
        if (int(inode), int(minor, 16)) == (found.inode, os.minor(found.device)) and int(major, 16) == os.major(
            found.device
        ):
            return _named(pid)
    return None


def _named(pid: str) -> str:
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as file:
            return f"pid {pid} ({safe(file.read(64).strip())})"
    except OSError:
        return f"pid {pid}"
