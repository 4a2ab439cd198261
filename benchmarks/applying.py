"""Applying: many changes and one, durable, beside what any program would have to write and sync."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

from benchmarks.bench import PYTHON, Bench, floor, sync
from benchmarks.measure import Figure, paired

_APPLY = ("apply", "--yes", "--reason", "benchmark")


def queue_all(bench: Bench, catalog: Path) -> float:
    """Milliseconds of the process that queues switching every model off."""
    return bench.modeltui(catalog, "disable", "active:yes")


def apply_all(bench: Bench, catalog: Path) -> float:
    """Milliseconds of the process that applies what waits."""
    return bench.modeltui(catalog, *_APPLY)


def applying(bench: Bench) -> Iterator[Figure]:
    yield _many(bench, "apply-many", bench.catalog(bench.count), ())


def applying_with_git(bench: Bench) -> Iterator[Figure]:
    yield _many(bench, "apply-git", bench.work_tree(bench.count), ("git",))


def applying_one(bench: Bench) -> Iterator[Figure]:
    """The floor syncs as often as ours did, which is counted first."""
    catalog = bench.copy(bench.catalog(bench.small), "one")
    numbers = count(1)

    def queue() -> None:
        bench.modeltui(catalog, "set", "prompt_to_image/model-000003", f"order={next(numbers)}")
        sync(catalog)

    def ours() -> float:
        queue()
        return apply_all(bench, catalog)

    queue()
    counted = bench.folder / "syncs"
    bench.run(PYTHON, "-m", "benchmarks.counting_syncs", str(counted), "-C", str(catalog), *_APPLY)
    syncs = counted.read_text(encoding="ascii")
    bare = floor("syncs", str(catalog), syncs)
    yield paired("apply-one", ours, lambda: bench.run(*bare), bench.pairs, f"{syncs} syncs")


def _many(bench: Bench, name: str, pattern: Path, options: tuple[str, ...]) -> Figure:
    def ours() -> float:
        catalog = bench.copy(pattern, "ours")
        return queue_all(bench, catalog) + apply_all(bench, catalog)

    def bare() -> float:
        return bench.run(*floor("rewrite", str(bench.copy(pattern, "bare")), *options))

    return paired(name, ours, bare, bench.runs)
