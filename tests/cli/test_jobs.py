"""`jobs`: the runs that are kept, as a table and as JSON, found by what their ids begin with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from cli.small import Line, asked_often
from modeltui.domain.job import JobState
from modeltui.jobs import interrupted as found
from modeltui.jobs.store import JobStore
from unit.jobs.making import job, kept

SHIPPED = Path(__file__).parents[2] / "catalog"
PICTURE = "prompt_to_image/sandbox-image"
FIELDS = [
    *("id", "model", "uid", "provider", "state", "interrupted", "fetchable", "by", "started_at"),
    *("elapsed_s", "estimate", "cost", "remote_id", "batch", "files", "error", "hint"),
]
MORE = ["ended_at", "text", "resend_of", "resent_as", "inputs", "request", "steps"]


@pytest.fixture
def sandbox(modeltui: Line) -> Line:
    for path in [SHIPPED / "providers" / "sandbox.toml", *SHIPPED.glob("models/*/sandbox-*.toml")]:
        target = modeltui.root / path.relative_to(SHIPPED)
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(asked_often(path.read_bytes()))
    return modeltui


def store(line: Line) -> JobStore:
    return JobStore(str(line.root), user="test")


def test_nothing_was_run_yet(modeltui: Line) -> None:
    ran = modeltui("jobs", "--format", "json")
    assert (ran.code, ran.json, ran.err) == (0, [], "")
    assert not (modeltui.root / ".modeltui" / "jobs.db").exists()
    ran = modeltui("jobs", "resume")
    assert (ran.code, ran.err) == (0, "nothing is interrupted\n")


def test_a_run_says_its_id_and_is_listed_and_shown(sandbox: Line) -> None:
    ran = sandbox("run", PICTURE, "-i", "prompt=a cat", "--yes")
    job_id = ran.err.splitlines()[0].removeprefix("job ")
    (listed,) = sandbox("jobs", "--format", "json").json
    assert list(listed) == FIELDS
    assert (listed["id"], listed["model"], listed["state"]) == (job_id, PICTURE, "succeeded")
    assert listed["estimate"] == listed["cost"] == {"amount": "1", "currency": "credits"}
    shown = sandbox("jobs", "show", job_id[:6], "--format", "json").json
    assert list(shown) == [*FIELDS, *MORE]
    assert shown["inputs"]["prompt"] == "a cat"
    assert [step["state"] for step in shown["steps"]] == ["submitting", "polling", "downloading", "succeeded"]
    assert job_id in sandbox("jobs").out
    assert f"id: {job_id}" in sandbox("jobs", "show", job_id).out.splitlines()


def test_lists_are_chosen_and_paged(sandbox: Line) -> None:
    mine = store(sandbox)
    uid = "11111111-1111-4111-8111-111111111111"
    jobs = [job(id=f"{n}abc", state=JobState.QUEUED, uid=uid if n else None) for n in range(4)]
    mine.begin_all([kept(each) for each in jobs])
    mine.note(replace(jobs[3], state=JobState.FAILED, error="no\x1b[2J"))

    def ids(*words: str) -> list[str]:
        return [row["id"] for row in sandbox("jobs", *words, "--format", "json").json]

    assert ids() == ["3abc", "2abc", "1abc", "0abc"]
    assert ids("--state", "failed,queued", "--limit", "2") == ["3abc", "2abc"]
    assert ids("--before", "2") == ["1abc", "0abc"]
    assert ids("--state", "failed") == ["3abc"]
    assert ids(uid) == ["3abc", "2abc", "1abc"]
    assert "--before 2abc" in sandbox("jobs", "--limit", "2").err
    assert "\x1b" not in sandbox("jobs").out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["show"], 2, "takes one ID"),
        (["show", "a", "b"], 2, "takes one ID"),
        (["show", "zz"], 1, "no job 'zz'"),
        (["show", "a"], 2, "a1, a2"),
        (["cancel", "zz"], 1, "no job 'zz'"),
        (["resume", "zz"], 1, "no job 'zz'"),
        (["resume", "--send-again"], 2, "takes one ID"),
        (["--state", "odd"], 1, "no state 'odd'"),
        (["--limit", "0"], 2, "--limit takes a number from 1"),
    ],
)
def test_mistakes_are_named(modeltui: Line, words: list[str], code: int, said: str) -> None:
    store(modeltui).begin_all([kept(job(id=each)) for each in ("a1", "a2")])
    ran = modeltui("jobs", *words)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err


def interrupted(line: Line, **changes: Any) -> str:
    """A job of a process that is gone."""
    one = job(key=PICTURE, uid=uid_of(line), provider="sandbox", **changes)
    mine = store(line)
    mine.begin(kept(one, inputs={"prompt": "a fox"}))
    mine.owner.leave()
    return one.id


def uid_of(line: Line) -> str:
    return str(json.loads(line("show", PICTURE, "--format", "json").out)["uid"])


def test_what_was_queued_is_sent(sandbox: Line) -> None:
    job_id = interrupted(sandbox, state=JobState.QUEUED)
    assert "1 interrupted" in sandbox("jobs").err
    ran = sandbox("jobs", "resume", "--format", "json")
    assert (ran.code, [(row["id"], row["state"]) for row in ran.json]) == (0, [(job_id, "succeeded")])
    assert sandbox("jobs", "resume", job_id).code == 1


def test_what_was_on_its_way_is_left_uncertain_until_a_yes(sandbox: Line) -> None:
    job_id = interrupted(sandbox, state=JobState.SUBMITTING)
    ran = sandbox("jobs", "resume", job_id)
    assert ran.code == 4
    assert f"{job_id} uncertain" in ran.err
    assert sandbox("jobs", "resume", job_id, "--send-again").code == 2
    ran = sandbox("jobs", "resume", job_id, "--send-again", "--yes", "--format", "json")
    assert ran.code == 0
    assert sandbox("jobs", "show", job_id, "--format", "json").json["resent_as"] == ran.json[0]["id"]


def test_what_was_never_sent_is_cancelled_and_costs_nothing(sandbox: Line) -> None:
    job_id = interrupted(sandbox, state=JobState.QUEUED)
    ran = sandbox("jobs", "cancel", job_id)
    assert (ran.code, ran.err) == (0, f"{job_id} is cancelled\n")
    assert store(sandbox).stats() == {}


def test_a_read_only_session_lists_and_does_nothing_else(sandbox: Line) -> None:
    job_id = interrupted(sandbox, state=JobState.QUEUED)
    assert len(sandbox("jobs", "--read-only", "--format", "json").json) == 1
    for words in (["resume", job_id], ["cancel", job_id]):
        ran = sandbox("jobs", "--read-only", *words)
        assert ran.code == 1
        assert "read-only" in ran.err


def test_a_damaged_database_is_named_and_all_else_works(sandbox: Line) -> None:
    (sandbox.root / ".modeltui").mkdir(exist_ok=True)
    (sandbox.root / ".modeltui" / "jobs.db").write_bytes(b"nothing like it" * 99)
    ran = sandbox("jobs")
    assert (ran.code, ran.out) == (1, "")
    assert "is damaged" in ran.err
    assert "hint: move .modeltui/jobs.db" in ran.err
    assert sandbox("list").code == 0
    assert "jobs-unreadable" in sandbox("check").out
    ran = sandbox("run", PICTURE, "-i", "prompt=a cat", "--yes")
    assert ran.code == 1
    assert "nothing was sent" in ran.err


def test_what_a_batch_has_not_sent_is_left_to_the_batch(sandbox: Line) -> None:
    """Its budget stopped it: nothing but the batch may send it, and nobody is invited to."""
    words = ("batch", f"key:{PICTURE}", "-i", "prompt=x", "--repeat", "3", "--budget", "1credits", "--yes")
    stopped = sandbox(*words, "--format", "json").json
    waiting = [each["id"] for each in stopped["jobs"] if each["state"] == "queued"]
    assert len(waiting) == 2
    said = sandbox("jobs").err
    assert "jobs resume" not in said
    assert "2 not sent, of batches that nobody is at work on; see `modeltui batch --list`" in said
    ran = sandbox("jobs", "resume")
    assert (ran.code, ran.out, "nothing is interrupted" in ran.err) == (0, "", True)
    ran = sandbox("jobs", "resume", waiting[0])
    assert (ran.code, f"batch --resume {stopped['id'][:8]}" in ran.err) == (1, True)
    assert {store(sandbox).get(each).job.state for each in waiting} == {JobState.QUEUED}


def test_interrupted_jobs_are_counted_without_reading_them(sandbox: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        interrupted(sandbox, id=f"{number}abc", state=JobState.POLLING)
    monkeypatch.setattr(JobStore, "interrupted", lambda _: pytest.fail("all of them are read"))
    monkeypatch.setattr(found, "alone", lambda _: pytest.fail("all of them are read"))
    assert "3 interrupted" in sandbox("jobs", "--limit", "1").err


def test_a_database_that_is_damaged_inside_is_not_said_to_hold_nothing(sandbox: Line) -> None:
    mine = store(sandbox)
    mine.begin_all([kept(job(id=f"{number}abc", state=JobState.POLLING)) for number in range(300)])
    for number in range(300):
        mine.note(job(id=f"{number}abc", state=JobState.SUCCEEDED))
    mine.owner.leave()
    mine.database.close()
    path = sandbox.root / ".modeltui" / "jobs.db"
    content = bytearray(path.read_bytes())
    for page in range(4096 * 30, len(content), 4096):
        content[page : page + 4096] = b"\xff" * 4096
    path.write_bytes(content)
    ran = sandbox("jobs", "resume")
    assert (ran.code, "nothing is interrupted" in ran.err) == (1, False), ran.err
    assert "is damaged" in ran.err


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (JobState.SUCCEEDED, "it succeeded"),
        (JobState.FAILED, "it failed"),
        (JobState.CANCELLED, "it was cancelled"),
        (JobState.UNCERTAIN, "whether it was taken is not known"),
    ],
)
def test_what_has_ended_is_not_cancelled(modeltui: Line, state: JobState, said: str) -> None:
    mine, one = store(modeltui), job(state=JobState.SUBMITTING)
    mine.begin(kept(one))
    mine.note(replace(one, state=state))
    ran = modeltui("jobs", "cancel", one.id)
    assert (ran.code, f"error: the job has ended: {said}\n" in ran.err) == (1, True), ran.err
