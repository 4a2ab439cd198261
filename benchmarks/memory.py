"""What the console keeps in memory: the resident pages of its process, as the system counts them."""

from __future__ import annotations

import statistics
import subprocess
from collections.abc import Iterator

from benchmarks.bench import PYTHON, Bench
from benchmarks.full_table import console, found
from benchmarks.measure import Figure
from benchmarks.terminal import processor_ms, resident_bytes

_MB = 1e6
_AT_WORK_MS = 20
"""Milliseconds of the processor in a second that a console at rest does not come to."""
_LONGEST = 30
"""So often it is looked whether it is at rest."""


def memory(bench: Bench) -> Iterator[Figure]:
    """The whole with many models; and what they add to a console with one, beside what lists of the columns add."""
    whole = statistics.median(_resident(bench, bench.many) for _ in range(min(bench.runs, 3)))
    empty = statistics.median(_resident(bench, 1) for _ in range(min(bench.runs, 3)))
    lists = subprocess.run(
        [PYTHON, "-m", "benchmarks.columns", str(bench.many)],
        check=True,
        capture_output=True,
        text=True,
        env=bench.environment,
    )
    added, columns = whole - empty, int(lists.stdout)
    yield Figure("memory", added / _MB, columns / _MB, f"the whole is {whole / columns:.2f} × of it")
    yield Figure("memory-whole", whole / _MB, None, f"{empty / _MB:.0f} MB with one model")


def _resident(bench: Bench, count: int) -> float:
    """Bytes of a console that has come to rest, and has gathered in the background what it gathers.

    The first one of a run finds no cache of summaries and reads every file; the next one does so with those that were
    made shortly before.
    """
    catalog = bench.catalog(count)
    with bench.terminal(*console(catalog)) as terminal:
        terminal.wait(lambda screen: screen.shows("Model 000000") and found(screen) == count)
        terminal.quiet(bench.rest_s, 10 * bench.rest_s)
        for _ in range(_LONGEST):
            spent = processor_ms(terminal.pid)
            terminal.listen(bench.rest_s)
            if processor_ms(terminal.pid) - spent < _AT_WORK_MS * bench.rest_s:
                break
        return resident_bytes(terminal.pid)
