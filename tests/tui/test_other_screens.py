"""The screens one key away: a model in full, the problems, the help, the palette."""

from __future__ import annotations

from pathlib import Path

from modeltui.tui.commands import commands_of
from modeltui.tui.messages import OpenModel
from modeltui.tui.screens.catalog import CatalogScreen
from modeltui.tui.screens.detail import DetailScreen
from modeltui.tui.screens.edit import EditScreen
from modeltui.tui.screens.history import HistoryScreen
from modeltui.tui.screens.pending import PendingScreen
from modeltui.tui.screens.problems import ProblemsScreen
from modeltui.tui.widgets.chooser import Chooser
from modeltui.tui.widgets.line_view import LineView
from modeltui.tui.widgets.row_list import RowList
from tui.driver import running

AURORA, DAWN = "prompt_to_image/aurora", "prompt_to_video/dawn"


async def test_a_model_in_full(root: Path) -> None:
    async with running(root) as console:
        await console.press("3", "j", "enter")
        assert isinstance(console.screen, DetailScreen)
        shown = console.text
        assert "Dawn 3.1" in shown
        assert "locked by alice (in production)" in shown
        assert "since 2026-11-20 10:00" in shown
        assert " 1  schema = 1" in shown
        assert "base     60 credits" in shown or "base  60 credits" in shown
        await console.press("G")
        assert 'reason = "in production"' in console.text
        await console.press("escape")
        assert isinstance(console.screen, CatalogScreen)
        assert console.table.cursor_key == DAWN


async def test_a_model_in_full_is_for_a_narrow_terminal_too(root: Path) -> None:
    async with running(root, (80, 24)) as console:
        await console.press("enter")
        shown = console.text
        assert "prompt_to_image/aurora" in shown
        assert " 1  schema = 1" in shown


async def test_keys_of_the_model_work_in_full_view(root: Path) -> None:
    async with running(root) as console:
        await console.press("enter", "t")
        assert console.pending == [AURORA]
        assert "active  true → false" in console.text
        await console.press("h")
        assert isinstance(console.screen, HistoryScreen)


async def test_a_field_is_chosen_and_edited(root: Path) -> None:
    async with running(root) as console:
        await console.press("enter", "i")
        assert isinstance(console.screen, Chooser)
        await console.write("estimated")
        await console.press("enter")
        assert isinstance(console.screen, EditScreen)
        await console.press("backspace", "5", "enter")
        assert isinstance(console.screen, DetailScreen)
        assert "timing.estimated_seconds  30 → 35" in console.text


async def test_an_empty_value_removes_a_field_that_may_be_missing(root: Path) -> None:
    async with running(root) as console:
        await console.press("enter", "i")
        await console.write("estimated")
        await console.press("enter", "backspace", "backspace", "enter")
        assert isinstance(console.screen, DetailScreen)
        assert "timing.estimated_seconds  30 → –" in console.text


async def test_problems_lead_to_the_line(root: Path) -> None:
    async with running(root) as console:
        await console.press("f")
        assert isinstance(console.screen, ProblemsScreen)
        findings = console.one(RowList, "#findings").rows
        assert any(finding.path == "models/prompt_to_video/fault.toml" for finding in findings)
        at = next(index for index, finding in enumerate(findings) if "fault.toml" in finding.path)
        await console.press(*["j"] * at, "enter")
        (wish,) = console.seen(OpenModel)
        assert (wish.key, wish.line) == ("prompt_to_video/fault", 1)
        assert isinstance(console.screen, DetailScreen)
        assert console.one(LineView, "#source").cursor == 0
        await console.press("escape", "escape")
        assert isinstance(console.screen, CatalogScreen)


async def test_help_lists_every_live_key_and_is_made_of_the_bindings(root: Path) -> None:
    async with running(root, (120, 60)) as console:
        commands = commands_of(console.screen)
        await console.press("question_mark")
        assert isinstance(console.screen, Chooser)
        rows = console.one(RowList).rows
        assert {row.key for row in rows} == {command.id for command in commands}
        assert "gg" in console.text
        await console.write("whole hist")
        assert [row.key for row in console.one(RowList).rows] == ["history.open"]
        await console.press("enter")
        assert isinstance(console.screen, HistoryScreen)


async def test_every_key_has_a_name_of_its_own_to_be_remapped_by(root: Path) -> None:
    async with running(root) as console:
        commands = commands_of(console.screen)
        assert all("." in command.id for command in commands)
        console.app.set_keymap({"model.toggle": "z", "row.first": "g t"})
        await console.press("t")
        assert console.pending == []
        await console.press("z", "j", "g", "t")
        assert console.pending == [AURORA]
        assert console.table.cursor == 0
        await console.press("question_mark", *"active on or off")
        assert console.one(RowList).rows[0].left[0][0].strip() == "z"


async def test_the_palette_finds_teaches_and_runs(root: Path) -> None:
    async with running(root) as console:
        await console.press("colon")
        assert isinstance(console.screen, Chooser)
        offered = [option.text for option in console.one(RowList).rows]
        assert any("nothing is pending" in text for text in offered), "what cannot be done now says why"
        await console.write("toggle")
        assert "t" in console.text.splitlines()[-1] or console.one(RowList).rows[0].key == "model.toggle"
        await console.press("enter")
        assert isinstance(console.screen, CatalogScreen)
        assert console.pending == [AURORA]
        await console.press("ctrl+p", *"pend", "enter")
        assert isinstance(console.screen, PendingScreen)


async def test_a_command_that_cannot_be_done_says_why_when_chosen(root: Path) -> None:
    async with running(root) as console:
        await console.press("colon", *"undo", "enter")
        assert console.notices == ["there is nothing to undo"]


async def test_hints_are_few_and_of_what_is_possible_now(root: Path) -> None:
    async with running(root, (140, 40)) as console:
        hints = console.text.splitlines()[-1]
        assert "space mark" in hints
        assert "b bulk…" in hints
        assert not any(each in hints for each in ("apply", "pending", "undo")), "there is nothing to do that with"
        await console.press("t")
        hints = console.text.splitlines()[-1]
        assert all(each in hints for each in ("p pending", "a apply", "u undo", ": commands", "? help"))
        assert len([word for word in hints.split("  ") if word.strip()]) == 6 + 2
        await console.press("space")
        assert "b bulk…" in console.text.splitlines()[-1]
        await console.press("u", "u")
        assert "u undo" not in console.text.splitlines()[-1]


async def test_hints_at_80_columns_are_whole(root: Path) -> None:
    async with running(root, (80, 24)) as console:
        await console.press("t")
        hints = console.text.splitlines()[-1]
        assert all(each in hints for each in ("space mark", "t toggle", "p pending", "a apply", "u undo", "? help"))
        assert "…" not in hints


async def test_what_is_told_takes_two_lines_at_most_and_stays_on_its_page(root: Path) -> None:
    async with running(root, (80, 24)) as console:
        below = console.text.splitlines()[:-3]
        for number in range(6):
            console.app.notify(f"{number} " + "said at length " * 40, title="told", severity="warning", markup=False)
        await console.settle()
        lines = console.text.splitlines()
        assert lines[:-3] == below, "only the two lines above the hints are covered"
        assert "told: 5 said" in lines[-3]
        assert lines[-2].rstrip().endswith("…")
        assert "? help" in lines[-1]
        await console.press("p")
        assert console.notices == []
        assert "said at length" not in console.text
        await console.press("x")
        assert console.notices == ["nothing is pending"]
        await console.press("escape")
        assert console.notices == []


async def test_escape_always_goes_back_to_the_same_place(root: Path) -> None:
    async with running(root) as console:
        await console.press("t", "j", "j", "space")
        for key in ("p", "f", "H", "enter", "r", "question_mark", "colon", "s", "y", "l", "a", "i"):
            await console.press(key)
            assert not isinstance(console.screen, CatalogScreen), key
            await console.press("escape")
            assert isinstance(console.screen, CatalogScreen), key
        assert console.table.cursor == 3
        assert console.table.marks == {"prompt_to_image/comet"}
        await console.press("q")
        assert console.app.return_code == 0
