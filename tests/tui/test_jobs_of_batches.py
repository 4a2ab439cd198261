"""Jobs of a batch on the screen of the jobs."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from modeltui.domain.call import Cost
from modeltui.domain.job import JobState
from modeltui.tui.work_messages import OpenBatch, ResumeJob
from tui.driver import running
from tui.kept_jobs import PICTURE, ended, shown, workspace


async def test_space_on_what_a_batch_has_not_sent_leads_to_the_batch(sandbox_root: Path) -> None:
    made = workspace(sandbox_root)
    batches = made.batches
    plan = batches.plan(f"key:{PICTURE}", {"prompt": "x"}, repeat=2, budget=Cost(Decimal(1), "credits"))
    stopped = await ended(made, batches.run(plan))
    assert stopped.tally.queued == 1
    async with running(sandbox_root) as console:
        await console.until(lambda: any("1 run of batches not sent; B shows them" in said for said in console.notices))
        await console.press("w")
        await shown(console, "sandbox-image", "estimated 1 credit")
        await console.press("space")
        assert [each.id for each in console.seen(OpenBatch)] == [stopped.id]
        assert console.seen(ResumeJob) == []
        waiting = [each for each in workspace(sandbox_root).jobs.list() if each.job.state is JobState.QUEUED]
        assert len(waiting) == 1
