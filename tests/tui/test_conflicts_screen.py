"""What others changed under a pending edit: three sides of every field, and the ways on."""

from __future__ import annotations

from pathlib import Path

import pytest

from modeltui.tui.screens.conflicts import ConflictsScreen
from modeltui.tui.screens.pending import PendingScreen
from modeltui.tui.widgets.confirm import Confirm
from tui import catalogs
from tui.driver import Console, running

AURORA, BOREALIS = "prompt_to_image/aurora", "prompt_to_image/borealis"


def file_of(root: Path, key: str) -> Path:
    return root / f"models/{key}.toml"


def edit(root: Path, key: str, old: str, new: str) -> None:
    """What somebody else does to a file."""
    text = file_of(root, key).read_text()
    assert old in text
    file_of(root, key).write_text(text.replace(old, new, 1))


async def opened(console: Console) -> None:
    await console.press("f5", "p", "c")
    assert isinstance(console.screen, ConflictsScreen)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 15)])
async def test_three_sides_of_a_field(root: Path, size: tuple[int, int]) -> None:
    async with running(root, size) as console:
        await console.press("t")
        edit(root, AURORA, 'base = "2"', 'base = "3"')
        await opened(console)
        rows = console.text.splitlines()
        titles = next(row for row in rows if "theirs" in row and "mine" in row)
        field = next(row for row in rows if row.split()[:1] == ["active"])
        assert titles.split()[:5] == ["field", "base", "theirs", "mine", "state"]
        assert field.split()[:6] == ["active", "true", "true", "false", "·", "clean"]
        assert "b rebase" in rows[-1]


async def test_what_is_stale_says_so_in_the_list_and_has_a_key(root: Path) -> None:
    async with running(root) as console:
        await console.press("t", "p")
        assert "conflicts" not in console.text.splitlines()[-1]
        await console.press("c")
        assert console.notices[-1].startswith("nothing is stale")
        edit(root, AURORA, 'base = "2"', 'base = "3"')
        await console.press("f5")
        assert "! stale prompt_to_image/aurora" in console.text
        assert "c conflicts" in console.text.splitlines()[-1]
        await console.press("c", "escape")
        assert isinstance(console.screen, PendingScreen)


async def test_a_refused_apply_tells_the_way_here(root: Path) -> None:
    async with running(root) as console:
        await console.press("t")
        edit(root, AURORA, 'base = "2"', 'base = "3"')
        await console.press("a", *"mine", "enter")
        assert "ress p, then c" in console.notices[-1]
        await console.press("p", "c")
        assert isinstance(console.screen, ConflictsScreen)


async def test_a_rebase_keeps_mine_and_theirs_and_can_be_undone(root: Path) -> None:
    async with running(root) as console:
        await console.press("t")
        edit(root, AURORA, 'base = "2"', 'base = "3"')
        await opened(console)
        await console.press("b")
        assert console.notices[-1] == f"rebased: {AURORA}"
        assert "Nothing is stale." in console.text
        assert not console.snapshot.plan.files[AURORA].is_stale
        await console.press("u")
        assert console.snapshot.plan.files[AURORA].is_stale
        assert "clean" in console.text
        await console.press("b", "a", *"both", "enter")
        text = file_of(root, AURORA).read_text()
        assert "active = false" in text
        assert 'base = "3"' in text


async def price(console: Console, new: str) -> None:
    """Edit the cost of the model under the cursor."""
    await console.press("right", "right", "right", "i", "ctrl+u", *new, "enter")


async def test_a_real_conflict_wants_a_decision(root: Path) -> None:
    async with running(root) as console:
        await price(console, "5")
        assert console.pending == [AURORA]
        edit(root, AURORA, 'base = "2"', 'base = "3"')
        await opened(console)
        assert "! conflict" in console.text
        await console.press("b")
        assert console.notices[-1] == "both sides changed cost.base: m takes yours, x takes theirs"
        await console.press("m")
        assert isinstance(console.screen, Confirm)
        assert '"3" → "5"' in console.text
        await console.press("enter")
        assert console.snapshot.plan.files[AURORA].is_stale
        await console.press("m", "y")
        assert not console.snapshot.plan.files[AURORA].is_stale
        await console.press("u", "x")
        assert console.pending == []
        await console.press("u")
        assert console.pending == [AURORA]


async def test_rebase_all_leaves_what_is_in_conflict_and_says_so(root: Path) -> None:
    async with running(root) as console:
        await price(console, "5")
        await console.press("j", "t")
        edit(root, AURORA, 'base = "2"', 'base = "3"')
        edit(root, BOREALIS, 'base = "9"', 'base = "8"')
        await opened(console)
        await console.press("B")
        assert console.notices[-2:] == [
            f"rebased: {BOREALIS}",
            f"{AURORA} stays stale: both sides changed cost.base",
        ]
        assert [file.key for file in console.snapshot.plan.problems] == [AURORA]


async def test_a_renamed_model_is_followed(root: Path) -> None:
    async with running(root, (160, 40)) as console:
        await console.press("t")
        file_of(root, AURORA).rename(file_of(root, "prompt_to_image/dusk"))
        await opened(console)
        assert "the file is gone; the same model is" in console.text
        await console.press("m")
        assert "no field of this model is in conflict" in console.notices[-1]
        await console.press("b")
        assert "f follows it" in console.notices[-1]
        await console.press("f")
        assert console.pending == ["prompt_to_image/dusk"]


async def test_a_file_that_is_gone_can_only_be_dropped(root: Path) -> None:
    async with running(root) as console:
        await console.press("t")
        file_of(root, AURORA).unlink()
        await opened(console)
        await console.press("b")
        assert console.notices[-1] == "the file is gone: x drops what you queued"
        await console.press("m")
        assert console.notices[-1] == "the file is gone: x drops what you queued"
        await console.press("f")
        assert "nothing to follow" in console.notices[-1]
        await console.press("x")
        assert console.pending == []


async def test_a_lock_set_meanwhile_holds(root: Path) -> None:
    async with running(root) as console:
        await console.press("t")
        with file_of(root, AURORA).open("a") as file:
            file.write(catalogs.LOCK)
        await opened(console)
        await console.press("b")
        assert "is locked by alice (in production): have it unlocked first" in console.notices[-1]


async def test_hostile_values_are_shown_as_text(root: Path) -> None:
    async with running(root) as console:
        await console.press("i", "ctrl+u", *"Mine", "enter")
        assert console.pending == [AURORA]
        hostile = '"\\u001b[31m[/]\\u202e[@click=app.quit]x"'
        edit(root, AURORA, 'name = "Aurora"', f"name = {hostile}")
        await opened(console)
        assert "\x1b" not in console.text
        assert "\u202e" not in console.text
        assert "! conflict" in console.text


async def test_a_stale_row_that_is_too_long_keeps_the_start_of_its_reason(root: Path) -> None:
    async with running(root, (64, 24)) as console:
        await console.press("t")
        edit(root, AURORA, 'base = "2"', 'base = "3"')
        await console.press("f5", "p")
        row = next(row for row in console.text.splitlines() if row.startswith(" ▾ ! stale"))
        assert f"{AURORA}  the file chan" in row
        assert row.rstrip().endswith("…")


async def test_a_field_is_seen_in_full_at_80_by_24(root: Path) -> None:
    async with running(root, (80, 24)) as console:
        await price(console, "5")
        edit(root, AURORA, 'base = "2"', 'base = "3"')
        await opened(console)
        await console.press("j")
        assert "conflict: both sides changed it" in console.text
