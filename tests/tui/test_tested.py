"""What runs came to, in the console: columns, filter, the page of a model, the dashboard; seen when a job ends."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from modeltui.domain.call import Cost
from modeltui.domain.job import Job, JobState, KeptJob
from modeltui.domain.run_statistics import ModelRuns
from modeltui.domain.run_stats import RunStats
from modeltui.domain.run_values import trend_text
from modeltui.jobs.store import JobStore
from modeltui.tui.ascii_only import ascii_text
from modeltui.tui.present.line import plain, width_of
from modeltui.tui.present.run_charts import Failing, Money, dashboard_line
from modeltui.tui.screens.catalog import CatalogScreen
from modeltui.tui.screens.dashboard import DashboardScreen
from modeltui.tui.screens.detail import DetailScreen
from tui.driver import running

AURORA, BOREALIS, ECLIPSE = "prompt_to_image/aurora", "prompt_to_image/borealis", "prompt_to_video/eclipse"
GOOD, BAD = JobState.SUCCEEDED, JobState.FAILED


def keep(root: Path, key: str, *states: JobState, provider: str = "acme") -> None:
    """Jobs of a model that ended so two hours ago, after 10, 20 … seconds."""
    begun = datetime.now(UTC) - timedelta(hours=2)
    store = JobStore(str(root), user="alice", now=lambda: begun)
    for number, state in enumerate(states, 1):
        job = Job(
            id=str(uuid.uuid4()),
            key=key,
            uid=str(uuid.uuid5(uuid.NAMESPACE_URL, key)),
            provider=provider,
            state=JobState.SUBMITTING,
            started_at=begun,
            estimate=Cost(Decimal(2), "credits"),
        )
        store.begin(KeptJob(job=job, by="alice", model_id=None, model_digest="", inputs={}, request=None, steps=()))
        store.note(replace(job, state=state, elapsed_s=10.0 * number))


@pytest.fixture
def tested(root: Path) -> Path:
    keep(root, AURORA, GOOD, GOOD, GOOD, BAD)
    keep(root, ECLIPSE, BAD, BAD, BAD, provider="globex")
    return root


async def test_they_are_among_the_usual_columns(tested: Path) -> None:
    async with running(tested, (240, 26)) as console:
        assert [column.id for column in console.table.columns][5:8] == ["status", "tested", "success"]
        assert "2h         75 %" in console.line
        assert "Tested  Success" in console.text


async def test_a_filter_and_an_order_know_them(tested: Path) -> None:
    async with running(tested) as console:
        await console.press("/", *"success<80", "enter")
        assert console.names == ["Aurora", "Eclipse"]
        await console.press("escape", "/", *"-runs:* active:yes", "enter")
        assert console.names == ["Borealis", "Dawn 3.1"]


async def test_a_cell_of_runs_is_not_edited(tested: Path) -> None:
    async with running(tested, (240, 26)) as console:
        console.table.stand_on("success")
        await console.press("i")
        assert console.notices == ["runs say that, so it is not edited; r runs it"]


async def test_the_page_of_a_model_has_its_runs(tested: Path) -> None:
    async with running(tested, (120, 40)) as console:
        await console.press("enter")
        assert isinstance(console.screen, DetailScreen)
        shown = console.text
        for said in ("total    4 (1 failed)", "success  75 %", "20s, p50 20s, p95 30s", "spend    6", "███▁"):
            assert said in shown, said
        assert "2h ago" in shown


async def test_a_model_that_was_never_run_has_no_such_block(tested: Path) -> None:
    async with running(tested, (120, 40)) as console:
        await console.press("j", "enter")
        assert "success" not in console.text


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 15)])
async def test_the_dashboard_draws_them_and_enter_leads_to_the_models(tested: Path, size: tuple[int, int]) -> None:
    async with running(tested, size) as console:
        await console.press("o", "tab")
        assert isinstance(console.screen, DashboardScreen)
        assert "Runs  succeeded/all" in console.text
        assert "3/4" in console.text
        await console.press("enter")
        assert isinstance(console.screen, CatalogScreen)
        assert console.query == "provider:acme runs:*"
        assert console.names == ["Aurora"]


async def test_the_dashboard_names_what_fails(tested: Path) -> None:
    async with running(tested, (120, 40)) as console:
        await console.press("o")
        assert "Failing  1 active" in console.text
        assert f"0 %  ▁▁▁  {ECLIPSE}" in console.text
        assert "Spend on runs" in console.text


async def test_without_runs_the_dashboard_is_as_ever(root: Path) -> None:
    async with running(root, (120, 40)) as console:
        await console.press("o")
        assert "Runs" not in console.text
        assert "Failing" not in console.text


async def test_a_job_that_ends_is_seen_and_filter_marks_and_cursor_stay(tested: Path) -> None:
    async with running(tested, (240, 26), live=True) as console:
        await console.press("/", *"prompt_to_image", "enter", "j", "space")
        before = (console.query, console.table.marks, console.table.cursor_key)

        def is_shown() -> bool:
            """The watch starts at its own time, so jobs end until one is noticed."""
            if len(console.snapshot.catalog.runs) == 3:
                return True
            keep(tested, BOREALIS, GOOD)
            return False

        await console.until(is_shown)
        await console.settle()
        assert (console.query, console.table.marks, console.table.cursor_key) == before
        await console.press("escape", "/", *"success:100", "enter")
        assert console.names == ["Borealis"]


async def test_a_database_that_cannot_be_read_is_told_once(root: Path) -> None:
    (root / ".modeltui").mkdir(mode=0o700)
    database = root / ".modeltui" / "jobs.db"
    database.touch(mode=0o600)
    database.write_bytes(b"no database\n" * 400)
    async with running(root) as console:
        (told,) = console.notices
        assert told.startswith("the statistics of runs cannot be read: ")
        await console.press("o", "escape", "A", "escape", "/", *"success>1", "enter", "escape", "f5")
        assert len(console.names) == 6
        assert not any("statistics" in said for said in console.notices)


@pytest.mark.parametrize("width", [20, 39, 60, 200])
def test_a_line_of_the_dashboard_leaves_the_last_cell_to_the_scrollbar(width: int) -> None:
    money = Money("m", "a very long name of a provider", "$1,234.50 + 3 EUR", 500, "", 30, 17)
    failing = Failing(ModelRuns("prompt_to_image/a-long-key-of-a-model", RunStats(total=9, trend=(False,) * 20)))
    for row in (money, failing):
        assert width_of(dashboard_line(row, width)) <= width - 1
        assert "?" not in ascii_text(plain(dashboard_line(row, width)))


def test_a_trend_reads_in_ascii() -> None:
    assert ascii_text(trend_text(RunStats(total=3, trend=(True, True, False)))) == "##_"
