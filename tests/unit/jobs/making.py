"""Jobs for the tests of what keeps them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from modeltui.domain.call import Cost
from modeltui.domain.job import Job, JobState, KeptJob
from modeltui.jobs.store import JobStore

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def job(**changes: Any) -> Job:
    facts: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "key": "chat/a",
        "uid": "11111111-1111-4111-8111-111111111111",
        "provider": "p",
        "state": JobState.SUBMITTING,
        "started_at": START,
        "detail": "sending",
    }
    return Job(**{**facts, **changes})


def kept(one: Job, **changes: Any) -> KeptJob:
    facts: dict[str, Any] = {
        "by": "ada",
        "model_id": "m",
        "model_digest": "d",
        "inputs": {"prompt": "a fox"},
        "request": {"headers": {"authorization": "***"}},
        "steps": (),
    }
    return KeptJob(job=one, **{**facts, **changes})


def store(root: Path, **options: Any) -> JobStore:
    return JobStore(str(root), **{"user": "ada", "host": "studio", **options})


def in_credits(amount: str) -> Cost:
    from decimal import Decimal

    return Cost(Decimal(amount), "credits")
