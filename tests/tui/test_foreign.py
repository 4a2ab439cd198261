"""The console on a tree of others."""

from __future__ import annotations

from pathlib import Path

import pytest

from foreign_trees import ACME, MODEL, link, make, state_of
from modeltui.tui.messages import Perform
from tui.driver import running

_REFUSED = "this catalogue is read as models.dev, which is read only"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = make(tmp_path / "tree", {f"{ACME}/models/a/slip.toml": MODEL.replace("output = 2", "outputt = 2")})
    link(root, f"{ACME}/models/same.toml", "one.toml")
    return root


async def test_the_header_says_how_it_is_read_and_keys_say_why_not(tree: Path) -> None:
    before = state_of(tree)
    async with running(tree, mapping="models.dev") as console:
        assert "models.dev, read-only" in console.text.splitlines()[0]
        for key in ("t", "l", "e", "n", "u", "f8"):
            depth = len(console.app.screen_stack)
            await console.press(key)
            assert len(console.app.screen_stack) == depth
            assert _REFUSED in console.notices[-1]
        assert console.seen(Perform) == []
        await console.press("f8")
        assert console.app.standing is not None
        assert console.app.standing.is_read_only
    assert state_of(tree) == before


async def test_rows_are_filtered_and_a_linked_file_is_shown_as_it_is(tree: Path) -> None:
    async with running(tree, mapping="models.dev") as console:
        await console.press("slash")
        await console.write("acme/same")
        await console.press("enter", "enter")
        assert 'release_date = "2025-01-31"' in console.text


async def test_problems_lead_to_their_files(tree: Path) -> None:
    async with running(tree, mapping="models.dev") as console:
        await console.press("f")
        await console.press("end")
        assert "did you mean `cost.output`?" in console.text
        await console.press("enter")
        assert "acme/a/slip" in console.text


@pytest.mark.parametrize("key", ["H", "P", "A", "o", "w", "B", "p", "I", "c"])
async def test_every_screen_opens(tree: Path, key: str) -> None:
    before = state_of(tree)
    async with running(tree, mapping="models.dev") as console:
        await console.press(key)
        assert len(console.app.screen_stack) > 1
    assert state_of(tree) == before
