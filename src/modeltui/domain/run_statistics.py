"""What test generations came to: of a catalogue, of each provider, of each model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from msgspec import Struct

from modeltui.domain.browse.narrowing import quoted, with_terms
from modeltui.domain.catalog import Catalog
from modeltui.domain.model import Model
from modeltui.domain.run_stats import NONE, RunStats
from modeltui.domain.run_values import runs_of
from modeltui.domain.units import NO_UNITS, Units

RECENT: Final = 10
"""The last runs that tell whether a model fails."""
IN_A_ROW: Final = 3
"""So many last runs that failed are enough; fewer runs than that tell nothing."""
LEAST_SUCCESS: Final = 50
"""Percent of the recent runs."""
_RUN: Final = "runs:*"


class ModelRuns(Struct, frozen=True):
    key: str
    stats: RunStats


class RunShare(Struct, frozen=True):
    """The runs of the models that have something in common."""

    label: str
    stats: RunStats
    """Sums, and the average over all; it has no p50, p95 or trend, which sums do not tell."""
    models: int
    """How many models were run."""
    query: str
    """What shows them in the catalogue."""


class RunStatistics(Struct, frozen=True):
    all: RunShare
    providers: tuple[RunShare, ...]
    """Those with the most runs first."""
    models: tuple[ModelRuns, ...]
    """As these."""
    failing: tuple[ModelRuns, ...]
    """Active ones that fail, the worst first."""
    units: Units = NO_UNITS


def run_statistics_of(models: Sequence[Model], catalog: Catalog, within: str = "") -> RunStatistics:
    """The runs of these models.

    within: the query that chose them, which each query of the result goes on from. Raises QueryError.
    """
    found: list[tuple[Model, RunStats]] = [
        (model, stats) for model in models if (stats := runs_of(model, catalog)) is not None
    ]
    by_provider: dict[str, list[RunStats]] = defaultdict(list)
    for model, stats in found:
        by_provider[model.provider or ""].append(stats)
    providers = [
        _share(name or "none", some, with_terms(within, f"provider:{quoted(name)}" if name else "-provider:*", _RUN))
        for name, some in by_provider.items()
    ]
    ordered = sorted(found, key=lambda pair: (-pair[1].total, pair[0].key))
    failing = [(model, stats) for model, stats in found if model.active and is_failing(stats)]
    failing.sort(key=lambda pair: (recent_success(pair[1]), pair[0].key))
    return RunStatistics(
        all=_share("all", [stats for _, stats in found], with_terms(within, _RUN)),
        providers=tuple(sorted(providers, key=lambda share: (-share.stats.total, share.label))),
        models=tuple(ModelRuns(model.key, stats) for model, stats in ordered),
        failing=tuple(ModelRuns(model.key, stats) for model, stats in failing),
        units=catalog.units,
    )


def is_failing(stats: RunStats) -> bool:
    """Less than half of the recent runs succeeded, or none of the last three."""
    recent = stats.trend[-RECENT:]
    if len(recent) < IN_A_ROW:
        return False
    return recent_success(stats) < LEAST_SUCCESS or not any(recent[-IN_A_ROW:])


def recent_success(stats: RunStats) -> float:
    """Percent of the recent runs that succeeded; 100 where there is none."""
    recent = stats.trend[-RECENT:]
    return 100 * sum(recent) / len(recent) if recent else 100.0


def _share(label: str, stats: Sequence[RunStats], query: str) -> RunShare:
    return RunShare(label, summed(stats), len(stats), query)


def summed(stats: Iterable[RunStats]) -> RunStats:
    """Numbers that add up, the average over all runs, and the last moment."""
    some = list(stats)
    if not some:
        return NONE
    succeeded = sum(each.succeeded for each in some)
    timed = [each for each in some if each.average_s is not None]
    seconds = sum((each.average_s or 0.0) * each.succeeded for each in timed)
    runs_timed = sum(each.succeeded for each in timed)
    return RunStats(
        total=sum(each.total for each in some),
        succeeded=succeeded,
        failed=sum(each.failed for each in some),
        cancelled=sum(each.cancelled for each in some),
        uncertain=sum(each.uncertain for each in some),
        average_s=seconds / runs_timed if runs_timed else None,
        spend=_spent(each.spend for each in some),
        tested_at=_latest(each.tested_at for each in some),
    )


def _spent(spends: Iterable[Mapping[str, Decimal]]) -> Mapping[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for spend in spends:
        for currency, amount in spend.items():
            found[currency] += amount
    return dict(sorted(found.items()))


def _latest(moments: Iterable[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)
