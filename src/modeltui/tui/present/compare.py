"""One of a few runs that stand side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from modeltui.domain.job import Job, JobState, KeptJob
from modeltui.domain.run_values import seconds_text
from modeltui.domain.text import safe
from modeltui.tui.present.job import elapsed_of, money_text, state_piece
from modeltui.tui.present.line import Line, cut, wrapped

_MOST_ERROR = 4
"""Lines of what went wrong; the page of the run has all of it."""


def column_lines(kept: KeptJob, width: int, now: datetime, best: str) -> list[Line]:
    """Name, state, time and cost, and why it failed; `best` in words."""
    job = kept.job
    word, role = state_piece(kept)
    share = f" {job.progress:.0%}" if job.progress is not None and not job.state.is_final else ""
    folder, _, name = job.key.rpartition("/")
    seconds = elapsed_of(kept, now)
    numbers: Line = (
        (seconds_text(seconds) if seconds else "–", "plain"),
        (f"  {money_text(job) or 'cost not known'}", "plain"),
    )
    lines: list[Line] = [
        ((safe(name), "strong"),),
        ((f"{safe(job.provider)} · {safe(folder)}", "muted"),),
        ((f"{word}{share}", role), (f"  {best}" if best else "", "good")),
        numbers,
    ]
    lines = [cut(each, width) for each in lines]
    if job.error:
        lines += wrapped([((safe(job.error), "bad"),)], width)[:_MOST_ERROR]
    if job.state is JobState.UNCERTAIN:
        lines += wrapped([(("it may have been taken, and billed", "bad"),)], width)
    return lines


def best_of(jobs: Sequence[Job], cost_of: Callable[[Job], float | None]) -> dict[str, str]:
    """By id, `fastest` and `cheapest` of those that succeeded; nothing where there is no other to compare with."""
    good = [job for job in jobs if job.state is JobState.SUCCEEDED]
    if len(good) < 2:
        return {}
    found: dict[str, str] = {min(good, key=lambda job: job.elapsed_s).id: "fastest"}
    costs = {job.id: cost for job in good if (cost := cost_of(job)) is not None}
    if len(costs) == len(good) and len(set(costs.values())) > 1:
        least = min(costs.values())
        for each in (each for each, cost in costs.items() if cost == least):
            found[each] = ", ".join(filter(None, (found.get(each), "cheapest")))
    return found
