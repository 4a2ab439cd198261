"""Jobs as rows of the database, and rows as jobs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from modeltui.domain.call import Cost
from modeltui.domain.document import plain
from modeltui.domain.job import Job, JobState, JobStep, KeptJob, ResultFile
from modeltui.errors import BrokenFileError
from modeltui.jobs.shortening import shortened

_COLUMNS: Final = (
    "n", "id", "key", "uid", "provider", "state", "by", "model_id", "model_digest", "started_at", "ended_at",
    "elapsed_s", "detail", "progress", "remote_id", "saved", "remote_files", "polls", "text", "estimate_amount",
    "estimate_currency", "reported_amount", "reported_currency", "error", "hint", "is_fetchable", "batch", "inputs",
    "request", "owner", "resend_of", "resent_as",
)  # fmt: skip
SELECT: Final = f"SELECT {', '.join(_COLUMNS)} FROM jobs"  # noqa: S608  # constants
_MANY: Final = 500


def subject_of(job: Job) -> str:
    """What statistics hang on: the uid, which stays when a model is renamed; the key of a model without one."""
    return job.uid or job.key


def is_over(job: Job) -> bool:
    """Whether it has ended for good: neither uncertain, nor to be fetched again."""
    return job.state.is_final and job.state is not JobState.UNCERTAIN and not job.is_fetchable


def insert(db: sqlite3.Connection, kept: KeptJob, **more: Any) -> int:
    """A new row with its steps and files; returns its number. Raises sqlite3.IntegrityError for an id that is there."""
    job, inputs = kept.job, plain(kept.inputs)
    short = shortened(inputs)
    row = {
        **_changing(job),
        "id": job.id,
        "subject": subject_of(job),
        "key": job.key,
        "uid": job.uid,
        "provider": job.provider,
        "by": kept.by,
        "model_id": kept.model_id,
        "model_digest": kept.model_digest,
        "ended_at": None if kept.ended_at is None else moment(kept.ended_at),
        "batch": job.batch,
        "inputs": _json(short),
        "whole_inputs": None if short == inputs or is_over(job) else _json(inputs),
        "request": None if kept.request is None else _json(shortened(plain(kept.request))),
        "resend_of": kept.resend_of,
        "resent_as": kept.resent_as,
        **more,
    }
    marks = ", ".join(f":{name}" for name in row)
    found = db.execute(f"INSERT INTO jobs ({', '.join(row)}) VALUES ({marks})", row)  # noqa: S608  # our names
    number = int(found.lastrowid or 0)
    steps = kept.steps or (JobStep(job.state, job.started_at, job.detail),)
    db.executemany(
        "INSERT INTO steps VALUES (?, ?, ?, ?, ?)",
        [(number, place, step.state.value, moment(step.at), step.detail) for place, step in enumerate(steps)],
    )
    _put_files(db, number, job.files)
    return number


def update(db: sqlite3.Connection, number: int, job: Job, **more: Any) -> None:
    """What changes of a job. `more` are other columns."""
    row = {**_changing(job), **more}
    pairs = ", ".join(f"{name} = :{name}" for name in row)
    db.execute(f"UPDATE jobs SET {pairs} WHERE n = :n_", {**row, "n_": number})  # noqa: S608  # our names
    db.execute("DELETE FROM files WHERE job = ?", (number,))
    _put_files(db, number, job.files)


def add_step(db: sqlite3.Connection, number: int, step: JobStep) -> None:
    db.execute(
        "INSERT INTO steps SELECT ?, coalesce(max(n) + 1, 0), ?, ?, ? FROM steps WHERE job = ?",
        (number, step.state.value, moment(step.at), step.detail, number),
    )


def kept_of(
    db: sqlite3.Connection, rows: Iterable[Sequence[Any]], is_alive: Callable[[str], bool] = lambda _: False
) -> tuple[KeptJob, ...]:
    """What rows of SELECT hold, in their order. `is_alive`: whether a process, by its owner id, lives."""
    found = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
    numbers = [row["n"] for row in found]
    steps = _beside(db, "SELECT job, state, at, detail FROM steps WHERE job IN", numbers)
    files = _beside(db, "SELECT job, path, media_type, size, facts FROM files WHERE job IN", numbers)
    try:
        return _all_kept(found, steps, files, is_alive)
    except (ValueError, TypeError, ArithmeticError) as error:
        raise BrokenFileError("a job in the database cannot be read: it is damaged", code="jobs-unreadable") from error


def _all_kept(
    found: Sequence[Mapping[str, Any]],
    steps: Mapping[int, Sequence[Sequence[Any]]],
    files: Mapping[int, Sequence[Sequence[Any]]],
    is_alive: Callable[[str], bool],
) -> tuple[KeptJob, ...]:
    alive = {owner: is_alive(owner) for owner in {row["owner"] for row in found} if owner is not None}
    return tuple(
        _kept(
            row,
            tuple(JobStep(JobState(state), _time(at), detail) for state, at, detail in steps.get(row["n"], ())),
            tuple(ResultFile(*each) for each in files.get(row["n"], ())),
            is_followed=alive.get(row["owner"], False),
        )
        for row in found
    )


def moment(at: datetime) -> str:
    """UTC, of one width, so that texts sort as moments do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _kept(
    row: Mapping[str, Any], steps: tuple[JobStep, ...], files: tuple[ResultFile, ...], *, is_followed: bool
) -> KeptJob:
    state = JobState(row["state"])
    job = Job(
        id=row["id"],
        key=row["key"],
        uid=row["uid"],
        provider=row["provider"],
        state=state,
        started_at=_time(row["started_at"]),
        elapsed_s=row["elapsed_s"],
        detail=row["detail"],
        progress=row["progress"],
        remote_id=row["remote_id"],
        saved=json.loads(row["saved"]),
        remote_files=tuple(json.loads(row["remote_files"])),
        polls=row["polls"],
        files=files,
        text=row["text"],
        estimate=_cost(row["estimate_amount"], row["estimate_currency"]),
        reported=_cost(row["reported_amount"], row["reported_currency"]),
        error=row["error"],
        hint=row["hint"],
        batch=row["batch"],
        is_fetchable=bool(row["is_fetchable"]),
    )
    return KeptJob(
        job=job,
        by=row["by"],
        model_id=row["model_id"],
        model_digest=row["model_digest"],
        inputs=json.loads(row["inputs"]),
        request=None if row["request"] is None else json.loads(row["request"]),
        steps=steps,
        ended_at=None if row["ended_at"] is None else _time(row["ended_at"]),
        is_followed=is_followed and not state.is_final,
        resend_of=row["resend_of"],
        resent_as=row["resent_as"],
    )


def _changing(job: Job) -> dict[str, Any]:
    return {
        "state": job.state.value,
        "started_at": moment(job.started_at),
        "elapsed_s": float(job.elapsed_s),
        "detail": job.detail,
        "progress": None if job.progress is None else float(job.progress),
        "remote_id": job.remote_id,
        "saved": _json(dict(job.saved)),
        "remote_files": _json(list(job.remote_files)),
        "polls": job.polls,
        "text": job.text,
        "estimate_amount": None if job.estimate is None else str(job.estimate.amount),
        "estimate_currency": None if job.estimate is None else job.estimate.currency,
        "reported_amount": None if job.reported is None else str(job.reported.amount),
        "reported_currency": None if job.reported is None else job.reported.currency,
        "error": job.error,
        "hint": job.hint,
        "is_fetchable": int(job.is_fetchable),
    }


def _put_files(db: sqlite3.Connection, number: int, files: Iterable[ResultFile]) -> None:
    db.executemany(
        "INSERT INTO files VALUES (?, ?, ?, ?, ?, ?)",
        [(number, place, each.path, each.media_type, each.size, each.facts) for place, each in enumerate(files)],
    )


def _beside(db: sqlite3.Connection, select: str, numbers: Sequence[int]) -> dict[int, list[tuple[Any, ...]]]:
    """Rows of another table by the job that they are of, each without its number."""
    found: dict[int, list[tuple[Any, ...]]] = {}
    for start in range(0, len(numbers), _MANY):
        some = numbers[start : start + _MANY]
        for number, *rest in db.execute(f"{select} ({', '.join('?' * len(some))}) ORDER BY job, n", some):
            found.setdefault(number, []).append(tuple(rest))
    return found


def _cost(amount: str | None, currency: str | None) -> Cost | None:
    return None if amount is None else Cost(Decimal(amount), currency or "")


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
