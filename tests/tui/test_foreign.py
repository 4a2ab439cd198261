"""The console on a tree of others."""

from __future__ import annotations

from pathlib import Path

import pytest

from foreign_trees import ACME, MODEL, link, make, state_of
from modeltui.tui.messages import Perform
from modeltui.tui.widgets.line_input import LineInput
from modeltui.tui.widgets.row_list import RowList
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
        for key in ("t", "l", "e", "n", "u", "f8", "M"):
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


async def test_the_worst_problems_come_first(tree: Path) -> None:
    link(tree, "providers/zeta/models/gone.toml", "nothing.toml")
    (tree / ACME / "models/b.toml").write_text(MODEL.replace("output = 2", "outputs_of_old = 2\noutput = 2"))
    async with running(tree, mapping="models.dev") as console:
        await console.press("f")
        found = [row.severity for row in console.one(RowList, "#findings").rows]
        assert found == sorted(found, key=("error", "warning", "note").index)
        assert len(set(found)) > 1


async def test_a_table_has_the_columns_that_are_shown(tree: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    async with running(tree, mapping="models.dev") as console:
        await console.press("c", "a", *".last_updated", "enter", "enter")
        await console.press("W", "enter")
        console.one(LineInput).value = str(target)
        await console.press("enter")
        await console.until(target.exists)
    assert "last_updated" in target.read_text().splitlines()[0].split(",")


@pytest.mark.parametrize("key", ["H", "P", "A", "o", "w", "B", "p", "I", "c"])
async def test_every_screen_opens(tree: Path, key: str) -> None:
    before = state_of(tree)
    async with running(tree, mapping="models.dev") as console:
        await console.press(key)
        assert len(console.app.screen_stack) > 1
    assert state_of(tree) == before


async def test_alerts_are_those_that_files_of_others_can_have(tree: Path) -> None:
    link(tree, f"{ACME}/models/gone.toml", "nowhere.toml")
    make(tree, {f"{ACME}/models/old.toml": f'status = "deprecated"\n{MODEL}'})
    async with running(tree, mapping="models.dev") as console:
        await console.press("A")
        assert console.text.splitlines()[1].strip() == "1 error"
        assert "acme/gone" in console.text


async def test_hosts_that_a_tree_names_are_not_connected_to(tree: Path) -> None:
    async with running(tree, mapping="models.dev") as console:
        await console.press("P")
        assert "no ACME_API_KEY" in console.text
        assert "not checked" not in console.text
        for key in ("c", "C"):
            await console.press(key)
            assert _REFUSED in console.notices[-1]


async def test_nothing_is_run(tree: Path) -> None:
    async with running(tree, mapping="models.dev") as console:
        depth = len(console.app.screen_stack)
        await console.press("r")
        assert _REFUSED in console.notices[-1]
        assert len(console.app.screen_stack) == depth


async def test_a_page_of_a_file_that_cannot_be_read_says_so(tree: Path) -> None:
    link(tree, f"{ACME}/models/gone.toml", "nowhere.toml")
    async with running(tree, mapping="models.dev") as console:
        await console.press("slash")
        await console.write("acme/gone")
        await console.press("enter", "enter")
        assert "The file cannot be read." in console.text
        assert "Reading the file" not in console.text
