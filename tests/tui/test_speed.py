"""What the console does not do: nothing twice at its start, no layout for a letter or a step, nothing at rest."""

from __future__ import annotations

import gc
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modeltui.domain.browse import orders
from modeltui.domain.catalog import Catalog
from modeltui.services.browsing import BrowseService
from modeltui.services.catalog import CatalogService
from modeltui.services.current import Current
from modeltui.tui.screens.catalog import CatalogScreen
from modeltui.tui.starting import collect_from_now_on
from modeltui.tui.widgets import pane
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.model_table import ModelTable
from modeltui.tui.widgets.pane import Pane
from tui.driver import running

Counting = Callable[[Any, str], Callable[[], int]]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counting:
    """`calls(owner, name)` watches a function; what it gives tells how often it was called since it was last asked."""

    def watch(owner: Any, name: str) -> Callable[[], int]:
        seen: Counter[str] = Counter()
        real = getattr(owner, name)

        def counted(*args: Any, **named: Any) -> Any:
            seen[name] += 1
            return real(*args, **named)

        monkeypatch.setattr(owner, name, counted)
        return lambda: seen.pop(name, 0)

    return watch


_AT_FIRST = """
import sys
from modeltui.tui.app import ConsoleApp
from modeltui.tui.screens.catalog import CatalogScreen
print(*sys.modules)
"""


def test_the_first_table_waits_for_no_other_screen_and_for_nothing_that_only_they_need() -> None:
    said = subprocess.run([sys.executable, "-c", _AT_FIRST], capture_output=True, text=True, check=True).stdout
    loaded = set(said.split())
    screens = {name for name in loaded if name.startswith("modeltui.tui.screens.")}
    known = ("opening", "catalog", "browsing", "page", "model_keys", "many_acts")
    assert screens <= {f"modeltui.tui.screens.{name}" for name in known}
    unwanted = ("pydantic", "httpx", "PIL", "sqlite3", "watchfiles", "tomlkit", "modeltui.jobs", "modeltui.providers")
    assert not [name for name in unwanted if name in loaded]
    assert "modeltui.services.apply" not in loaded


async def test_the_start_reads_and_chooses_once(root: Path, calls: Counting) -> None:
    reads, choices = calls(Current, "reload"), calls(BrowseService, "rows")
    async with running(root) as console:
        assert len(console.names) == 6
        assert (reads(), choices()) == (1, 1)


_RUNS = """
import sys
from modeltui import bootstrap, config
bootstrap.open_workspace(config.load_settings(sys.argv[1])).catalog.look_at_runs()
print("sqlite3" in sys.modules)
"""


def test_a_catalogue_without_state_loads_no_database(root: Path) -> None:
    shutil.rmtree(root / ".modeltui", ignore_errors=True)
    command = [sys.executable, "-c", _RUNS, str(root)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "False\n"


async def test_the_first_layout_has_the_pane(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    real = CatalogScreen._refresh_layout

    def watched(screen: CatalogScreen, *args: Any, **named: Any) -> None:
        seen.append(screen.has_class("-wide"))
        real(screen, *args, **named)

    monkeypatch.setattr(CatalogScreen, "_refresh_layout", watched)
    async with running(root, (120, 30)) as console:
        assert console.one(Pane).display
    assert seen
    assert all(seen)


async def test_neither_a_step_nor_a_letter_lays_out(root: Path, calls: Counting) -> None:
    async with running(root, (120, 30)) as console:
        laid_out = calls(CatalogScreen, "_refresh_layout")
        await console.press("j")
        assert "Borealis" in console.text
        assert laid_out() == 0
        await console.press("slash")
        laid_out()
        await console.write("ea")
        assert console.names == ["Borealis"]
        assert laid_out() == 0


async def test_a_row_that_comes_back_is_not_drawn_anew(root: Path, calls: Counting) -> None:
    async with running(root, (120, 30)) as console:
        await console.press("slash")
        await console.write("ea")
        assert console.names == ["Borealis"]
        drawn = calls(ModelTable, "render_row")
        await console.press("backspace", "backspace")
        assert len(console.names) > 1
        assert drawn() == 0


async def test_what_was_gathered_is_not_looked_through_for_garbage(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    prepare = CatalogService.prepare

    def gathered(*args: Any) -> None:
        prepare(*args)
        order.append("gathered")

    monkeypatch.setattr(CatalogService, "prepare", gathered)
    monkeypatch.setattr(gc, "freeze", lambda: order.append("kept"))
    async with running(root):
        assert order == ["gathered", "kept"]


def test_the_collector_looks_seldom_once_the_console_stands() -> None:
    before = gc.get_threshold()
    try:
        collect_from_now_on()
        assert gc.get_threshold()[0] > 10 * 700
        assert gc.isenabled()
    finally:
        gc.set_threshold(*before)


async def test_a_step_draws_two_rows(root: Path, calls: Counting) -> None:
    async with running(root, (120, 30)) as console:
        drawn = calls(ModelTable, "render_line")
        await console.press("j")
        assert "Borealis" in console.text
        assert drawn() == 2


@pytest.mark.parametrize("size", [(120, 40), (109, 26), (80, 24), (60, 15)])
async def test_rows_are_drawn_with_the_columns_that_stay(
    root: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    seen: list[tuple[int, ...]] = []
    real = ModelTable.render_row

    def watched(table: ModelTable, *args: Any) -> Any:
        seen.append(table.grid.widths)
        return real(table, *args)

    monkeypatch.setattr(ModelTable, "render_row", watched)
    async with running(root, size) as console:
        await console.press("j")
        assert seen
        assert set(seen) == {console.table.grid.widths}


async def test_the_first_sort_by_a_column_finds_its_order_made(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(root, (120, 30)) as console:
        await console.settle()

        def refused(*_: Any) -> Any:
            raise AssertionError("made again")

        monkeypatch.setattr(orders, "ranks_of", refused)
        before = console.names
        console.table.post_message(ModelTable.HeaderClicked("cost"))
        await console.settle()
        assert sorted(console.names) == sorted(before)
        assert console.names != before


async def test_a_step_draws_the_keys_below_only_where_others_are_possible(root: Path, calls: Counting) -> None:
    async with running(root, (120, 30)) as console:
        drawn = calls(HintLine, "render")
        await console.press("j", "k")
        assert drawn() == 0
        await console.press("space")
        assert drawn() > 0


async def test_the_pane_follows_a_burst_with_its_last_step_only(root: Path, calls: Counting) -> None:
    async with running(root, (120, 30)) as console:
        drawn = calls(pane, "summary")
        await console.burst("jkjkjkjkjkjkj")
        assert drawn() < 13
        row = console.table.cursor_row
        assert row is not None
        assert row.key in "".join(text for line in console.one(Pane).lines for text, _ in line)


async def test_rows_are_counted_once_for_a_catalogue(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(root) as console:
        counts = console.snapshot.shown.counts
        assert (counts.total, counts.broken) == (6, 1)
        await console.press("j", "space", "slash", "a", "enter")
        assert console.snapshot.shown.counts is counts
        assert "counts" in vars(Catalog)


@pytest.mark.parametrize("keys", [(), ("slash",)])
async def test_no_timer_goes_at_rest(root: Path, keys: tuple[str, ...]) -> None:
    async with running(root, live=False, state="") as console:
        await console.press(*keys)

        def going() -> list[Any]:
            nodes: tuple[Any, ...] = (console.app, *console.app.screen_stack, *console.screen.walk_children())
            return [timer for node in nodes for timer in node._timers if _is_going(timer)]

        await console.until(lambda: not going())  # that of the screen stops at its next tick


def _is_going(timer: Any) -> bool:
    """Whether it comes back for ever; one that waits to be resumed does not."""
    return timer._repeat is None and timer._active.is_set()
