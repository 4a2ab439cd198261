"""The runs that are kept, in the console."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from modeltui.domain.job import JobState
from modeltui.providers.sandbox.ticket import ticket
from modeltui.tui.messages import StartRun
from modeltui.tui.screens.catalog import CatalogScreen
from modeltui.tui.screens.job import JobScreen
from modeltui.tui.screens.jobs import JobsScreen
from modeltui.tui.screens.run import RunScreen
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.widgets.input_form import InputForm
from modeltui.tui.widgets.result_view import ResultView
from modeltui.tui.work_messages import ResumeJob, StopJob, TakenUpEnded
from tui.driver import running
from tui.kept_jobs import INSTANT, PICTURE, keep, shown, workspace


async def test_an_empty_list_tells_what_to_do(sandbox_root: Path) -> None:
    async with running(sandbox_root) as console:
        await console.press("w")
        assert isinstance(console.screen, JobsScreen)
        await shown(console, "Nothing was run yet.", "r runs a model")


async def test_every_state_is_said_by_a_sign_and_a_word(sandbox_root: Path) -> None:
    for state in (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED, JobState.UNCERTAIN):
        keep(sandbox_root, JobState.SUBMITTING, ends_in=state)
    _, alive = keep(sandbox_root, JobState.POLLING, is_followed=True, progress=0.4)
    keep(sandbox_root, JobState.SUBMITTING)
    async with running(sandbox_root, (120, 40), color=False) as console:
        await console.press("w")
        await shown(console, "✓ succeeded", "x failed", "– cancelled", "? uncertain", "» polling", "! interrupted")
        assert "40%" in console.text
        assert "1 running, 1 interrupted, 1 failed, 1 uncertain" in console.text
    alive.owner.leave()


async def test_the_details_have_inputs_request_and_both_costs(sandbox_root: Path) -> None:
    keep(sandbox_root, JobState.SUBMITTING, ends_in=JobState.FAILED, error="no \x1b[31mroom", hint="try later")
    async with running(sandbox_root, (130, 44)) as console:
        await console.press("w")
        await shown(console, "estimated 1 credit", "reported  not told", "a fox in the snow", "POST https://sandbox")
        assert "no \\e[31mroom" in console.text
        assert "try later" in console.text
        assert "***" in console.text


async def test_a_filter_by_state_and_one_by_models(sandbox_root: Path) -> None:
    keep(sandbox_root, JobState.SUBMITTING, ends_in=JobState.FAILED)
    keep(sandbox_root, JobState.SUBMITTING, INSTANT, ends_in=JobState.SUCCEEDED)
    async with running(sandbox_root) as console:
        await console.press("w")
        await shown(console, "2 jobs")
        await console.press("s", "G", "k", "k", "enter")
        await shown(console, "1 job")
        assert "x failed" in console.text
        await console.press("s", "home", "enter")
        await shown(console, "2 jobs")
        await console.press("slash", *"key:*instant", "enter")
        await shown(console, "1 job")
        assert "✓ succeeded" in console.text
        await console.press("slash", "escape")
        await shown(console, "2 jobs")


async def test_a_wrong_query_is_said_and_forgotten(sandbox_root: Path) -> None:
    async with running(sandbox_root) as console:
        await console.press("w", "slash", *"nofield:x", "enter")
        await console.until(lambda: any("nofield" in each for each in console.notices))


async def test_what_another_process_runs_moves(sandbox_root: Path) -> None:
    job_id, store = keep(sandbox_root, JobState.POLLING, is_followed=True)
    async with running(sandbox_root) as console:
        await console.press("w")
        await shown(console, "» polling")
        kept = store.get(job_id)
        store.note(replace(kept.job, state=JobState.FAILED, error="it broke"))
        await shown(console, "x failed", "it broke")


async def test_a_result_opens_in_the_result_view(sandbox_root: Path) -> None:
    made = workspace(sandbox_root)
    async for _ in made.runs.run(INSTANT, {"prompt": "fox"}):
        pass
    async with running(sandbox_root, workspace=made) as console:
        await console.press("w")
        await shown(console, "✓ succeeded")
        await console.press("enter")
        assert isinstance(console.screen, JobScreen)
        await shown(console, "▀", "image/png")
        assert console.one(ResultView).has_focus_within
        await console.press("escape", "escape")
        assert isinstance(console.screen, CatalogScreen)


async def test_run_again_opens_the_form_as_it_was(sandbox_root: Path) -> None:
    keep(sandbox_root, JobState.SUBMITTING, ends_in=JobState.FAILED)
    async with running(sandbox_root) as console:
        await console.press("w")
        await shown(console, "x failed")
        await console.press("r")
        await console.until(lambda: isinstance(console.screen, RunScreen))
        await console.settle()
        assert console.one(InputForm).values == {"prompt": "a fox in the snow", "aspect_ratio": "16:9"}
        assert console.seen(StartRun) == []


async def test_an_uncertain_job_is_sent_again_only_after_a_clear_warning(sandbox_root: Path) -> None:
    keep(sandbox_root, JobState.SUBMITTING, ends_in=JobState.UNCERTAIN)
    async with running(sandbox_root) as console:
        await console.press("w")
        await shown(console, "? uncertain")
        await console.press("space")
        await console.until(lambda: any("S sends it again" in each for each in console.notices))
        assert "1 job" in console.text, "taken up, it is asked for and never sent"
        await console.press("S")
        assert isinstance(console.screen, Confirm)
        assert "may be billed twice" in console.text
        await console.press("enter")
        assert not any(each.send_again for each in console.seen(ResumeJob)), "no is the default"
        await console.press("S", "y")
        await console.until(lambda: "✓ succeeded" in console.text)
        assert "2 jobs" in console.text


async def test_cancel_asks_and_obeys(sandbox_root: Path) -> None:
    job_id, _ = keep(sandbox_root, JobState.QUEUED)
    async with running(sandbox_root) as console:
        await console.press("w")
        await shown(console, "! interrupted")
        await console.press("x")
        assert "nothing is billed" in console.text
        await console.press("enter")
        assert console.seen(StopJob) == []
        await console.press("x", "y")
        await shown(console, "– cancelled")
        assert workspace(sandbox_root).jobs.get(job_id).job.state is JobState.CANCELLED


async def test_what_was_not_sent_is_sent_after_a_yes(sandbox_root: Path) -> None:
    keep(sandbox_root, JobState.QUEUED)
    async with running(sandbox_root) as console:
        await console.press("w")
        await shown(console, "! interrupted")
        await console.press("space")
        assert "1 credit" in console.text
        await console.press("y")
        await shown(console, "✓ succeeded")


async def test_at_the_start_what_was_sent_is_asked_for_and_the_rest_is_named(sandbox_root: Path) -> None:
    polled, _ = keep(sandbox_root, JobState.POLLING, remote_id="gone", saved={"task_id": "gone"})
    waits, _ = keep(sandbox_root, JobState.QUEUED)
    others, _ = keep(sandbox_root, JobState.POLLING, by="alice", saved={"task_id": "gone"})
    async with running(sandbox_root) as console:
        await console.until(lambda: any("3 jobs were interrupted, 1 is asked" in each for each in console.notices))
        assert any("w shows them" in each for each in console.notices)
        await console.until(lambda: bool(console.seen(TakenUpEnded)))
        both = ("3 jobs were interrupted", f"{PICTURE}: ")
        await console.until(lambda: all(each in console.notices[-1] for each in both))
        jobs = workspace(sandbox_root).jobs
        await console.until(lambda: jobs.get(polled).job.state.is_final)
        assert jobs.get(waits).job.state is JobState.QUEUED, "nothing is sent by itself"
        assert jobs.get(others).is_interrupted, "what is another's is left alone"


async def test_a_viewer_takes_nothing_up(sandbox_root: Path) -> None:
    polled, _ = keep(sandbox_root, JobState.POLLING, saved={"task_id": "gone"})
    async with running(sandbox_root, read_only=True) as console:
        await console.until(lambda: any("1 job was interrupted; w shows it" in each for each in console.notices))
        await console.press("w")
        await shown(console, "! interrupted")
        await console.press("space")
        assert any("read-only" in each for each in console.notices)
        assert workspace(sandbox_root).jobs.get(polled).is_interrupted


async def test_m_goes_to_the_model(sandbox_root: Path) -> None:
    keep(sandbox_root, JobState.SUBMITTING, ends_in=JobState.FAILED)
    async with running(sandbox_root) as console:
        await console.press("w")
        await shown(console, "x failed")
        await console.press("m")
        assert isinstance(console.screen, CatalogScreen)
        assert console.table.cursor_key == PICTURE


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 15)])
async def test_it_fits(sandbox_root: Path, size: tuple[int, int]) -> None:
    keep(sandbox_root, JobState.SUBMITTING, ends_in=JobState.FAILED, error="out of credits")
    async with running(sandbox_root, size) as console:
        await console.press("w")
        await shown(console, "x failed", "sandbox-image", "5m")
        assert "enter open" in console.text
        await console.press("question_mark")
        assert "Keys: Jobs" in console.text


async def test_what_failed_on_our_side_can_be_fetched_by_space(sandbox_root: Path) -> None:
    theirs = f"a-1.{ticket('images', {'prompt': 'a', 'sandbox_polls': 0})}"
    told: dict[str, Any] = {"remote_id": theirs, "saved": {"task_id": theirs}, "error": "the key was taken back"}
    keep(sandbox_root, JobState.POLLING, ends_in=JobState.FAILED, is_fetchable=True, **told)
    async with running(sandbox_root, (130, 44)) as console:
        await console.press("w")
        await shown(console, "x fetchable", "It failed, and can be fetched without paying again")
        await console.press("space")
        await shown(console, "✓ succeeded")
