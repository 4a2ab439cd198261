"""What is pending: its diff, taking it back, and making it so."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from modeltui.tui.screens.catalog import CatalogScreen
from modeltui.tui.screens.history import HistoryScreen
from modeltui.tui.screens.pending import PendingScreen
from modeltui.tui.widgets.ask import Ask
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.widgets.row_list import RowList
from tui import catalogs
from tui.driver import Console, running

AURORA, BOREALIS = "prompt_to_image/aurora", "prompt_to_image/borealis"


def source(root: Path, key: str) -> str:
    return (root / f"models/{key}.toml").read_text()


def git(root: Path, command: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *command.split()], check=True, capture_output=True, text=True)
    return done.stdout.strip()


async def test_the_diff_of_the_file_under_the_cursor(root: Path) -> None:
    async with running(root) as console:
        await console.press("t", "j", "t", "p")
        assert isinstance(console.screen, PendingScreen)
        assert console.one(RowList, "#files").cursor_key == AURORA
        shown = console.text
        assert "--- a/models/prompt_to_image/aurora.toml" in shown
        assert "-active = true" in shown
        assert "+active = false" in shown
        await console.press("j")
        assert console.one(RowList, "#files").cursor_key == f"{AURORA} active"
        await console.press("j")
        assert "+++ b/models/prompt_to_image/borealis.toml" in console.text


@pytest.mark.parametrize("size", [(80, 24), (60, 15)])
async def test_files_are_above_the_diff_where_it_is_narrow(root: Path, size: tuple[int, int]) -> None:
    async with running(root, size) as console:
        await console.press("t", "p")
        lines = console.text.splitlines()
        files = next(number for number, line in enumerate(lines) if "~ prompt_to_image/aurora" in line)
        diff = next(number for number, line in enumerate(lines) if "--- a/models" in line)
        assert files < diff
        assert lines[-1].split()[:2] == ["x", "drop"]


async def test_drop_one_drop_all_and_undo(root: Path) -> None:
    async with running(root) as console:
        await console.press("t", "j", "t", "p", "x")
        assert console.pending == [BOREALIS]
        await console.press("u")
        assert console.pending == [AURORA, BOREALIS]
        await console.press("X")
        assert isinstance(console.screen, Confirm)
        await console.press("enter")
        assert console.pending == [AURORA, BOREALIS]
        await console.press("X", "y")
        assert console.pending == []
        assert "Nothing is pending." in console.text
        await console.press("x")
        assert console.notices[-1] == "nothing is pending"
        await console.press("u", "escape")
        assert isinstance(console.screen, CatalogScreen)
        assert console.pending == [AURORA, BOREALIS]


async def test_apply_asks_why_with_numbers_and_writes(root: Path) -> None:
    before = source(root, AURORA)
    async with running(root) as console:
        await console.press("a")
        assert console.notices == ["nothing is pending"]
        await console.press("t", "j", "t", "a")
        assert isinstance(console.screen, Ask)
        assert "2 files changed" in console.text
        assert f"{AURORA}  active" in console.text
        assert source(root, AURORA) == before
        await console.write("too dear")
        await console.press("enter")
        assert console.pending == []
        assert console.notices[-1] == "2 files applied, kept in the history"
        assert source(root, AURORA) == before.replace("active = true", "active = false", 1)
        assert console.line.split()[:2] == ["○", "Borealis"]


async def test_an_apply_without_a_reason_wants_enter_twice(root: Path) -> None:
    async with running(root) as console:
        await console.press("t", "a", "enter")
        assert isinstance(console.screen, Ask)
        assert "enter once more" in console.text
        await console.press("enter")
        assert isinstance(console.screen, CatalogScreen)
        assert console.pending == []


async def test_a_catalogue_that_wants_a_reason_gets_one(root: Path) -> None:
    catalogs.write(root, "catalog.toml", "schema = 1\n\n[policy]\nreason_required = true\n")
    async with running(root) as console:
        await console.press("t", "a", "enter", "enter", "enter")
        assert isinstance(console.screen, Ask)
        await console.press("escape")
        assert console.pending == [AURORA]


async def test_many_files_want_their_number_typed(tmp_path: Path) -> None:
    root = catalogs.make(tmp_path / "catalog")
    for number in range(51):
        key = f"chat/m{number:02}"
        catalogs.write(root, f"models/{key}.toml", catalogs.model(key, f"M{number}"))
    async with running(root) as console:
        await console.press("slash", *"type:chat", "enter", "asterisk", "t", "a")
        await console.write("all of them")
        await console.press("enter")
        assert isinstance(console.screen, Ask)
        assert len(console.pending) == 51
        await console.write("51")
        await console.press("enter")
        assert isinstance(console.screen, CatalogScreen)
        assert console.pending == []


async def test_a_file_that_changed_meanwhile_is_not_overwritten(root: Path) -> None:
    async with running(root) as console:
        await console.press("t")
        theirs = source(root, AURORA).replace('base = "2"', 'base = "3"')
        catalogs.write(root, f"models/{AURORA}.toml", theirs)
        await console.press("a", *"mine", "enter")
        assert source(root, AURORA) == theirs
        assert console.pending == [AURORA]
        assert "stale" in console.notices[-1]
        assert "cannot apply" in console.text
        await console.press("p")
        assert "! stale prompt_to_image/aurora" in console.text


async def test_what_was_applied_is_in_the_history(root: Path) -> None:
    async with running(root) as console:
        await console.press("t", "a", *"too dear", "enter", "h")
        assert isinstance(console.screen, HistoryScreen)
        shown = console.text
        assert "history of prompt_to_image/aurora" in shown
        assert "bob" in shown
        assert "too dear" in shown
        assert "active  true → false" in shown
        await console.press("escape", "j", "h")
        assert "Nothing was applied yet." in console.text
        await console.press("escape", "H")
        assert "history of the whole catalogue" in console.text
        assert "too dear" in console.text


async def test_in_a_git_work_tree_the_commit_is_told(root: Path) -> None:
    for command in ("init -q", "add -A", "commit -q -m start"):
        git(root, command)
    async with running(root) as console:
        assert "git main" in console.text
        await console.press("t", "a", *"why not", "enter")
        commit, _, subject = git(root, "log -1 --format=%H.%s").partition(".")
        assert f"commit {commit[:10]}" in console.notices[-1]
        assert "why not" in subject


async def test_the_queue_outlives_the_console(root: Path) -> None:
    async with running(root) as console:
        await console.press("t")
    async with running(root) as console:
        assert console.pending == [AURORA]
        await console.press("u")
        assert console.pending == []


async def test_a_reload_keeps_what_is_pending_marked_and_filtered(root: Path) -> None:
    async with running(root) as console:
        await console.press("t", "j", "space", "slash", *"prompt_to_image", "enter")
        catalogs.write(root, "models/prompt_to_image/zenith.toml", catalogs.model("prompt_to_image/zenith", "Zenith"))
        await console.press("f5")
        assert console.names == ["Aurora", "Borealis", "Comet", "Zenith"]
        assert console.query == "prompt_to_image"
        assert console.table.marks == {BOREALIS}
        assert console.pending == [AURORA]


async def test_state_in_doubt_is_told_with_the_key_that_helps(root: Path) -> None:
    async with running(root) as console:
        _doubt(console)
        await console.settle()
        assert "an apply is in doubt: F6" in console.text
        await console.press("f6")
        assert "in doubt" not in console.text


def _doubt(console: Console) -> None:
    from msgspec.structs import replace

    console.app.snapshot = replace(console.snapshot, is_in_doubt=True)
