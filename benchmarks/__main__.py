"""`python -m benchmarks` prints the table and exits with 1 on a miss; `--smoke` only sees that all of it works."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from benchmarks import growth, peers, report
from benchmarks.answering import filtering, sorting
from benchmarks.applying import applying, applying_one, applying_with_git
from benchmarks.bench import Bench
from benchmarks.full_table import starting
from benchmarks.measure import Absent, Figure
from benchmarks.memory import memory
from benchmarks.reading import reading
from benchmarks.report import Failed, Outcome
from benchmarks.thin_line import idle, keys_on_the_line, start_and_palette
from benchmarks.whole_commands import dry_run, listing, listing_sample

Case = Callable[[Bench], Iterable[Figure | Absent]]

CASES: Final[Mapping[Case, Sequence[str]]] = MappingProxyType(
    {
        listing: ("list-warm", "list-cold"),
        listing_sample: ("list-sample",),
        starting: ("start-sample", "start-many"),
        reading: ("open-warm", "refresh"),
        filtering: ("filter",),
        sorting: ("sort",),
        applying: ("apply-many",),
        applying_with_git: ("apply-git",),
        applying_one: ("apply-one",),
        memory: ("memory", "memory-whole"),
        keys_on_the_line: ("cursor-hidden", "cursor-shown", "scroll-hidden", "scroll-shown", "letter"),
        start_and_palette: ("start-bytes", "palette-bytes"),
        idle: ("idle-bytes", "idle-ticks", "idle-filter-bytes", "idle-filter-ticks"),
        dry_run: ("dry-run",),
    }
)
"""What measures which targets, in the order of the table."""


def measured(bench: Bench, only: Sequence[str]) -> Iterator[Outcome]:
    """Every target, or those whose names begin with one of `only`."""
    for case, names in CASES.items():
        wanted = [name for name in names if not only or name.startswith(tuple(only))]
        if wanted:
            begun = time.perf_counter()
            yield from (each for each in _outcomes(case, bench, wanted) if each.name in wanted)
            bench.say(f"{', '.join(wanted)}: {time.perf_counter() - begun:.0f} s")


def _outcomes(case: Case, bench: Bench, names: Sequence[str]) -> Iterator[Outcome]:
    left = list(names)
    try:
        for figure in case(bench):
            if figure.name in left:
                left.remove(figure.name)
            yield figure
        yield from (Failed(name, "was not measured") for name in left)
    except Exception as error:  # noqa: BLE001  # one case that fails is told, and the others are measured
        yield from (Failed(name, f"{type(error).__name__}: {error}") for name in left)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="each case once and small; no target is judged")
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="targets of that name or beginning; peers"
    )
    parser.add_argument("--count", type=int, default=5_000, help="models of most cases")
    parser.add_argument("--many", type=int, default=100_000, help="models of filter, sort and memory")
    parser.add_argument("--runs", type=int, default=5, help="pairs that each median is taken of")
    parser.add_argument("--peers", default=".venv-peers/bin", help="a folder of other tools, looked in before PATH")
    parser.add_argument("--json", metavar="FILE", help="write the figures there too")
    parser.add_argument("--page", metavar="FILE", help="write the table into this page, between its marks")
    parser.add_argument("--plot", metavar="FILE", help="measure the growth as well, and draw its picture there")
    parser.add_argument(
        "--folder", metavar="DIR", help="where all is made; a real disk, by default that of the system's"
    )
    return parser


def _bench(arguments: argparse.Namespace, folder: str) -> Bench:
    (Path(folder) / "home").mkdir()
    peers = str(Path(arguments.peers).absolute())
    if arguments.smoke:
        return Bench(Path(folder), 60, 300, runs=1, keys=4, idle_s=0.5, rest_s=0.3, still_s=0.05, peers=peers, steps=4)
    return Bench(Path(folder), arguments.count, arguments.many, arguments.runs, peers=peers)


def _compared(bench: Bench, arguments: argparse.Namespace) -> list[peers.Comparison]:
    wanted = not arguments.only or any("peers".startswith(name) for name in arguments.only)
    return list(peers.compared(bench)) if wanted else []


def _keep(arguments: argparse.Namespace, outcomes: list[Outcome], sizes: Mapping[str, int], others: str) -> None:
    """Write to the files that were asked for."""
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(report.as_json(outcomes, sizes), indent=1), encoding="utf-8")
    if arguments.page:
        page = Path(arguments.page)
        report.write_between(page, "targets", f"{report.machine_said()}\n\n{report.table(outcomes, sizes)}")
        if others:
            report.write_between(page, "peers", others)


def main() -> int:
    arguments = _parser().parse_args()
    with tempfile.TemporaryDirectory(prefix="modeltui-bench-", dir=arguments.folder) as folder:
        bench = _bench(arguments, folder)
        outcomes = list(measured(bench, arguments.only))
        if outcomes and not arguments.smoke:
            print(report.table(outcomes, bench.sizes), flush=True)
        comparisons = _compared(bench, arguments)
        if arguments.smoke:
            print(report.tried([*outcomes, *comparisons]))
            return int(any(isinstance(each, Failed) for each in outcomes))
        others = peers.table(comparisons) if comparisons else ""
        print(f"\n{others}\n", flush=True)
        _keep(arguments, outcomes, bench.sizes, others)
        if arguments.plot:
            growth.tell(growth.measured(bench, growth.SIZES), growth.SIZES, arguments.plot, arguments.page)
    missed = report.missed(outcomes)
    print(f"\n{len(missed)} missed: {', '.join(missed)}" if missed else f"\nall {len(outcomes)} targets hold")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
