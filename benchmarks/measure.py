"""Paired timings: ours and the floor in turn, so that a drift of the machine meets both."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    work: str
    floor: str
    ours_ms: float
    floor_ms: float

    @property
    def ratio(self) -> float:
        return self.ours_ms / self.floor_ms


def paired(work: str, floor: str, ours: Callable[[], float], bare: Callable[[], float], runs: int) -> Figure:
    """Medians of `runs` pairs, after one pair that does not count. Both functions return milliseconds."""
    ours(), bare()
    pairs = [(ours(), bare()) for _ in range(runs)]
    return Figure(work, floor, statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs))


def process_ms(command: Sequence[str]) -> float:
    """How long a whole process takes."""
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (time.perf_counter() - begun) * 1000


def call_ms(function: Callable[[], object]) -> float:
    """How long a call takes."""
    begun = time.perf_counter()
    function()
    return (time.perf_counter() - begun) * 1000


def table(figures: Sequence[Figure]) -> str:
    """The figures as Markdown."""
    rows = ["| work | floor | ours, ms | floor, ms | ratio |", "|---|---|---:|---:|---:|"]
    rows += [f"| {f.work} | {f.floor} | {f.ours_ms:.1f} | {f.floor_ms:.1f} | {f.ratio:.2f} × |" for f in figures]
    return "\n".join(rows)
