"""Kept jobs as rows of a table and as JSON."""

from __future__ import annotations

from typing import Any, Final

from modeltui.cli.layout import Heading
from modeltui.domain.call import Cost
from modeltui.domain.document import plain
from modeltui.domain.job import KeptJob
from modeltui.domain.money import cost_data
from modeltui.domain.price import cost_text
from modeltui.domain.run_values import seconds_text

HEADINGS: Final = (
    Heading("Job", least=8),
    Heading("State", least=9),
    Heading("Model", least=12),
    Heading("By", least=4),
    Heading("Started", least=16),
    Heading("Took", "right", 5),
    Heading("Cost", "right", 5),
    Heading("Error", least=8),
)


def cells(kept: KeptJob) -> list[str]:
    job = kept.job
    return [
        job.id,
        f"{job.state}{' (interrupted)' if kept.is_interrupted else ' (fetchable)' if job.is_fetchable else ''}",
        job.key,
        kept.by,
        f"{job.started_at.astimezone():%Y-%m-%d %H:%M}",
        seconds_text(job.elapsed_s) if job.elapsed_s else "",
        _cost_text(job.cost),
        job.error or "",
    ]


def row(kept: KeptJob) -> dict[str, Any]:
    job = kept.job
    return {
        "id": job.id,
        "model": job.key,
        "uid": job.uid,
        "provider": job.provider,
        "state": job.state.value,
        "interrupted": kept.is_interrupted,
        "fetchable": job.is_fetchable,
        "by": kept.by,
        "started_at": job.started_at.isoformat(),
        "elapsed_s": round(job.elapsed_s, 3),
        "estimate": cost_data(job.estimate),
        "cost": cost_data(job.cost),
        "remote_id": job.remote_id,
        "batch": job.batch,
        "files": [
            {"path": file.path, "media_type": file.media_type, "size": file.size, "facts": file.facts}
            for file in job.files
        ],
        "error": job.error,
        "hint": job.hint,
    }


def whole_row(kept: KeptJob) -> dict[str, Any]:
    """With all that is kept of it."""
    return {
        **row(kept),
        "ended_at": None if kept.ended_at is None else kept.ended_at.isoformat(),
        "text": kept.job.text,
        "resend_of": kept.resend_of,
        "resent_as": kept.resent_as,
        "inputs": plain(kept.inputs),
        "request": None if kept.request is None else plain(kept.request),
        "steps": [{"state": step.state.value, "at": step.at.isoformat(), "detail": step.detail} for step in kept.steps],
    }


def _cost_text(cost: Cost | None) -> str:
    return "" if cost is None else cost_text(cost.amount, cost.currency)
