"""How fast the console answers over many models: the keys of the filter, and a sort by each column."""

from __future__ import annotations

import json
import statistics
import subprocess
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, cycle, islice

from benchmarks.bench import PYTHON, Bench
from benchmarks.catalogs import haystack
from benchmarks.full_table import console, found
from benchmarks.measure import Figure, call_ms, percentile
from benchmarks.screen import Screen
from benchmarks.terminal import Terminal

WORDS = ("9731", "58e2", "b71c", "3a44", "e902", "c5d1")
"""Each letter of them changes how many models match."""
_BACK = "\x7f"
_PAUSE_S = 0.1


def filtering(bench: Bench) -> Iterator[Figure]:
    """Each key from the moment it is pressed until the screen shows what was typed and how many match it."""
    texts = list(haystack(bench.many))
    with bench.terminal(*console(bench.catalog(bench.many))) as terminal:
        ours = key_times(bench, terminal, texts)
    words = [word for _, word in islice(cycle(_typing(WORDS)), bench.keys)]
    bare = [call_ms(lambda word=word: [text for text in texts if word in text]) for word in words]  # type: ignore[misc]
    yield Figure("filter", percentile(ours, 0.95), statistics.median(bare), f"{len(ours)} keys")


def key_times(
    bench: Bench, terminal: Terminal, texts: Sequence[str], count_on: Callable[[Screen], int] | None = None
) -> list[float]:
    """Milliseconds of each key that types the words and takes them back again.

    Without `count_on`, which tells how many matches a screen says there are, the screen is that of our console.
    """
    tell = count_on or found
    terminal.wait(lambda screen: tell(screen) == len(texts))
    terminal.quiet(bench.rest_s, 10 * bench.rest_s)
    if count_on is None:
        terminal.answer_to("/", bench.rest_s)
    took = []
    for key, word in islice(cycle(_typing(WORDS)), bench.keys):
        count = sum(word in text for text in texts)
        took.append(terminal.press(key, lambda screen, count=count: tell(screen) == count))  # type: ignore[misc]
        terminal.quiet(_PAUSE_S, 10 * _PAUSE_S)
    return took


def sorting(bench: Bench) -> Iterator[Figure]:
    """Each run is a process of its own that has sorted by no column before; of the columns, the worst is told."""
    catalog = bench.catalog(bench.many)
    taken: list[dict[str, list[float]]] = []
    for _ in range(bench.runs):
        done = subprocess.run(
            [PYTHON, "-m", "benchmarks.sorting", str(catalog)],
            check=True,
            capture_output=True,
            text=True,
            env=bench.environment,
        )
        taken.append(json.loads(done.stdout))
    figures = {
        name: (statistics.median(run[name][0] for run in taken), statistics.median(run[name][1] for run in taken))
        for name in taken[0]
    }
    worst = max(figures, key=lambda name: figures[name][0] / figures[name][1])
    others = ", ".join(f"{name} {a / b:.2f}" for name, (a, b) in figures.items() if name != worst)
    yield Figure("sort", *figures[worst], f"{worst}; others: {others}")


def _typing(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Keys that type each word and take it back, with what stands in the filter after each."""
    for word in words:
        typed = ((letter, word[: at + 1]) for at, letter in enumerate(word))
        taken = ((_BACK, word[:at]) for at in reversed(range(len(word))))
        yield from chain(typed, taken)
