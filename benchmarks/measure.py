"""Paired timings: ours and the floor in turn, so that a drift of the machine meets both."""

from __future__ import annotations

import math
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

_SAID = 400
"""Characters of what a failed process said."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, in the unit of the target of this name."""

    name: str
    ours: float
    floor: float | None = None
    note: str = ""
    times: float | None = None
    """Ours as a multiple of the floor where pairs were taken: the median of what it is in each."""


@dataclass(frozen=True, slots=True)
class Absent:
    """What could not be measured here, such as a peer that is not installed. It judges nothing."""

    name: str
    why: str


def paired(name: str, ours: Callable[[], float], bare: Callable[[], float], runs: int, note: str = "") -> Figure:
    """Medians of `runs` pairs, whose order turns, after one that does not count; a single pair is a try without.

    What is judged is the median of the pairs' ratios: the two of a pair are taken one after the other, so that a disk
    or a machine that is slow for a while is slow for both, and a pair that was disturbed does not move the others.
    """
    if runs > 1:
        ours(), bare()
    pairs = []
    for number in range(runs):
        if number % 2:
            floor = bare()
            pairs.append((ours(), floor))
        else:
            pairs.append((ours(), bare()))
    ours_ms, bare_ms = statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)
    return Figure(name, ours_ms, bare_ms, note, statistics.median(a / b for a, b in pairs))


def percentile(values: Sequence[float], share: float) -> float:
    """The least value that so great a share of all is not above (nearest rank). Raises ValueError for none."""
    if not values:
        raise ValueError("no values")
    return sorted(values)[max(math.ceil(share * len(values)), 1) - 1]


def process_ms(command: Sequence[str], environment: Mapping[str, str] | None = None) -> float:
    """How long a whole process takes, without what it prints. Raises RuntimeError with what it said."""
    begun = time.perf_counter()
    done = subprocess.run(
        command, check=False, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    took = (time.perf_counter() - begun) * 1000
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:4])} … exit {done.returncode}: {done.stderr[-_SAID:]}")
    return took


def call_ms(function: Callable[[], object]) -> float:
    """How long a call takes."""
    begun = time.perf_counter()
    function()
    return (time.perf_counter() - begun) * 1000
