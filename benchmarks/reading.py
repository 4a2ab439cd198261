"""What a program pays to open a catalogue that did not change, and to look again."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.measure import Figure, call_ms, paired
from modeltui import open_catalog

_RACY_S = 2.1
"""Files that changed less than that before they are read are read again."""


def reading(bench: Bench) -> Iterator[Figure]:
    """In this process: to load Python and modules is none of it."""
    catalog, cache = bench.catalog(bench.count), bench.folder / "reader"
    _settle(catalog)
    reader = open_catalog(catalog, cache=cache)
    key = reader.all()[0].key

    def bare() -> float:
        return call_ms(lambda: stat_pass(str(catalog)))

    asked = paired("open-warm", lambda: call_ms(lambda: open_catalog(catalog, cache=cache).get(key)), bare, bench.pairs)
    note = f"with the first model asked for {asked.times or 0:.2f} ×"
    yield paired("open-warm", lambda: call_ms(lambda: open_catalog(catalog, cache=cache)), bare, bench.pairs, note)
    yield paired("refresh", lambda: call_ms(reader.refresh), bare, bench.pairs)


def stat_pass(root: str) -> None:
    """The floor: each name below the folder, and what the system says of each file."""
    waiting = [root]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                else:
                    entry.stat(follow_symlinks=False)


def _settle(catalog: Path) -> None:
    """Wait until nothing can change behind its stamp."""
    newest = max(path.stat().st_ctime for path in catalog.rglob("*"))
    time.sleep(max(0.0, newest + _RACY_S - time.time()))
