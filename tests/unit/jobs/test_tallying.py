"""Statistics of runs: kept up with every end, the same as counted from nothing, and read without looking at jobs."""

from __future__ import annotations

import random
import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from msgspec.structs import replace

from modeltui.domain.job import Job, JobState
from modeltui.domain.run_stats import TREND, RunStats
from modeltui.jobs import tallying
from modeltui.jobs.rows import insert
from modeltui.jobs.store import JobFilter, JobStore
from unit.jobs.making import START, in_credits, job, kept, store

ENDS = [JobState.SUCCEEDED] * 6 + [JobState.FAILED] * 2 + [JobState.CANCELLED, JobState.UNCERTAIN]


def mixed(count: int) -> list[Job]:
    dice = random.Random(5)
    return [
        job(
            id=f"job-{number}",
            uid=f"uid-{dice.randrange(7)}",
            state=dice.choice(ENDS),
            started_at=START + timedelta(seconds=number),
            elapsed_s=round(dice.expovariate(0.1), 2),
            estimate=dice.choice([None, in_credits("0.1"), in_credits("3")]),
            reported=dice.choice([None, None, in_credits("0.25")]),
            hint=dice.choice([None, "it may be billed"]),
        )
        for number in range(count)
    ]


def counted(jobs: list[Job]) -> dict[str, RunStats]:
    """From nothing, by the definitions."""
    found = {}
    by_uid: dict[str, list[Job]] = defaultdict(list)
    for one in jobs:
        by_uid[one.uid or one.key].append(one)
    for uid, runs in by_uid.items():
        states = [one.state for one in runs]
        times = sorted(one.elapsed_s for one in runs if one.state is JobState.SUCCEEDED)
        tested = [one for one in runs if one.state in (JobState.SUCCEEDED, JobState.FAILED)]
        spend: dict[str, Decimal] = defaultdict(Decimal)
        for one in runs:
            is_billed = one.state in (JobState.SUCCEEDED, JobState.UNCERTAIN)
            is_billed |= one.state is JobState.CANCELLED and one.hint is not None
            cost = one.reported or (one.estimate if is_billed else None)
            if cost is not None:
                spend[cost.currency] += cost.amount
        found[uid] = RunStats(
            total=len(runs),
            succeeded=states.count(JobState.SUCCEEDED),
            failed=states.count(JobState.FAILED),
            cancelled=states.count(JobState.CANCELLED),
            uncertain=states.count(JobState.UNCERTAIN),
            average_s=sum(times) / len(times) if times else None,
            p50_s=_rank(times, 50),
            p95_s=_rank(times, 95),
            spend=dict(spend),
            tested_at=max((one.started_at + timedelta(seconds=one.elapsed_s) for one in tested), default=None),
            trend=tuple(one.state is JobState.SUCCEEDED for one in tested)[-TREND:],
        )
    return found


def rounded(found: Mapping[str, RunStats]) -> dict[str, RunStats]:
    """With averages as far as adding up in another order leaves them the same."""
    return {uid: replace(each, average_s=each.average_s and round(each.average_s, 6)) for uid, each in found.items()}


def _rank(times: list[float], percent: int) -> float | None:
    return next((each for place, each in enumerate(times, 1) if 100 * place >= percent * len(times)), None)


def test_they_are_the_same_as_counted_from_nothing(tmp_path: Path) -> None:
    jobs, clock = mixed(600), [START]
    mine = store(tmp_path, now=lambda: clock[0])
    mine.begin_all([kept(replace(one, state=JobState.SUBMITTING)) for one in jobs])
    for one in jobs:
        clock[0] = one.started_at + timedelta(seconds=one.elapsed_s)
        mine.note(one)
    assert rounded(mine.stats()) == rounded(counted(jobs))
    assert store(tmp_path).stats() == mine.stats()


def fill(mine: JobStore, jobs: list[Job]) -> None:
    """Many that have ended, in one commit."""
    with mine.database.write() as db:
        for one in jobs:
            at = one.started_at + timedelta(seconds=one.elapsed_s)
            number = insert(db, kept(one, ended_at=at))
            tallying.count(db, number, one, at)


def test_reading_them_looks_at_no_job_and_one_more_end_at_few_rows(tmp_path: Path) -> None:
    mine, jobs = store(tmp_path), mixed(5_000)
    fill(mine, jobs)
    assert rounded(mine.stats()) == rounded(counted(jobs))

    def steps(few: JobStore) -> int:
        """Of SQLite's machine."""
        seen = 0

        def look() -> int:
            nonlocal seen
            seen += 1
            return 0

        def ask(db: sqlite3.Connection) -> None:
            db.set_progress_handler(look, 1)
            tallying.all_stats(db)
            db.set_progress_handler(None, 1)

        few.database.read(ask, None)
        return seen

    small = store(tmp_path / "small")
    (tmp_path / "small").mkdir()
    fill(small, mixed(50))
    assert steps(mine) < 3 * steps(small)


def test_a_run_that_was_never_sent_is_not_counted(tmp_path: Path) -> None:
    mine = store(tmp_path)
    queued, preparing = job(state=JobState.QUEUED), job(state=JobState.PREPARING)
    mine.begin_all([kept(queued), kept(preparing)])
    mine.note(replace(queued, state=JobState.CANCELLED))
    assert mine.stats() == {}
    mine.note(replace(preparing, state=JobState.FAILED, estimate=in_credits("1")))
    assert mine.stats()[queued.uid or ""] == replace(
        mine.stats()[queued.uid or ""], total=1, failed=1, cancelled=0, spend={}
    )


def test_a_model_without_a_uid_goes_by_its_key(tmp_path: Path) -> None:
    mine, one = store(tmp_path), job(uid=None)
    mine.begin(kept(one))
    mine.note(replace(one, state=JobState.SUCCEEDED))
    assert list(mine.stats()) == ["chat/a"]


HUNDRED_THOUSAND = """
WITH RECURSIVE numbers (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM numbers WHERE x < 100000)
INSERT INTO jobs (id, subject, key, provider, state, by, model_digest, started_at, elapsed_s)
SELECT 'old-' || x, 'uid-' || (x % 170), 'a', 'p', 'succeeded', 'ada', 'd', '2026-01-01T00:00Z', x * 7919 % 100
FROM numbers
"""


def test_at_a_hundred_thousand_jobs_nothing_goes_through_them(tmp_path: Path) -> None:
    mine = store(tmp_path)
    with mine.database.write() as db:
        db.execute(HUNDRED_THOUSAND)
        db.execute("INSERT INTO times SELECT subject, elapsed_s, n FROM jobs")
        db.execute(
            "INSERT INTO stats (subject, total, succeeded) SELECT subject, count(*), count(*) FROM jobs GROUP BY 1"
        )
    asked: list[str] = []

    def plans(db: sqlite3.Connection) -> list[str]:
        queries = [query for query in asked if query.lstrip().startswith("SELECT")]
        return [str(row[3]) for query in queries for row in db.execute(f"EXPLAIN QUERY PLAN {query}")]

    one = job(uid="uid-7")
    mine.begin(kept(one))
    with mine.database.write() as db:
        db.set_trace_callback(asked.append)
    mine.note(replace(one, state=JobState.SUCCEEDED, elapsed_s=2.0))
    with mine.database.write() as db:
        db.set_trace_callback(None)
    mine.database.read(lambda db: db.set_trace_callback(asked.append), None)
    assert len(mine.list(limit=10)) == 10
    assert mine.interrupted() == mine.list(JobFilter(states=(JobState.QUEUED,)), 5) == ()
    assert mine.wished() == frozenset()
    assert mine.get(one.id).job.state is JobState.SUCCEEDED
    assert mine.last_inputs("uid-7") == {"prompt": "a fox"}
    assert len(mine.stats()) == 170
    mine.database.read(lambda db: db.set_trace_callback(None), None)
    none: list[str] = []
    found = mine.database.read(plans, none)
    assert len(asked) > 15
    scans = [plan for plan in found if plan.startswith("SCAN jobs")]
    assert scans == ["SCAN jobs", "SCAN jobs USING INDEX jobs_under_way"], "a page in the order of the table"
    assert not [plan for plan in found if plan.startswith(("SCAN times", "SCAN steps", "SCAN files"))]
    times = [(number * 7919) % 100 for number in range(1, 100_001) if number % 170 == 7]
    stats = mine.stats()["uid-7"]
    assert (stats.p50_s, stats.p95_s) == (_rank(sorted([*times, 2.0]), 50), _rank(sorted([*times, 2.0]), 95))
