"""A batch in the database: its plan as queued jobs, and back as a report or as what is to be tried again."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import to_builtins
from msgspec.structs import replace

from modeltui.domain.batch import BatchItem, BatchPlan, BatchReport, BatchSkip, BatchState, BatchSummary, Tally
from modeltui.domain.batch_report import by_provider, failures_of, place_of, tally_of
from modeltui.domain.call import InputProblem
from modeltui.domain.job import Job, JobState, KeptJob
from modeltui.domain.money import added_up
from modeltui.domain.spend import billed
from modeltui.errors import RefusedError, UsageError
from modeltui.jobs.batch_rows import BatchRows, KeptBatch
from modeltui.jobs.runner import kept_of_order
from modeltui.jobs.shortening import is_cut, shortened
from modeltui.jobs.store import JobStore
from modeltui.services.running.batch_running import Fresh
from modeltui.services.running.runs import RunService

_MOST_CHARACTERS: Final = 512 * 2**20
"""Of all inputs of a batch: each run keeps its own until it has ended."""
_GOING: Final = frozenset({BatchState.RUNNING, BatchState.PAUSED})


def keep(plan: BatchPlan, store: JobStore, runs: RunService, at: datetime) -> tuple[KeptBatch, Fresh, list[Job]]:
    """All jobs of a plan as QUEUED, in one commit. Nothing has left before.

    Raises RefusedError where a model does not take its inputs any more or no record can be kept, and UsageError.
    """
    _refuse_too_much(plan)
    batch = KeptBatch(
        id=str(uuid.uuid4()),
        query=plan.query,
        by=store.user,
        started_at=at,
        budget=plan.budget,
        concurrency=plan.concurrency,
        state=BatchState.RUNNING,
        note="",
        plan={"skipped": [to_builtins(skip) for skip in plan.skipped], "long": _long(plan.items)},
    )
    jobs = [_queued(item, runs, batch, at) for item in plan.items]
    BatchRows(store).begin(batch, jobs)
    fresh = {kept.job.id: item.inputs for kept, item in zip(jobs, plan.items, strict=True)}
    return batch, fresh, [kept.job for kept in jobs]


def rebudget(store: JobStore, batch: KeptBatch) -> None:
    """Keep the budget that it goes on with, so that another resume holds it too."""
    budget = batch.budget
    row = (budget and str(budget.amount), budget and budget.currency, batch.concurrency, batch.id)
    with store.database.write() as db:
        db.execute("UPDATE batches SET budget_amount = ?, budget_currency = ?, concurrency = ? WHERE id = ?", row)


def retry_items(batch: KeptBatch, jobs: Sequence[KeptJob]) -> Iterator[tuple[str, Mapping[str, Any], str | None]]:
    """The key, the inputs as they were given, and the id of the uncertain job that is sent again, of each."""
    long: Mapping[str, str] = batch.plan.get("long") or {}
    for kept in jobs:
        again = kept.job.id if kept.job.state is JobState.UNCERTAIN else None
        yield kept.job.key, _restored(kept.inputs, long), again


def report_of(batch: KeptBatch, kept: Sequence[KeptJob], now: datetime) -> BatchReport:
    jobs = tuple(each.job for each in kept)
    ends = [each.ended_at for each in kept if each.ended_at is not None]
    tally = tally_of(jobs)
    state, note = _stands(batch, tally)
    end = now if state in _GOING else max(ends, default=batch.started_at)
    return BatchReport(
        id=batch.id,
        query=batch.query,
        by=batch.by,
        started_at=batch.started_at,
        state=state,
        tally=tally,
        providers=by_provider(jobs),
        spent=added_up(billed(job) for job in jobs if job.state.is_final),
        budget=batch.budget,
        elapsed_s=round(max((end - batch.started_at).total_seconds(), 0.0), 3),
        jobs=jobs,
        failures=failures_of(jobs),
        skipped=tuple(_skip(each) for each in batch.plan.get("skipped", ())),
        note=note,
    )


def _stands(batch: KeptBatch, tally: Tally) -> tuple[BatchState, str]:
    """Its state and why it stopped: once all of its jobs have ended, whoever took them up, it is through."""
    is_through = tally.total > 0 and tally.done == tally.total and batch.state not in _GOING
    return (BatchState.FINISHED, "") if is_through else (batch.state, batch.note)


def summaries(kept: Sequence[KeptBatch], store: JobStore) -> tuple[BatchSummary, ...]:
    query = "SELECT batch, state, count(*) FROM jobs WHERE batch IS NOT NULL GROUP BY batch, state"
    counts: dict[str, Counter[str]] = {batch.id: Counter() for batch in kept}
    none: list[tuple[str, str, int]] = []
    for batch_id, state, count in store.database.read(lambda db: db.execute(query).fetchall(), none):
        if batch_id in counts:
            counts[batch_id][place_of(JobState(state))] += count
    return tuple(_summary(batch, Tally(total=counts[batch.id].total(), **counts[batch.id])) for batch in kept)


def _summary(batch: KeptBatch, tally: Tally) -> BatchSummary:
    state, note = _stands(batch, tally)
    return BatchSummary(
        id=batch.id,
        query=batch.query,
        by=batch.by,
        started_at=batch.started_at,
        state=state,
        note=note,
        tally=tally,
        budget=batch.budget,
    )


def _queued(item: BatchItem, runs: RunService, batch: KeptBatch, at: datetime) -> KeptJob:
    model, job_id = runs.model(item.key), str(uuid.uuid4())
    order = runs.order(model, item.inputs, job_id)
    if order.prepared.call is None:
        raise RefusedError(f"{model.label} does not take its inputs any more", hint="plan the batch again")
    job = Job(
        id=job_id,
        key=model.key,
        uid=model.uid,
        provider=item.provider,
        state=JobState.QUEUED,
        started_at=at,
        estimate=order.prepared.cost,
        batch=batch.id,
    )
    return replace(kept_of_order(order, job, batch.by), inputs=item.inputs, resend_of=item.resend_of)


def _long(items: Sequence[BatchItem]) -> dict[str, str]:
    """Texts that a record of a job cuts, each once, by what it cuts them to; not those that look alike then."""
    found: dict[str, str] = {}
    doubtful: set[str] = set()
    seen: set[int] = set()
    for item in items:
        for text in _texts(item.inputs):
            if id(text) in seen or (short := shortened(text)) == text:
                continue
            seen.add(id(text))
            if found.setdefault(short, text) != text:
                doubtful.add(short)
    return {short: text for short, text in found.items() if short not in doubtful}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def _restored(value: Any, long: Mapping[str, str]) -> Any:
    """Raises RefusedError for what was cut and is nowhere whole."""
    if isinstance(value, Mapping):
        return {name: _restored(item, long) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_restored(item, long) for item in value]
    if isinstance(value, str) and is_cut(value):
        if value not in long:
            raise RefusedError("an input was too long to be kept whole", hint="run it anew, with its inputs")
        return long[value]
    return value


def _refuse_too_much(plan: BatchPlan) -> None:
    characters = sum(len(text) for item in plan.items for text in _texts(item.inputs))
    if characters > _MOST_CHARACTERS:
        raise UsageError(
            f"the inputs of all runs have {characters:,} characters, and {_MOST_CHARACTERS:,} are the most",
            hint="name pictures by their URL, or run fewer models at once",
        )


def _skip(data: Mapping[str, Any]) -> BatchSkip:
    problems = tuple(InputProblem(each["input"], each["message"]) for each in data["problems"])
    return BatchSkip(data["key"], data["label"], problems, bool(data.get("is_unready")))
