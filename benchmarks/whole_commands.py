"""Commands as whole processes: `list`, and a dry run of many lines."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import PYTHON, Bench, floor
from benchmarks.catalogs import SAMPLE
from benchmarks.measure import Figure, paired
from benchmarks.requests import request_lines

NO_CACHE = {"MODELTUI_CACHE": "off"}


def listing(bench: Bench) -> Iterator[Figure]:
    """Of many files with and without the cache of summaries; the pair that does not count fills it."""
    catalog = bench.catalog(bench.count)

    def bare() -> float:
        return bench.run(*floor("parse", str(catalog)))

    yield paired("list-warm", lambda: bench.modeltui(catalog, "list"), bare, bench.runs)
    cold = paired("list-cold", lambda: bench.modeltui(catalog, "list", environment=NO_CACHE), bare, bench.runs)
    yield cold


def listing_sample(bench: Bench) -> Iterator[Figure]:
    catalog = bench.sample()
    yield paired(
        "list-sample",
        lambda: bench.modeltui(catalog, "list"),
        lambda: bench.run(PYTHON, "-c", "import tomli, json"),
        bench.pairs,
    )


def dry_run(bench: Bench) -> Iterator[Figure]:
    lines = bench.folder / "requests.jsonl"
    lines.write_text(request_lines(SAMPLE, bench.count), encoding="utf-8")
    catalog = bench.sample()
    yield paired(
        "dry-run",
        lambda: bench.modeltui(catalog, "run", "--dry-run", "--jsonl", str(lines)),
        lambda: bench.run(*floor("copy_json", str(lines))),
        bench.runs,
    )
