"""The main screen: browsing, marking, and what keys do to models."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import Input

from modeltui.domain.pending.plan import pending_value
from modeltui.tui.messages import Perform, Performed
from modeltui.tui.screens.catalog import CatalogScreen
from modeltui.tui.screens.edit import EditScreen
from modeltui.tui.widgets.ask import Ask
from modeltui.tui.widgets.chooser import Chooser
from modeltui.tui.widgets.confirm import Confirm
from tui import catalogs
from tui.driver import Console, running

AURORA, BOREALIS, COMET = "prompt_to_image/aurora", "prompt_to_image/borealis", "prompt_to_image/comet"
DAWN, ECLIPSE, FAULT = "prompt_to_video/dawn", "prompt_to_video/eclipse", "prompt_to_video/fault"


async def test_it_shows_every_model_and_the_numbers(root: Path) -> None:
    async with running(root) as console:
        assert [row.key for row in console.table.rows] == [AURORA, BOREALIS, COMET, DAWN, ECLIPSE, FAULT]
        top, bar, header, first = console.text.splitlines()[:4]
        assert "modeltui  catalog   6 models · 4 active · 1 locked · 1 broken" in top
        assert top.rstrip().endswith("bob")
        assert "6 of 6" in bar
        assert header.split()[:4] == ["Name", "Provider", "Type", "Cost"]
        assert first.split()[:5] == ["●", "Aurora", "acme", "prompt_to_image", "2"]


async def test_signs_say_the_state_before_any_colour(root: Path) -> None:
    async with running(root) as console:
        lines = {key: console.table.render_line(index).text[:8] for index, key in enumerate(("", *_keys(console)))}
        assert lines[AURORA] == "     ●  "[:6] + " A"
        assert lines[COMET].strip().startswith("○")
        assert lines[DAWN].split()[:2] == ["L", "●"]
        assert lines[FAULT].split()[0] == "!"


def _keys(console: Console) -> list[str]:
    return [row.key for row in console.table.rows]


async def test_the_filter_works_as_you_type(root: Path) -> None:
    async with running(root) as console:
        await console.press("slash")
        await console.write("globex")
        assert console.names == ["Borealis", "Eclipse"]
        assert "2 of 6" in console.text
        await console.press("enter")
        assert console.screen.focused is console.table
        assert console.query == "globex"
        await console.press("escape")
        assert console.query == ""
        assert len(console.names) == 6


async def test_escape_in_the_filter_clears_it(root: Path) -> None:
    async with running(root) as console:
        await console.press("slash")
        await console.write("aurora")
        await console.press("escape")
        assert console.query == ""
        assert console.screen.focused is console.table
        assert len(console.names) == 6


async def test_a_wrong_query_is_told_in_its_place_and_the_rows_stay(root: Path) -> None:
    async with running(root) as console:
        await console.press("slash")
        await console.write("cost<")
        shown = list(console.names)
        await console.write("many")
        bar = console.text.splitlines()[1]
        assert console.names == shown
        assert "cost" in bar
        assert "of 6" not in bar
        underline = console.one(Input, "FilterInput").highlighter
        assert underline is not None
        await console.press("backspace", "backspace", "backspace", "backspace", "5")
        assert console.names == ["Aurora", "Comet"]


async def test_up_recalls_the_filters_that_were_kept(root: Path) -> None:
    async with running(root) as console:
        for query in ("aurora", "comet"):
            await console.press("slash")
            await console.write(query)
            await console.press("enter", "escape")
        await console.press("slash", "up")
        assert console.query == "comet"
        await console.press("up")
        assert console.query == "aurora"
        await console.press("down")
        assert console.query == "comet"


async def test_keys_typed_ahead_go_where_the_first_one_leads(root: Path) -> None:
    async with running(root) as console:
        await console.burst("2jgg/type:prompt_to_image\n*t")
        assert console.query == "type:prompt_to_image"
        assert console.table.marks == {AURORA, BOREALIS, COMET}
        assert console.pending == [AURORA, BOREALIS]


async def test_the_cursor_stays_on_the_same_model(root: Path) -> None:
    async with running(root) as console:
        await console.press("4", "j")
        assert console.table.cursor_key == ECLIPSE
        await console.press("s", "j", "enter")
        assert console.table.cursor_key == ECLIPSE
        await console.press("slash")
        await console.write("aurora")
        assert console.table.cursor_key == AURORA
        await console.press("escape")
        assert console.table.cursor_key == ECLIPSE
        catalogs.write(root, "models/prompt_to_image/aaa.toml", catalogs.model("prompt_to_image/aaa", "Aaa"))
        await console.press("f5")
        assert "Aaa" in console.names
        assert console.table.cursor_key == ECLIPSE


async def test_vim_keys_arrows_and_counts_move(root: Path) -> None:
    async with running(root) as console:
        await console.press("j", "down")
        assert console.table.cursor == 2
        await console.press("k", "up")
        assert console.table.cursor == 0
        await console.press("3", "j")
        assert console.table.cursor == 3
        await console.press("G")
        assert console.table.cursor == 5
        await console.press("g", "g")
        assert console.table.cursor == 0
        await console.press("4", "G")
        assert console.table.cursor == 3
        await console.press("home", "end")
        assert console.table.cursor == 5
        await console.press("2", "g", "g")
        assert console.table.cursor == 1
        await console.press("5", "t", "j")
        assert console.table.cursor == 2, "a count is for the key that follows it, and for no other"


async def test_sorting_by_menu_header_sign_and_reverse(root: Path) -> None:
    async with running(root) as console:
        await console.press("s")
        assert isinstance(console.screen, Chooser)
        await console.press("j", "j", "j", "enter")
        assert console.names[:5] == ["Aurora", "Comet", "Borealis", "Eclipse", "Dawn 3.1"]
        assert "Cost ▲" in console.text
        await console.press("S")
        assert console.names[:5] == ["Dawn 3.1", "Eclipse", "Borealis", "Comet", "Aurora"]
        assert "Cost ▼" in console.text
        await console.press("s", "g", "g", "j", "enter")
        assert str(console.table.ordering) == "provider,-cost"
        assert console.names[:3] == ["Dawn 3.1", "Comet", "Aurora"]


async def test_marks_one_range_all_and_invert(root: Path) -> None:
    async with running(root) as console:
        await console.press("space")
        assert console.table.marks == {AURORA}
        assert console.table.cursor == 1
        await console.press("j", "v", "j", "j", "v", "j")
        assert console.table.marks == {AURORA, COMET, DAWN, ECLIPSE}
        await console.press("exclamation_mark")
        assert console.table.marks == {BOREALIS, FAULT}
        await console.press("asterisk")
        assert len(console.table.marks) == 6
        await console.press("asterisk")
        assert console.table.marks == frozenset()


async def test_a_range_shrinks_when_the_cursor_comes_back(root: Path) -> None:
    async with running(root) as console:
        await console.press("v", "j", "j", "j", "k", "k")
        assert console.table.marks == {AURORA, BOREALIS}
        await console.press("escape", "j")
        assert console.table.marks == {AURORA, BOREALIS}


async def test_marks_that_the_filter_hides_are_counted_and_named_before_acting(root: Path) -> None:
    async with running(root) as console:
        await console.press("space", "space", "slash")
        await console.write("borealis")
        await console.press("enter")
        assert "2 marked, 1 hidden" in console.text
        await console.press("t")
        assert isinstance(console.screen, Confirm)
        assert "2 marked, 1 hidden" in console.text
        assert "Aurora" in console.text
        await console.press("enter")
        assert console.pending == [], "no is the answer of enter"
        await console.press("t", "y")
        assert console.pending == [AURORA, BOREALIS]


async def test_marks_of_models_that_are_gone_go(root: Path) -> None:
    async with running(root) as console:
        await console.press("space", "space")
        (root / f"models/{AURORA}.toml").unlink()
        await console.press("f5")
        assert console.table.marks == {BOREALIS}


async def test_t_switches_the_model_and_the_row_shows_it(root: Path) -> None:
    async with running(root) as console:
        await console.press("t")
        assert [type(each) for each in console.seen(Perform) + console.seen(Performed)] == [Perform, Performed]
        assert console.pending == [AURORA]
        assert console.line.split()[:3] == ["~", "○", "Aurora"]
        assert "~1 pending" in console.text
        assert "active  true → false" in console.text
        assert console.notices == []


async def test_the_marked_models_are_switched_and_refusals_are_named(root: Path) -> None:
    async with running(root) as console:
        await console.press("asterisk", "t")
        assert console.pending == [AURORA, BOREALIS, ECLIPSE], "all off, so Comet, which is off, stays as it is"
        assert "2 refused" in console.notices[-1]
        assert "Dawn 3.1 is locked by alice (in production); " in console.notices[-1]
        assert FAULT in console.notices[-1]


async def test_a_locked_model_refuses_and_says_what_would_help(root: Path) -> None:
    async with running(root) as console:
        await console.press("3", "j", "t")
        assert console.notices == ["Dawn 3.1 is locked by alice (in production). Press l to unlock it"]
        assert console.pending == []


async def test_undo_and_redo(root: Path) -> None:
    async with running(root) as console:
        await console.press("u")
        assert console.notices == ["there is nothing to undo"]
        await console.press("t", "u")
        assert console.pending == []
        await console.press("ctrl+r")
        assert console.pending == [AURORA]
        assert console.notices[-1] == f"done again: toggle · {AURORA}"


async def test_lock_asks_why_and_takes_no_silence(root: Path) -> None:
    async with running(root) as console:
        await console.press("l")
        assert isinstance(console.screen, Ask)
        await console.press("enter")
        assert isinstance(console.screen, Ask)
        await console.write("live")
        await console.press("enter")
        assert console.pending == [AURORA]
        lock = pending_value(console.snapshot.plan, console.snapshot.catalog, AURORA, ("lock",))
        assert isinstance(lock, dict)
        assert (lock["reason"], lock["by"]) == ("live", "bob")


async def test_unlock_asks_once_and_no_is_the_default(root: Path) -> None:
    async with running(root) as console:
        await console.press("3", "j", "l")
        assert isinstance(console.screen, Confirm)
        assert "locked by alice (in production)" in console.text
        await console.press("enter")
        assert console.pending == []
        await console.press("l", "right", "enter")
        assert console.pending == [DAWN]
        await console.press("t")
        assert console.notices[-1].endswith("Press a to apply its unlock first")


async def test_a_cell_is_edited_in_place(root: Path) -> None:
    async with running(root) as console:
        await console.press("right", "right", "right")
        cell = console.table.cell
        await console.press("i")
        assert isinstance(console.screen, EditScreen)
        box = console.screen.query_one("#box").region
        assert box.y == cell.y
        assert box.x <= cell.x
        assert box.right >= cell.right
        assert box.height == 1, "the rows below stay as they are"
        foot = console.screen.query_one("#foot").region
        assert (foot.x, foot.right, foot.bottom) == (0, *console.screen.size)
        assert "cost.base" in console.text.splitlines()[-1]
        assert "cost.base" not in "".join(console.text.splitlines()[:-1])
        field = console.one(Input, "#value")
        assert field.value == "2"
        await console.press("backspace")
        await console.write("many")
        await console.press("enter")
        assert isinstance(console.screen, EditScreen), "a value that does not fit is refused at the field"
        assert "price" in str(console.screen.query_one("#problem").render())
        await console.press(*["backspace"] * 4)
        await console.write("2.5")
        await console.press("enter")
        assert isinstance(console.screen, CatalogScreen)
        assert console.line.split()[:2] == ["~", "●"]
        assert "2.5" in console.line
        assert console.notices == []


async def test_a_field_of_few_values_is_chosen(root: Path) -> None:
    async with running(root) as console:
        await console.press(*["right"] * 5, "i")
        assert isinstance(console.screen, EditScreen)
        assert "deprecated" in console.text
        await console.press("j", "enter")
        assert [str(edit.new) for edit in console.snapshot.plan.files[AURORA].edits] == ["alpha"]


async def test_the_type_is_not_edited_and_the_reason_told(root: Path) -> None:
    async with running(root) as console:
        await console.press("right", "right", "i")
        assert isinstance(console.screen, CatalogScreen)
        assert "folder" in console.notices[-1]


async def test_an_edit_of_a_locked_model_is_refused_at_the_field(root: Path) -> None:
    async with running(root) as console:
        await console.press("3", "j", "i")
        await console.write("x")
        await console.press("enter")
        assert "Press l to unlock it" in str(console.screen.query_one("#problem").render())
        await console.press("escape")
        assert console.pending == []


async def test_a_broken_model_is_a_row_with_its_reason(root: Path) -> None:
    async with running(root, (140, 26)) as console:
        await console.press("G")
        assert "models/prompt_to_video/fault.toml:1" in console.text
        await console.press("t")
        assert "broken" in console.notices[-1]
        assert "F5" in console.notices[-1]


async def test_copy_puts_the_chosen_text_on_the_clipboard(root: Path) -> None:
    async with running(root) as console:
        await console.press("y", "enter")
        assert console.app.clipboard == AURORA
        await console.press("y", "j", "enter")
        assert console.app.clipboard == "aurora"


async def test_the_summary_is_at_the_side_when_wide_and_hidden_at_80(root: Path) -> None:
    async with running(root) as console:
        assert console.screen.query_one("#side").display
        await console.pilot.resize_terminal(80, 24)
        await console.settle()
        assert not console.screen.query_one("#side").display
        await console.press("j", "j")
        await console.pilot.resize_terminal(130, 40)
        await console.settle()
        assert "prompt_to_image/comet" in console.text
        assert console.table.cursor_key == COMET


async def test_it_is_usable_in_60_by_15(root: Path) -> None:
    async with running(root, (60, 15)) as console:
        lines = console.text.splitlines()
        assert len(lines) == 15
        assert all(len(line) == 60 for line in lines)
        assert "Aurora" in lines[3]
        assert "help" in lines[-1]
        await console.press("t")
        assert "~1 pending" in console.text


async def test_columns_scroll_sideways_and_the_name_stays(root: Path) -> None:
    async with running(root, (60, 15)) as console:
        await console.press(*["right"] * 11)
        assert console.table.scroll_offset.x > 0
        assert "Aurora" in console.line
        assert "Verified" in console.text
        await console.press("2", "0", "left")
        assert console.table.scroll_offset.x == 0


async def test_a_catalogue_without_models_says_what_to_do(tmp_path: Path) -> None:
    root = tmp_path / "empty"
    catalogs.write(root, "catalog.toml", "schema = 1\n")
    async with running(root, (80, 24)) as console:
        assert "This catalogue has no models yet." in console.text
        await console.press("t", "i", "enter", "j", "space", "asterisk", "G", "r", "y", "h")
        assert set(console.notices) == {"no model is under the cursor"}


async def test_no_match_says_what_to_do(root: Path) -> None:
    async with running(root, (80, 24)) as console:
        await console.press("slash")
        await console.write("zzz")
        assert "Nothing matches this filter." in console.text


async def test_quitting_keeps_what_is_pending_and_says_so(root: Path) -> None:
    async with running(root) as console:
        await console.burst("tq")
        assert console.app.return_code == 0
        assert "1 file pending, kept in the queue" in str(console.app._exit_renderables[0])
    async with running(root) as console:
        assert console.pending == [AURORA]
