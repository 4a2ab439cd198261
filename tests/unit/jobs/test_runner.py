"""A job with its record: what is on the disk at each moment, and what is never there."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from modeltui.domain.job import Job, JobState
from modeltui.domain.model import Model, model_of
from modeltui.domain.run_spec import compile_run
from modeltui.errors import ProviderError, RefusedError
from modeltui.jobs.record import JobRecord, shortened
from modeltui.jobs.runner import JobRunner
from modeltui.providers.clock import Clock
from modeltui.storage.real_fs import RealFs

CATALOG = Path(__file__).parents[3] / "catalog"
KEY = "prompt_to_image/sandbox-image"
JOB_ID = "0d4fb5f2-3f5c-4a4e-9a57-6a9d3b1c2e11"


async def _no_wait(_: float) -> None:
    return None


CLOCK = Clock(sleep=_no_wait)


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((CATALOG / name).read_text(encoding="utf-8"))


def runner(root: Path, secrets: Mapping[str, str] | None = None) -> JobRunner:
    return JobRunner(str(root), (secrets or {}).get, clock=CLOCK)


def run(
    root: Path, key: str = KEY, out_dir: str | None = None, secrets: Mapping[str, str] | None = None, **inputs: Any
) -> AsyncIterator[Job]:
    document = read(f"models/{key}.toml")
    provider = read(f"providers/{document['provider']}.toml")
    model: Model = model_of(key, f"models/{key}.toml", "digest-of-the-file", document)
    prepared = compile_run(document).prepare({"prompt": "a fox", **inputs}, job_uuid=JOB_ID)
    return runner(root, secrets).run(model, document, provider, prepared, JOB_ID, out_dir)


def record(root: Path) -> Any:
    return json.loads((root / ".modeltui" / "jobs" / JOB_ID / "job.json").read_text(encoding="utf-8"))


async def test_the_record_tells_the_whole_job(tmp_path: Path) -> None:
    jobs = [job async for job in run(tmp_path)]
    kept = record(tmp_path)
    assert jobs[-1].state is JobState.SUCCEEDED
    assert (kept["id"], kept["key"], kept["provider"], kept["state"]) == (JOB_ID, KEY, "sandbox", "succeeded")
    assert (kept["model_id"], kept["model_digest"]) == ("sandbox-image", "digest-of-the-file")
    assert kept["inputs"]["prompt"] == "a fox"
    assert (kept["request"]["method"], kept["request"]["url"]) == ("POST", "https://sandbox.invalid/v1/images")
    assert kept["estimate"] == {"amount": "1", "currency": "credits"}
    assert [state["state"] for state in kept["states"]] == ["submitting", "polling", "downloading", "succeeded"]
    assert kept["files"][0]["media_type"] == "image/png"
    assert os.path.dirname(kept["files"][0]["path"]) == str(tmp_path / ".modeltui" / "jobs" / JOB_ID)


async def test_files_go_where_they_were_asked_for_and_the_record_stays(tmp_path: Path) -> None:
    jobs = [job async for job in run(tmp_path, out_dir=str(tmp_path / "here"))]
    assert os.listdir(tmp_path / "here") == ["result-1.png"]
    assert jobs[-1].files[0].path == str(tmp_path / "here" / "result-1.png")
    assert os.listdir(tmp_path / ".modeltui" / "jobs" / JOB_ID) == ["job.json"]


async def test_each_step_is_on_the_disk_before_the_next(tmp_path: Path) -> None:
    seen = []
    async for job in run(tmp_path):
        kept = record(tmp_path)
        assert (kept["state"], kept["remote_id"]) == (job.state, job.remote_id)
        seen.append((kept["state"], kept["remote_id"] is not None, kept["polls"]))
    assert seen[:2] == [("submitting", False, 0), ("polling", True, 0)]


async def test_a_stream_that_is_closed_leaves_a_cancelled_record(tmp_path: Path) -> None:
    stream = run(tmp_path, sandbox_mode="hang")
    async with aclosing(stream) as jobs:  # type: ignore[type-var]
        async for job in jobs:
            if job.polls:
                break
    kept = record(tmp_path)
    assert (kept["state"], kept["hint"]) == ("cancelled", None)


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
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    jobs = []
    async for job in run(tmp_path):
        jobs.append(job)
        monkeypatch.setattr(RealFs, "rename", full)
    assert jobs[-1].state is JobState.SUCCEEDED
    assert jobs[-1].hint == "its record could not be written: No space left on device"


async def test_the_key_is_in_no_record(tmp_path: Path) -> None:
    secret = "sk-very-secret"
    stream = run(tmp_path, key="chat/gpt-5-mini", secrets={"OPENAI_API_KEY": secret})
    async with aclosing(stream) as jobs:  # type: ignore[type-var]
        await anext(aiter(jobs))
    content = (tmp_path / ".modeltui" / "jobs" / JOB_ID / "job.json").read_text(encoding="utf-8")
    assert secret not in content
    assert record(tmp_path)["request"]["headers"]["authorization"] == "***"


def test_long_texts_are_cut_in_the_record() -> None:
    picture = "data:image/png;base64," + "A" * 5000
    short = shortened({"images": [picture], "prompt": "a fox", "n": 1})
    assert short["images"][0].endswith("… (5,022 characters)")
    assert (short["prompt"], short["n"]) == ("a fox", 1)


def test_a_poll_that_tells_nothing_new_is_not_written(tmp_path: Path) -> None:
    kept = JobRecord(RealFs(str(tmp_path)), JOB_ID, {})
    start = datetime(2026, 11, 20, tzinfo=UTC)
    job = Job(id=JOB_ID, key="a/b", uid=None, provider="p", state=JobState.POLLING, started_at=start)
    kept.begin(job)
    path = tmp_path / ".modeltui" / "jobs" / JOB_ID / "job.json"
    before = path.stat().st_ino
    kept.note(Job(**{**_fields(job), "polls": 5, "detail": "still"}))
    assert path.stat().st_ino == before
    kept.note(Job(**{**_fields(job), "remote_id": "r"}))
    assert path.stat().st_ino != before


def _fields(job: Job) -> dict[str, Any]:
    return {name: getattr(job, name) for name in Job.__dataclass_fields__}
