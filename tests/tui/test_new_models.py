"""New models in the console: from a preset, and as a copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from modeltui.tui.messages import OpenNew, ShowModels
from modeltui.tui.screens.catalog import CatalogScreen
from modeltui.tui.screens.detail import DetailScreen
from modeltui.tui.screens.new import NewScreen
from modeltui.tui.screens.presets import PresetsScreen
from modeltui.tui.widgets.line_input import LineInput
from modeltui.tui.widgets.row_list import RowList
from tui import catalogs
from tui.driver import Console, running

AURORA, DAWN = "prompt_to_image/aurora", "prompt_to_video/dawn"

PRESET = """\
schema = 1
provider = "acme"
content_type = "prompt_to_image"
active = false

[preset]
name = "Acme picture"
description = "How Acme takes a prompt."
ask = ["cost.base"]

# the one input
[inputs.prompt]
type = "string"
required = true

[request]
path = "/run"

[request.body]
prompt = "${inputs.prompt}"

[result]
kind = "text"
select = "text"

[cost]
currency = "credits"
base = "1"
"""


@pytest.fixture
def root(root: Path) -> Path:
    catalogs.write(root, "presets/acme-picture.toml", PRESET)
    catalogs.write(root, "presets/any-kind.toml", PRESET.replace('content_type = "prompt_to_image"\n', ""))
    return root


async def preset_chosen(console: Console, name: str) -> None:
    await console.press("n")
    assert isinstance(console.screen, PresetsScreen)
    console.one(RowList, "#presets").seek(name)
    await console.press("enter")
    assert isinstance(console.screen, NewScreen)


def field(console: Console, name: str) -> str:
    return console.one(LineInput, f"#field-{name}").value


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_presets_are_listed_with_their_text(root: Path, size: tuple[int, int]) -> None:
    async with running(root, size) as console:
        await console.press("n")
        rows = console.one(RowList, "#presets")
        assert [preset.id for preset in rows.rows][:2] == ["acme-picture", "any-kind"]
        assert "How Acme takes a prompt." in console.text
        assert "[preset]" in console.text
        rows.seek("kie-jobs")
        await console.settle()
        assert "! the catalogue has no providers/kie_ai.toml" in console.text
        await console.press("enter")
        assert isinstance(console.screen, PresetsScreen)
        assert console.notices[-1] == "the catalogue has no providers/kie_ai.toml"


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_new_model_is_asked_for_and_shown_in_the_table(root: Path, size: tuple[int, int]) -> None:
    async with running(root, size) as console:
        await preset_chosen(console, "acme-picture")
        await console.write("Fox Trot")
        assert field(console, "key") == "prompt_to_image/fox-trot"
        assert "model_id is needed" in console.text
        await console.press("enter")
        await console.write("fox/1")
        assert 'model_id = "fox/1"' in console.text
        assert '`cost.base` is still that of the preset: "1"' in console.text
        await console.press("enter", "backspace", "9", "enter", "enter")
        assert isinstance(console.screen, CatalogScreen)
        assert console.seen(ShowModels)[-1].key == "prompt_to_image/fox-trot"
        assert console.pending == ["prompt_to_image/fox-trot"]
        assert console.line.split()[:3] == ["+", "○", "Fox"]
        text = console.snapshot.plan.files["prompt_to_image/fox-trot"].text
        assert text is not None
        assert "# the one input\n" in text
        assert 'base = "9"\n' in text
        await console.press("enter")
        assert isinstance(console.screen, DetailScreen)
        assert 'name = "Fox Trot"' in console.text
        await console.press("escape", "u")
        assert console.pending == []


async def test_the_uid_stays_while_it_is_typed(root: Path) -> None:
    async with running(root) as console:
        await preset_chosen(console, "acme-picture")
        await console.write("Fox")
        await console.press("enter")
        await console.write("f")
        first = next(line for line in console.text.splitlines() if "uid = " in line)
        await console.write("o")
        assert next(line for line in console.text.splitlines() if "uid = " in line) == first


async def test_a_key_that_was_typed_stays(root: Path) -> None:
    async with running(root) as console:
        await preset_chosen(console, "acme-picture")
        await console.write("Fox")
        for name in ("name", "key"):
            console.one(LineInput, f"#field-{name}").focus()
            await console.press("end")
            await console.write("x")
        assert field(console, "key") == "prompt_to_image/foxxx"
        console.one(LineInput, "#field-name").focus()
        await console.press("end")
        await console.write("y")
        assert field(console, "key") == "prompt_to_image/foxxx"


async def test_what_is_taken_or_missing_cannot_be_queued(root: Path) -> None:
    async with running(root) as console:
        await preset_chosen(console, "acme-picture")
        await console.press("ctrl+s")
        assert console.notices[-1] == "name is needed"
        await console.write("Aurora")
        assert field(console, "key") == "prompt_to_image/aurora-2"
        console.one(LineInput, "#field-model-id").value = "a"
        console.one(LineInput, "#field-key").value = AURORA
        await console.settle()
        assert "there is a model prompt_to_image/aurora already" in " ".join(console.text.split())
        await console.press("ctrl+s")
        assert isinstance(console.screen, NewScreen)
        assert console.pending == []
        await console.press("escape", "escape")
        assert isinstance(console.screen, CatalogScreen)


async def test_an_open_content_type_is_asked_for(root: Path) -> None:
    async with running(root) as console:
        await preset_chosen(console, "any-kind")
        await console.write("Fox")
        await console.press("tab", "right")
        assert field(console, "key") == "prompt_to_video/fox"


async def test_a_locked_model_is_copied(root: Path) -> None:
    async with running(root) as console:
        console.table.seek(DAWN)
        await console.press("d")
        assert console.seen(OpenNew)[-1].copy_of == DAWN
        assert field(console, "name") == "Dawn 3.1 (Copy)"
        assert field(console, "key") == f"{DAWN}-copy"
        assert "active = false" in console.text
        await console.press("ctrl+s")
        assert console.pending == [f"{DAWN}-copy"]
        assert console.line.split()[:4] == ["+", "○", "Dawn", "3.1"]
        copy = console.snapshot.shown.models[f"{DAWN}-copy"]
        assert (copy.is_locked, copy.active, copy.default) == (False, False, False)


async def test_a_filter_that_hides_the_new_model_goes_and_another_stays(root: Path) -> None:
    async with running(root) as console:
        await console.press("slash", *"aurora", "enter", "d", "ctrl+s")
        assert console.query == "aurora"
        assert console.table.cursor_key == f"{AURORA}-copy"
        await console.press("escape", "slash", *"lock:yes", "enter", "d", "ctrl+s")
        assert console.query == ""
        assert console.table.cursor_key == f"{DAWN}-copy"


async def test_a_broken_model_is_not_copied(root: Path) -> None:
    async with running(root) as console:
        console.table.seek("prompt_to_video/fault")
        await console.press("d")
        assert isinstance(console.screen, CatalogScreen)
        assert "is broken" in console.notices[-1]
