"""How `.modeltui/jobs.db` is laid out. Steps go forward only; a step that was published is never changed."""

from __future__ import annotations

from typing import Final

APPLICATION_ID: Final = 0x6D745549
"""In the header of the file: it is a database of ours (`mtUI`)."""

_FIRST: Final = """
CREATE TABLE meta (stamp INTEGER NOT NULL);
CREATE TABLE batches (
    id TEXT PRIMARY KEY,
    query TEXT NOT NULL,
    by TEXT NOT NULL,
    started_at TEXT NOT NULL,
    budget_amount TEXT,
    budget_currency TEXT,
    concurrency INTEGER,
    state TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    owner TEXT,
    wish TEXT,
    plan TEXT NOT NULL
) STRICT;
CREATE TABLE jobs (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    subject TEXT NOT NULL,
    key TEXT NOT NULL,
    uid TEXT,
    provider TEXT NOT NULL,
    state TEXT NOT NULL,
    by TEXT NOT NULL,
    model_id TEXT,
    model_digest TEXT NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT,
    elapsed_s REAL NOT NULL DEFAULT 0,
    detail TEXT NOT NULL DEFAULT '',
    progress REAL,
    remote_id TEXT,
    saved TEXT NOT NULL DEFAULT '{}',
    remote_files TEXT NOT NULL DEFAULT '[]',
    polls INTEGER NOT NULL DEFAULT 0,
    text TEXT,
    estimate_amount TEXT,
    estimate_currency TEXT,
    reported_amount TEXT,
    reported_currency TEXT,
    error TEXT,
    hint TEXT,
    is_fetchable INTEGER NOT NULL DEFAULT 0,
    batch TEXT REFERENCES batches (id),
    position INTEGER,
    inputs TEXT NOT NULL DEFAULT '{}',
    whole_inputs TEXT,
    request TEXT,
    out_dir TEXT,
    owner TEXT,
    wish TEXT,
    resend_of TEXT,
    resent_as TEXT
) STRICT;
CREATE INDEX jobs_of_a_model ON jobs (key, n);
CREATE INDEX jobs_of_a_subject ON jobs (subject, n);
CREATE INDEX jobs_by_start ON jobs (started_at, n);
CREATE INDEX jobs_of_a_batch ON jobs (batch, position) WHERE batch IS NOT NULL;
CREATE INDEX jobs_under_way ON jobs (state) WHERE state NOT IN ('succeeded', 'failed', 'cancelled', 'uncertain');
CREATE INDEX jobs_by_state ON jobs (state, n);
CREATE INDEX jobs_with_a_wish ON jobs (owner) WHERE wish IS NOT NULL;
CREATE TABLE steps (
    job INTEGER NOT NULL REFERENCES jobs (n) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    state TEXT NOT NULL,
    at TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (job, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE files (
    job INTEGER NOT NULL REFERENCES jobs (n) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    path TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (job, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE stats (
    subject TEXT PRIMARY KEY,
    total INTEGER NOT NULL DEFAULT 0,
    succeeded INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    cancelled INTEGER NOT NULL DEFAULT 0,
    uncertain INTEGER NOT NULL DEFAULT 0,
    sum_s REAL NOT NULL DEFAULT 0,
    p50_s REAL,
    p95_s REAL,
    tested_at TEXT,
    trend TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE TABLE spend (
    subject TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (subject, currency)
) STRICT, WITHOUT ROWID;
CREATE TABLE times (
    subject TEXT NOT NULL,
    seconds REAL NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (subject, seconds, n)
) STRICT, WITHOUT ROWID;
"""

_CHAINS: Final = """
CREATE TABLE chains (
    id TEXT PRIMARY KEY,
    workflow TEXT NOT NULL,
    by TEXT NOT NULL,
    started_at TEXT NOT NULL,
    state TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    plan TEXT NOT NULL,
    owner TEXT,
    wish TEXT
) STRICT;
CREATE INDEX chains_by_start ON chains (started_at);
CREATE TABLE chain_jobs (
    chain TEXT NOT NULL REFERENCES chains (id) ON DELETE CASCADE,
    step TEXT NOT NULL,
    n INTEGER NOT NULL,
    job TEXT NOT NULL,
    PRIMARY KEY (chain, step, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX chain_of_a_job ON chain_jobs (job);
"""
"""Chains of workflows. The job of a step is named before it begins, so it may not be there."""

STEPS: Final[tuple[str, ...]] = (_FIRST, _CHAINS)
"""Each takes a database from the version that is its place here to the next."""

VERSION: Final = len(STEPS)

READ_FROM: Final = 1
"""Versions from which on who may not write reads it as it is: later steps add tables, and change none."""

WITH_CHAINS: Final = 2
"""The first version that has `chains` and `chain_jobs`."""
