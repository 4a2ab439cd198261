"""Facets, jumps, completion, rows like a cell, copies, and marks taken back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from modeltui.tui.screens.catalog import CatalogScreen
from modeltui.tui.screens.facets import FacetPanel
from modeltui.tui.screens.jump import Jump
from modeltui.tui.widgets.row_list import RowList
from tui import catalogs
from tui.driver import Console, running

AURORA, BOREALIS, COMET = "prompt_to_image/aurora", "prompt_to_image/borealis", "prompt_to_image/comet"
DAWN, ECLIPSE = "prompt_to_video/dawn", "prompt_to_video/eclipse"


def counted(console: Console, field: str) -> dict[str, int]:
    rows = console.one(RowList).rows
    return {row.value.label: row.value.count for row in rows if row.facet.field == field}


async def test_facets_count_and_narrow_as_they_are_chosen(root: Path) -> None:
    async with running(root) as console:
        await console.press("F")
        assert isinstance(console.screen, FacetPanel)
        assert counted(console, "provider") == {"acme": 3, "globex": 2, "none": 1}
        assert counted(console, "lock") == {"no": 5, "yes": 1}
        await console.press("enter")
        assert counted(console, "type") == {"prompt_to_image": 2, "prompt_to_video": 1}
        assert counted(console, "provider") == {"acme": 3, "globex": 2, "none": 1}, "its own choice does not count"
        await console.press("j", "space", "escape")
        assert console.query == "provider:acme,globex"
        assert len(console.names) == 5
        await console.press("F", "enter", "enter", "escape")
        assert console.query == "", "the only one that is chosen is let go of"


async def test_facets_leave_out_and_let_in_again(root: Path) -> None:
    async with running(root) as console:
        await console.press("F", "space", "minus")
        await console.press("escape")
        assert console.query == "-provider:acme", "it is not wanted any longer"
        await console.press("F", "j", "minus", "escape")
        assert console.query == "-provider:acme,globex"
        await console.press("F")
        assert counted(console, "provider") == {"acme": 3, "globex": 2, "none": 1}
        await console.press("minus", "escape")
        assert console.query == "-provider:globex"


async def test_none_and_ranges_are_chosen_too(root: Path) -> None:
    async with running(root) as console:
        await console.press("F", "j", "j", "enter", "escape")
        assert console.query == "-provider:*"
        await console.press("escape", "right", "right", "right", "F")
        row = console.one(RowList).rows[0]
        assert (row.facet.field, row.value.label) == ("cost", "2 to <5 credits"), "the column of the cursor comes first"
        await console.press("enter")
        await console.press("minus")
        assert "a range is only chosen" in console.notices[-1]
        await console.press("escape")
        assert console.query == "currency:credits cost>=2 cost<5"
        assert console.names == ["Aurora", "Comet"]
        await console.press("F", "enter", "escape")
        assert console.query == ""


async def test_tab_goes_from_field_to_field(root: Path) -> None:
    async with running(root) as console:
        await console.press("F", "tab")
        row = console.one(RowList).cursor_row
        assert row is not None
        assert row.facet.field == "type"
        await console.press("shift+tab")
        assert console.one(RowList).cursor == 0
        await console.press("F")
        assert isinstance(console.screen, CatalogScreen)


async def test_facets_of_a_wrong_filter_say_so(root: Path) -> None:
    async with running(root) as console:
        await console.press("slash", *"-cost<x", "enter", "F")
        assert isinstance(console.screen, CatalogScreen)
        assert "cost is compared with a number" in console.notices[-1]


async def test_a_jump_moves_the_cursor_and_leaves_the_filter(root: Path) -> None:
    async with running(root) as console:
        await console.press("slash", *"active:yes", "enter", "J")
        assert isinstance(console.screen, Jump)
        await console.burst("ecl\n")
        assert isinstance(console.screen, CatalogScreen)
        assert console.table.cursor_key == ECLIPSE
        assert console.query == "active:yes"
        await console.press("J", *"zzz")
        assert "no model shown has these letters" in console.text
        await console.press("enter", "escape")
        assert console.table.cursor_key == ECLIPSE
        await console.press("J", *"a", "down", "up", "escape")
        assert console.table.cursor_key == ECLIPSE


async def test_tab_completes_fields_and_values_with_counts(root: Path) -> None:
    async with running(root) as console:
        await console.press("slash", *"prov")
        assert "provider:" in console.text
        await console.press("tab")
        assert console.query == "provider:"
        assert "acme    3" in console.text
        await console.press("tab")
        assert console.query == "provider:acme"
        assert console.names == ["Aurora", "Comet", "Dawn 3.1"]
        await console.press("tab")
        assert console.query == "provider:globex"
        await console.press("shift+tab", "enter")
        assert console.query == "provider:acme"
        assert "globex    2" not in console.text, "the offer goes with the filter"


async def test_a_tab_that_is_faster_than_the_answer_is_kept(root: Path) -> None:
    async with running(root) as console:
        await console.press("slash")
        await console.burst("status:\t".replace("\t", ""))
        console._send("tab")
        await console.settle()
        assert console.query == "status:active"
        await console.write(" x")
        assert console.query == "status:active x"


async def test_rows_like_this_cell(root: Path) -> None:
    catalogs.write(
        root, "models/prompt_to_image/both.toml", catalogs.model("prompt_to_image/both", "Both", tags=("a", "b c"))
    )
    async with running(root, (140, 26)) as console:
        await console.press("right", "comma")
        assert console.query == "provider:acme"
        await console.press("right", "right", "j", "comma")
        assert console.query == "provider:acme cost:10"
        await console.press("escape", "G", "comma")
        assert console.query == "-cost:*", "what has none is like what has none"


async def test_a_list_is_like_what_has_all_of_it(root: Path) -> None:
    catalogs.write(root, "models/chat/both.toml", catalogs.model("chat/both", "Both", tags=("a", "b c")))
    async with running(root, (140, 26)) as console:
        await console.press("c", "a", *"tags", "enter", *["K"] * 12, "enter", "9", "left", "comma")
        assert console.query == 'tag:a tag:"b c"'
        assert console.names == ["Both"]


async def test_a_cell_and_the_whole_model_are_copied(root: Path, tmp_path: Path) -> None:
    async with running(root, state=str(tmp_path / "state")) as console:
        await console.press("right", "right", "right", "y", "G", "k", "k", "enter")
        assert console.app.clipboard == "2"
        kept = tmp_path / "state" / "copied.txt"
        assert kept.read_text() == "2"
        assert console.notices[-1] == f"copied 2 (also in {kept})"
        await console.press("y", "G", "k", "enter")
        assert json.loads(console.app.clipboard)["name"] == "Aurora"
        await console.press("y", "G", "enter")
        assert console.app.clipboard == (root / f"models/{AURORA}.toml").read_text()
        await console.press("G", "y")
        offered = [option.key for option in console.one(RowList).rows]
        assert offered == ["key", "path", "as TOML"], "a broken file says nothing as JSON"


async def test_what_is_too_much_for_a_clipboard_goes_to_the_file_alone(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    state = tmp_path_factory.mktemp("s")  # short enough to be told whole
    path = root / f"models/{AURORA}.toml"
    path.write_text(path.read_text() + "# " + "x" * 80_000 + "\n")
    async with running(root, state=str(state)) as console:
        await console.press("y", "G", "enter")
        assert "too much for a clipboard" in console.notices[-1]
        assert console.app.clipboard == ""
        assert (state / "copied.txt").read_text() == path.read_text()


async def test_tmux_gets_a_copy_wrapped_for_its_own_terminal(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(root, tmux=True) as console:
        written: list[str] = []
        driver = console.app._driver
        assert driver is not None
        monkeypatch.setattr(driver, "write", written.append)
        console.app.copy_to_clipboard("hi")
        assert written == ["\x1b]52;c;aGk=\a", "\x1bPtmux;\x1b\x1b]52;c;aGk=\a\x1b\\"]


async def test_many_marks_are_taken_back_and_set_again(root: Path) -> None:
    async with running(root) as console:
        await console.press("asterisk", "u")
        assert console.table.marks == frozenset()
        assert console.notices[-1] == "marks taken back: 0 marked"
        await console.press("ctrl+r")
        assert len(console.table.marks) == 6
        await console.press("escape", "u")
        assert len(console.table.marks) == 6, "esc took them away at once, and that is taken back as well"
        await console.press("u", "v", "j", "j", "v", "u", "u")
        assert console.table.marks == frozenset()
        assert "nothing to undo" in console.notices[-1]


async def test_marks_and_changes_are_taken_back_in_turn(root: Path) -> None:
    async with running(root) as console:
        await console.press("t", "v", "j", "v", "t", "asterisk")
        assert len(console.table.marks) == 6
        await console.press("u")
        assert console.table.marks == {AURORA, BOREALIS}
        await console.press("u")
        assert console.notices[-1] == f"undone: toggle · {BOREALIS}"
        assert console.table.marks == {AURORA, BOREALIS}
        await console.press("u")
        assert console.table.marks == frozenset()
        await console.press("u")
        assert console.pending == []
        await console.press("ctrl+r", "ctrl+r", "ctrl+r", "ctrl+r")
        assert len(console.table.marks) == 6
        assert len(console.snapshot.queue.done) == 2


async def test_single_marks_do_not_stand_before_the_queue(root: Path) -> None:
    async with running(root) as console:
        await console.press("t", "j", "space", "space", "u")
        assert console.pending == []
        assert len(console.table.marks) == 2
