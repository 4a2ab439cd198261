"""The chains of a workflow in the console: their steps, going on, cancelling, forgetting."""

from __future__ import annotations

import asyncio
import tomllib
import uuid
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from modeltui.domain.chain.progress import ChainProgress, ChainState
from modeltui.domain.job import JobState
from modeltui.jobs.chain_rows import ChainRows, KeptChain
from modeltui.services.workspace import Workspace
from modeltui.tui.screens.chains import ChainsScreen
from modeltui.tui.screens.job import JobScreen
from modeltui.tui.screens.workflow import WorkflowScreen
from modeltui.tui.screens.workflows import WorkflowsScreen
from modeltui.tui.widgets.step_view import StepView
from modeltui.tui.work_messages import EndChain, OpenJob, ResumeChain
from tui.catalogs import write
from tui.driver import Console, running
from tui.kept_jobs import INSTANT, PICTURE, keep, shown, workspace
from tui.test_workflows_screen import PICTURES


@pytest.fixture
def flows(sandbox_root: Path) -> Path:
    write(sandbox_root, "workflows/pictures.toml", PICTURES)
    return sandbox_root


async def ran(space: Workspace, **inputs: Any) -> ChainProgress:
    async with aclosing(space.chains.run("pictures", {"idea": "a fox", **inputs})) as told:
        ids = [progress.id async for progress in told]
    return space.chains.get(ids[0])


def stopped(root: Path, state: JobState | None, mode: str = "ok") -> str:
    """A chain of a process that is gone, with its second step in a state; its id."""
    first, store = keep(root, JobState.SUCCEEDED, INSTANT)
    inputs = {"idea": "a fox", "mode": mode}
    plan = {"path": "workflows/pictures.toml", "digest": "", "document": tomllib.loads(PICTURES), "inputs": inputs}
    chain = KeptChain(
        id=str(uuid.uuid4()),
        workflow="pictures",
        by="ada",
        started_at=datetime.now(UTC),
        state=ChainState.RUNNING,
        plan=plan,
    )
    rows = ChainRows(store)
    rows.begin(chain)
    rows.link(chain.id, "small", first)
    if state is not None:
        rows.link(chain.id, "large", keep(root, state, PICTURE)[0])
    store.owner.leave()
    return chain.id


async def opened(console: Console) -> None:
    await console.press("Y")
    await console.until(lambda: isinstance(console.screen, WorkflowsScreen))
    await shown(console, "Two pictures")
    await console.press("c")
    await console.until(lambda: isinstance(console.screen, ChainsScreen))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_every_chain_shows_its_steps_and_they_lead_to_their_jobs(flows: Path, size: tuple[int, int]) -> None:
    space = workspace(flows)
    good, bad = await ran(space), await ran(space, mode="fail")
    async with running(flows, size) as console:
        await opened(console)
        await shown(console, "chains of pictures  2", "x failed", "1/2", "✓ succeeded", bad.id[:8])
        await console.press("j")
        await shown(console, "✓ large")
        await console.press("enter", "enter")
        await console.until(lambda: isinstance(console.screen, JobScreen))
        assert good.steps[0].job is not None
        assert console.seen(OpenJob)[-1].id == good.steps[0].job.id
        await console.press("escape")
        await console.until(lambda: isinstance(console.screen, ChainsScreen))
        await console.press("tab", "space")
        assert "every step of it is done" in console.notices[-1]
        await console.press("r")
        await console.until(lambda: isinstance(console.screen, WorkflowScreen))


async def test_one_is_gone_on_with_and_cancelled_while_no_second_one_begins(flows: Path) -> None:
    chain = stopped(flows, None, mode="hang")
    async with running(flows, (120, 40)) as console:
        await opened(console)
        await shown(console, "! interrupted", "1/2")
        await console.press("S")
        assert "no step of it may be billed already" in console.notices[-1]
        await console.press("space")
        assert "1 of 2 steps are done, and are not paid again." in console.text
        console._send("y")
        await shown(console, "» running", "» large")
        console.app.post_message(ResumeChain(console.screen, "pictures", chain))
        await console.until(lambda: "a chain of pictures is at work in this console" in console.notices[-1])
        console._send("x")
        await shown(console, "Cancel this chain of Two pictures?")
        console._send("y")
        await shown(console, "– cancelled")
        assert console.app._workspace.chains.get(chain).state is ChainState.CANCELLED


async def test_one_that_nobody_follows_is_cancelled(flows: Path) -> None:
    chain = stopped(flows, JobState.QUEUED)
    async with running(flows, (120, 40)) as console:
        await opened(console)
        await shown(console, "! interrupted", "large  queued")
        await console.press("x")
        assert "Cancel this chain of Two pictures?" in console.text
        await console.press("n")
        assert not console.seen(EndChain)
        await console.press("x", "y")
        await shown(console, "– cancelled")
        await console.press("x")
        assert "it has ended: cancelled" in console.notices[-1]
        assert console.app._workspace.chains.get(chain).state is ChainState.CANCELLED


async def test_a_step_that_may_be_billed_is_sent_again_only_where_that_is_said(flows: Path) -> None:
    chain = stopped(flows, JobState.UNCERTAIN)
    async with running(flows, (120, 40)) as console:
        await opened(console)
        await shown(console, "! interrupted", "? large")
        await console.press("S")
        assert "may be billed twice" in console.text
        await console.press("y")
        await shown(console, "2/2")
        wish = console.seen(ResumeChain)[-1]
        assert (wish.id, wish.send_again) == (chain, True)


async def test_old_ones_are_forgotten_after_a_question(flows: Path) -> None:
    space = workspace(flows)
    done = await ran(space)
    async with running(flows, (120, 40)) as console:
        await opened(console)
        await shown(console, done.id[:8])
        await console.press("X", "enter")
        assert "no chain has ended that is so old" in console.notices[-1]
        await console.press("X", "backspace", "backspace", "enter")
        assert "is no number of days" in console.text
        await console.press("0", "enter")
        await shown(console, "Forget 1 chain?", "Their jobs, files and statistics stay.")
        await console.press("n")
        assert space.chains.list("pictures")
        await console.press("X", "backspace", "backspace", "0", "enter", "y")
        await shown(console, "r runs it")
        assert "1 forgotten" in console.notices[-1]
        assert not console.one(StepView).rows
        assert not await asyncio.to_thread(space.chains.list, "pictures")


async def test_a_workflow_that_was_not_run_has_none(flows: Path) -> None:
    async with running(flows, (120, 40)) as console:
        await console.press("Y")
        await shown(console, "Two pictures")
        await console.press("c")
        assert "it was not run yet" in console.notices[-1]
