"""How fast the console answers over many models: the keys of the filter, and a sort by each column."""

from __future__ import annotations

import json
import statistics
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, cycle, islice

from benchmarks.bench import PYTHON, Bench, sync
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
    ours = our_key_times(bench, texts)
    words = [word for _, word in islice(cycle(_typing(WORDS)), bench.keys)]
    bare = [call_ms(lambda word=word: [text for text in texts if word in text]) for word in words]  # type: ignore[misc]
    yield Figure("filter", percentile(ours, 0.95), statistics.median(bare), f"{len(ours)} keys")


def our_key_times(bench: Bench, texts: Sequence[str]) -> list[float]:
    """The same keys in our console, pressed once in a run."""

    def measured() -> list[float]:
        sync(bench.catalog(bench.many))  # no key pays for the files that were just made
        with bench.terminal(*console(bench.catalog(bench.many))) as terminal:
            return key_times(bench, terminal, texts)

    return bench.remember("keys of the filter", measured)


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
    """Each run is a process of its own; the worst column is told, and beside it the worst of all first sorts."""
    figures = _sorts(bench, bench.runs)
    first = _sorts(bench, min(bench.runs, 3), "first")
    worst, slowest = _worst(figures), _worst(first)
    others = ", ".join(f"{name} {a / b:.2f}" for name, (a, b) in figures.items() if name != worst)
    at_first = f"as a first sort, before anything is gathered, {slowest} {first[slowest][0] / first[slowest][1]:.1f}"
    yield Figure("sort", *figures[worst], f"{worst}; others: {others}; {at_first}")


def _worst(figures: Mapping[str, tuple[float, float]]) -> str:
    return max(figures, key=lambda name: figures[name][0] / figures[name][1])


def _sorts(bench: Bench, runs: int, *options: str) -> dict[str, tuple[float, float]]:
    """By column: the median milliseconds of ours and of the floor."""
    command = [PYTHON, "-m", "benchmarks.sorting", str(bench.catalog(bench.many)), *options]
    taken: list[dict[str, list[float]]] = []
    for _ in range(runs):
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=bench.environment)
        taken.append(json.loads(done.stdout))
    return {
        name: (statistics.median(run[name][0] for run in taken), statistics.median(run[name][1] for run in taken))
        for name in taken[0]
    }


def _typing(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Keys that type each word and take it back, with what stands in the filter after each."""
    for word in words:
        typed = ((letter, word[: at + 1]) for at, letter in enumerate(word))
        taken = ((_BACK, word[:at]) for at in reversed(range(len(word))))
        yield from chain(typed, taken)
