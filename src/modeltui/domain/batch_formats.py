"""A report of a batch as other programs read it: JSON, JUnit XML, Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias
from xml.sax.saxutils import escape, quoteattr

from msgspec.structs import asdict

from modeltui.domain.batch import BatchReport, BatchSkip, Tally
from modeltui.domain.job import Job, JobState
from modeltui.domain.json_text import json_pretty
from modeltui.domain.money import amount_text, cost_data, totals_text
from modeltui.domain.text import cut, safe

ReportFormat: TypeAlias = Literal["json", "junit", "markdown"]
BY_SUFFIX: Final[Mapping[str, ReportFormat]] = {".json": "json", ".xml": "junit", ".md": "markdown"}
_MARKS: Final = re.compile(r"([\\`*_{}\[\]<>|#~])")
_LONGEST_CELL: Final = 200


def written(report: BatchReport, form: ReportFormat) -> str:
    if form == "json":
        return f"{json_pretty(report_data(report))}\n"
    return junit(report) if form == "junit" else markdown(report)


def report_data(report: BatchReport) -> dict[str, Any]:
    """As JSON holds it."""
    return {
        "id": report.id,
        "query": report.query,
        "by": report.by,
        "started_at": report.started_at.isoformat(),
        "state": report.state.value,
        "note": report.note,
        "elapsed_s": report.elapsed_s,
        "tally": tally_data(report.tally),
        "providers": {name: tally_data(tally) for name, tally in report.providers.items()},
        "spent": amounts_data(report.spent),
        "budget": cost_data(report.budget),
        "failures": [{**asdict(each), "state": each.state.value, "keys": list(each.keys)} for each in report.failures],
        "skipped": [skip_data(each) for each in report.skipped],
        "jobs": [job_data(job) for job in report.jobs],
    }


def tally_data(tally: Tally) -> dict[str, int]:
    return asdict(tally)


def amounts_data(totals: Mapping[str, Decimal]) -> dict[str, str]:
    return {name: f"{amount:f}" for name, amount in totals.items()}


def skip_data(skip: BatchSkip) -> dict[str, Any]:
    problems = [{"input": each.input, "message": each.message} for each in skip.problems]
    return {"model": skip.key, "problems": problems, "unready": skip.is_unready}


def job_data(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "model": job.key,
        "uid": job.uid,
        "provider": job.provider,
        "state": job.state.value,
        "fetchable": job.is_fetchable,
        "started_at": job.started_at.isoformat(),
        "elapsed_s": job.elapsed_s,
        "estimate": cost_data(job.estimate),
        "cost": cost_data(job.cost),
        "remote_id": job.remote_id,
        "files": [asdict(file) for file in job.files],
        "text": job.text,
        "error": job.error,
        "hint": job.hint,
    }


def junit(report: BatchReport) -> str:
    """A test case for each run; cancelled, not begun and skipped ones are `skipped`."""
    tally, bad = report.tally, report.tally.failed + report.tally.uncertain
    skipped = tally.total - tally.succeeded - bad + len(report.skipped)
    counts = f'tests="{tally.total + len(report.skipped)}" failures="{bad}" errors="0" skipped="{skipped}"'
    at = report.started_at.isoformat(timespec="seconds")
    head = f"<testsuite name={_attribute(f'modeltui batch {report.query}')} {counts}"
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>"]
    lines.append(f'{head} time="{report.elapsed_s:.3f}" timestamp="{at}" id={_attribute(report.id)}>')
    for job in report.jobs:
        lines += _case(job)
    for skip in report.skipped:
        lines.append(f'<testcase classname="skipped" name={_attribute(skip.key)} time="0">')
        lines += [f"<skipped message={_attribute(_problems(skip))}/>", "</testcase>"]
    return "\n".join([*lines, "</testsuite>", "</testsuites>", ""])


def _case(job: Job) -> Iterator[str]:
    yield f'<testcase classname={_attribute(job.provider)} name={_attribute(job.key)} time="{job.elapsed_s:.3f}">'
    message = job.error or job.hint or job.state.value
    if job.state in (JobState.FAILED, JobState.UNCERTAIN):
        body = "\n".join(filter(None, (message, job.hint, f"job {job.id}")))
        yield f'<failure type="{job.state}" message={_attribute(message)}>{_content(body)}</failure>'
    elif job.state is not JobState.SUCCEEDED:
        yield f"<skipped message={_attribute(message)}/>"
    if job.files:
        yield f"<system-out>{_content(chr(10).join(file.path for file in job.files))}</system-out>"
    yield "</testcase>"


def markdown(report: BatchReport) -> str:
    lines = [
        f"# Batch {_marked(report.query or report.id)}",
        "",
        _summary(report),
        "",
        *_table(("Model", "Provider", "State", "Time", "Cost", "Result"), (_row(job) for job in report.jobs)),
    ]
    if report.failures:
        failures = ((str(len(each.keys)), each.state.value, each.reason, each.hint or "") for each in report.failures)
        lines += ["", "## What went wrong", "", *_table(("Runs", "State", "Reason", "Hint"), failures)]
    if report.skipped:
        skips = ((skip.key, _problems(skip)) for skip in report.skipped)
        lines += ["", "## Not run", "", *_table(("Model", "Why"), skips)]
    return "\n".join([*lines, ""])


def _summary(report: BatchReport) -> str:
    tally = report.tally
    counts = (
        f"{tally.succeeded} of {tally.total} succeeded",
        f"{tally.failed} failed",
        f"{tally.uncertain} uncertain",
        f"{tally.cancelled} cancelled",
        f"{tally.queued + tally.running} not at their end",
    )
    note = f": {report.note}" if report.note else ""
    return _marked(f"{', '.join(counts)}; {totals_text(report.spent)} spent; {report.state}{note}.")


def _row(job: Job) -> tuple[str, ...]:
    cost = "" if job.cost is None else amount_text(job.cost.amount, job.cost.currency)
    return job.key, job.provider, job.state.value, f"{job.elapsed_s:.1f} s", cost, outcome(job)


def outcome(job: Job) -> str:
    """In one line: the files, what its text begins with, or why there is neither."""
    if job.error:
        return job.error
    return ", ".join(file.path for file in job.files) or " ".join((job.text or "").split())


def _problems(skip: BatchSkip) -> str:
    return "; ".join(map(str, skip.problems))


def _table(titles: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(titles)} |"
    yield f"|{'---|' * len(titles)}"
    for row in rows:
        yield f"| {' | '.join(map(_marked, row))} |"


def _marked(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return _MARKS.sub(r"\\\1", safe(cut(" ".join(text.split()), _LONGEST_CELL)))


def _attribute(text: str) -> str:
    return quoteattr(safe(text))


def _content(text: str) -> str:
    return escape(safe(text, keep="\n\t"))
