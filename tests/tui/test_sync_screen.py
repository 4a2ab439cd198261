"""Picking what a registry changed, in the console."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from modeltui.tui.messages import Perform
from modeltui.tui.screens.catalog import CatalogScreen
from modeltui.tui.screens.importing import ImportScreen
from modeltui.tui.screens.syncing import SyncScreen
from modeltui.tui.widgets.choice import Choice
from modeltui.tui.widgets.line_input import LineInput
from modeltui.tui.widgets.row_list import RowList
from tui.driver import Console, running

AURORA, BOREALIS = "prompt_to_image/aurora", "prompt_to_image/borealis"


@pytest.fixture
def snapshot(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Seen before: 10 tokens; now 20. borealis has 30, decided here."""
    monkeypatch.chdir(tmp_path)
    models: dict[str, Any] = {}
    for key, ours in ((AURORA, 10), (BOREALIS, 30)):
        path = root / "models" / f"{key}.toml"
        seen = f'[upstream.models_dev]\nid = "acme/{key}"\n\n[upstream.models_dev.seen]\n"limits.context" = 10\n'
        path.write_text(f"{path.read_text()}\n[limits]\ncontext = {ours}\n\n{seen}")
        models[key] = {"limit": {"context": 20}}
    found = tmp_path / "api.json"
    found.write_text(json.dumps({"acme": {"models": models}}))
    return found


async def shown(console: Console) -> list[str]:
    return [f"{entry.sign[0]} {entry.name}" for entry in console.one(RowList, "#rows").rows if "limits" in entry.name]


async def named(console: Console) -> None:
    await console.press("f9")
    console.one(LineInput, "#path").value = "api.json"
    await console.press("enter")


async def test_what_changed_is_picked_by_space_and_queued_as_one_step(root: Path, snapshot: Path) -> None:
    async with running(root) as console:
        await named(console)
        assert isinstance(console.screen, SyncScreen)
        assert await shown(console) == [f"+ {AURORA}  limits.context", f"! {BOREALIS}  limits.context"]
        assert "before  10" in console.text
        await console.press("j", "space")
        assert await shown(console) == [f"+ {AURORA}  limits.context", f"+ {BOREALIS}  limits.context"]
        assert console.pending == []
        await console.press("enter")
        assert isinstance(console.screen, CatalogScreen)
        assert console.pending == [AURORA, BOREALIS]
        assert "2 fields to be taken over: 2 models" in console.notices
        await console.press("u")
        assert console.pending == []


async def test_a_conflict_is_taken_kept_or_left_open(root: Path, snapshot: Path) -> None:
    async with running(root) as console:
        await named(console)
        signs = []
        for _ in range(3):
            console.one(RowList, "#rows").seek(f"{BOREALIS}\0limits.context")
            await console.press("space")
            signs.append((await shown(console))[1][0])
        assert signs == ["+", "=", "!"]
        await console.press("plus")
        assert [row[0] for row in await shown(console)] == ["+", "+"]
        await console.press("minus")
        assert [row[0] for row in await shown(console)] == ["·", "!"]


async def test_words_and_verdicts_narrow_what_is_shown(root: Path, snapshot: Path) -> None:
    async with running(root) as console:
        await named(console)
        console.one(LineInput, "#words").value = "limit BOREALIS"
        await console.settle()
        assert await shown(console) == [f"! {BOREALIS}  limits.context"]
        console.one(LineInput, "#words").value = ""
        console.one(Choice, "#view").take("take")
        await console.settle()
        assert await shown(console) == [f"+ {AURORA}  limits.context"]


async def test_it_is_reached_from_the_palette_and_from_the_import(root: Path) -> None:
    async with running(root) as console:
        await console.press("colon", *"sync", "enter")
        assert isinstance(console.screen, SyncScreen)
        await console.press("escape", "I")
        assert isinstance(console.screen, ImportScreen)
        await console.press("f9")
        assert isinstance(console.screen, SyncScreen)


async def test_a_snapshot_that_cannot_be_read_is_said_so(root: Path) -> None:
    async with running(root) as console:
        await console.press("f9", "enter")
        assert console.notices == ["name a file"]
        console.one(LineInput, "#path").value = "http://models.example/api.json"
        await console.press("enter")
        assert "only https:// is fetched" in console.text
        assert not console.seen(Perform)


async def test_who_may_not_queue_is_told_so(root: Path, snapshot: Path) -> None:
    async with running(root, read_only=True) as console:
        await named(console)
        await console.press("enter")
        assert isinstance(console.screen, SyncScreen)
        assert not console.seen(Perform)


async def test_nobody_waits_for_a_server_who_leaves(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, answered = threading.Event(), threading.Event()
    found: list[threading.Thread] = []

    def never(*_: Any) -> None:
        found.append(threading.current_thread())
        asked.set()
        answered.wait(60)

    monkeypatch.setattr(SyncScreen, "preview", never)
    try:
        async with running(root) as console:
            await console.press("f9")
            console.one(LineInput, "#path").value = "https://models.example/api.json"
            await console.pilot.press("enter")
            await console.until(asked.is_set)
            await console.press("escape")
            assert isinstance(console.screen, CatalogScreen)
            assert [thread.daemon for thread in found if thread.is_alive()] == [True]
    finally:
        answered.set()


async def test_what_can_be_chosen_stands_before_what_cannot(root: Path, snapshot: Path) -> None:
    path = root / "models" / f"{AURORA}.toml"
    path.write_text(f'{path.read_text()}\n[lock]\nlocked = true\nby = "ops"\nat = 2026-01-01T00:00:00Z\n')
    async with running(root) as console:
        await named(console)
        assert await shown(console) == [f"! {BOREALIS}  limits.context", f"# {AURORA}  limits.context"]
