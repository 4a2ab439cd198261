"""What the runs of a model came to, as the cells of its row say it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from modeltui.domain.catalog import Catalog
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import Plan
from modeltui.domain.run_stats import RunStats
from modeltui.domain.run_values import age_text, local, runs_of, seconds_text, spend_text, success_text, trend_text


def run_text(column: str, catalog: Catalog, model: Model, _: Plan) -> str:
    """The cell of a column of that id; empty where no run of the model ended."""
    stats = runs_of(model, catalog)
    return "" if stats is None else _SAID[column](stats, catalog)


def _tested(stats: RunStats, catalog: Catalog) -> str:
    return "" if stats.tested_at is None else age_text(local(stats.tested_at, catalog), catalog.as_of)


_SAID: Final[Mapping[str, Callable[[RunStats, Catalog], str]]] = {
    "tested": _tested,
    "success": lambda stats, _: success_text(stats),
    "runs": lambda stats, _: str(stats.total),
    "spend": lambda stats, catalog: spend_text(stats.spend, catalog.units),
    "p50": lambda stats, _: seconds_text(stats.p50_s),
    "p95": lambda stats, _: seconds_text(stats.p95_s),
    "trend": lambda stats, _: trend_text(stats),
}
