"""Nothing in a file reaches the terminal raw, and nothing of it is read as markup."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from tui import catalogs
from tui.driver import Console, running

UNSAFE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def assert_clean(console: Console) -> None:
    raw = {each for each in console.text if unicodedata.category(each) in UNSAFE and each != "\n"}
    assert not raw
    for notice in console.app._notifications:
        assert not notice.markup
        assert not {each for each in notice.message if unicodedata.category(each) in UNSAFE and each != "\n"}


async def test_the_table_and_the_summary(hostile_root: Path) -> None:
    async with running(hostile_root) as console:
        for _ in range(len(console.table.rows)):
            assert_clean(console)
            await console.press("j")
        assert "\\e[31mred" in console.text or "\\x1b" in console.text
        assert "click [@click=app.quit]" in console.text


@pytest.mark.parametrize("number", [len(catalogs.HOSTILE), 1])
@pytest.mark.parametrize("keys", ["\n", "\ni", "r", "t", "l", "y", "i", "f"])
async def test_every_screen_of_a_hostile_model(hostile_root: Path, number: int, keys: str) -> None:
    async with running(hostile_root, (120, 30)) as console:
        console.table.seek(f"prompt_to_image/hostile-{number}")
        await console.burst(keys)
        assert_clean(console)


async def test_marks_pending_and_apply(hostile_root: Path) -> None:
    async with running(hostile_root, (120, 30)) as console:
        await console.press("asterisk", "t")
        assert_clean(console)
        await console.press("p")
        for _ in range(4):
            assert_clean(console)
            await console.press("j")
        await console.press("a")
        assert_clean(console)
        await console.write("[/] [@click=app.quit]")
        await console.press("enter", "H")
        assert_clean(console)
        assert "[/] [@click=app.quit]" in console.text


async def test_hostile_text_in_a_filter_and_in_an_edit(hostile_root: Path) -> None:
    async with running(hostile_root) as console:
        await console.press("slash")
        await console.write("name:[/bold] [@click=x")
        assert_clean(console)
        await console.press("escape", "i")
        await console.write("[/]")
        await console.press("enter")
        assert_clean(console)
        assert "Aurora[/]" in console.text
