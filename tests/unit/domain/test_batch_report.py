"""Reports of a batch: reasons that are the same for what means the same, and formats that hold whatever was said."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.domain.batch import BatchReport, BatchSkip, BatchState
from modeltui.domain.batch_formats import junit, markdown, report_data, written
from modeltui.domain.batch_report import by_provider, failures_of, reason_of, tally_of
from modeltui.domain.call import Cost, InputProblem
from modeltui.domain.job import Job, JobState

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def job(key: str, state: JobState = JobState.SUCCEEDED, error: str | None = None, text: str | None = None) -> Job:
    return Job(
        id=f"id-{key}", key=key, uid=None, provider=key[0], state=state, started_at=AT, error=error, text=text,
        elapsed_s=1.5, estimate=Cost(Decimal("2.50"), "credits"),
    )  # fmt: skip


def report(*jobs: Job, skipped: tuple[BatchSkip, ...] = (), query: str = "key:*") -> BatchReport:
    return BatchReport(
        id="b",
        query=query,
        by="alice",
        started_at=AT,
        state=BatchState.FINISHED,
        tally=tally_of(jobs),
        providers=by_provider(jobs),
        spent={"credits": Decimal("5.0")},
        budget=None,
        elapsed_s=3,
        jobs=jobs,
        failures=failures_of(jobs),
        skipped=skipped,
    )


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("task 8c1f0a2b-1111-2222-3333-444455556666 failed", "task ID failed"),
        ("task abc123def456 failed after 17 s", "task ID failed after N s"),
        ("HTTP 503: overloaded", "HTTP 503: overloaded"),
        ("try again in 12.5 seconds", "try again in N seconds"),
        ("see https://example.com/a/1?b=2 for more", "see URL for more"),
        ("line\n\tbreaks", "line breaks"),
        ("gpt-4 is not here", "gpt-4 is not here"),
        ("x" * 1000, "x" * 299 + "…"),
    ],
)
def test_a_reason_has_no_particulars(message: str, reason: str) -> None:
    assert reason_of(message) == reason


def test_what_means_the_same_is_one_failure_the_most_frequent_first() -> None:
    bad = [job(f"p/{n}", JobState.FAILED, f"task {n}00000000a failed") for n in range(3)]
    found = failures_of([job("q/x", JobState.UNCERTAIN, "lost"), *bad, job("q/y")])
    assert [(each.reason, each.state, len(each.keys)) for each in found] == [
        ("task ID failed", JobState.FAILED, 3),
        ("lost", JobState.UNCERTAIN, 1),
    ]


def test_junit_counts_and_names() -> None:
    skip = BatchSkip("c/d", "D", (InputProblem("prompt", "is required"),))
    jobs = (job("a/b"), job("b/c", JobState.FAILED, "no <b> & 'c'"), job("c/x", JobState.QUEUED))
    suite = ET.fromstring(junit(report(*jobs, skipped=(skip,)))).find("testsuite")
    assert suite is not None
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped", "time")}
    assert counts == {"tests": "4", "failures": "1", "errors": "0", "skipped": "2", "time": "3.000"}
    failure = suite.find("testcase[@name='b/c']/failure")
    assert failure is not None
    assert (failure.get("message"), failure.get("type")) == ("no <b> & 'c'", "failed")
    skipped = suite.find("testcase[@name='c/d']/skipped")
    assert skipped is not None
    assert skipped.get("message") == "prompt: is required"


@given(st.text(), st.text())
def test_whatever_is_said_the_formats_hold(said: str, key: str) -> None:
    found = report(job(f"p{key}", JobState.FAILED, said), job(f"q{key}", text=said), query=said)
    suite = ET.fromstring(junit(found)).find("testsuite")
    assert suite is not None
    assert len(suite.findall("testcase")) == 2
    table = [line for line in markdown(found).splitlines() if line.startswith(("| p", "| q"))]
    assert len(table) == 2
    assert json.loads(written(found, "json")) == json.loads(json.dumps(report_data(found)))


def test_markdown_shows_signs_as_they_are() -> None:
    found = markdown(report(job("a/b", JobState.FAILED, "a | b `c` <d> *e*\n# f")))
    assert r"a \| b \`c\` \<d\> \*e\* \# f" in found


def test_a_report_is_good_when_every_run_succeeded() -> None:
    assert report(job("a/b")).is_good
    assert not report(job("a/b"), job("c/d", JobState.QUEUED)).is_good
