"""Statistics of runs, kept up with each run that ends: to read them is to read a row a model.

The percentiles are exact. The times of all runs that succeeded lie in an index of their own, by model and in their
order; when one is added, the two that are wanted are counted off from the nearer end.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime
from decimal import Decimal

from modeltui.domain.job import Job, JobState
from modeltui.domain.run_stats import TREND, RunStats
from modeltui.domain.spend import billed
from modeltui.jobs.rows import moment, subject_of


def count(db: sqlite3.Connection, number: int, job: Job, ended_at: datetime) -> None:
    """Count a run that has ended now, in the transaction that notes its end."""
    subject, state = subject_of(job), job.state
    db.execute("INSERT INTO stats (subject) VALUES (?) ON CONFLICT DO NOTHING", (subject,))
    db.execute(f"UPDATE stats SET total = total + 1, {state} = {state} + 1 WHERE subject = ?", (subject,))  # noqa: S608
    if state in (JobState.SUCCEEDED, JobState.FAILED):
        db.execute(
            "UPDATE stats SET tested_at = max(coalesce(tested_at, ''), ?), trend = substr(trend || ?, ?)"
            " WHERE subject = ?",
            (moment(ended_at), "1" if state is JobState.SUCCEEDED else "0", -TREND, subject),
        )
    if state is JobState.SUCCEEDED:
        db.execute("INSERT INTO times VALUES (?, ?, ?)", (subject, float(job.elapsed_s), number))
        db.execute("UPDATE stats SET sum_s = sum_s + ? WHERE subject = ?", (float(job.elapsed_s), subject))
        _rank(db, subject)
    _spend(db, job, 1)


def uncount(db: sqlite3.Connection, number: int, job: Job) -> None:
    """Take a run back that was uncertain or had failed, and goes on after all."""
    subject, state = subject_of(job), job.state
    sets = f"total = total - 1, {state} = {state} - 1"
    db.execute(f"UPDATE stats SET {sets} WHERE subject = ?", (subject,))  # noqa: S608  # states
    if state is JobState.FAILED:
        _retrace(db, subject, number)
    _spend(db, job, -1)


def _retrace(db: sqlite3.Connection, subject: str, number: int) -> None:
    """The last test and the trend without a run, from the runs themselves."""
    found = db.execute(
        "SELECT state, ended_at FROM jobs WHERE subject = ? AND n <> ? AND state IN ('succeeded', 'failed')"
        " AND ended_at IS NOT NULL ORDER BY ended_at DESC, n DESC LIMIT ?",
        (subject, number, TREND),
    ).fetchall()
    trend = "".join("1" if state == JobState.SUCCEEDED.value else "0" for state, _ in reversed(found))
    tested_at = found[0][1] if found else None
    db.execute("UPDATE stats SET tested_at = ?, trend = ? WHERE subject = ?", (tested_at, trend, subject))


def all_stats(db: sqlite3.Connection) -> dict[str, RunStats]:
    """By uid, or by key for a model without one."""
    spend: dict[str, dict[str, Decimal]] = {}
    for subject, currency, amount in db.execute("SELECT subject, currency, amount FROM spend"):
        if Decimal(amount):
            spend.setdefault(subject, {})[currency] = Decimal(amount)
    rows = db.execute(
        "SELECT subject, total, succeeded, failed, cancelled, uncertain, sum_s, p50_s, p95_s, tested_at, trend"
        " FROM stats WHERE total > 0"
    )
    return {row[0]: _stats(row, spend.get(row[0], {})) for row in rows}


def _stats(row: tuple[object, ...], spend: dict[str, Decimal]) -> RunStats:
    _, total, succeeded, failed, cancelled, uncertain, sum_s, p50_s, p95_s, tested_at, trend = row
    assert isinstance(succeeded, int)
    assert isinstance(sum_s, float)
    return RunStats(
        total=total,  # type: ignore[arg-type]
        succeeded=succeeded,
        failed=failed,  # type: ignore[arg-type]
        cancelled=cancelled,  # type: ignore[arg-type]
        uncertain=uncertain,  # type: ignore[arg-type]
        average_s=sum_s / succeeded if succeeded else None,
        p50_s=p50_s,  # type: ignore[arg-type]
        p95_s=p95_s,  # type: ignore[arg-type]
        spend=spend,
        tested_at=None if tested_at is None else datetime.fromisoformat(str(tested_at)),
        trend=tuple(sign == "1" for sign in str(trend)),
    )


def _rank(db: sqlite3.Connection, subject: str) -> None:
    """Nearest rank: the smallest time that at least so many of a hundred runs stayed within."""
    total = int(db.execute("SELECT succeeded FROM stats WHERE subject = ?", (subject,)).fetchone()[0])
    values = [_at_rank(db, subject, -(-total * percent // 100), total) for percent in (50, 95)]
    db.execute("UPDATE stats SET p50_s = ?, p95_s = ? WHERE subject = ?", (*values, subject))


def _at_rank(db: sqlite3.Connection, subject: str, rank: int, total: int) -> float:
    """`rank` counts from 1, from the smallest."""
    from_top = total - rank
    order, steps = ("DESC", from_top) if from_top < rank else ("ASC", rank - 1)
    found = db.execute(
        f"SELECT seconds FROM times WHERE subject = ? ORDER BY seconds {order}, n {order} LIMIT 1 OFFSET ?",  # noqa: S608
        (subject, steps),
    )
    return float(found.fetchone()[0])


def _spend(db: sqlite3.Connection, job: Job, sign: int) -> None:
    cost = billed(job)
    if cost is None:
        return
    subject = subject_of(job)
    found = db.execute(
        "SELECT amount FROM spend WHERE subject = ? AND currency = ?", (subject, cost.currency)
    ).fetchone()
    amount = (Decimal(found[0]) if found else Decimal(0)) + sign * cost.amount
    db.execute(
        "INSERT INTO spend VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET amount = excluded.amount",
        (subject, cost.currency, str(amount)),
    )
