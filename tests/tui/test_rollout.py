"""The ramp in the console: steps, callers by name, off at once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from modeltui.domain.pending.plan import pending_document
from modeltui.tui.screens.catalog import CatalogScreen
from modeltui.tui.widgets.chooser import Chooser
from modeltui.tui.widgets.off_dialog import OffDialog
from modeltui.tui.widgets.preview_dialog import PreviewDialog
from modeltui.tui.widgets.questions import ApplyQuestion
from modeltui.tui.widgets.row_list import RowList
from modeltui.tui.widgets.type_in import TypeIn
from tui.driver import Console, running

AURORA, COMET = "prompt_to_image/aurora", "prompt_to_image/comet"


def table(root: Path, key: str, text: str) -> None:
    file = root / f"models/{key}.toml"
    file.write_text(f"{file.read_text()}\n[rollout]\n{text}\n")


def after(console: Console, key: str) -> object:
    """The table of a model as the apply would leave it."""
    return pending_document(console.snapshot.plan, console.snapshot.catalog, key).get("rollout")


async def on(console: Console, key: str) -> None:
    console.table.seek(key)
    await console.settle()


async def choose(console: Console, name: str) -> None:
    assert isinstance(console.screen, Chooser)
    console.one(RowList).seek(name)
    await console.press("enter")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("looks", [{}, {"color": False}, {"ascii": True}])
async def test_a_step_is_shown_then_queued_and_taken_back(
    root: Path, size: tuple[int, int], looks: dict[str, Any]
) -> None:
    table(root, AURORA, 'percent = 1\nallow = ["ann"]\ndeny = ["bob"]')
    async with running(root, size, **looks) as console:
        await on(console, AURORA)
        await console.press("%")
        shown = console.text
        for said in ("Rollout: Aurora", "1 %", "ann", "bob", "0 %", "10 %", "50 %", "100 %", "Off now"):
            assert said in shown
        await choose(console, "50")
        assert isinstance(console.screen, PreviewDialog)
        said = " ".join(console.text.replace("│", " ").replace("|", " ").split())
        assert "from 1 % to 50 % at once; the usual next step is 10 %" in said
        assert console.pending == []
        await console.press("enter")
        assert after(console, AURORA) == {"percent": 50, "allow": ["ann"], "deny": ["bob"]}
        await console.press("%")
        assert "pending 50 %" in " ".join(console.text.split())
        assert re.search(r"\b50 % +pending", console.text)
        await console.press("escape", "u")
        assert console.pending == []


async def test_marked_models_are_one_step_and_locked_ones_are_named(root: Path) -> None:
    async with running(root, (80, 24)) as console:
        await console.press("asterisk", "%")
        assert "L 1 locked, skipped" in console.text
        await choose(console, "10")
        assert "1 model locked, skipped" in console.text
        await console.press("enter")
        changed = console.pending
        assert len(changed) > 1
        assert all(after(console, key) == {"percent": 10} for key in changed)
        await console.press("u")
        assert console.pending == []


@pytest.mark.parametrize(
    ("act", "typed", "expected"),
    [
        ("percent", "0.5", {"percent": 0.5, "allow": ["ann"]}),
        ("allow", "bob, cid", {"percent": 10, "allow": ["ann", "bob", "cid"]}),
        ("deny", "ann", {"percent": 10, "deny": ["ann"]}),
        ("drop", "ann", {"percent": 10}),
        ("salt", "two", {"percent": 10, "salt": "two", "allow": ["ann"]}),
    ],
)
async def test_what_is_typed_is_done(root: Path, act: str, typed: str, expected: object) -> None:
    table(root, AURORA, 'percent = 10\nallow = ["ann"]')
    async with running(root) as console:
        await on(console, AURORA)
        await console.press("%")
        await choose(console, act)
        assert isinstance(console.screen, TypeIn)
        await console.write(typed)
        await console.press("enter", "enter")
        assert isinstance(console.screen, CatalogScreen)
        assert after(console, AURORA) == expected


@pytest.mark.parametrize(
    ("act", "typed", "said"),
    [("percent", "101", "is no percentage"), ("percent", "", "is no percentage"), ("allow", " , ", "at least one id")],
)
async def test_what_does_not_fit_is_said_where_it_is_typed(root: Path, act: str, typed: str, said: str) -> None:
    async with running(root) as console:
        await on(console, AURORA)
        await console.press("%")
        await choose(console, act)
        await console.write(typed)
        await console.press("enter")
        assert isinstance(console.screen, TypeIn)
        assert said in console.text
        await console.press("escape")
        assert console.pending == []


async def test_off_now_asks_for_the_apply_of_that_alone(root: Path) -> None:
    table(root, AURORA, "percent = 50")
    async with running(root, (80, 24)) as console:
        await on(console, COMET)
        await console.press("t")
        assert console.pending == [COMET]
        await on(console, AURORA)
        await console.press("%")
        await choose(console, "off")
        assert isinstance(console.screen, ApplyQuestion)
        assert "Apply 1 file" in console.text
        await console.write("it fails")
        await console.press("enter")
        assert isinstance(console.screen, CatalogScreen)
        assert (root / f"models/{AURORA}.toml").read_text().endswith("percent = 0\n")
        assert console.pending == [COMET]
        assert any("applied" in notice.casefold() for notice in console.notices)


async def test_off_now_names_what_stands_in_its_way(root: Path) -> None:
    table(root, AURORA, 'percent = 50\nallow = ["ann"]')
    async with running(root, (80, 24)) as console:
        await on(console, AURORA)
        await console.press("%")
        await choose(console, "off")
        assert isinstance(console.screen, OffDialog)
        assert "stays on for ann" in console.text
        await console.press("escape", "t", "%")
        await choose(console, "off")
        assert "has other pending changes: active" in " ".join(console.text.replace("│", " ").split())
        await console.press("enter")
        assert isinstance(console.screen, CatalogScreen)
        assert (root / f"models/{AURORA}.toml").read_text().endswith('allow = ["ann"]\n')


async def test_who_may_not_is_told(root: Path) -> None:
    settings = root / "catalog.toml"
    settings.write_text(f'{settings.read_text()}\n[policy.roles]\nadmin = ["alice"]\neditor = ["bob"]\n')
    async with running(root) as console:
        await on(console, AURORA)
        await console.press("%")
        await choose(console, "off")
        assert isinstance(console.screen, CatalogScreen)
        assert "bob is an editor here, and may not apply" in console.notices[-1]
    settings.write_text(settings.read_text().replace('editor = ["bob"]', ""))
    async with running(root) as console:
        await console.press("%")
        assert isinstance(console.screen, CatalogScreen)
        assert "may not queue changes" in console.notices[-1]


async def test_ids_cannot_attack_the_terminal(root: Path) -> None:
    table(root, AURORA, 'percent = 5\nallow = ["\\u001b[31mred[bold]"]')
    async with running(root, (120, 40)) as console:
        await on(console, AURORA)
        await console.press("%")
        assert "\x1b" not in console.text
        assert "red[bold]" in console.text


async def test_the_page_of_a_model_has_it_too(root: Path) -> None:
    table(root, AURORA, 'percent = 5\nallow = ["ann"]')
    async with running(root, (120, 40)) as console:
        await on(console, AURORA)
        await console.press("enter")
        assert "5 %, allows ann" in console.text
        await console.press("%")
        await choose(console, "10")
        await console.press("enter")
        assert console.pending == [AURORA]


async def test_a_column_shows_it(root: Path) -> None:
    table(root, AURORA, "percent = 0.5")
    async with running(root, (120, 40)) as console:
        assert "Rollout" not in console.text
        await console.press("c")
        columns = console.one(RowList)
        columns.seek("rollout")
        await console.press("space", "enter")
        assert "rollout" in [column.id for column in console.table.columns]
        assert "0.5 %" in console.text


@pytest.mark.parametrize(("percent", "blocks"), [(0, 0), (0.1, 1), (1, 1), (10, 2), (50, 10), (99.9, 19), (100, 20)])
async def test_the_bar_is_empty_for_nobody_and_full_for_everybody_only(root: Path, percent: float, blocks: int) -> None:
    table(root, AURORA, f"percent = {percent}")
    async with running(root, (80, 24)) as console:
        await on(console, AURORA)
        await console.press("%")
        assert console.text.count("█") == blocks


async def test_of_many_models_it_says_how_many_have_a_step_pending(root: Path) -> None:
    async with running(root, (80, 24)) as console:
        await on(console, AURORA)
        await console.press("%")
        await choose(console, "10")
        await console.press("enter")
        for key in (AURORA, COMET):
            await on(console, key)
            await console.press("space")
        await console.press("%")
        assert "1 with another rollout pending" in console.text
