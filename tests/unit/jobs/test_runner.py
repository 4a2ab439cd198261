"""A job with its record: what is on the disk at each moment, and what is never there."""

from __future__ import annotations

import asyncio
import os
import tomllib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from modeltui.domain.job import Job, JobState, KeptJob
from modeltui.domain.model import Model, model_of
from modeltui.domain.run_spec import compile_run
from modeltui.errors import ProviderError, RefusedError
from modeltui.jobs.database import Database
from modeltui.jobs.runner import JobRunner, Order
from modeltui.jobs.shortening import shortened
from modeltui.jobs.store import JobStore
from modeltui.providers.clock import Clock
from modeltui.providers.download import Downloader
from modeltui.providers.exchange import Exchange
from unit.jobs.making import in_credits

CATALOG = Path(__file__).parents[3] / "catalog"
KEY = "prompt_to_image/sandbox-image"
JOB_ID = "0d4fb5f2-3f5c-4a4e-9a57-6a9d3b1c2e11"


async def _no_wait(_: float) -> None:
    await asyncio.sleep(0)


@contextmanager
def no_room(_: Database) -> Iterator[None]:
    raise RefusedError("the disk is full")
    yield


CLOCK = Clock(sleep=_no_wait)


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((CATALOG / name).read_text(encoding="utf-8"))


def runner(root: Path, secrets: Mapping[str, str] | None = None) -> JobRunner:
    return JobRunner(str(root), (secrets or {}).get, JobStore(str(root), user="ada"), clock=CLOCK)


def run(
    root: Path, key: str = KEY, out_dir: str | None = None, secrets: Mapping[str, str] | None = None, **inputs: Any
) -> AsyncIterator[Job]:
    document = read(f"models/{key}.toml")
    provider = read(f"providers/{document['provider']}.toml")
    model: Model = model_of(key, f"models/{key}.toml", "digest-of-the-file", document)
    prepared = compile_run(document).prepare({"prompt": "a fox", **inputs}, job_uuid=JOB_ID)
    return runner(root, secrets).run(Order(model, document, provider, prepared), JOB_ID, out_dir)


def record(root: Path) -> KeptJob:
    return JobStore(str(root), user="ada").get(JOB_ID)


async def test_the_record_tells_the_whole_job(tmp_path: Path) -> None:
    jobs = [job async for job in run(tmp_path)]
    kept = record(tmp_path)
    assert jobs[-1].state is JobState.SUCCEEDED
    job = kept.job
    assert (job.id, job.key, job.provider, job.state) == (JOB_ID, KEY, "sandbox", JobState.SUCCEEDED)
    assert (kept.by, kept.model_id, kept.model_digest) == ("ada", "sandbox-image", "digest-of-the-file")
    assert kept.inputs["prompt"] == "a fox"
    assert kept.request is not None
    assert (kept.request["method"], kept.request["url"]) == ("POST", "https://sandbox.invalid/v1/images")
    assert job.estimate == in_credits("1")
    assert [step.state for step in kept.steps] == ["submitting", "polling", "downloading", "succeeded"]
    assert job.files == jobs[-1].files
    assert job.files[0].media_type == "image/png"
    assert os.path.dirname(job.files[0].path) == str(tmp_path / ".modeltui" / "jobs" / JOB_ID)
    assert kept.ended_at is not None
    assert not kept.is_followed


async def test_files_go_where_they_were_asked_for(tmp_path: Path) -> None:
    jobs = [job async for job in run(tmp_path, out_dir=str(tmp_path / "here"))]
    assert os.listdir(tmp_path / "here") == ["result-1.png"]
    assert jobs[-1].files[0].path == str(tmp_path / "here" / "result-1.png")


async def test_each_step_is_on_the_disk_before_the_next(tmp_path: Path) -> None:
    seen = []
    async for job in run(tmp_path):
        kept = record(tmp_path)
        assert (kept.job.state, kept.job.remote_id, kept.job.saved) == (job.state, job.remote_id, job.saved)
        assert kept.is_followed is not job.state.is_final
        seen.append((kept.job.state, kept.job.remote_id is not None, kept.job.polls))
    assert seen[:2] == [("submitting", False, 0), ("polling", True, 0)]


async def test_nothing_is_sent_before_what_it_needs_is_committed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, JobState, bool, int]] = []

    def spied(kind: type, name: str) -> None:
        real = getattr(kind, name)

        async def spy(*given: Any, **options: Any) -> Any:
            job = record(tmp_path).job
            seen.append((name, job.state, job.remote_id is not None, len(job.remote_files)))
            return await real(*given, **options)

        monkeypatch.setattr(kind, name, spy)

    spied(Exchange, "submit")
    spied(Exchange, "follow")
    spied(Downloader, "fetch")
    assert [job.state async for job in run(tmp_path)][-1] is JobState.SUCCEEDED
    assert seen[0] == ("submit", JobState.SUBMITTING, False, 0)
    assert {each for each in seen if each[0] == "follow"} == {("follow", JobState.POLLING, True, 0)}
    assert seen[-1] == ("fetch", JobState.DOWNLOADING, True, 1)


async def test_a_stream_that_is_closed_leaves_a_cancelled_record(tmp_path: Path) -> None:
    stream = run(tmp_path, sandbox_mode="hang")
    async with aclosing(stream) as jobs:  # type: ignore[type-var]
        async for job in jobs:
            if job.polls:
                break
    kept = record(tmp_path)
    assert (kept.job.state, kept.job.hint) == ("cancelled", None)


async def test_a_task_that_is_cancelled_reads_the_cancelled_job_last(tmp_path: Path) -> None:
    seen: list[Job] = []
    polled = asyncio.Event()

    async def read_all() -> None:
        async for job in run(tmp_path, sandbox_mode="hang"):
            seen.append(job)
            if job.polls:
                polled.set()

    task = asyncio.create_task(read_all())
    await asyncio.wait_for(polled.wait(), 60)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert seen[-1].state is JobState.CANCELLED
    assert record(tmp_path).job.state is JobState.CANCELLED


async def test_a_wish_of_another_process_cancels(tmp_path: Path) -> None:
    other = JobStore(str(tmp_path), user="bob")
    seen = []
    async for job in run(tmp_path, sandbox_mode="hang"):
        if job.polls == 1:
            assert other.wish_cancel(JOB_ID)
        seen.append(job)
    assert seen[-1].state is JobState.CANCELLED
    assert record(tmp_path).job.state is JobState.CANCELLED


async def test_no_key_no_job(tmp_path: Path) -> None:
    with pytest.raises(ProviderError, match="OPENAI_API_KEY is not set"):
        await anext(run(tmp_path, key="chat/gpt-5-mini"))
    assert not (tmp_path / ".modeltui").exists()


async def test_without_a_record_nothing_is_sent(tmp_path: Path) -> None:
    (tmp_path / ".modeltui").write_text("in the way")
    with pytest.raises(RefusedError):
        await anext(run(tmp_path))


async def test_a_disk_that_fills_up_does_not_end_a_job_that_is_paid_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = []
    async for job in run(tmp_path):
        jobs.append(job)
        monkeypatch.setattr(Database, "write", no_room)
    assert jobs[-1].state is JobState.SUCCEEDED
    assert jobs[-1].hint == "its record could not be written: the disk is full"
    assert record(tmp_path).job.state is JobState.SUBMITTING


async def test_a_request_does_not_leave_before_its_record_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Database, "write", no_room)
    with pytest.raises(RefusedError, match="the disk is full") as refused:
        await anext(run(tmp_path))
    assert refused.value.hint == "nothing was sent"
    assert JobStore(str(tmp_path), user="ada").list() == ()


async def test_the_key_is_in_no_record(tmp_path: Path) -> None:
    secret = "sk-very-secret"
    stream = run(tmp_path, key="chat/gpt-5-mini", secrets={"OPENAI_API_KEY": secret})
    async with aclosing(stream) as jobs:  # type: ignore[type-var]
        await anext(aiter(jobs))
    for path in (tmp_path / ".modeltui").rglob("*"):
        assert path.is_dir() or secret.encode() not in path.read_bytes()
    request = record(tmp_path).request
    assert request is not None
    assert request["headers"]["authorization"] == "***"


def test_long_texts_are_cut_in_the_record() -> None:
    picture = "data:image/png;base64," + "A" * 5000
    short = shortened({"images": [picture], "prompt": "a fox", "n": 1})
    assert short["images"][0].endswith("… (5,022 characters)")
    assert (short["prompt"], short["n"]) == ("a fox", 1)
