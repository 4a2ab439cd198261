"""Saying in the console which entry a model is, whose provider is whose, and what is written in the end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from modeltui.tui.messages import Perform
from modeltui.tui.screens.catalog import CatalogScreen
from modeltui.tui.screens.importing import ImportScreen
from modeltui.tui.screens.syncing import SyncScreen
from modeltui.tui.widgets.choice import Choice
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.widgets.line_input import LineInput
from modeltui.tui.widgets.row_list import RowList
from tui.driver import Console, running

AURORA, BOREALIS = "prompt_to_image/aurora", "prompt_to_image/borealis"


def _entries(folder: Path, models: dict[str, Any], provider: str = "acme") -> None:
    (folder / "api.json").write_text(json.dumps({provider: {"models": models}}))


@pytest.fixture
def folder(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """aurora is said to be an entry that is gone; what is like it is there."""
    monkeypatch.chdir(tmp_path)
    path = root / "models" / f"{AURORA}.toml"
    path.write_text(
        f'{path.read_text()}\n[modalities]\ninput = ["text"]\n\n[upstream.models_dev]\nid = "acme/aurora-1"\n'
    )
    listing = {"limit": {"context": 20}, "modalities": {"input": ["text", "image"], "output": ["image"]}}
    _entries(tmp_path, {"aurora-1.1": listing})
    return tmp_path


async def _named(console: Console) -> None:
    await console.press("f9")
    console.one(LineInput, "#path").value = "api.json"
    await console.press("enter")


async def _mapped(console: Console) -> None:
    """aurora is taken for what is like its entry."""
    await _named(console)
    console.one(RowList, "#rows").seek(f"\0{AURORA}")
    await console.press("m", "enter")


def _rows(console: Console) -> list[str]:
    return [f"{row.sign[0]} {row.name}" for row in console.one(RowList, "#rows").rows]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_model_whose_entry_is_gone_is_mapped_to_another(
    root: Path, folder: Path, size: tuple[int, int]
) -> None:
    async with running(root, size) as console:
        await _named(console)
        assert f"- {AURORA}" in _rows(console)
        console.one(RowList, "#rows").seek(f"\0{AURORA}")
        await console.press("m")
        field = console.one(LineInput, "#mapping")
        assert (field.value, field.has_focus) == (f"{AURORA}=acme/aurora-1.1", True)
        await console.press("enter")
        assert f"? {AURORA}  limits.context" in _rows(console)
        assert '+ "image"' in console.text
        assert "1 only noted" in console.text
        await console.press("enter")
        assert isinstance(console.screen, CatalogScreen)
        assert console.pending == [AURORA]


async def test_what_was_picked_stays_when_the_mapping_is_changed(root: Path, folder: Path) -> None:
    async with running(root) as console:
        await _mapped(console)
        await console.press("plus")
        taken = [row for row in _rows(console) if row.startswith("+")]
        assert len(taken) > 1
        field = console.one(LineInput, "#mapping")
        field.focus()
        field.value += f", {BOREALIS}="
        await console.press("enter")
        assert [row for row in _rows(console) if row.startswith("+ p")] == taken
        await console.press("enter")
        assert console.pending == [AURORA, BOREALIS]
        assert f"{len(taken)} fields to be taken over, the rest only noted: 2 models" in console.notices


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("mapping", "aurora", "'aurora' is not model=entry"),
        ("mapping", f"{AURORA}=acme/nothing", "the snapshot has no entry 'acme/nothing'"),
        ("mapping", "nobody=acme/aurora-1.1", "nobody"),
        ("providers", "theirs", "'theirs' is not theirs=ours"),
    ],
)
async def test_what_cannot_be_meant_is_said(root: Path, folder: Path, field: str, text: str, said: str) -> None:
    async with running(root) as console:
        await _named(console)
        console.one(LineInput, f"#{field}").value = text
        console.one(LineInput, f"#{field}").focus()
        await console.press("enter")
        assert said in console.text
        assert not console.seen(Perform)


async def test_a_provider_of_another_name_is_said_in_the_form(root: Path, folder: Path) -> None:
    _entries(folder, {"borealis": {"limit": {"context": 20}}}, "theirs")
    async with running(root) as console:
        await _named(console)
        assert not any("limits" in row for row in _rows(console))
        console.one(LineInput, "#providers").value = "theirs=globex"
        console.one(LineInput, "#providers").focus()
        await console.press("enter")
        assert f"? {BOREALIS}  limits.context" in _rows(console)


async def test_another_registry_is_read_at_once(root: Path, folder: Path) -> None:
    (folder / "prices.json").write_text(json.dumps({"aurora": {"litellm_provider": "acme", "max_input_tokens": 7}}))
    async with running(root) as console:
        await console.press("f9")
        console.one(LineInput, "#path").value = "prices.json"
        console.one(Choice, "#registry").take("litellm")
        await console.settle()
        assert f"? {AURORA}  limits.input_tokens" in _rows(console)


async def test_leaving_asks_where_something_was_picked(root: Path, folder: Path) -> None:
    async with running(root) as console:
        await _mapped(console)
        await console.press("plus", "escape")
        assert isinstance(console.screen, Confirm)
        await console.press("n")
        assert isinstance(console.screen, SyncScreen)
        await console.press("minus", "escape")
        assert isinstance(console.screen, CatalogScreen)
        assert console.pending == []


async def test_the_same_snapshot_again_has_nothing_to_queue(root: Path, folder: Path) -> None:
    async with running(root) as console:
        await _mapped(console)
        await console.press("enter")
        assert console.pending == [AURORA]
        await _named(console)
        await console.press("enter")
        assert isinstance(console.screen, SyncScreen)
        assert console.notices[-1] == "nothing is taken, and all of it was seen before"


async def test_the_whole_of_a_long_list_is_read_by_scrolling(root: Path, folder: Path) -> None:
    _entries(folder, {f"m{number:02}": {"name": f"M {number}"} for number in range(60)})
    async with running(root) as console:
        await _named(console)
        console.one(RowList, "#rows").seek("\0new")
        await console.settle()
        await console.press("tab", "end")
        await console.until(lambda: "acme/m59" in console.text, deadline_s=20)


async def test_a_path_is_completed_and_a_slip_in_providers_is_told(root: Path, folder: Path) -> None:
    async with running(root) as console:
        await console.press("I")
        assert isinstance(console.screen, ImportScreen)
        await console.press(*"api")
        await console.until(lambda: bool(console.one(LineInput, "#path")._suggestion))
        await console.press("right")
        assert console.one(LineInput, "#path").value == "api.json"
        console.one(LineInput, "#providers").value = "theirs"
        await console.press("enter")
        assert "'theirs' is not theirs=ours" in console.text
