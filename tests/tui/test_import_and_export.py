"""Importing a file and exporting a view, from the console."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from modeltui.tui.messages import Perform
from modeltui.tui.screens.catalog import CatalogScreen
from modeltui.tui.screens.importing import ImportScreen
from modeltui.tui.widgets.choice import Choice
from modeltui.tui.widgets.chooser import Chooser
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.widgets.line_input import LineInput
from modeltui.tui.widgets.path_question import PathQuestion
from modeltui.tui.widgets.row_list import RowList
from tui.driver import Console, running

AURORA, BOREALIS = "prompt_to_image/aurora", "prompt_to_image/borealis"
NEW = {"key": "chat/new", "model_id": "n", "name": "New", "provider": "acme"}


@pytest.fixture
def rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """In the folder that the console runs in, so that its name is short to type."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "rows.json"
    content: list[Any] = [{"key": AURORA, "active": False}, {"key": BOREALIS, "colour": "red"}, NEW, 7]
    path.write_text(json.dumps(content))
    (tmp_path / "theirs.json").write_text(json.dumps([{**NEW, "provider": "theirs"}]))
    return path


async def named(console: Console, path: str) -> None:
    await console.press("I")
    console.one(LineInput, "#path").value = path
    await console.press("enter")


async def test_what_a_file_would_do_is_shown_and_then_queued_as_one_step(root: Path, rows: Path) -> None:
    async with running(root) as console:
        await named(console, "rows.json")
        assert isinstance(console.screen, ImportScreen)
        assert "+ 1 created  ~ 1 changed  = 0 skipped  ! 2 refused" in console.text
        assert [entry.name for entry in console.one(RowList, "#rows").rows] == [
            "chat/new",
            AURORA,
            BOREALIS,
            "it is not a document",
        ]
        assert 'model_id = "n"' in console.text
        await console.press("j")
        assert "+ false" in console.text
        assert console.pending == []
        await console.press("enter")
        assert isinstance(console.screen, CatalogScreen)
        assert console.pending == ["chat/new", AURORA]
        assert "to be imported: 2 models" in console.notices
        await console.press("u")
        assert console.pending == []


async def test_it_is_found_in_the_palette(root: Path) -> None:
    async with running(root) as console:
        await console.press("colon", *"import", "enter")
        assert isinstance(console.screen, ImportScreen)
        await console.press("escape")
        assert isinstance(console.screen, CatalogScreen)


@pytest.mark.parametrize("path", ["no-such-file", "catalog", ""])
async def test_a_file_that_cannot_be_read_is_said_so(path: str, root: Path, rows: Path) -> None:
    async with running(root) as console:
        await named(console, path)
        assert isinstance(console.screen, ImportScreen)
        assert not console.one(RowList, "#rows").rows
        if path:
            assert f"cannot read {path}" in console.text
        else:
            assert console.notices == ["name a file"]
        assert not console.seen(Perform)


async def test_a_provider_of_theirs_is_said_to_be_one_of_ours(root: Path, rows: Path) -> None:
    async with running(root) as console:
        await named(console, "theirs.json")
        assert "no provider theirs" in console.text
        console.one(LineInput, "#providers").value = "x=y, theirs = acme"
        console.one(LineInput, "#providers").focus()
        await console.press("enter")
        assert 'provider = "acme"' in console.text
        assert console.one(RowList, "#rows").has_focus


async def test_another_name_forgets_what_was_shown(root: Path, rows: Path) -> None:
    async with running(root) as console:
        await named(console, "rows.json")
        console.one(LineInput, "#path").value = "other.json"
        await console.settle()
        assert not console.one(RowList, "#rows").rows
        console.one(RowList, "#rows").focus()
        await console.press("enter")
        assert isinstance(console.screen, ImportScreen)
        assert console.pending == []


async def test_another_format_reads_the_file_anew(root: Path, rows: Path) -> None:
    async with running(root) as console:
        await named(console, "rows.json")
        console.one(Choice, "#format").focus()
        await console.press("right")
        assert console.one(Choice, "#format").value == "csv"
        assert "the table has no column key" in console.text


async def test_what_is_typed_stays_in_the_form(root: Path, rows: Path) -> None:
    async with running(root) as console:
        await console.press("I")
        await console.write("rows.jspxq")
        assert console.one(LineInput, "#path").value == "rows.jspxq"
        for place, kind in (("#format", Choice), ("#new", Choice), ("#rows", RowList)):
            console.one(kind, place).focus()
            await console.press(*"paufAoHPTq:?")
            assert isinstance(console.screen, ImportScreen), place
            assert " p pending" not in console.text.casefold()
        assert console.pending == []
        await console.press("escape")
        assert isinstance(console.screen, CatalogScreen)


@pytest.mark.parametrize("size", [(80, 24), (60, 15), (120, 40)])
async def test_rows_are_in_view_at_every_size(size: tuple[int, int], root: Path, rows: Path) -> None:
    async with running(root, size) as console:
        await named(console, "rows.json")
        assert "chat/new" in console.text
        assert console.text.splitlines()[-1].split()[:2] == ["enter", "queue"]


async def test_the_view_is_written_as_it_is_shown(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    async with running(root) as console:
        await console.press("slash", *"type:prompt_to_image", "enter", "W")
        assert isinstance(console.screen, Chooser)
        await console.press("enter")
        assert isinstance(console.screen, PathQuestion)
        console.one(LineInput).value = str(out)
        await console.press("enter")
        heading, *lines = out.read_text().splitlines()
        assert heading.startswith("key,name,provider,content_type,cost.base,timing.estimated_seconds,status")
        assert [line.split(",")[0] for line in lines] == [row.key for row in console.table.rows]
        assert f"in {out}" in console.notices[-1]


async def test_it_asks_before_it_goes_over_a_file(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine"
    out.write_text("mine")
    async with running(root) as console:
        for answer in ("n", "y"):
            assert out.read_text() == "mine"
            await console.press("W", "j", "enter")
            console.one(LineInput).value = str(out)
            await console.press("enter")
            assert isinstance(console.screen, Confirm)
            await console.press(answer)
        assert isinstance(json.loads(out.read_text()), list)


async def test_a_place_that_cannot_be_written_is_said(root: Path, tmp_path: Path) -> None:
    async with running(root) as console:
        await console.press("W", "enter")
        console.one(LineInput).value = str(tmp_path / "no" / "where")
        await console.press("enter")
        assert "cannot write" in console.notices[-1]
        await console.press("W", "enter")
        console.one(LineInput).value = " "
        await console.press("enter")
        assert isinstance(console.screen, PathQuestion)
        assert "name a file" in console.text
