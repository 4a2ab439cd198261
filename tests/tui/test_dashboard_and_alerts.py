"""The catalogue in numbers, and what should be looked at: bars, rows, and where enter leads."""

from __future__ import annotations

from pathlib import Path

import pytest

from modeltui.domain.statistics import Month
from modeltui.tui.ascii_only import ascii_text
from modeltui.tui.messages import Perform, ShowModels
from modeltui.tui.present.charts import Bar, Days, chart_line, drawn_bar
from modeltui.tui.present.line import plain, width_of
from modeltui.tui.screens.alerts import AlertsScreen
from modeltui.tui.screens.catalog import CatalogScreen
from modeltui.tui.screens.dashboard import DashboardScreen
from modeltui.tui.widgets.row_list import RowList
from tui import catalogs
from tui.driver import running

AURORA, ECLIPSE, FAULT = "prompt_to_image/aurora", "prompt_to_video/eclipse", "prompt_to_video/fault"


def _retire(root: Path, key: str) -> None:
    path = root / "models" / f"{key}.toml"
    path.write_text(path.read_text().replace("category =", "retires_on = 2020-01-31\ncategory ="))


# Bars


@pytest.mark.parametrize(
    ("active", "count", "most", "drawn"),
    [
        (8, 8, 8, "████████"),
        (0, 8, 8, "░░░░░░░░"),
        (4, 8, 8, "████░░░░"),
        (1, 4, 8, "█░░░"),
        (1, 2, 32, "▌"),
        (1, 1, 1000, "█"),
        (0, 1, 1000, "░"),
        (1, 100, 100, "▏░░░░░░░"),
        (0, 0, 8, ""),
        (0, 0, 0, ""),
    ],
)
def test_a_bar(active: int, count: int, most: int, drawn: str) -> None:
    assert plain(drawn_bar(active, count, most, 8)) == drawn
    assert "?" not in ascii_text(drawn)


@pytest.mark.parametrize("width", [9, 20, 30, 39, 60, 200])
def test_a_line_of_a_chart_leaves_the_last_cell_to_the_scrollbar(width: int) -> None:
    bar = Bar("x", "a very long label of a type", 111, 102, "", most=111, label_width=27)
    month = Month("2026-12", tuple(f"chat/model-{number}" for number in range(40)), 3, "")
    for row in (bar, Days(month)):
        assert width_of(chart_line(row, width)) <= width - 1


def test_numbers_stand_behind_every_bar_of_a_chart() -> None:
    longest = Bar("x", "kie_ai", 111, 102, "", most=111, label_width=7)
    short = Bar("y", "runware", 28, 19, "", most=111, label_width=7)
    assert plain(chart_line(longest, 40)).endswith("102/111")
    assert plain(chart_line(short, 40)).endswith("19/28")


def test_a_month_names_its_first_models() -> None:
    month = Month("2026-12", ("chat/a", "chat/b", "chat/c", "chat/d"), 1, "")
    assert plain(chart_line(Days(month), 60)) == "  2026-12         ▪▪▪▪  4  a, b, c and 1 more"
    assert plain(chart_line(Days(Month("2027-01", (), 0, "")), 60)).split() == ["2027-01", "·"]


# Dashboard


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 15)])
async def test_the_dashboard_counts(root: Path, size: tuple[int, int]) -> None:
    async with running(root, size) as console:
        await console.press("o")
        assert isinstance(console.screen, DashboardScreen)
        shown = console.text
        assert "Type" in shown
        assert "prompt_to_image" in shown or "prompt_to_" in shown
        assert "2/3" in shown, "two of three picture models are active"
        assert "Cost in credits" in shown
        await console.press("tab", "G")
        last = console.screen.query_one("#right", RowList).cursor_row
        assert isinstance(last, Days)
        assert last.month.label in console.text


async def test_enter_on_a_bar_shows_its_models(root: Path) -> None:
    async with running(root) as console:
        await console.press("o")
        await console.press("enter")
        assert isinstance(console.screen, CatalogScreen)
        (wish,) = console.seen(ShowModels)
        assert console.query == wish.query == "type:prompt_to_image"
        assert console.names == ["Aurora", "Borealis", "Comet"]
        await console.press("escape", "o", "tab", "enter")
        assert console.query.startswith("currency:credits cost>=")
        assert "enter" not in console.query


async def test_a_heading_has_nothing_to_show(root: Path) -> None:
    async with running(root) as console:
        await console.press("o", "g", "g", "enter")
        assert isinstance(console.screen, DashboardScreen)
        assert console.notices == ["no bar is under the cursor: j and k move"]


async def test_the_dashboard_follows_what_is_pending_and_escape_leaves(root: Path) -> None:
    async with running(root) as console:
        await console.press("j", "t", "o")
        assert isinstance(console.screen, DashboardScreen)
        await console.press("escape")
        assert isinstance(console.screen, CatalogScreen)
        assert console.table.cursor == 1


async def test_an_empty_catalogue_has_a_dashboard(tmp_path: Path) -> None:
    catalogs.write(tmp_path / "catalog", "catalog.toml", "schema = 1\n")
    async with running(tmp_path / "catalog") as console:
        await console.press("o")
        assert "This catalogue has no models yet." in console.text
        assert "Retirement" in console.text
        await console.press("enter")
        assert isinstance(console.screen, DashboardScreen)


# Alerts


async def test_alerts_say_what_and_why(root: Path) -> None:
    async with running(root) as console:
        await console.press("A")
        assert isinstance(console.screen, AlertsScreen)
        first = console.screen.query_one("#alerts", RowList).rows[0]
        assert (first.code, first.subject) == ("broken", FAULT)
        shown = console.text
        assert "! error" in shown
        assert FAULT in shown
        assert "A broken file is never written" in shown
        assert "▲ warning" in shown


async def test_enter_goes_to_the_row(root: Path) -> None:
    _retire(root, ECLIPSE)
    async with running(root) as console:
        await console.press("slash", *"aurora", "enter", "A", "j")
        await console.press("enter")
        assert isinstance(console.screen, CatalogScreen)
        assert console.query == ""
        assert console.table.cursor_key == ECLIPSE


async def test_enter_on_an_alert_of_a_type_shows_its_models(root: Path) -> None:
    async with running(root) as console:
        await console.press("A")
        rows = console.screen.query_one("#alerts", RowList)
        codes = [alert.code for alert in rows.rows]
        await console.press(*"j" * codes.index("no-default"), "enter")
        assert console.query == "type:prompt_to_image active:yes"
        assert console.names == ["Aurora", "Borealis"]


async def test_a_remedy_is_queued_and_said_to_be_pending(root: Path) -> None:
    _retire(root, ECLIPSE)
    async with running(root, (120, 30)) as console:
        await console.press("A", "j")
        assert "x queues it" in console.text
        await console.press("x")
        assert console.pending == [ECLIPSE]
        (edit,) = console.snapshot.plan.files[ECLIPSE].edits
        assert (edit.path, edit.old, edit.new) == (("active",), True, False)
        assert "is pending: a applies it" in console.text
        assert "1 with a remedy that is pending" in console.text
        wishes = len(console.seen(Perform))
        await console.press("x")
        assert len(console.seen(Perform)) == wishes
        assert console.notices[-1] == "that is pending: disable; a applies it"
        await console.press("u")
        assert console.pending == []
        assert "x queues it" in console.text


async def test_what_needs_a_decision_is_not_mended(root: Path) -> None:
    async with running(root) as console:
        await console.press("A", "x")
        assert console.pending == []
        assert console.notices[-1].startswith("this needs a decision: ")


async def test_a_locked_model_refuses_its_remedy(root: Path) -> None:
    _retire(root, "prompt_to_video/dawn")
    async with running(root) as console:
        await console.press("A", "j", "x")
        assert console.pending == []
        assert "locked by alice" in console.notices[-1]


async def test_hostile_names_are_shown_as_text(hostile_root: Path) -> None:
    async with running(hostile_root, (120, 40)) as console:
        await console.press("A")
        shown = console.text
        await console.press("escape", "o")
        shown += console.text
        assert not [each for each in shown if ord(each) < 32 and each != "\n"]
        assert "\u202e" not in shown
        assert "\x9b" not in shown


async def test_the_palette_and_the_help_know_both(root: Path) -> None:
    async with running(root) as console:
        await console.press("question_mark", *"dashboard", "enter")
        assert isinstance(console.screen, DashboardScreen)
        await console.press("colon", *"alerts", "enter")
        assert isinstance(console.screen, AlertsScreen)
