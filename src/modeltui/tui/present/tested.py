"""What the runs of one model came to, for the pane at the side and the page of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modeltui.domain.run_values import age_text, local, runs_of, seconds_text, spend_text, success_text, trend_text
from modeltui.domain.text import safe
from modeltui.tui.present.line import Line, Role, cut

if TYPE_CHECKING:
    from modeltui.domain.catalog import Catalog
    from modeltui.domain.model import Model
    from modeltui.domain.run_stats import RunStats

_LABEL = 9


def run_lines(model: Model, catalog: Catalog, width: int) -> list[Line]:
    """A block under its own heading; nothing for a model that was never run."""
    stats = runs_of(model, catalog)
    if stats is None:
        return []
    from modeltui.domain.run_statistics import is_failing

    texts: list[tuple[str, str, Role]] = [
        ("total", _total(stats), "plain"),
        ("success", success_text(stats), "bad" if is_failing(stats) else "plain"),
        ("average", _times(stats), "plain"),
        ("spend", safe(spend_text(stats.spend, catalog.units)), "plain"),
        ("tested", _tested(stats, catalog), "plain"),
        ("trend", trend_text(stats), "accent"),
    ]
    lines: list[Line] = [((f"  {name:<{_LABEL}}", "muted"), (text, role)) for name, text, role in texts if text]
    return [(("runs", "strong"),), *(cut(line, width) for line in lines)]


def _total(stats: RunStats) -> str:
    others = {"failed": stats.failed, "cancelled": stats.cancelled, "uncertain": stats.uncertain}
    said = ", ".join(f"{count} {name}" for name, count in others.items() if count)
    return f"{stats.total}{f' ({said})' if said else ''}"


def _times(stats: RunStats) -> str:
    times = {"": stats.average_s, "p50 ": stats.p50_s, "p95 ": stats.p95_s}
    return ", ".join(f"{name}{seconds_text(seconds)}" for name, seconds in times.items() if seconds is not None)


def _tested(stats: RunStats, catalog: Catalog) -> str:
    if stats.tested_at is None:
        return ""
    at = local(stats.tested_at, catalog)
    age = age_text(at, catalog.as_of)
    day = at.strftime("%Y-%m-%d %H:%M")
    return f"{age}{'' if age == 'now' else ' ago'}, {day}" if catalog.as_of else day
