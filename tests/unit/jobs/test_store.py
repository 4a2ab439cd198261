"""The store of jobs: what is kept of a job, who follows it, and finding it again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from modeltui.domain.batch import BatchState
from modeltui.domain.job import JobState, ResultFile
from modeltui.errors import BusyError, NotFoundError, RefusedError, UsageError
from modeltui.jobs.batch_rows import BatchRows, KeptBatch
from modeltui.jobs.database import Database
from modeltui.jobs.store import DOUBT, JobFilter, JobStore
from unit.jobs.making import START, in_credits, job, kept, store

PICTURE = "data:image/png;base64," + "A" * 5000


def test_a_job_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    one = job(
        saved={"task_id": "t", "poll_url": "https://p/x?y=1"},
        remote_files=("https://p/1.png",),
        estimate=in_credits("0.10"),
        reported=in_credits("0.1"),
        files=(ResultFile("/a/é.png", "image/png", 3, "1 × 1"),),
        text="ok",
        progress=0.5,
        polls=3,
        remote_id="t",
    )
    store(tmp_path).begin(kept(one))
    found = store(tmp_path).get(one.id)
    assert found.job == one
    assert str(found.job.estimate) == str(one.estimate)
    assert (found.by, found.inputs, found.request) == (
        "ada",
        {"prompt": "a fox"},
        {"headers": {"authorization": "***"}},
    )
    assert [(step.state, step.at) for step in found.steps] == [(JobState.SUBMITTING, START)]


def test_long_texts_are_cut_but_a_job_goes_on_with_what_it_was_given(tmp_path: Path) -> None:
    one, mine = job(state=JobState.QUEUED), store(tmp_path)
    mine.begin(kept(one, inputs={"image": PICTURE, "n": 1}, request={"body": [PICTURE]}))
    found = mine.get(one.id)
    assert found.inputs["image"].endswith("… (5,022 characters)")
    assert PICTURE not in json.dumps(found.request)
    mine.release(one.id)
    assert store(tmp_path).claim(one.id).inputs == {"image": PICTURE, "n": 1}
    assert mine.last_inputs(one.uid or "") == {"n": 1}


def test_the_whole_inputs_go_when_the_job_has_ended(tmp_path: Path) -> None:
    one, mine = job(), store(tmp_path)
    mine.begin(kept(one, inputs={"image": PICTURE}))
    mine.note(replace(one, state=JobState.SUCCEEDED))
    assert mine.database.read(lambda db: len(db.execute("SELECT 1 FROM jobs WHERE whole_inputs IS NULL").fetchall()), 0)


def test_what_is_not_new_is_not_written(tmp_path: Path) -> None:
    one, mine = job(state=JobState.POLLING), store(tmp_path)
    mine.begin(kept(one))
    before = mine.stamp()
    assert mine.note(replace(one, polls=5, detail="still")) is None
    assert mine.stamp() == before
    mine.note(replace(one, remote_id="r"))
    assert mine.stamp() != before


def test_what_was_missed_is_written_with_the_next_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other, mine = job(), job(), store(tmp_path)
    mine.begin_all([kept(one), kept(other)])

    def full(_: Database) -> None:
        raise RefusedError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(Database, "write", full)
        assert mine.note(replace(one, state=JobState.POLLING, remote_id="r")) == "the disk is full"
        assert mine.note(replace(one, state=JobState.SUCCEEDED, remote_id="r")) == "the disk is full"
    assert mine.note(replace(other, state=JobState.POLLING)) is None
    found = mine.get(one.id)
    assert (found.job.state, found.job.remote_id) == (JobState.SUCCEEDED, "r")
    assert [step.state for step in found.steps] == ["submitting", "polling", "succeeded"]
    assert mine.stats()[one.uid or ""].succeeded == 1


def test_all_or_none_are_begun(tmp_path: Path) -> None:
    one, mine = job(), store(tmp_path)
    with pytest.raises(RefusedError, match="cannot be used"):
        mine.begin_all([kept(one), kept(one)])
    assert mine.list() == ()


def test_what_has_ended_stays_so(tmp_path: Path) -> None:
    one, mine = job(), store(tmp_path)
    mine.begin(kept(one))
    mine.note(replace(one, state=JobState.FAILED, error="no"))
    mine.note(replace(one, state=JobState.POLLING))
    assert mine.get(one.id).job.state is JobState.FAILED


def test_only_one_takes_a_job_up_and_the_other_is_told_who_has_it(tmp_path: Path) -> None:
    one, first, second = job(state=JobState.POLLING, remote_id="r"), store(tmp_path), store(tmp_path, user="bob")
    first.begin(kept(one))
    assert second.get(one.id).is_followed
    with pytest.raises(BusyError, match=rf"ada on studio \(pid {os.getpid()}\) is at work on the job"):
        second.claim(one.id)
    first.release(one.id)
    assert [each.job.id for each in second.interrupted()] == [one.id]
    assert second.claim(one.id).kept.job == one
    assert second.interrupted() == ()
    with pytest.raises(BusyError, match="bob on studio"):
        first.claim(one.id)
    with pytest.raises(BusyError, match="this process is at work"):
        second.claim(one.id)


def test_of_two_processes_that_take_it_up_at_once_one_gets_it(tmp_path: Path) -> None:
    one = job(state=JobState.POLLING, remote_id="r")
    mine = store(tmp_path)
    mine.begin(kept(one))
    mine.release(one.id)
    code = (
        "import sys; from modeltui.jobs.store import JobStore; from modeltui.errors import BusyError\n"
        "store = JobStore(sys.argv[1], user=sys.argv[3]); store.list()\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "try: store.claim(sys.argv[2]); print('mine', flush=True)\n"
        "except BusyError as error: print(error, flush=True)\n"
        "sys.stdin.readline()"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path), one.id, user],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for user in ("bob", "eve")
    ]
    said = []
    try:
        for process in started:
            assert process.stdout is not None
            assert process.stdin is not None
            assert process.stdout.readline() == "ready\n"
        for process in started:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        for process in started:
            assert process.stdout is not None
            said.append(process.stdout.readline())
    finally:
        for process in started:
            process.communicate("\n", timeout=60)
    assert said.count("mine\n") == 1
    assert sum("is at work on the job" in line for line in said) == 1


def test_a_request_that_was_on_its_way_becomes_uncertain(tmp_path: Path) -> None:
    one, mine = job(estimate=in_credits("2")), store(tmp_path)
    mine.begin(kept(one, inputs={"image": PICTURE}))
    mine.release(one.id)
    claim = store(tmp_path).claim(one.id)
    assert (claim.is_held, claim.kept.job.state, claim.kept.job.error) == (False, JobState.UNCERTAIN, DOUBT)
    assert claim.inputs == {"image": PICTURE}
    stats = mine.stats()[one.uid or ""]
    assert (stats.total, stats.uncertain, stats.spend) == (1, 1, {"credits": in_credits("2").amount})
    again = store(tmp_path).claim(one.id)
    assert (again.is_held, again.inputs) == (False, {"image": PICTURE})
    assert mine.stats()[one.uid or ""].total == 1


def test_a_status_that_nobody_knows_is_a_step_once(tmp_path: Path) -> None:
    one, mine = job(state=JobState.POLLING, detail="submitted"), store(tmp_path)
    mine.begin(kept(one))
    for word in ("running", "unknown status 'odd'", "running", "unknown status 'odd'", "unknown status 'even'"):
        mine.note(replace(one, detail=word))
    mine.note(replace(one, state=JobState.SUCCEEDED, detail=""))
    assert [(step.state, step.detail) for step in mine.get(one.id).steps] == [
        (JobState.POLLING, "submitted"),
        (JobState.POLLING, "unknown status 'odd'"),
        (JobState.POLLING, "unknown status 'even'"),
        (JobState.SUCCEEDED, ""),
    ]


def test_a_provider_that_makes_statuses_up_does_not_fill_the_database(tmp_path: Path) -> None:
    one, mine = job(state=JobState.POLLING), store(tmp_path)
    mine.begin(kept(one))
    for number in range(60):
        mine.note(replace(one, detail=f"unknown status '{number}'"))
    assert len(mine.get(one.id).steps) == 50


def test_one_that_waited_to_be_sent_again_can_begin(tmp_path: Path) -> None:
    one, mine = job(estimate=in_credits("2")), store(tmp_path)
    mine.begin(kept(one, inputs={"image": PICTURE}))
    mine.note(replace(one, state=JobState.QUEUED, detail="waits to be sent again in 7 s: slow down"))
    mine.release(one.id)
    claim = store(tmp_path).claim(one.id)
    assert (claim.is_held, claim.kept.job.state, claim.inputs) == (True, JobState.QUEUED, {"image": PICTURE})
    assert [(step.state, step.detail) for step in claim.kept.steps] == [
        (JobState.SUBMITTING, "sending"),
        (JobState.QUEUED, "waits to be sent again in 7 s: slow down"),
    ]
    mine.note(replace(one, detail="sending again"))
    assert mine.get(one.id).job.state is JobState.SUBMITTING
    assert mine.stats() == {}


def test_an_uncertain_one_that_can_be_asked_for_goes_on_and_is_counted_once(tmp_path: Path) -> None:
    one, mine = job(estimate=in_credits("2")), store(tmp_path)
    mine.begin(kept(one))
    mine.release(one.id)
    claim = mine.claim(one.id, reopens=True)
    assert (claim.is_held, claim.kept.job.state) == (True, JobState.UNCERTAIN)
    mine.note(replace(one, state=JobState.POLLING))
    assert mine.get(one.id).is_followed
    assert mine.stats() == {}
    mine.note(replace(one, state=JobState.SUCCEEDED, reported=in_credits("1"), elapsed_s=3.0))
    stats = mine.stats()[one.uid or ""]
    assert (stats.total, stats.succeeded, stats.uncertain) == (1, 1, 0)
    assert stats.spend == {"credits": in_credits("1").amount}


def test_what_has_ended_is_not_taken_up(tmp_path: Path) -> None:
    one, mine = job(), store(tmp_path)
    mine.begin(kept(one))
    mine.note(replace(one, state=JobState.SUCCEEDED))
    with pytest.raises(RefusedError, match="it succeeded"):
        mine.claim(one.id)
    with pytest.raises(NotFoundError):
        mine.claim("no-such-job")


def test_an_uncertain_job_is_sent_again_once(tmp_path: Path) -> None:
    old, mine = job(), store(tmp_path)
    mine.begin(kept(old))
    mine.release(old.id)
    mine.claim(old.id)
    new = job()
    mine.begin(kept(new, resend_of=old.id))
    assert (mine.get(old.id).resent_as, mine.get(new.id).resend_of) == (new.id, old.id)
    with pytest.raises(RefusedError, match=f"it was sent again already, as {new.id}"):
        mine.begin(kept(job(), resend_of=old.id))
    with pytest.raises(RefusedError, match="only a job that is uncertain"):
        mine.begin(kept(job(), resend_of=new.id))
    assert len(mine.list()) == 2


def test_who_follows_a_job_hears_that_it_is_to_be_cancelled(tmp_path: Path) -> None:
    one, mine, other = job(), store(tmp_path), store(tmp_path)
    mine.begin(kept(one))
    assert other.wish_cancel(one.id)
    assert mine.wished() == {one.id}
    assert other.wished() == frozenset()
    mine.note(replace(one, state=JobState.CANCELLED))
    assert mine.wished() == frozenset()
    assert not other.wish_cancel(one.id)


def test_an_id_may_be_cut(tmp_path: Path) -> None:
    mine = store(tmp_path)
    ids = ["ab11", "ab12", "ab1", "c_%1"]
    mine.begin_all([kept(job(id=each)) for each in ids])
    assert mine.get("ab11").job.id == "ab11"
    assert mine.get("ab1").job.id == "ab1"
    assert mine.get("c").job.id == "c_%1"
    with pytest.raises(UsageError, match="several jobs begin with 'ab'") as refused:
        mine.get("ab")
    assert refused.value.hint == "ab1, ab11, ab12"
    for name in ("%", "_", "", "d", "c_%12"):
        with pytest.raises(NotFoundError):
            mine.get(name)


def test_jobs_are_listed_newest_first_by_state_model_batch_and_page(tmp_path: Path) -> None:
    mine = store(tmp_path)
    jobs = [job(id=f"{n}", key=f"chat/{n % 2}", uid=None, started_at=START + timedelta(seconds=n)) for n in range(6)]
    mine.begin_all([kept(each) for each in jobs])
    mine.note(replace(jobs[5], state=JobState.FAILED))

    def ids(which: JobFilter | None = None, limit: int | None = None) -> list[str]:
        return [each.job.id for each in mine.list(which, limit)]

    assert ids() == ["5", "4", "3", "2", "1", "0"]
    assert ids(limit=2) == ["5", "4"]
    assert ids(JobFilter(before="4"), 2) == ["3", "2"]
    assert ids(JobFilter(states=(JobState.FAILED,))) == ["5"]
    assert ids(JobFilter(subjects=["chat/1"])) == ["5", "3", "1"]
    assert ids(JobFilter(subjects=[])) == []


def test_a_batch_keeps_its_jobs_in_their_order(tmp_path: Path) -> None:
    mine = store(tmp_path)
    rows = BatchRows(mine)
    batch = KeptBatch(
        id="b1",
        query="chat",
        by="ada",
        started_at=START,
        budget=in_credits("5"),
        concurrency=None,
        state=BatchState.RUNNING,
        note="",
        plan={"x": 1},
    )
    jobs = [job(id=each, state=JobState.QUEUED, batch="b1") for each in ("z", "a", "m")]
    rows.begin(batch, [kept(each) for each in jobs])
    assert [each.job.id for each in rows.jobs("b1")] == ["z", "a", "m"]
    assert rows.get("b") == batch
    other = BatchRows(store(tmp_path))
    with pytest.raises(BusyError, match="ada on studio"):
        other.claim("b1")
    assert other.wish("b1", "pause")
    assert rows.wished("b1") == "pause"
    mine.owner.leave()
    assert other.get("b1").state is BatchState.INTERRUPTED
    assert other.claim("b1").state is BatchState.RUNNING


def test_records_of_before_are_taken_over_once_and_left_where_they_are(tmp_path: Path) -> None:
    def old(name: str, text: str) -> Path:
        path = tmp_path / ".modeltui" / "jobs" / name / "job.json"
        path.parent.mkdir(parents=True)
        path.write_text(text)
        return path

    (tmp_path / ".modeltui").mkdir()
    facts = {
        "schema": 1,
        "id": "0d4fb5f2",
        "key": "chat/a",
        "uid": "u",
        "provider": "p",
        "state": "succeeded",
        "started_at": START.isoformat(),
        "elapsed_s": 4.0,
        "detail": "",
        "progress": 1.0,
        "remote_id": "r",
        "saved": {"task_id": "r"},
        "polls": 2,
        "files": [{"path": "/x.png", "media_type": "image/png", "size": 3, "facts": ""}],
        "text": None,
        "reported": None,
        "error": None,
        "hint": None,
        "model_id": "m",
        "model_digest": "d",
        "inputs": {"prompt": "x"},
        "request": None,
        "estimate": {"amount": "2", "currency": "credits"},
        "states": [{"state": "submitting", "after_s": 0.0, "detail": "sending"}],
    }
    path = old("one", json.dumps(facts))
    old("two", json.dumps({**facts, "id": "1d4fb5f2", "state": "polling"}))
    old("broken", "{")
    old("odd", '{"id": 1}')
    mine = store(tmp_path)
    assert {each.job.id: each.job.state for each in mine.list()} == {"0d4fb5f2": "succeeded", "1d4fb5f2": "polling"}
    assert mine.stats()["u"].p50_s == 4.0
    assert [each.job.id for each in mine.interrupted()] == ["1d4fb5f2"]
    assert path.exists()
    old("late", json.dumps({**facts, "id": "2d4fb5f2"}))
    assert len(store(tmp_path).list()) == 2


def test_nothing_is_made_by_reading(tmp_path: Path) -> None:
    mine: JobStore = store(tmp_path)
    assert (mine.list(), mine.interrupted(), mine.stats(), mine.stamp()) == ((), (), {}, 0)
    assert os.listdir(tmp_path) == []
