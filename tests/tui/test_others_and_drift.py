"""What others have pending is in the header; what was changed behind a lock is told, with the ways out."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from modeltui.bootstrap import open_workspace
from modeltui.tui.screens.detail import DetailScreen
from modeltui.tui.widgets.ask import Ask
from tui.driver import Console, running, settings_for

AURORA, BOREALIS = "prompt_to_image/aurora", "prompt_to_image/borealis"


def queue_for(root: Path, user: str, keys: list[str]) -> None:
    open_workspace(settings_for(root, user=user)).changes.set_active(keys, None)


async def test_what_another_has_pending_is_in_the_header(root: Path) -> None:
    async with running(root) as console:
        assert "alice" not in console.text.splitlines()[0]
        queue_for(root, "alice", [AURORA, BOREALIS])
        await console.press("f5")
        assert "alice: 2 pending" in console.text.splitlines()[0]
        queue_for(root, "carol", [AURORA])
        await console.press("f5")
        assert "alice: 2 pending +1" in console.text.splitlines()[0]


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_mine_comes_first_where_there_is_no_room(root: Path, width: int) -> None:
    queue_for(root, "a-user-with-a-very-long-name", [AURORA])
    async with running(root, (width, 24)) as console:
        await console.press("t")
        top = console.text.splitlines()[0]
        assert "~1 pending" in top
        assert "a-user-with-a" in top
        assert "very-long-name" not in top


@pytest.fixture
def drifted_root(root: Path) -> Path:
    """Aurora was locked by an apply, and then changed by hand."""
    workspace = open_workspace(settings_for(root))
    workspace.changes.set_text([AURORA], [("order", "7")])
    workspace.applying.apply("in order")
    workspace.changes.lock([AURORA], "in production")
    workspace.applying.apply("go live")
    path = root / f"models/{AURORA}.toml"
    path.write_text(path.read_text().replace("order = 7", "order = 8"))
    return root


async def opened(console: Console) -> None:
    await console.press("enter")
    assert isinstance(console.screen, DetailScreen)


async def test_a_drifted_file_has_a_sign_a_word_and_what_changed(drifted_root: Path) -> None:
    async with running(drifted_root, (120, 40)) as console:
        assert "≠" in console.line
        assert "1 drifted" in console.text.splitlines()[0]
        assert "≠ drifted: changed behind the lock" in console.text
        await opened(console)
        assert "order  7 → 8" in console.text
        assert "L locks it anew" in console.text
        assert "L lock anew" in console.text.splitlines()[-1]


async def test_a_lock_that_holds_is_no_drift(root: Path) -> None:
    async with running(root) as console:
        assert "≠" not in console.text
        await console.press("enter", "L")
        assert console.notices[-1] == "Aurora is not locked"


async def test_it_is_locked_anew_with_a_reason(drifted_root: Path) -> None:
    async with running(drifted_root) as console:
        await opened(console)
        await console.press("L")
        assert isinstance(console.screen, Ask)
        await console.press(*"eight is right", "enter", "a", *"so be it", "enter")
        assert console.pending == []
        assert not console.snapshot.catalog.models[AURORA].is_drifted
        assert "drifted" not in console.text
        assert console.snapshot.catalog.documents[AURORA]["order"] == 8


async def test_what_was_locked_is_not_given_back_when_it_is_not_known(drifted_root: Path) -> None:
    async with running(drifted_root) as console:
        await opened(console)
        await console.press("U")
        assert "L locks it anew" in console.notices[-1]
        assert console.pending == []


async def test_what_was_locked_is_given_back_where_git_has_it(drifted_root: Path) -> None:
    path = drifted_root / f"models/{AURORA}.toml"
    now = path.read_text()
    path.write_text(now.replace("order = 8", "order = 7"))
    locked = path.read_text()
    for command in ("init -q", "add -A", "commit -q -m start"):
        git(drifted_root, command)
    path.write_text(now)
    async with running(drifted_root) as console:
        await opened(console)
        assert "U gives back what was locked" in console.text
        await console.press("U", "a", *"as it was", "enter")
        assert path.read_text() == locked
        assert "drifted" not in console.text


def git(root: Path, command: str) -> None:
    subprocess.run(["git", "-C", str(root), *command.split()], check=True, capture_output=True)


async def test_what_is_pending_takes_the_place_of_the_ways_out(drifted_root: Path) -> None:
    async with running(drifted_root, (80, 24)) as console:
        await opened(console)
        assert "L locks it anew" in console.text
        await console.press("L", *"so be it", "enter")
        assert "L locks it anew" not in console.text
        assert "~ pending: a applies, p shows it" in console.text
