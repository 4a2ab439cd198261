"""Columns, several sort keys, groups, and views by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from modeltui.domain.browse.views import ShownColumn
from modeltui.tui.screens.catalog import CatalogScreen
from modeltui.tui.screens.columns import ColumnChooser
from modeltui.tui.screens.views import ViewMenu
from modeltui.tui.widgets.browser import Browser
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.widgets.name_question import NameQuestion
from modeltui.tui.widgets.sort_menu import SortMenu
from tui.driver import Console, running

AURORA, ECLIPSE = "prompt_to_image/aurora", "prompt_to_video/eclipse"


def titles(console: Console) -> list[str]:
    return [column.title for column in console.table.columns]


async def test_columns_are_shown_hidden_and_moved(root: Path) -> None:
    async with running(root) as console:
        await console.press("c")
        assert isinstance(console.screen, ColumnChooser)
        await console.press("j", "J", "J", "j", "space", "enter")
        assert titles(console)[:4] == ["Name", "Type", "Cost", "Provider"]
        assert "Time" not in titles(console)
        assert console.text.splitlines()[2].split()[:4] == ["Name", "Type", "Cost", "Provider"]
        await console.press("c", "r", "enter")
        assert titles(console)[:3] == ["Name", "Provider", "Type"]
        assert console.one(Browser).view.columns == ()


async def test_a_column_is_made_wider_and_escape_changes_nothing(root: Path) -> None:
    async with running(root) as console:
        await console.press("c", "j", "right", "right", "enter")
        assert console.table.columns[1].width == 12
        assert console.one(Browser).view.columns[1] == ShownColumn("provider", 12)
        await console.press("c", "space", "j", "left", "escape")
        assert titles(console)[0] == "Name"
        assert console.table.columns[1].width == 12


async def test_any_field_of_the_files_is_a_column_with_what_is_pending(root: Path) -> None:
    async with running(root, (140, 26)) as console:
        await console.press("c", "a", *"nonsense", "enter")
        assert "no column 'nonsense'" in console.notices[-1]
        await console.press("a", *"estimated_seconds", "enter", "enter")
        assert titles(console)[-1] == "Time", "a field that has a column of its own is that column"
        await console.press("c", "a", *"request.path", "enter", *["K"] * 11, "enter")
        assert titles(console)[1] == "request.path"
        assert "/run" in console.line
        await console.press("right", "i", *["backspace"] * 3, *"go", "enter")
        assert console.pending == [AURORA]
        assert "/go" in console.line
        await console.press("s", "j", "enter")
        assert "request.p… ▲" in console.text


async def test_the_last_column_stays(root: Path) -> None:
    async with running(root) as console:
        await console.press("c", *["space"] * 12)
        assert console.notices[-1] == "one column stays"
        await console.press("enter")
        assert len(titles(console)) == 1


async def test_the_cursor_stays_on_its_column(root: Path) -> None:
    async with running(root) as console:
        await console.press("right", "right", "right")
        await console.press("c", "g", "g", "j", "space", "enter")
        assert console.table.columns[console.table.column].id == "cost"


async def test_several_sort_keys_are_added_and_shown(root: Path) -> None:
    async with running(root) as console:
        await console.press("s")
        assert isinstance(console.screen, SortMenu)
        await console.press("j", "space", "j", "j", "space", "space", "enter")
        assert str(console.table.ordering) == "provider,-cost"
        assert console.names == ["Dawn 3.1", "Comet", "Aurora", "Eclipse", "Borealis", "prompt_to_video/fault"]
        assert "Provider…" not in console.text
        assert "▲1" in console.text
        assert "Cost ▼2" in console.text
        await console.press("S")
        assert str(console.table.ordering) == "-provider,cost"
        await console.press("s", "x", "enter")
        assert str(console.table.ordering) == ""
        assert console.names[0] == "Aurora"


async def test_rows_stand_under_headings_and_keys_go_from_row_to_row(root: Path) -> None:
    async with running(root) as console:
        await console.press("backslash", "j", "enter")
        lines = [line[:40].strip() for line in console.text.splitlines()[3:12]]
        assert lines[0] == "acme  3 models · 2 active"
        assert lines[4] == "globex  2 models · 2 active"
        assert lines[7] == "none  1 model · 0 active"
        await console.press("g", "g", "3", "j")
        assert console.table.cursor_row is not None
        assert console.table.cursor_row.label == "Borealis"
        assert console.table.cell.y == 8
        assert "Borealis" in console.text.splitlines()[8]
        await console.press("asterisk")
        assert len(console.table.marks) == 6
        await console.press("backslash", "g", "g", "enter")
        assert "acme  3 models" not in console.text


async def test_headings_scroll_with_their_rows(root: Path) -> None:
    async with running(root, (80, 8)) as console:
        await console.press("backslash", "j", "enter", "G")
        assert "none  1 model" in console.text
        await console.press("g", "g")
        assert "acme  3 models" in console.text, "the heading of the first row comes into view with it"


async def test_a_view_is_saved_shown_renamed_and_deleted(root: Path, tmp_path: Path) -> None:
    async with running(root, state=str(tmp_path / "state")) as console:
        await console.press("slash", *"globex", "enter", "s", "j", "j", "j", "enter", "V")
        assert isinstance(console.screen, ViewMenu)
        await console.press("s")
        assert isinstance(console.screen, NameQuestion)
        await console.write("gl")
        await console.press("enter")
        assert isinstance(console.screen, CatalogScreen)
        assert "gl · 2 of 6" in console.text
        await console.press("S")
        assert "gl* · 2 of 6" in console.text
        await console.press("alt+1")
        assert (console.query, len(console.names)) == ("", 6)
        await console.press("alt+2")
        assert (console.query, str(console.table.ordering)) == ("globex", "cost")
        await console.press("V", "r", *["backspace"] * 2, *"lobe", "enter")
        assert isinstance(console.screen, ViewMenu)
        assert "lobe" in console.text
        await console.press("g", "g", "j", "x")
        assert isinstance(console.screen, Confirm)
        await console.press("y")
        assert isinstance(console.screen, ViewMenu)
        assert "lobe" not in [row.key for row in console.screen._rows]


async def test_a_name_that_is_taken_is_asked_about_and_a_built_in_one_refused(root: Path, tmp_path: Path) -> None:
    async with running(root, state=str(tmp_path / "state")) as console:
        await console.press("V", "s", *"mine", "enter", "slash", *"aurora", "enter", "V", "s")
        await console.press(*["backspace"] * 4, *"mine", "enter")
        assert isinstance(console.screen, Confirm)
        await console.press("enter")
        await console.press("alt+1", "alt+2")
        assert console.query == "", "no is the answer of enter"
        await console.press("V", "s", *["backspace"] * 4, *"locked", "enter")
        assert "built in" in console.notices[-1]
        await console.press("V", "g", "g", "x")
        assert console.notices[-1] == "all is built in"


@pytest.mark.parametrize("key", ["alt+5", "infinity"])
async def test_views_have_numbers_also_as_terminals_send_them(root: Path, key: str) -> None:
    async with running(root) as console:
        await console.press(key)
        assert console.query == "pending:yes"
        await console.press("alt+9")
        assert console.table.headings
        await console.press("escape", "alt+2")
        assert len(console.names) == 4
