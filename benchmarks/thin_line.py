"""What is sent over the line for each key, at the start and at rest, beside vim, VisiData and stock Textual output."""

from __future__ import annotations

import os
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.bench import CONSOLE_ALONE, Bench
from benchmarks.full_table import console, shows_in_order
from benchmarks.measure import Figure
from benchmarks.rows import names
from benchmarks.terminal import Terminal, processor_ms

VIM_BYTES, VISIDATA_BYTES = 290, 820
"""Stands for them where they are not installed: a cursor key of vim, a key of VisiData, as the targets have them."""
FIXED = "fixed figure"
DOWN = "\x1b[B"
"""The arrow key, as a terminal sends it that is not in its cursor mode. VisiData does not know it, and says so."""

_LONGEST_S = 5.0
_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
_SHORTEST = 10
"""Letters of a name that every table shows."""
_WORD = "model-"
"""In every key of a made catalogue, so that none of its letters changes a row."""


def keys_on_the_line(bench: Bench) -> Iterator[Figure]:
    """Over made models, which the targets were set with; beside them the sample, whose models differ as real ones."""
    made, sample = bench.catalog(bench.count), bench.sample()
    vim, visidata = vim_keys(bench, made), visidata_keys(bench, made)
    hidden, shown = our_keys(bench, made, alone(made)), our_keys(bench, made, console(made))
    real = our_keys(bench, sample, alone(sample)), our_keys(bench, sample, console(sample))
    for at, (name, other, fixed) in enumerate((("cursor", vim, VIM_BYTES), ("scroll", visidata, VISIDATA_BYTES))):
        floor, mark = (other[at], "") if other else (fixed, FIXED)
        for kind, ours, beside in (("hidden", hidden, real[0]), ("shown", shown, real[1])):
            note = f"sample: {beside[at]:.0f}"
            yield Figure(f"{name}-{kind}", ours[at], floor, "; ".join(filter(None, (mark, note))))
    with _opened(bench, made, console(made)) as terminal:
        terminal.answer_to("/", bench.rest_s)
        letters = [terminal.answer_to(letter, bench.still_s) for letter in _WORD]
    yield Figure("letter", statistics.median(letters))


def start_and_palette(bench: Bench) -> Iterator[Figure]:
    catalog = bench.sample()
    ours = [_start_and_palette(bench, catalog, console(catalog)) for _ in range(bench.runs)]
    stock = [_start_and_palette(bench, catalog, console(catalog, "--no-lowband")) for _ in range(bench.runs)]
    for at, name in enumerate(("start-bytes", "palette-bytes")):
        yield Figure(name, statistics.median(o[at] for o in ours), statistics.median(s[at] for s in stock))


def idle(bench: Bench) -> Iterator[Figure]:
    """At rest in the table, then in the filter. A whole tick of the system's clock is what counts as processor time.

    All bytes of three spells, and the median of their processor times.
    """
    catalog = bench.catalog(bench.count)
    with _opened(bench, catalog, console(catalog)) as terminal:
        for name, key in (("idle", ""), ("idle-filter", "/")):
            terminal.answer_to(key, bench.rest_s) if key else None
            terminal.quiet(2 * bench.rest_s, _LONGEST_S)
            spells = [_spell(terminal, bench.idle_s) for _ in range(min(bench.runs, 3))]
            took = statistics.median(spent for _, spent in spells)
            note = f"{bench.idle_s:g} s"
            yield Figure(f"{name}-bytes", sum(written for written, _ in spells), None, f"{len(spells)} × {note}")
            yield Figure(f"{name}-ticks", took // _TICK_MS, None, f"{note}, {took:.1f} ms")


def _spell(terminal: Terminal, seconds: float) -> tuple[int, float]:
    """Bytes and processor milliseconds of so many seconds."""
    had = processor_ms(terminal.pid)
    written = terminal.listen(seconds)
    return written, processor_ms(terminal.pid) - had


def vim_keys(bench: Bench, catalog: Path) -> tuple[float, float] | None:
    """Bytes of a cursor key and of a scroll in vim with the same text; None where there is no vim.

    Our cursor is a line, so vim's is one too.
    """
    vim = bench.peer("vim")
    look = "set cursorline ruler nowrap termguicolors"
    command = [vim or "", "-u", "NONE", "-N", "-i", "NONE", "-n", "-c", look]
    command.append(str(bench.rows(catalog) / "rows.txt"))
    return bench.remember("keys of vim", lambda: _keys_of(bench, catalog, command)) if vim else None


def visidata_keys(bench: Bench, catalog: Path, down: str = DOWN) -> tuple[float, float] | None:
    """The same in VisiData with the same rows; None where it is not installed.

    It scrolls by `j`; to the arrow key it answers that it does not know it.
    """
    visidata = bench.peer("vd")
    command = [visidata or "", "-N", str(bench.rows(catalog) / "rows.csv")]
    measured = f"keys of VisiData, {down!r}"
    return bench.remember(measured, lambda: _keys_of(bench, catalog, command, down)) if visidata else None


def our_keys(bench: Bench, catalog: Path, command: Sequence[str]) -> tuple[float, float]:
    """Bytes of a cursor key and of a scroll in our console."""

    def measured() -> tuple[float, float]:
        with _opened(bench, catalog, command) as terminal:
            return cursor_and_scroll(bench, terminal)

    return bench.remember(f"keys of {' '.join(command)}", measured)


def cursor_and_scroll(bench: Bench, terminal: Terminal, down: str = DOWN) -> tuple[float, float]:
    """The median bytes of a step in view, and of one that scrolls. The cursor is on the first row before."""
    presses = range(min(bench.keys, 12))
    steps = [terminal.answer_to(down, bench.still_s) for _ in presses]
    for _ in range(bench.steps):  # one by one: what comes at once is a held key, of which a console may leave some out
        terminal.answer_to(down, bench.still_s / 8)
    terminal.quiet(bench.rest_s, _LONGEST_S)
    return statistics.median(steps), statistics.median([terminal.answer_to(down, bench.still_s) for _ in presses])


def alone(catalog: Path) -> list[str]:
    return [*CONSOLE_ALONE, *console(catalog)[3:]]


def _opened(bench: Bench, catalog: Path, command: Sequence[str]) -> Terminal:
    """A console of a made catalogue with its first rows, come to rest."""
    terminal = bench.terminal(*command)
    first = [name[:_SHORTEST] for name in names(bench.rows(catalog))[:20]]
    try:
        terminal.wait(shows_in_order(first))
        terminal.quiet(bench.rest_s, _LONGEST_S)
    except BaseException:
        terminal.close()
        raise
    return terminal


def _keys_of(bench: Bench, catalog: Path, command: Sequence[str], down: str = DOWN) -> tuple[float, float]:
    with bench.terminal(*command) as terminal:
        terminal.wait(lambda screen: screen.shows(names(bench.rows(catalog))[5][:_SHORTEST]))
        terminal.quiet(bench.rest_s, _LONGEST_S)
        return cursor_and_scroll(bench, terminal, down)


def _start_and_palette(bench: Bench, catalog: Path, command: Sequence[str]) -> tuple[int, int]:
    with _opened(bench, catalog, command) as terminal:
        return terminal.written, terminal.answer_to(":", bench.rest_s)
