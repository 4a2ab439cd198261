"""Runs `modeltui` and writes how often it synced into a file: `python -m benchmarks.counting_syncs FILE ARGS`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from modeltui.__main__ import run
from modeltui.storage import syscalls


class Counter:
    """Counts the calls of the functions that it is put in front of."""

    def __init__(self) -> None:
        self.count = 0

    def before(self, owner: Any, name: str) -> None:
        function: Callable[..., Any] = getattr(owner, name)

        def counted(*arguments: Any) -> Any:
            self.count += 1
            return function(*arguments)

        setattr(owner, name, counted)


if __name__ == "__main__":
    counter = Counter()
    counter.before(os, "fsync")
    counter.before(os, "fdatasync")
    counter.before(syscalls, "sync_file_system")
    target = sys.argv.pop(1)
    try:
        sys.exit(run())
    finally:
        Path(target).write_text(str(counter.count), encoding="ascii")
