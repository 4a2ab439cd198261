"""Where the user stood is where the next start goes on."""

from __future__ import annotations

import json
from pathlib import Path

from modeltui.domain.browse.place import Place, place_of
from modeltui.tui.widgets.browser import Browser
from tui import catalogs
from tui.driver import Console, running

AURORA, DAWN, ECLIPSE = "prompt_to_image/aurora", "prompt_to_video/dawn", "prompt_to_video/eclipse"


def kept(state: Path) -> Place:
    """What is on disk."""
    files = list(state.glob("*.place.json"))
    return place_of(json.loads(files[0].read_text())) if files else Place()


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def wander(console: Console) -> None:
    """Filter, sort, group, mark, hide a column, and go somewhere."""
    await console.press("space", "slash", *"-broken:yes active:yes", "enter", "s", "j", "j", "j", "enter", "S")
    await console.press("c", "j", "space", "enter", "backslash", "j", "j", "enter", "g", "g", "j", "right", "right")


async def test_all_of_it_comes_back(root: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    async with running(root, state=str(state)) as console:
        await wander(console)
        key, column, view = console.table.cursor_key, console.table.column, console.one(Browser).view
        names = console.names
        await console.press("q")
    assert kept(state).marks == {AURORA}
    async with running(root, state=str(state)) as console:
        assert console.query == "-broken:yes active:yes"
        assert console.one(Browser).view == view
        assert (console.table.cursor_key, console.table.column, console.names) == (key, column, names)
        assert console.table.marks == {AURORA}
        assert "Cost ▼" in console.text
        assert "prompt_to_image  2 models" in console.text
        await console.press("slash", *["backspace"] * 30, "up")
        assert console.query == "-broken:yes active:yes", "filters are recalled across starts"


async def test_it_is_on_disk_without_quitting(root: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    async with running(root, state=str(state)) as console:
        await console.press("asterisk", "4", "j")
        await console.until(lambda: kept(state).key == ECLIPSE and len(kept(state).marks) == 6)
        await console.press("slash", *"glo")
        await console.until(lambda: kept(state).shown.query == "glo")
        (path,) = state.glob("*.place.json")
        assert path.stat().st_mode & 0o777 == 0o600


async def test_another_catalogue_has_its_own_and_fresh_starts_at_the_top(root: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    async with running(root, state=str(state)) as console:
        await console.press("slash", *"globex", "enter", "q")
    async with running(root, state=str(state), fresh=True) as console:
        assert (console.query, len(console.names)) == ("", 6)
    other = catalogs.make(tmp_path / "other")
    async with running(other, state=str(state)) as console:
        assert console.query == ""


async def test_marks_and_a_cursor_of_models_that_are_gone_do_no_harm(root: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    async with running(root, state=str(state)) as console:
        await console.press("space", "space", "j", "q")
    (root / f"models/{AURORA}.toml").unlink()
    (root / f"models/{DAWN}.toml").unlink()
    async with running(root, state=str(state)) as console:
        assert console.table.marks == {"prompt_to_image/borealis"}
        assert console.table.cursor_row is not None


async def test_a_query_that_is_wrong_by_now_is_told_in_its_place(root: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    async with running(root, state=str(state)) as console:
        await console.press("slash", *"cost<x", "q", "enter", "q")
    async with running(root, state=str(state)) as console:
        assert console.query == "cost<xq"
        assert "cost is compared with" in console.text
        await console.press("escape")
        assert len(console.names) == 6


async def test_a_damaged_place_is_said_and_the_console_starts(root: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    async with running(root, state=str(state)) as console:
        await console.press("j", "q")
    (path,) = state.glob("*.place.json")
    path.write_text("torn")
    async with running(root, state=str(state)) as console:
        assert "last place in the console could not be read" in console.notices[0]
        assert len(console.names) == 6
    assert (path.parent / f"{path.name}.damaged-1").read_text() == "torn"


async def test_a_folder_that_cannot_be_written_is_said_once(root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    async with running(root, state=str(tmp_path / "file" / "state")) as console:
        await console.press("j")
        await console.until(lambda: bool(console.notices))
        assert "cannot write" in console.notices[0]
        await console.press("j", "asterisk")
        assert len(console.notices) == 1


async def test_nothing_is_written_without_a_folder(root: Path, tmp_path: Path) -> None:
    before = names_in(tmp_path)
    async with running(root) as console:
        await console.press("j", "asterisk", "q")
    assert names_in(tmp_path) == before
