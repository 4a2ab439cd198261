"""What is pending by field: folded, seen from two sides, dropped, edited again, saved and taken from a plan file."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from modeltui.bootstrap import open_workspace
from modeltui.domain.document import ABSENT
from modeltui.tui.present.diff import SIDES_FROM, side_lines
from modeltui.tui.present.line import plain, width_of
from modeltui.tui.screens.conflicts import ConflictsScreen
from modeltui.tui.screens.edit import EditScreen
from modeltui.tui.screens.form import FormScreen
from modeltui.tui.screens.pending import PendingScreen
from modeltui.tui.screens.plan_file import PlanFileScreen
from modeltui.tui.widgets.ask import Ask
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.widgets.path_question import PathQuestion
from modeltui.tui.widgets.row_list import RowList
from tui import catalogs
from tui.driver import Console, running, settings_for

AURORA, BOREALIS, COMET = (f"prompt_to_image/{name}" for name in ("aurora", "borealis", "comet"))


def queue(root: Path, user: str = "bob") -> None:
    """Two fields of Aurora and one of Borealis."""
    changes = open_workspace(settings_for(root, user=user)).changes
    changes.set_text([AURORA], [("name", "Aurora 2"), ("cost.base", "3")])
    changes.set_active([BOREALIS], False)


def ids(console: Console) -> list[str]:
    return [row.id for row in console.one(RowList, "#files").rows]


def at(console: Console) -> str | None:
    return console.one(RowList, "#files").cursor_key


def pending_fields(console: Console, key: str) -> list[str]:
    return [".".join(map(str, edit.path)) for edit in console.snapshot.plan.files[key].edits]


async def test_each_model_has_its_fields_under_it(root: Path) -> None:
    queue(root)
    async with running(root, (120, 40)) as console:
        await console.press("p")
        assert ids(console) == [AURORA, f"{AURORA} name", f"{AURORA} cost.base", BOREALIS, f"{BOREALIS} active"]
        shown = console.text
        assert '"Aurora" → "Aurora 2"' in shown
        assert "2 fields" in shown
        assert re.search(r"bob: \d{4}-\d\d-\d\d \d\d:\d\d set name, cost.base", shown), "who, when, by which step"


async def test_models_fold_one_by_one_and_all_at_once(root: Path) -> None:
    queue(root)
    async with running(root) as console:
        await console.press("p", "j", "space")
        assert ids(console) == [AURORA, BOREALIS, f"{BOREALIS} active"]
        assert at(console) == AURORA, "the cursor is not left on a row that is gone"
        await console.press("right", "j", "left")
        assert at(console) == AURORA
        assert len(ids(console)) == 5
        await console.press("left")
        assert len(ids(console)) == 3
        await console.press("plus")
        assert len(ids(console)) == 5
        await console.press("G", "minus")
        assert ids(console) == [AURORA, BOREALIS]
        assert at(console) == BOREALIS


async def test_a_field_is_dropped_and_comes_back(root: Path) -> None:
    queue(root)
    async with running(root) as console:
        await console.press("p", "j", "x")
        assert pending_fields(console, AURORA) == ["cost.base"]
        assert console.notices[-1] == f"dropped: name of {AURORA}"
        await console.press("u")
        assert pending_fields(console, AURORA) == ["name", "cost.base"]
        assert at(console) == f"{AURORA} name"
        await console.press("left", "x")
        assert console.pending == [BOREALIS]


async def test_a_field_is_edited_again_in_its_cell_and_a_model_in_its_form(root: Path) -> None:
    queue(root)
    async with running(root) as console:
        await console.press("p", "j", "enter")
        assert isinstance(console.screen, EditScreen)
        await console.press("!", "enter")
        assert isinstance(console.screen, PendingScreen)
        assert '"Aurora" → "Aurora 2!"' in console.text
        await console.press("left", "e")
        assert isinstance(console.screen, FormScreen)


async def test_new_files_and_removals_are_shown_as_such(root: Path) -> None:
    workspace = open_workspace(settings_for(root))
    workspace.lifecycle.remove([COMET], hard=True)
    workspace.creating.create(workspace.creating.copy(AURORA))
    async with running(root) as console:
        await console.press("p")
        new = next(row for row in ids(console) if row not in {AURORA, COMET})
        shown = console.text
        assert "new file" in shown
        assert "removed" in shown
        assert f"+++ b/models/{new}.toml" in shown
        assert '+name = "Aurora (Copy)"' in shown, "the whole text"
        await console.press("G", "e")
        assert console.notices[-1] == f"{COMET} is to be removed: x drops that"


async def test_both_sides_beside_each_other_where_there_is_room(root: Path) -> None:
    queue(root)
    async with running(root, (120, 40)) as console:
        await console.press("p", "d")
        row = next(line for line in console.text.splitlines() if 'name = "Aurora 2"' in line)
        assert 'name = "Aurora" ' in row
        assert " │ " in row
        await console.press("d")
        assert '-name = "Aurora"' in console.text


async def test_where_it_is_narrow_sides_say_what_they_need(root: Path) -> None:
    queue(root)
    async with running(root, (80, 24)) as console:
        await console.press("p", "d")
        assert console.notices[-1] == f"side by side needs {SIDES_FROM} columns; here are 80"
        assert '-name = "Aurora"' in console.text


async def test_sides_go_when_the_terminal_becomes_narrow(root: Path) -> None:
    queue(root)
    async with running(root, (120, 40)) as console:
        await console.press("p", "d")
        await console.pilot.resize_terminal(80, 40)
        await console.settle()
        assert f"side by side needs {SIDES_FROM} columns" in console.text
        assert '-name = "Aurora"' in console.text


def test_sides_keep_every_character_within_their_width() -> None:
    long = "x" * 90
    diff = f"--- a/m\n+++ b/m\n@@ -3,3 +3,3 @@\n same\n-old = '{long}'\n+new = '漢{long}'\n+--- more\n"
    lines = side_lines(diff, 101)
    assert all(width_of(each) <= 101 for each in lines)
    text = "".join(plain(each) for each in lines)
    assert text.count("x") == 180
    assert "--- more" in text
    (same,) = (plain(each) for each in lines if "same" in plain(each))
    assert same.split() == ["3", "same", "│", "3", "same"]


async def test_what_others_have_pending_is_read_and_not_touched(root: Path) -> None:
    queue(root, "alice")
    async with running(root) as console:
        await console.press("p")
        assert "alice: 2 pending" in console.text
        await console.press("enter", "j", "right", "j")
        assert ids(console)[:4] == [
            "alice:",
            f"alice: {AURORA}",
            f"alice: {AURORA} name",
            f"alice: {AURORA} cost.base",
        ]
        assert '+name = "Aurora 2"' in console.text
        for key in ("x", "e"):
            await console.press(key)
            assert console.notices[-1] == "this is pending for alice: it can be read here, and no more"
        await console.press("enter")
    assert set(open_workspace(settings_for(root, user="alice")).catalog.snapshot().plan.files) == {AURORA, BOREALIS}


async def test_pending_is_saved_as_a_plan_and_a_file_is_not_replaced_unasked(root: Path, tmp_path: Path) -> None:
    queue(root)
    path = tmp_path / "p.json"
    async with running(root) as console:
        await console.press("p", "w")
        assert isinstance(console.screen, PathQuestion)
        await console.press(*["backspace"] * 9)
        await console.write(str(path))
        await console.press("enter")
        assert [file["key"] for file in json.loads(path.read_text())["files"]] == [AURORA, BOREALIS]
        assert "2 models in" in console.notices[-1]
        await console.press("X", "y", "t", "escape", "t", "p", "w", *["backspace"] * 9)
        await console.write(str(path))
        await console.press("enter")
        assert isinstance(console.screen, Confirm)
        await console.press("enter")
        assert len(json.loads(path.read_text())["files"]) == 2, "no is the answer of enter"


async def test_a_plan_file_is_looked_at_then_applied_and_the_queue_stays(root: Path, tmp_path: Path) -> None:
    queue(root, "alice")
    path = tmp_path / "p.json"
    open_workspace(settings_for(root, user="alice")).plans.save(str(path))
    async with running(root) as console:
        await console.press("j", "j", "t", "p", "O", *["backspace"] * 9)
        await console.write(str(path))
        await console.press("enter")
        assert isinstance(console.screen, PlanFileScreen)
        assert ids(console)[:2] == [AURORA, f"{AURORA} name"]
        assert "by alice" in console.text
        assert "2 changed" in console.text
        await console.press("a")
        assert isinstance(console.screen, Ask)
        await console.press(*"reviewed", "enter")
        assert isinstance(console.screen, PendingScreen)
        assert console.pending == [COMET]
        assert 'name = "Aurora 2"' in (root / f"models/{AURORA}.toml").read_text()
        assert console.notices[-1] == "2 files applied, kept in the history"


async def test_a_plan_that_is_stale_is_shown_and_refused(root: Path, tmp_path: Path) -> None:
    queue(root, "alice")
    path = tmp_path / "p.json"
    open_workspace(settings_for(root, user="alice")).plans.save(str(path))
    file = root / f"models/{AURORA}.toml"
    file.write_text(theirs := file.read_text() + "# theirs\n")
    async with running(root) as console:
        await console.press("p", "O", *["backspace"] * 9)
        await console.write(str(path))
        await console.press("enter")
        assert "1 cannot be applied" in console.text
        await console.press("a")
        assert isinstance(console.screen, PlanFileScreen)
        assert "nothing can be applied" in console.notices[-1]
    assert file.read_text() == theirs


async def test_what_is_no_plan_says_why(root: Path, tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text("{}")
    async with running(root) as console:
        await console.press("p", "O", *["backspace"] * 9)
        await console.write(str(tmp_path / "p.json"))
        await console.press("enter")
        assert "this is no plan that can be applied" in console.text
        await console.press("escape")
        assert isinstance(console.screen, PendingScreen)


async def test_p_goes_back_to_the_screen_that_is_open(root: Path) -> None:
    queue(root)
    file = root / f"models/{AURORA}.toml"
    file.write_text(file.read_text() + "# theirs\n")
    async with running(root) as console:
        await console.press("p")
        first = console.screen
        await console.press("c")
        assert isinstance(console.screen, ConflictsScreen)
        await console.press("p")
        assert console.screen is first
        await console.press("escape")
        assert not isinstance(console.screen, PendingScreen)


async def test_thousands_are_folded_and_one_diff_is_made(tmp_path: Path) -> None:
    root = catalogs.make(tmp_path / "catalog")
    keys = [f"chat/m{number:04}" for number in range(300)]
    for key in keys:
        catalogs.write(root, f"models/{key}.toml", catalogs.model(key, key))
    open_workspace(settings_for(root)).changes.set_text(keys, [("order", "3")])
    async with running(root) as console:
        await console.press("p")
        assert ids(console) == keys
        await console.press("G", "space")
        assert ids(console)[-1] == f"{keys[-1]} order"
        assert "+order = 3" in console.text
        assert len(console.seen(PendingScreen.DiffMade)) <= 3
        assert console.snapshot.plan.files[keys[0]].edits[0].old is ABSENT


@pytest.mark.parametrize("size", [(60, 24), (80, 24), (120, 40), (160, 40)])
async def test_with_nothing_pending_the_next_steps_are_read_in_full(root: Path, size: tuple[int, int]) -> None:
    async with running(root, size) as console:
        await console.press("p")
        shown = console.one(RowList, "#files").region
        lines = [line[shown.x : shown.right] for line in console.text.splitlines()[shown.y : shown.bottom]]
        said = " ".join(" ".join(lines).split())
        assert "t switches a model on or off, i edits a cell, l locks." in said
        assert said.endswith("comes back with u; O shows what a plan file would do.")
