"""A batch whose jobs another process takes up meanwhile."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from modeltui.domain.batch import BatchState
from modeltui.domain.job import JobState
from modeltui.errors import RefusedError
from modeltui.jobs.batch_rows import BatchRows
from modeltui.jobs.store import JobStore
from modeltui.services.workspace import Workspace
from unit.services.test_batches import workspace as workspace  # noqa: PLC0414  # a fixture


async def left(workspace: Workspace) -> tuple[str, list[str]]:
    """A batch that nobody is at work on, and the ids of its two jobs that are queued."""
    batches = workspace.batches
    stream = batches.run(batches.plan("key:*", {"prompt": "x"}, repeat=3, concurrency=1))
    batch = (await anext(stream)).id
    await stream.aclose()
    return batch, [job.id for job in batches.report(batch).jobs if job.state is JobState.QUEUED]


async def test_a_job_that_somebody_else_holds_is_theirs_and_the_batch_goes_on(workspace: Workspace) -> None:
    batch, (first, second, *_) = await left(workspace)
    other = JobStore(workspace.root, user="ada")
    theirs = replace(other.claim(first).kept.job, state=JobState.POLLING, remote_id="r")
    other.note(theirs)
    async for progress in workspace.batches.resume(batch, concurrency=2):
        if progress.last is not None and progress.last.id == second and progress.last.state.is_final:
            other.note(replace(theirs, state=JobState.SUCCEEDED))
    assert (progress.state, progress.note) == (BatchState.FINISHED, "")
    assert progress.tally.succeeded == progress.tally.total - progress.tally.cancelled
    assert workspace.batches.report(batch).state is BatchState.FINISHED


async def test_what_somebody_else_lets_go_of_is_gone_on_with(workspace: Workspace) -> None:
    batch, (first, *_) = await left(workspace)
    other = JobStore(workspace.root, user="ada")
    other.claim(first)
    async for progress in workspace.batches.resume(batch):
        if progress.last is not None and progress.last.id == first:
            other.release(first)
    assert (progress.state, workspace.jobs.get(first).job.state) == (BatchState.FINISHED, JobState.SUCCEEDED)


async def test_a_batch_whose_jobs_have_all_ended_is_finished(workspace: Workspace) -> None:
    batch, ids = await left(workspace)
    other = JobStore(workspace.root, user="ada")
    BatchRows(other).note(batch, BatchState.STOPPED, "another was at work on the job")
    for job_id in ids:
        other.note(replace(other.claim(job_id).kept.job, state=JobState.SUCCEEDED))
    (listed,) = workspace.batches.list()
    assert (listed.state, listed.note, listed.can_resume) == (BatchState.FINISHED, "", False)
    assert workspace.batches.report(batch).state is BatchState.FINISHED
    with pytest.raises(RefusedError, match="every run of this batch has ended"):
        await anext(workspace.batches.resume(batch))
