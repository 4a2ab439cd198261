"""The form of a model: every field in one list, typed where it stands, queued as one step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modeltui.domain.document import ABSENT
from modeltui.tui.messages import OpenForm, Perform
from modeltui.tui.screens.catalog import CatalogScreen
from modeltui.tui.screens.form import FormScreen
from modeltui.tui.widgets.chooser import Chooser
from modeltui.tui.widgets.form_diff import FormDiff
from modeltui.tui.widgets.form_list import FormList
from modeltui.tui.widgets.form_value import FormValue
from tui import catalogs
from tui.driver import Console, running

AURORA, BOREALIS, COMET, DAWN = (
    "prompt_to_image/aurora",
    "prompt_to_image/borealis",
    "prompt_to_image/comet",
    "prompt_to_video/dawn",
)


async def opened(console: Console) -> FormScreen:
    await console.press("e")
    assert isinstance(console.screen, FormScreen)
    return console.screen


async def at(console: Console, field: str) -> None:
    """The cursor on a field, found with the filter."""
    await console.press("slash", *field, "enter")
    console.one(FormList).seek(field)
    await console.settle()
    assert console.one(FormList).cursor_key == field


def value(console: Console, field: str) -> Any:
    return next(row.value for row in console.one(FormList).rows if row.key == field)


def edits(console: Console, key: str = AURORA) -> dict[str, Any]:
    return {".".join(map(str, edit.path)): edit.new for edit in console.snapshot.plan.files[key].edits}


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 15)])
async def test_every_section_is_there_and_inputs_fold(root: Path, size: tuple[int, int]) -> None:
    async with running(root, size) as console:
        await opened(console)
        fields = console.one(FormList)
        tops = [row.key for row in fields.rows if row.depth == 0]
        assert tops == ["", "timing", "inputs", "request", "result", "cost"]
        assert "inputs.prompt.type" not in [row.key for row in fields.rows]
        await console.press("tab", "tab", "j", "enter")
        assert fields.cursor_key == "inputs.prompt"
        assert value(console, "inputs.prompt.max_length") == 100
        await console.press("left", "left")
        assert fields.cursor_key == "inputs"


async def test_values_are_typed_by_their_type_and_queued_as_one_step(root: Path) -> None:
    async with running(root) as console:
        await opened(console)
        await at(console, "name")
        await console.press("enter")
        assert isinstance(console.screen, FormValue)
        await console.press("end", *" Two", "enter")
        await at(console, "cost.base")
        await console.press("enter", "end", "backspace", *"2.5", "enter")
        await at(console, "tags")
        await console.press("enter", "end", *", bright", "enter")
        await at(console, "inputs.prompt.max_length")
        await console.press("enter", "end", "0", "enter")
        assert "4 changed" in console.text
        assert console.pending == []
        await console.press("ctrl+s")
        assert isinstance(console.screen, CatalogScreen)
        assert edits(console) == {
            "name": "Aurora Two",
            "cost.base": "2.5",
            "tags": ["fast", "bright"],
            "inputs.prompt.max_length": 1000,
        }
        assert len([wish for wish in console.seen(Perform) if wish.done == "edited"]) == 1
        assert console.notices == []
        await console.press("u")
        assert console.pending == [], "one undo takes all of it back"


async def test_what_is_wrong_is_said_while_it_is_typed_and_not_taken(root: Path) -> None:
    async with running(root) as console:
        await opened(console)
        await at(console, "timing.estimated_seconds")
        await console.press("enter", "end", "x")
        assert "takes a number" in console.text
        await console.press("enter")
        assert isinstance(console.screen, FormValue)
        await console.press("backspace", "backspace", "backspace", "0")
        assert "more than 0" in console.text
        await console.press("escape")
        assert "nothing changed" in console.text


async def test_a_switch_a_choice_and_back_again(root: Path) -> None:
    async with running(root) as console:
        await opened(console)
        await at(console, "active")
        await console.press("space")
        assert value(console, "active") is False
        await at(console, "status")
        await console.press("enter")
        assert isinstance(console.screen, Chooser)
        await console.press("down", "enter")
        assert value(console, "status") == "alpha"
        await console.press("space")
        assert value(console, "status") == "beta"
        await console.press("u", "u", "u")
        assert "nothing changed" in console.text
        await console.press("u")
        assert console.notices[-1] == "there is nothing to undo in this form"
        await console.press("ctrl+r")
        await at(console, "active")
        assert value(console, "active") is False
        await console.press("r")
        assert value(console, "active") is True


async def test_a_field_that_is_not_there_is_found_and_typed(root: Path) -> None:
    async with running(root) as console:
        await opened(console)
        await at(console, "retires_on")
        assert value(console, "retires_on") is ABSENT
        await console.press("enter", *"2027-02-30")
        assert "takes a day" in console.text
        await console.press("backspace", "backspace", *"01", "enter")
        await at(console, "limits.rpm")
        await console.press("enter", *"60", "enter", "ctrl+s")
        assert {name: str(each) for name, each in edits(console).items()} == {
            "retires_on": "2027-02-01",
            "limits": "{'rpm': 60}",
        }


async def test_an_input_is_added_filled_and_removed(root: Path) -> None:
    async with running(root) as console:
        await opened(console)
        console.one(FormList).seek("inputs")
        await console.press("plus", *"2 x")
        assert "no name" in console.text
        await console.press("backspace", "backspace", "backspace", *"seed", "enter")
        assert console.one(FormList).cursor_key == "inputs.seed"
        assert value(console, "inputs.seed.type") == "string"
        await console.press("plus", *"help", "enter", *"A number", "enter")
        assert value(console, "inputs.seed.help") == "A number"
        await at(console, "inputs.seed.type")
        await console.press("enter", *["down"], "enter")
        await console.press("ctrl+s")
        assert edits(console) == {"inputs.seed": {"type": "integer", "help": "A number"}}
        await opened(console)
        await at(console, "inputs.seed")
        await console.press("minus", "ctrl+s")
        assert console.pending == []


async def test_a_list_entry_a_rule_and_the_body(root: Path) -> None:
    async with running(root) as console:
        await opened(console)
        console.one(FormList).seek("tags")
        await console.press("plus", *"slow", "enter")
        assert value(console, "tags") == ["fast", "slow"]
        console.one(FormList).seek("tags.0")
        await console.press("minus")
        assert value(console, "tags") == ["slow"]
        console.one(FormList).seek("")
        await console.press("plus", *"rules", "enter")
        assert console.one(FormList).cursor_key == "rules.0"
        assert value(console, "rules.0.message") is ABSENT
        await console.press("ctrl+s")
        assert isinstance(console.screen, FormScreen)
        assert "not queued" in console.notices[-1]
        console.one(FormList).seek("rules.0.message")
        await console.press("enter", *"say it", "enter")
        console.one(FormList).seek("rules.0")
        await console.press("plus", *"require", "enter", *"prompt", "enter")
        await console.press("slash", *"body", "enter")
        console.one(FormList).seek("request.body")
        await console.press("plus", *"steps", "enter", *"30", "enter", "ctrl+s")
        assert edits(console) == {
            "tags": ["slow"],
            "rules": [{"message": "say it", "require": ["prompt"]}],
            "request.body.steps": 30,
        }


async def test_the_diff_comes_before_the_queue(root: Path) -> None:
    async with running(root) as console:
        await opened(console)
        await console.press("D")
        assert console.notices[-1] == "nothing is changed here"
        await at(console, "active")
        await console.press("space", "D")
        assert isinstance(console.screen, FormDiff)
        assert "-active = true" in console.text
        assert "+active = false" in console.text
        await console.press("escape")
        assert isinstance(console.screen, FormScreen)
        await console.press("D", "ctrl+s")
        assert isinstance(console.screen, CatalogScreen)
        assert edits(console) == {"active": False}


async def test_escape_asks_only_where_something_was_changed(root: Path) -> None:
    async with running(root) as console:
        await opened(console)
        await console.press("escape")
        assert isinstance(console.screen, CatalogScreen)
        await opened(console)
        await at(console, "active")
        await console.press("space", "escape")
        assert console.query == "", "the filter goes first"
        assert console.one(FormList).cursor_key == "active"
        await console.press("escape")
        assert isinstance(console.screen, Chooser)
        assert "1 field changed" in console.text
        await console.press("enter")
        assert isinstance(console.screen, FormScreen)
        await console.press("escape", "up", "enter")
        assert isinstance(console.screen, CatalogScreen)
        assert console.pending == []
        await opened(console)
        assert "nothing changed" in console.text


async def test_a_locked_model_is_shown_and_says_why_it_is_not_edited(root: Path) -> None:
    async with running(root) as console:
        console.table.seek(DAWN)
        await opened(console)
        assert "read only: Dawn 3.1 is locked by alice" in console.text
        await at(console, "active")
        await console.press("space")
        assert "unlock it" in console.notices[-1]
        await console.press("enter", "minus", "plus")
        assert isinstance(console.screen, FormScreen)
        assert "nothing changed" not in console.text
        await console.press("escape", "escape")
        assert isinstance(console.screen, CatalogScreen)


async def test_what_never_changes_says_why(root: Path) -> None:
    async with running(root) as console:
        await opened(console)
        for field in ("uid", "content_type"):
            await at(console, field)
            await console.press("enter")
            assert isinstance(console.screen, FormScreen)
            assert f"{field} is not edited here" in console.notices[-1]
        await at(console, "name")
        await console.press("minus")
        assert "needed" in console.notices[-1]


async def test_only_what_changed_goes_to_all_that_are_marked(root: Path) -> None:
    async with running(root) as console:
        await console.press("space", "space", "space", "g", "g", "e")
        (wish,) = console.seen(OpenForm)
        assert (wish.key, set(wish.keys)) == (wish.keys[0], {AURORA, BOREALIS, COMET})
        assert "and 2 more" in console.text
        await at(console, "cost.base")
        assert "others differ" in console.text
        await at(console, "category")
        await console.press("space", "ctrl+s")
        assert edits(console, AURORA) == {"category": "budget"}
        assert edits(console, COMET) == {"category": "budget"}
        await console.press("u")
        assert console.pending == []


async def test_a_file_that_changes_meanwhile_moves_under_the_form(root: Path) -> None:
    async with running(root) as console:
        await opened(console)
        await at(console, "active")
        await console.press("space")
        path = root / f"models/{AURORA}.toml"
        path.write_text(path.read_text().replace('base = "2"', 'base = "3"'))
        await console.press("f5")
        assert "the file changed" in console.notices[-2] + console.notices[-1]
        await at(console, "cost.base")
        assert value(console, "cost.base") == "3"
        await console.press("ctrl+s")
        assert edits(console) == {"active": False}
        assert not console.snapshot.plan.problems


async def test_a_refusal_while_queueing_leaves_everything_as_it_was_typed(root: Path) -> None:
    async with running(root) as console:
        await opened(console)
        await at(console, "active")
        await console.press("space")
        (root / "catalog.toml").write_text('schema = 1\n[policy.roles]\nviewer = ["bob"]\nadmin = ["root"]\n')
        await console.press("ctrl+s")
        assert isinstance(console.screen, FormScreen)
        assert "may not" in console.notices[-1]
        assert value(console, "active") is False
        assert "read only" in console.text


async def test_what_was_not_queued_is_there_when_the_form_is_opened_again(root: Path) -> None:
    async with running(root) as console:
        await opened(console)
        await at(console, "active")
        await console.press("space")
        console.app.pop_screen()
        await console.settle()
        await opened(console)
        assert "1 changed" in console.text


async def test_a_text_of_several_lines_gets_an_area(root: Path) -> None:
    path = root / f"models/{AURORA}.toml"
    path.write_text(path.read_text().replace('model_id = "aurora"', 'model_id = "aurora"\ndescription = "a\\nb"'))
    async with running(root) as console:
        await opened(console)
        await at(console, "description")
        await console.press("enter")
        assert isinstance(console.screen, FormValue)
        await console.press("enter", "c", "ctrl+s")
        assert value(console, "description") == "a\nb\nc"
        await console.press("ctrl+s")
        assert edits(console) == {"description": "a\nb\nc"}


async def test_a_choice_that_is_not_there_is_chosen_and_a_section_is_made(root: Path) -> None:
    async with running(root) as console:
        await opened(console)
        console.one(FormList).seek("")
        await console.press("plus", *"poll", "enter")
        assert console.one(FormList).cursor_key == "poll"
        assert value(console, "poll.status") is ABSENT
        assert "needed" in console.text
        for field, typed in (
            ("poll.status", "state"),
            ("poll.success", "done, ok"),
            ("poll.path", "/jobs/${job.uuid}"),
        ):
            await at(console, field)
            await console.press("enter", *typed, "enter")
        await at(console, "poll.method")
        await console.press("enter", "down", "enter", "escape")
        await console.press("ctrl+s")
        assert edits(console) == {
            "poll": {"status": "state", "success": ["done", "ok"], "path": "/jobs/${job.uuid}", "method": "POST"}
        }


async def test_dot_shows_all_that_could_be_there(root: Path) -> None:
    async with running(root) as console:
        await opened(console)
        before = len(console.one(FormList).rows)
        await console.press("full_stop")
        keys = [row.key for row in console.one(FormList).rows]
        assert len(keys) > before + 20
        assert {"description", "limits", "cost.minimum"} <= set(keys)
        await console.press("full_stop")
        assert len(console.one(FormList).rows) == before


async def test_the_form_draws_hostile_texts_safely(tmp_path: Path) -> None:
    root = catalogs.make_hostile(tmp_path / "catalog")
    async with running(root, (120, 40)) as console:
        for number in range(0, 8, 2):
            console.table.seek(f"prompt_to_image/hostile-{number}")
            await opened(console)
            assert not any(ord(each) < 0x20 for each in console.text.replace("\n", ""))
            await console.press("escape")


async def test_the_form_opens_on_the_first_field_that_is_edited_here(root: Path) -> None:
    async with running(root) as console:
        await opened(console)
        row = console.one(FormList).cursor_row
        assert row is not None
        assert row.key == "name"


async def test_help_that_is_folded_keeps_its_margin(root: Path) -> None:
    async with running(root, (80, 24)) as console:
        await opened(console)
        about = console.screen.query_one("#about").region
        for row in console.one(FormList).rows:
            console.one(FormList).seek(row.key)
            await console.settle()
            lines = console.text.splitlines()[about.y : about.bottom]
            assert all(line.startswith(" ") for line in lines), row.key
