"""Workflows in the console: the list, a run with the progress of its steps, and where a model is used."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from modeltui.domain.chain.progress import ChainProgress, ChainState, ChainStep
from modeltui.domain.job import Job, JobState, ResultFile
from modeltui.tui.messages import OpenModel
from modeltui.tui.present.line import plain
from modeltui.tui.present.workflow import chain_lines
from modeltui.tui.screens.detail import DetailScreen
from modeltui.tui.screens.job import JobScreen
from modeltui.tui.screens.workflow import WorkflowScreen
from modeltui.tui.screens.workflows import WorkflowsScreen
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.widgets.step_view import StepView
from modeltui.tui.work_messages import ChainMoved, OpenJob, StartChain
from tui.catalogs import write
from tui.driver import Console, running
from tui.kept_jobs import shown

IMAGE, INSTANT = "prompt_to_image/sandbox-image", "prompt_to_image/sandbox-instant"
PICTURES = f"""\
schema = 1
name = "Two pictures"
description = "One after the other."
active = true

[inputs.idea]
type = "string"
required = true
not_blank = true

[inputs.mode]
type = "string"
default = "ok"
advanced = true

[[steps]]
id = "small"
model = "{INSTANT}"
inputs = {{ prompt = "${{inputs.idea}}" }}

[[steps]]
id = "large"
model = "{IMAGE}"
inputs = {{ prompt = "${{inputs.idea}}", sandbox_mode = "${{inputs.mode}}" }}
"""


@pytest.fixture
def flows(sandbox_root: Path) -> Path:
    write(sandbox_root, "workflows/pictures.toml", PICTURES)
    return sandbox_root


async def opened(console: Console) -> None:
    await console.press("Y")
    await console.until(lambda: isinstance(console.screen, WorkflowsScreen))
    await shown(console, "Two pictures")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_list_says_what_each_step_is_and_costs(flows: Path, size: tuple[int, int]) -> None:
    write(flows, "workflows/broken.toml", 'name = "\x1b[31m')
    async with running(flows, size) as console:
        await opened(console)
        assert "broken" in console.text
        await console.press("G")
        await shown(console, "1 small", INSTANT, "2 large", "1 credit")
        await console.press("m", "down", "enter")
        assert console.seen(OpenModel)[-1].key == IMAGE
        await console.until(lambda: isinstance(console.screen, DetailScreen))
        await shown(console, "used by", "workflow pictures")


async def test_a_run_asks_shows_every_step_and_is_found_again(flows: Path) -> None:
    async with running(flows, (120, 40)) as console:
        await opened(console)
        await console.press("enter")
        await console.until(lambda: isinstance(console.screen, WorkflowScreen))
        await shown(console, "costs 1 credit")
        await console.press("ctrl+s")
        await shown(console, "is missing")
        assert console.seen(StartChain) == []
        await console.write("fox")
        await console.press("ctrl+s")
        await console.until(lambda: isinstance(console.screen, Confirm))
        assert "Run Two pictures for 1 credit?" in console.text
        await console.press("y")
        await shown(console, "✓ succeeded  2/2 steps", "✓ small", "✓ large")
        await console.until(lambda: any(each.is_over for each in console.seen(ChainMoved)))
        await console.press("escape")
        await console.until(lambda: isinstance(console.screen, WorkflowsScreen))
        await shown(console, "✓ succeeded 2/2")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_each_step_of_a_run_leads_to_its_job_and_to_its_file(
    flows: Path, tmp_path: Path, size: tuple[int, int]
) -> None:
    opener, opened_file = tmp_path / "opener", tmp_path / "opened"
    opener.write_text(f'#!/bin/sh\nprintf %s "$1" > {opened_file}\n', encoding="utf-8")
    opener.chmod(0o755)
    async with running(flows, size, opener=str(opener)) as console:
        await opened(console)
        await console.press("enter")
        await console.until(lambda: isinstance(console.screen, WorkflowScreen))
        await shown(console, "costs 1 credit")
        await console.write("fox")
        await console.press("ctrl+s")
        await console.until(lambda: isinstance(console.screen, Confirm))
        await console.press("y")
        await console.until(lambda: any(each.is_over for each in console.seen(ChainMoved)))
        await console.settle()
        hints = console.text.splitlines()[-1]
        assert hints.index("enter job") < hints.index("o open file") < hints.index("ctrl+s run")
        steps = console.seen(ChainMoved)[-1].progress.steps
        jobs = [step.job for step in steps if step.job is not None]
        await console.press("o")
        await console.until(opened_file.exists)
        await console.until(lambda: opened_file.read_text(encoding="utf-8") == jobs[0].files[0].path)
        await console.press("enter")
        await console.until(lambda: isinstance(console.screen, JobScreen))
        assert console.seen(OpenJob)[-1].id == jobs[0].id
        await console.press("escape")
        await console.until(lambda: isinstance(console.screen, WorkflowScreen))
        while console.one(StepView).step not in steps[1:]:
            await console.press("j")
        await console.press("enter")
        assert console.seen(OpenJob)[-1].id == jobs[1].id
        await console.press("escape", "g", "g", "enter")
        assert "no step is under the cursor" in console.notices[-1]


async def test_what_is_refused_before_its_first_step_leaves_the_cursor_in_the_form(flows: Path) -> None:
    async with running(flows, (80, 24)) as console:
        await opened(console)
        await console.press("enter")
        await console.until(lambda: isinstance(console.screen, WorkflowScreen))
        await shown(console, "costs 1 credit")
        await console.write("fox")
        await console.press("ctrl+s")
        await console.until(lambda: isinstance(console.screen, Confirm))
        write(flows, "workflows/pictures.toml", PICTURES.replace(IMAGE, "prompt_to_image/gone"))
        await console.press("y")
        await console.until(lambda: bool(console.notices))
        await console.settle()
        assert "gone" in console.notices[-1]
        assert not console.one(StepView).has_focus
        assert "Idea" in console.text or "idea" in console.text


async def test_one_is_made_switched_and_removed_through_the_queue(flows: Path) -> None:
    async with running(flows, (120, 40)) as console:
        await opened(console)
        await console.press("n")
        await console.write("clip")
        await console.press("enter")
        assert "it takes a name, and a step at least" in console.text
        await console.write(" a=prompt_to_image/gone")
        await console.press("enter")
        await console.until(lambda: bool(console.notices))
        assert "gone" in console.notices[-1]
        assert not console.snapshot.plan.files
        await console.press("n", *["backspace"] * len("prompt_to_image/gone"))
        await console.write(INSTANT)
        await console.press("enter")
        await shown(console, "+○ Clip", "+ would be created", "prompt = ${inputs.prompt}")
        await console.press("enter")
        assert "it waits to be made" in console.notices[-1]
        await console.press("t")
        await shown(console, "+● Clip")
        assert not (flows / "workflows/clip.toml").exists()
        await console.press("x", "y")
        await console.until(lambda: not console.snapshot.plan.files)
        await console.until(lambda: "Clip" not in console.text)
        await console.press("x")
        assert "workflows/pictures.toml goes with the next apply" in console.text
        await console.press("y")
        await shown(console, "-● Two pictures", "- would be removed")
        await console.press("x")
        assert "about to be removed" in console.notices[-1]
        await console.press("u", "t")
        await shown(console, "~○ Two pictures")


async def test_who_may_change_nothing_makes_and_removes_none(flows: Path) -> None:
    async with running(flows, (120, 40), read_only=True) as console:
        await opened(console)
        for key in ("n", "t", "x"):
            await console.press(key)
            assert "read-only" in console.notices[-1]
        assert isinstance(console.screen, WorkflowsScreen)
        await console.press("enter")
        await console.until(lambda: isinstance(console.screen, WorkflowScreen))
        await shown(console, "costs 1 credit", "F2 form or steps")


async def test_what_failed_is_gone_on_with_and_a_step_is_cancelled(flows: Path) -> None:
    async with running(flows, (120, 40)) as console:
        await opened(console)
        await console.press("enter")
        await console.until(lambda: isinstance(console.screen, WorkflowScreen))
        await shown(console, "costs 1 credit")
        await console.press("ctrl+o")
        await console.write("fox")
        await console.press("tab")
        await console.write("hang")
        await console.press("ctrl+s")
        await console.until(lambda: isinstance(console.screen, Confirm))
        console._send("y")
        await shown(console, "» running  1/2 steps")
        console._send("ctrl+g")
        await console.until(lambda: any(each.is_over for each in console.seen(ChainMoved)))
        assert console.seen(ChainMoved)[-1].progress.state is ChainState.CANCELLED
        await console.press("escape")
        await shown(console, "– cancelled 1/2")
        await console.press("space")
        assert "1 of 2 steps are done, and are not paid again." in console.text
        await console.press("n")


async def test_without_any_it_says_how_one_is_made(sandbox_root: Path) -> None:
    async with running(sandbox_root, (80, 24)) as console:
        await console.press("Y")
        await shown(console, "There are no workflows.")


async def test_what_is_pending_for_a_workflow_leads_there_and_is_no_field_of_a_form(flows: Path) -> None:
    async with running(flows, (120, 40)) as console:
        workspace = console.app._workspace
        act = workspace.lifecycle.deprecation(None, INSTANT, everywhere=[IMAGE])
        workspace.bulk.do([IMAGE], act)
        await console.press("f5", "p")
        await shown(console, "workflows/pictures", "steps.1.model")
        await console.press("G", "enter")
        assert "a workflow is edited as a file" in console.text
        await console.press("k", "enter")
        await console.until(lambda: isinstance(console.screen, WorkflowScreen))


async def test_a_successor_is_put_everywhere_from_the_catalogue(flows: Path) -> None:
    async with running(flows, (120, 40)) as console:
        await console.press("slash", *"sandbox-image", "enter", "x", "G", "enter")
        await shown(console, "Which model takes the place")
        await console.press(*"instant", "enter")
        await shown(console, "workflows/pictures")
        await console.press("y")
        await console.until(lambda: len(console.snapshot.plan.files) == 2)
        assert "workflows/pictures" in console.snapshot.plan.files


def test_the_path_of_a_result_is_whole_however_narrow_the_screen_is() -> None:
    path = f"/catalog/.modeltui/jobs/{'0123-' * 12}/result-1.png"
    done = Job(
        id="1",
        key=IMAGE,
        uid=None,
        provider="sandbox",
        state=JobState.SUCCEEDED,
        started_at=datetime(2026, 11, 20, tzinfo=UTC),
        files=(ResultFile(path, "image/png", 1, "768 × 768"),),
    )
    chain = ChainProgress(
        id="c",
        workflow="w",
        name="W",
        state=ChainState.SUCCEEDED,
        steps=(ChainStep("a", IMAGE, done),),
        by="ada",
        started_at=done.started_at,
    )
    for width in (40, 80, 200):
        lines = [plain(each) for each in chain_lines(chain, width)]
        assert max(map(len, lines)) <= width
        assert path in "".join(line.strip() for line in lines)
        assert all(line.startswith("    ") for line in lines[3:]), "what a step made stands below it"
        assert any("768 × 768" in line for line in lines)
