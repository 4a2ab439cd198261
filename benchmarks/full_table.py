"""How long a console takes from its start until the first full table stands on the screen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile
from pathlib import Path

from benchmarks.bench import MODELTUI, PYTHON, Bench
from benchmarks.measure import Figure, paired
from benchmarks.rows import names
from benchmarks.screen import Screen

_LONGEST_S = 6.0
_FOUND = re.compile(r"(\d+) of \d+\s*$")
_SHORTEST = 8
"""Letters of a name that a narrow column is sure to show."""


def starting(bench: Bench) -> Iterator[Figure]:
    yield _start(bench, "start-sample", bench.sample())
    yield _start(bench, "start-many", bench.catalog(bench.count))


def console(catalog: Path, *options: str) -> list[str]:
    """The command that opens the console anew on a catalogue."""
    return [*MODELTUI, "-C", str(catalog), "console", "--fresh", *options]


def bare_app(bench: Bench, catalog: Path) -> list[str]:
    """The command that opens the least possible app with the same rows."""
    return [PYTHON, "-m", "benchmarks.bare_app", str(bench.rows(catalog) / "rows.json")]


def full_table(bench: Bench, catalog: Path, command: Sequence[str]) -> Callable[[Screen], bool]:
    """Tells a screen with all rows that this command shows in the end: found by running it once until it is quiet."""
    first = [name[:_SHORTEST] for name in names(bench.rows(catalog))[: 2 * 40]]
    with bench.terminal(*command) as terminal:
        terminal.wait(shows_in_order(first[:5]))
        terminal.quiet(bench.rest_s, limit_s=_LONGEST_S)
        shown = rows_shown(terminal.screen, first)
    return shows_in_order(first[:shown])


def rows_shown(screen: Screen, names_in_order: Sequence[str]) -> int:
    """How many of the names stand below each other, from the first on."""
    lines = screen.lines
    at = next((number for number, line in enumerate(lines) if names_in_order[0] in line), len(lines))
    return sum(1 for _ in takewhile(lambda pair: pair[1] in pair[0], zip(lines[at:], names_in_order, strict=False)))


def shows_in_order(names_in_order: Sequence[str]) -> Callable[[Screen], bool]:
    """Tells a screen on which all these names stand below each other."""
    return lambda screen: rows_shown(screen, names_in_order) >= len(names_in_order)


def found(screen: Screen) -> int:
    """How many models the line of the filter says it shows; -1 where it says nothing."""
    said = _FOUND.search(screen.lines[1].replace(",", ""))
    return int(said.group(1)) if said else -1


def _start(bench: Bench, name: str, catalog: Path) -> Figure:
    def timed(command: Sequence[str]) -> Callable[[], float]:
        is_full = full_table(bench, catalog, command)

        def milliseconds() -> float:
            with bench.terminal(*command) as terminal:
                return terminal.wait(is_full)

        return milliseconds

    ours, bare = timed(console(catalog)), timed(bare_app(bench, catalog))
    return paired(name, ours, bare, bench.pairs)
