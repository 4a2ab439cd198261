"""Batches as a service: what is tried again, with what it had, and what is kept of it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from modeltui.bootstrap import open_workspace
from modeltui.config import load_settings
from modeltui.domain.batch import BatchProgress, BatchReport, BatchState
from modeltui.domain.job import JobState
from modeltui.errors import BusyError, NotFoundError, RefusedError, UsageError
from modeltui.services.running import batch_keeping
from modeltui.services.running.batches import BatchService
from modeltui.services.workspace import Workspace

CATALOG = Path(__file__).parents[3] / "catalog"
CHAT = "chat/sandbox-chat"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    for name in ("catalog.toml", "providers/sandbox.toml", f"models/{CHAT}.toml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CATALOG / name, tmp_path / name)
    return open_workspace(load_settings(str(tmp_path)))


async def ended(batches: BatchService, stream: AsyncGenerator[BatchProgress, None]) -> BatchReport:
    ids = {progress.id async for progress in stream}
    return batches.report(ids.pop())


async def test_what_failed_is_tried_again_with_the_whole_of_its_inputs(workspace: Workspace) -> None:
    batches, prompt = workspace.batches, "fox " * 1500
    plan = batches.plan("key:*", {"prompt": prompt, "sandbox_mode": "fail"})
    report = await ended(batches, batches.run(plan))
    assert report.tally.failed == 1
    again = batches.retry_plan(report.id[:6])
    assert again.items[0].inputs == {"prompt": prompt, "sandbox_mode": "fail"}
    assert (await ended(batches, batches.retry_failed(report.id))).tally.failed == 1


async def test_what_is_uncertain_is_sent_again_only_when_that_is_said_and_once(workspace: Workspace) -> None:
    batches = workspace.batches
    report = await ended(batches, batches.run(batches.plan("key:*", {"prompt": "x", "sandbox_mode": "5xx"})))
    (old,) = report.jobs
    assert old.state is JobState.UNCERTAIN
    with pytest.raises(RefusedError, match="no run of this batch failed"):
        batches.retry_plan(report.id)
    plan = batches.retry_plan(report.id, sends_again=True)
    assert [item.resend_of for item in plan.items] == [old.id]
    (new,) = (await ended(batches, batches.run(plan))).jobs
    assert workspace.jobs.get(old.id).resent_as == new.id
    with pytest.raises(RefusedError):
        batches.retry_plan(report.id, sends_again=True)


async def test_a_batch_that_was_left_is_free_for_others(workspace: Workspace) -> None:
    """Closing the stream cancels what runs; what had not begun can be taken up, here or elsewhere."""
    batches = workspace.batches
    stream = batches.run(batches.plan("key:*", {"prompt": "x"}, repeat=10, concurrency=1))
    first = await anext(stream)
    with pytest.raises(BusyError):
        await anext(open_workspace(load_settings(workspace.root)).batches.resume(first.id))
    await stream.aclose()
    (found,) = batches.list()
    assert (found.state, found.can_resume) == (BatchState.INTERRUPTED, True)
    other = open_workspace(load_settings(workspace.root)).batches
    report = await ended(other, other.resume(first.id))
    assert report.state is BatchState.FINISHED
    assert report.tally.succeeded + report.tally.cancelled == 10
    with pytest.raises(RefusedError, match="every run of this batch has ended"):
        await anext(batches.resume(first.id))


async def test_what_is_asked_for_wrongly(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    batches = workspace.batches
    with pytest.raises(NotFoundError):
        batches.plan("family:nothing", {})
    with pytest.raises(UsageError, match="at most 100,000 runs"):
        batches.plan("key:*", {"prompt": "x"}, repeat=100_001)
    empty = batches.plan("key:*", {})
    assert [problem.input for problem in empty.skipped[0].problems] == ["prompt"]
    with pytest.raises(RefusedError, match="nothing to run"):
        await anext(batches.run(empty))
    monkeypatch.setattr(batch_keeping, "_MOST_CHARACTERS", 100)
    with pytest.raises(UsageError, match="the inputs of all runs"):
        await anext(batches.run(batches.plan("key:*", {"prompt": "x" * 60}, repeat=2)))
    assert batches.list() == ()


def test_nobody_is_told_where_nobody_is_at_work(workspace: Workspace) -> None:
    with pytest.raises(NotFoundError):
        workspace.batches.stop("none")


async def test_a_batch_is_finished_when_its_last_job_has_ended_alone(workspace: Workspace) -> None:
    batches, jobs = workspace.batches, workspace.jobs
    stream = batches.run(batches.plan("key:*", {"prompt": "fox " * 1500}, repeat=3, concurrency=1))
    first = await anext(stream)
    await stream.aclose()
    left = [kept.job.id for kept in jobs.list(batch=first.id) if kept.is_interrupted]
    assert len(left) >= 2
    for job_id in left[1:]:
        await jobs.cancel(job_id)
    assert batches.list()[0].state is BatchState.INTERRUPTED
    await jobs.cancel(left[0])
    assert batches.list()[0].state is BatchState.FINISHED
    again = jobs.inputs_again(left[0])
    assert again.lost == ("prompt",)
    assert "prompt" not in again.inputs
