"""`python -m benchmarks` prints the table; `--smoke` runs each case once, small, to see that it works."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import measure
from benchmarks.catalogs import SAMPLE, make_catalog
from benchmarks.measure import Figure, call_ms, paired, process_ms
from benchmarks.starting import first_frame_ms

PYTHON = sys.executable
MODELTUI = [PYTHON, "-m", "modeltui"]
FLOORS = [PYTHON, "-m", "benchmarks.floors"]


def list_many(folder: Path, count: int, runs: int) -> Figure:
    catalog = str(make_catalog(folder / "listed", count))
    return paired(
        f"`list` of {count:,} files, whole process",
        "scan, read and parse the same files",
        lambda: process_ms([*MODELTUI, "-C", catalog, "list"]),
        lambda: process_ms([*FLOORS, "parse", catalog]),
        runs,
    )


def list_sample(_: Path, __: int, runs: int) -> Figure:
    return paired(
        "`list` of the sample catalogue, whole process",
        "start Python, import tomli and json",
        lambda: process_ms([*MODELTUI, "-C", str(SAMPLE), "list"]),
        lambda: process_ms([PYTHON, "-c", "import tomli, json"]),
        runs,
    )


def start_console(folder: Path, count: int, runs: int) -> Figure:
    catalog = str(make_catalog(folder / "started", count))
    return paired(
        f"console with {count:,} models: start to the first full table",
        "minimal Textual app, stock DataTable, same rows",
        lambda: first_frame_ms([*MODELTUI, "-C", catalog], b"Model 000005"),
        lambda: first_frame_ms([PYTHON, "-m", "benchmarks.bare_app", str(count)], b"Model 000005"),
        runs,
    )


def filter_many(folder: Path, count: int, runs: int) -> Figure:
    from modeltui.bootstrap import open_workspace  # noqa: PLC0415  # imported by the cases that need it
    from modeltui.config import load_settings  # noqa: PLC0415

    catalog = open_workspace(load_settings(str(make_catalog(folder / "filtered", count)))).catalog
    haystack = [
        f"{m.key} {m.name} {m.model_id} {m.provider}".casefold() for m in catalog.snapshot().catalog.models.values()
    ]
    return paired(
        f"filter {count:,} models by a word",
        "list comprehension over the folded text",
        lambda: call_ms(lambda: catalog.select("000042")),
        lambda: call_ms(lambda: [text for text in haystack if "000042" in text]),
        runs,
    )


def apply_many(folder: Path, count: int, runs: int) -> Figure:
    pattern = make_catalog(folder / "pattern", count)

    def ours() -> float:
        catalog = _copy(pattern, folder / "ours")
        queue, write = (
            [*MODELTUI, "-C", str(catalog), "disable", "active:yes"],
            [*MODELTUI, "-C", str(catalog), "apply", "--yes", "--reason", "benchmark"],
        )
        return process_ms(queue) + process_ms(write)

    def bare() -> float:
        return process_ms([*FLOORS, "rewrite", str(_copy(pattern, folder / "bare"))])

    return paired(
        f"disable {count:,} models and apply, two whole processes",
        "write to a stage, syncfs, rename each, syncfs",
        ours,
        bare,
        runs,
    )


def apply_one(folder: Path, _: int, runs: int) -> Figure:
    catalog = str(make_catalog(folder / "one", 20))

    def ours() -> float:
        process_ms([*MODELTUI, "-C", catalog, "set", "prompt_to_image/model-000003", f"order={next(numbers)}"])
        return process_ms([*MODELTUI, "-C", catalog, "apply", "--yes", "--reason", "benchmark"])

    numbers = iter(range(1, 1000))
    return paired(
        "apply of one change, whole process",
        "start Python and sync nine times",
        ours,
        lambda: process_ms([*FLOORS, "sync", catalog]),
        runs,
    )


def dry_run(folder: Path, count: int, runs: int) -> Figure:
    from benchmarks.requests import request_lines  # noqa: PLC0415  # imported by the cases that need it

    lines = folder / "requests.jsonl"
    lines.write_text(request_lines(SAMPLE, count), encoding="utf-8")
    return paired(
        f"`run --dry-run --jsonl` of {count:,} lines, whole process",
        "read, parse and write the same lines as JSON",
        lambda: process_ms([*MODELTUI, "-C", str(SAMPLE), "run", "--dry-run", "--jsonl", str(lines)]),
        lambda: process_ms([*FLOORS, "json", str(lines)]),
        runs,
    )


CASES: tuple[Callable[[Path, int, int], Figure], ...] = (
    list_many,
    list_sample,
    start_console,
    filter_many,
    apply_many,
    apply_one,
    dry_run,
)


def _copy(pattern: Path, target: Path) -> Path:
    shutil.rmtree(target, ignore_errors=True)
    return Path(shutil.copytree(pattern, target))


def _figures(count: int, runs: int) -> Iterator[Figure]:
    for case in CASES:
        with tempfile.TemporaryDirectory(prefix="modeltui-bench-") as folder:
            yield case(Path(folder), count, runs)


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="each case once, on few files")
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    count, runs = (50, 1) if args.smoke else (args.count, args.runs)
    print(measure.table(list(_figures(count, runs))))


if __name__ == "__main__":
    main()
