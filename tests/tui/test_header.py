"""What the line at the top keeps where it is narrow, and what is told of many models at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from modeltui.bootstrap import open_workspace
from modeltui.domain.batch import BatchProgress, BatchState, Tally
from modeltui.domain.snapshot import Snapshot
from modeltui.services.outcome import Outcome, Refusal
from modeltui.tui.present.header import header
from modeltui.tui.present.line import plain
from modeltui.tui.present.notice import toast_text
from modeltui.tui.present.outcome import of_result
from modeltui.tui.present.work import quit_title, work_text
from tui import catalogs
from tui.driver import settings_for

AURORA, BOREALIS, COMET = (f"prompt_to_image/{name}" for name in ("aurora", "borealis", "comet"))


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    workspace = open_workspace(settings_for(catalogs.make(tmp_path / "catalog")))
    workspace.changes.set_active([AURORA], False)
    return replace(workspace.catalog.snapshot(), branch="main")


def test_where_it_is_wide_all_is_there(snapshot: Snapshot) -> None:
    said = plain(header(snapshot, 120))
    assert all(each in said for each in ("6 models", "1 broken", "bob", "git main", "~1 pending"))


def test_the_counts_go_before_the_branch_and_what_is_pending(snapshot: Snapshot) -> None:
    said = plain(header(snapshot, 80))
    assert len(said) <= 80
    assert all(each in said for each in ("1 broken", "bob", "git main", "~1 pending"))
    assert "models" not in said
    assert "git main · ~1 pending" in plain(header(snapshot, 46))


def test_a_long_branch_is_shortened(snapshot: Snapshot) -> None:
    said = plain(header(replace(snapshot, branch="feature/" + "x" * 60), 60))
    assert "git feature/xxxxxxx… · ~1 pending" in said
    assert len(said) <= 60


def test_what_is_under_way_stays_however_narrow_it_is(snapshot: Snapshot) -> None:
    tally = Tally(total=200, succeeded=12, failed=2, running=6, queued=180)
    batch = BatchProgress(id="b", state=BatchState.RUNNING, tally=tally, providers={})
    assert work_text(0, ()) == ""
    said = work_text(2, [batch])
    assert said == "2 runs · batch 14/200"
    assert f"{said} · ~1 pending" in plain(header(snapshot, 60, None, said))
    both = [replace(batch, state=BatchState.PAUSED)] * 2
    assert work_text(1, both) == "1 run · 2 batches 28/400 paused"
    assert quit_title(1, 0) == "a run is under way"
    assert quit_title(2, 2) == "2 runs and 2 batches are under way"


def test_many_refusals_are_told_by_their_reasons(snapshot: Snapshot) -> None:
    why = "is locked by alice (live)"
    refused = (
        Refusal(AURORA, f"Aurora {why}"),
        Refusal(COMET, "Comet is broken"),
        Refusal(BOREALIS, f"Borealis {why}"),
    )
    (notice,) = of_result(Outcome(snapshot, refused=refused), "switched")
    assert "3 refused" in notice.title
    assert notice.text == "2 locked by alice (live); Comet is broken"


def test_what_is_told_is_two_lines_at_most() -> None:
    assert toast_text("", "first\nsecond", 80) == "first; second"
    assert toast_text("config.toml", "wrong", 80) == "config.toml: wrong"
    said = toast_text("", "word " * 100, 80)
    assert said.endswith("…")
    assert len(said) <= 2 * 78
