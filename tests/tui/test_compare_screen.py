"""A few models side by side, in the console."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from modeltui.domain.call import Cost
from modeltui.domain.job import Job, JobState, KeptJob
from modeltui.tui.present.compare import best_of, column_lines
from modeltui.tui.present.line import plain
from modeltui.tui.screens.batch import BatchScreen
from modeltui.tui.screens.batch_form import BatchFormScreen
from modeltui.tui.screens.catalog import CatalogScreen
from modeltui.tui.screens.compare import CompareColumn, CompareScreen
from modeltui.tui.screens.job import JobScreen
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.work_messages import OpenComparison
from tui.driver import Console, running
from tui.kept_jobs import CHAT, INSTANT, PICTURE, SPEECH, add_more, ended, shown, workspace


async def opened(console: Console, batch_id: str) -> None:
    console.app.post_message(OpenComparison(batch_id))
    await console.until(lambda: isinstance(console.screen, CompareScreen))
    await console.until(lambda: len(console.screen.query(CompareColumn)) > 0)


def names(console: Console) -> list[str]:
    return [column.kept.job.key for column in console.screen.query(CompareColumn)]


async def test_two_to_six_marked_models_are_compared_with_one_form(sandbox_root: Path) -> None:
    async with running(add_more(sandbox_root), (120, 40)) as console:
        await console.press("equals_sign")
        assert "mark 2 to 6 models" in console.notices[-1]
        await console.press("slash", *"sandbox", "enter", "*", "equals_sign")
        await console.until(lambda: isinstance(console.screen, BatchFormScreen))
        assert "compare 4 models" in console.text
        await console.write("fox")
        await shown(console, "4 runs at 1 provider")
        await console.press("ctrl+s")
        assert isinstance(console.screen, Confirm)
        await console.press("y")
        await console.until(lambda: isinstance(console.screen, CompareScreen))
        await shown(console, "✓ finished", "4/4", "sandbox-chat", "▀", "You asked")
        assert names(console) == [CHAT, PICTURE, INSTANT, SPEECH]
        await console.press("escape")
        assert isinstance(console.screen, CatalogScreen)


async def test_columns_scroll_rank_and_open(sandbox_root: Path) -> None:
    made = workspace(add_more(sandbox_root))
    plan = made.batches.plan("", {"prompt": "fox"}, models=[PICTURE, CHAT, SPEECH])
    report = await ended(made, made.batches.run(plan))
    async with running(sandbox_root, (80, 24), workspace=made) as console:
        await opened(console, report.id)
        await shown(console, "sandbox-image", "sandbox-chat", "✓ succeeded")
        widths = {column.size.width for column in console.screen.query(CompareColumn)}
        assert max(widths) >= 36, "two at a time, wide enough to read"
        assert "sandbox-speech" not in console.text
        await console.press("right", "right")
        await shown(console, "sandbox-speech")
        await console.press("s")
        await shown(console, "the fastest first")
        by_time = sorted(report.jobs, key=lambda job: job.elapsed_s)
        assert names(console)[-1] == by_time[-1].key
        await console.press("s")
        await shown(console, "the cheapest first")
        assert names(console) == [CHAT, SPEECH, PICTURE]
        await console.press("s")
        assert names(console) == [PICTURE, CHAT, SPEECH]
        await console.press("left", "left", "left", "enter")
        assert isinstance(console.screen, JobScreen)
        await shown(console, PICTURE)
        await console.press("escape", "b")
        assert isinstance(console.screen, BatchScreen)


async def test_what_failed_says_why_in_its_column(sandbox_root: Path) -> None:
    made = workspace(sandbox_root)
    plan = made.batches.plan("", {"prompt": "x", "sandbox_mode": "fail"}, models=[PICTURE, INSTANT])
    report = await ended(made, made.batches.run(plan))
    async with running(sandbox_root, (120, 40), workspace=made, color=False) as console:
        await opened(console, report.id)
        await shown(console, "x failed", "2 failed")


@pytest.mark.parametrize("size", [(60, 15), (120, 40)])
async def test_it_fits(sandbox_root: Path, size: tuple[int, int]) -> None:
    made = workspace(sandbox_root)
    report = await ended(made, made.batches.run(made.batches.plan("", {"prompt": "x"}, models=[PICTURE, INSTANT])))
    async with running(sandbox_root, size, workspace=made) as console:
        await opened(console, report.id)
        await shown(console, "sandbox-image", "✓ succeeded", "enter open")


def job(name: str, seconds: float, cost: str, state: JobState = JobState.SUCCEEDED) -> Job:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    facts = Job(id=name, key=f"chat/{name}", uid=None, provider="p", state=state, started_at=at, elapsed_s=seconds)
    return replace(facts, reported=Cost(Decimal(cost), "credits"))


def test_the_best_are_named_only_among_those_that_succeeded() -> None:
    jobs = [job("a", 2, "1"), job("b", 1, "3"), job("c", 0.1, "0", JobState.FAILED)]
    assert best_of(jobs, lambda each: float(each.cost.amount) if each.cost else None) == {
        "b": "fastest",
        "a": "cheapest",
    }
    assert best_of(jobs[1:], lambda _: None) == {}


def test_a_hostile_error_is_shown_as_text() -> None:
    bad = replace(job("a", 1, "1", JobState.FAILED), error="\x1b[31m[/]" * 40)
    kept = KeptJob(job=bad, by="b", model_id=None, model_digest="", inputs={}, request=None, steps=())
    lines = [plain(each) for each in column_lines(kept, 30, datetime.now(UTC), "")]
    assert len(lines) <= 8
    assert all("\x1b" not in each for each in lines)
