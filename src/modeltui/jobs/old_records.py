"""Reading `.modeltui/jobs/<id>/job.json`, the records of before there was a database. The files stay where they are."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from modeltui.domain.call import Cost
from modeltui.domain.job import Job, JobState, JobStep, KeptJob, ResultFile
from modeltui.jobs.owners import JOBS
from modeltui.jobs.rows import insert
from modeltui.jobs.tallying import count
from modeltui.storage.real_fs import RealFs

_LARGEST: Final = 16 * 2**20
_UNREAD: Final = (OSError, ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError)


def import_old(db: sqlite3.Connection, root: str, user: str) -> None:
    """Take over every record that can be read, oldest first. Who ran them was not kept: `user` stands for them."""
    found = sorted(_records(root, user), key=lambda kept: kept.job.started_at)
    for kept in found:
        with suppress(sqlite3.IntegrityError):
            number = insert(db, kept)
            if kept.ended_at is not None:
                count(db, number, kept.job, kept.ended_at)


def has_old(root: str) -> bool:
    """Whether there is a record of before."""
    try:
        with os.scandir(os.path.join(root, JOBS)) as entries:
            return any(os.path.lexists(os.path.join(entry.path, "job.json")) for entry in entries)
    except OSError:
        return False


def _records(root: str, user: str) -> Iterator[KeptJob]:
    fs = RealFs(root)
    try:
        names = fs.list(JOBS)
    except OSError:
        return
    for name in names:
        with suppress(*_UNREAD):
            yield _kept(json.loads(fs.read(f"{JOBS}/{name}/job.json", _LARGEST)), user)


def _kept(record: Mapping[str, Any], user: str) -> KeptJob:
    started_at = datetime.fromisoformat(record["started_at"]).astimezone()
    job = Job(
        id=str(record["id"]),
        key=str(record["key"]),
        uid=_text(record["uid"]),
        provider=str(record["provider"]),
        state=JobState(record["state"]),
        started_at=started_at,
        elapsed_s=float(record["elapsed_s"]),
        detail=str(record["detail"]),
        remote_id=_text(record["remote_id"]),
        saved={str(name): str(value) for name, value in record["saved"].items()},
        polls=int(record["polls"]),
        files=tuple(
            ResultFile(str(each["path"]), str(each["media_type"]), int(each["size"]), str(each.get("facts", "")))
            for each in record["files"]
        ),
        text=_text(record["text"]),
        estimate=_cost(record.get("estimate")),
        reported=_cost(record.get("reported")),
        error=_text(record["error"]),
        hint=_text(record["hint"]),
    )
    steps = tuple(
        JobStep(JobState(step["state"]), started_at + timedelta(seconds=float(step["after_s"])), str(step["detail"]))
        for step in record["states"]
    )
    return KeptJob(
        job=job,
        by=user,
        model_id=_text(record.get("model_id")),
        model_digest=str(record.get("model_digest") or ""),
        inputs=dict(record["inputs"]),
        request=None if record.get("request") is None else dict(record["request"]),
        steps=steps,
        ended_at=started_at + timedelta(seconds=job.elapsed_s) if job.state.is_final else None,
    )


def _cost(value: Any) -> Cost | None:
    return None if value is None else Cost(Decimal(str(value["amount"])), str(value["currency"]))


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
