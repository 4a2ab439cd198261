"""How the work grows with the catalogue: `python -m benchmarks.growth` measures, prints a table and draws the plot."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from benchmarks.applying import apply_all, queue_all
from benchmarks.bench import PYTHON, Bench, sync
from benchmarks.plot import Curve, log_log
from benchmarks.report import amount, write_between
from benchmarks.whole_commands import NO_CACHE

SIZES: Final = (100, 1_000, 10_000, 100_000)
WORKS: Final[Mapping[str, str]] = {
    "load": "`list --limit 1`, no cache, whole process",
    "load, warm": "the same, warm cache",
    "filter": "by a word, all models, in the process",
    "sort": "by one or two columns, all models, in the process",
    "bulk": "`disable active:yes`, whole process",
    "apply": "`apply` of all of them, no git, whole process",
}
MOST_PER_MODEL: Final = 1.5
"""Linear or better: what a model costs at the largest size, as a multiple of what it costs at the one before.

It is told, and is no target.
"""

Growth = dict[str, list[float]]
"""Milliseconds by work, one for each size."""


def measured(bench: Bench, sizes: Sequence[int]) -> Growth:
    """Each work at each size; small ones are medians of a few."""
    growth: Growth = {name: [] for name in WORKS}
    for size in sizes:
        begun = time.perf_counter()
        for name, milliseconds in _at(bench, size).items():
            growth[name].append(milliseconds)
        print(f"growth, {size:,} models: {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    return growth


def per_model(growth: Sequence[float], sizes: Sequence[int]) -> float:
    """What a model costs at the last size, as a multiple of what it costs at the one before."""
    return (growth[-1] / sizes[-1]) / (growth[-2] / sizes[-2])


def table(growth: Growth, sizes: Sequence[int]) -> str:
    """The times as Markdown, with what a model costs at the end against one step before."""
    head = ["work", "", *(f"{size:,}" for size in sizes), "per model", ""]
    rows = [f"| {' | '.join(head)} |", f"|---|---|{'---:|' * (len(sizes) + 1)}---|"]
    for name, times in growth.items():
        cells = [name, WORKS[name], *(amount(each, "ms") for each in times)]
        if len(sizes) > 1:
            ratio = per_model(times, sizes)
            cells += [f"{ratio:.2f} ×", "linear or better" if ratio <= MOST_PER_MODEL else "worse than linear"]
        else:
            cells += ["–", ""]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def plot(growth: Growth, sizes: Sequence[int]) -> str:
    """The times as an SVG picture with both axes logarithmic."""
    curves = [Curve(name, tuple(zip(sizes, times, strict=True))) for name, times in growth.items()]
    return log_log("Time by number of models", "models", "ms", curves)


def _at(bench: Bench, size: int) -> dict[str, float]:
    catalog = bench.taken(size)
    few = range(1 if size > SIZES[-2] else 3)

    def load(environment: Mapping[str, str] | None = None) -> float:
        times = [bench.modeltui(catalog, "list", "--limit", "1", environment=environment) for _ in few]
        return statistics.median(times)

    bench.modeltui(catalog, "list", "--limit", "1")
    found = {"load": load(NO_CACHE), "load, warm": load()}
    done = subprocess.run(
        [PYTHON, "-m", "benchmarks.growing", str(catalog)],
        check=True,
        capture_output=True,
        text=True,
        env=bench.environment,
    )
    found |= json.loads(done.stdout)
    sync(catalog)
    return {**found, "bulk": queue_all(bench, catalog), "apply": apply_all(bench, catalog)}


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.growth", description=__doc__)
    parser.add_argument("--most", type=int, default=SIZES[-1], metavar="N", help="leave out the sizes above")
    parser.add_argument("--smoke", action="store_true", help="two tiny sizes, to see that it works; nothing is judged")
    parser.add_argument("--plot", metavar="FILE", help="write the picture there")
    parser.add_argument("--page", metavar="FILE", help="write the table into this page, between its marks")
    parser.add_argument("--json", metavar="FILE", help="write the times there too")
    arguments = parser.parse_args()
    sizes = (10, 30) if arguments.smoke else tuple(size for size in SIZES if size <= arguments.most)
    with tempfile.TemporaryDirectory(prefix="modeltui-bench-") as folder:
        (Path(folder) / "home").mkdir()
        growth = measured(Bench(Path(folder)), sizes)
    if arguments.json:
        Path(arguments.json).write_text(json.dumps({"sizes": sizes, "ms": growth}), encoding="utf-8")
    tell(growth, sizes, arguments.plot, arguments.page)


def tell(growth: Growth, sizes: Sequence[int], picture: str | None, page: str | None) -> None:
    """Print the table; draw the picture and write the table into the page where they are asked for."""
    print(table(growth, sizes))
    if picture:
        Path(picture).write_text(plot(growth, sizes), encoding="utf-8")
    if page:
        write_between(Path(page), "growth", table(growth, sizes))


if __name__ == "__main__":
    main()
