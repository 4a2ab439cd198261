"""What runs came to, as tables and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from modeltui.cli.layout import Heading
from modeltui.cli.outcome import counted
from modeltui.domain.document import plain
from modeltui.domain.run_statistics import RunShare, RunStatistics
from modeltui.domain.run_stats import RunStats
from modeltui.domain.run_values import age_text, seconds_text, spend_text, success_of, success_text, trend_text

HEADINGS: Final = (
    Heading("Runs of", least=8),
    Heading("Runs", "right", 4),
    Heading("Success", "right", 7),
    Heading("Average", "right", 7),
    Heading("Spend", "right", 6),
    Heading("Tested", least=6),
    Heading("Query", least=12),
)
MODEL_HEADINGS: Final = (
    Heading("Model", least=16),
    Heading("Runs", "right", 4),
    Heading("Success", "right", 7),
    Heading("Average", "right", 7),
    Heading("p50", "right", 5),
    Heading("p95", "right", 5),
    Heading("Spend", "right", 6),
    Heading("Tested", least=6),
    Heading("Trend", least=4),
)


def rows(found: RunStatistics, now: datetime | None) -> Iterator[list[str]]:
    """The providers, then all of them."""
    for share in (*found.providers, found.all):
        stats = share.stats
        yield [
            share.label,
            str(stats.total),
            success_text(stats),
            seconds_text(stats.average_s),
            spend_text(stats.spend, found.units),
            _age(stats, now),
            share.query,
        ]


def model_rows(found: RunStatistics, now: datetime | None) -> Iterator[list[str]]:
    for key, stats in ((each.key, each.stats) for each in found.models):
        yield [
            key,
            str(stats.total),
            success_text(stats),
            seconds_text(stats.average_s),
            seconds_text(stats.p50_s),
            seconds_text(stats.p95_s),
            spend_text(stats.spend, found.units),
            _age(stats, now),
            trend_text(stats),
        ]


def told(found: RunStatistics, now: datetime | None) -> str:
    """`12 runs of 3 models, 91 % succeeded, $0.12, the last one 2d ago`."""
    stats = found.all.stats
    if not stats.total:
        return "no runs yet: `modeltui run MODEL` makes one"
    age = _age(stats, now)
    parts = [
        f"{counted(stats.total, 'run')} of {counted(found.all.models)}",
        f"{success_text(stats)} succeeded" if stats.success is not None else "",
        spend_text(stats.spend, found.units),
        f"the last one {age}{'' if age == 'now' else ' ago'}" if age else "",
    ]
    return ", ".join(filter(None, parts))


def document(found: RunStatistics) -> dict[str, Any]:
    return {**_share(found.all), "providers": [{"provider": each.label, **_share(each)} for each in found.providers]}


def models_document(found: RunStatistics) -> list[dict[str, Any]]:
    return [
        {
            "key": each.key,
            **_numbers(each.stats),
            "p50_s": each.stats.p50_s,
            "p95_s": each.stats.p95_s,
            "trend": list(each.stats.trend),
        }
        for each in found.models
    ]


def _share(share: RunShare) -> dict[str, Any]:
    return {"models": share.models, **_numbers(share.stats), "query": share.query}


def _numbers(stats: RunStats) -> dict[str, Any]:
    return {
        "total": stats.total,
        "succeeded": stats.succeeded,
        "failed": stats.failed,
        "cancelled": stats.cancelled,
        "uncertain": stats.uncertain,
        "success": success_of(stats),
        "average_s": stats.average_s,
        "spend": {currency: f"{amount:f}" for currency, amount in stats.spend.items()},
        "tested_at": plain(stats.tested_at) if stats.tested_at else None,
    }


def _age(stats: RunStats, now: datetime | None) -> str:
    return "" if stats.tested_at is None else age_text(stats.tested_at, now)
