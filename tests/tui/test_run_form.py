"""The form of a run: what inputs are held to, files, sets of inputs, earlier prompts, and the request."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from PIL import Image
from textual.widgets import Input, Static

from modeltui.domain.inputs.specs import InputSpec
from modeltui.tui.messages import StartRun
from modeltui.tui.present.inputs import Unreadable, bounds, draft_of, length_note, structured, typed_value
from modeltui.tui.screens.run import RunScreen
from modeltui.tui.widgets.chooser import Chooser
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.widgets.file_picker import FilePicker
from modeltui.tui.widgets.input_form import InputForm
from modeltui.tui.widgets.input_row import InputRow, PathSuggester
from modeltui.tui.widgets.name_question import NameQuestion
from modeltui.tui.widgets.request_view import RequestView
from modeltui.tui.widgets.text_box import TextBox
from modeltui.tui.widgets.toggle import Toggle
from tui.catalogs import write
from tui.driver import Console, running

PICTURE, INSTANT = "prompt_to_image/sandbox-image", "prompt_to_image/sandbox-instant"
KINDS = "prompt_to_image/kinds"
MODEL = """
schema = 1
uid = "9b0c7d3e-4c5d-4a7e-9a51-0d0f6a7b1c22"
model_id = "kinds"
name = "Kinds"
provider = "sandbox"
content_type = "prompt_to_image"
active = true
status = "active"

[inputs.start]
type = "image"
required = true
max_mb = 1

[inputs.audio]
type = "boolean"
default = true

[inputs.loud]
type = "boolean"

[inputs.refs]
type = "array"
max_items = 3
items = { type = "image" }

[inputs.extra]
type = "object"

[inputs.size]
type = "integer"
minimum = 64
maximum = 2048
multiple_of = 64
help = "Of both sides."

[request]
path = "/images"

[request.body]
prompt = "${inputs.start}"
audio = "${inputs.audio}"
loud = "${inputs.loud}"
refs = "${inputs.refs}"
extra = "${inputs.extra}"
size = "${inputs.size}"

[result]
kind = "url"
select = "output"
media = "image/png"

[cost]
currency = "credits"
base = "2"
"""


@pytest.fixture
def kinds_root(sandbox_root: Path) -> Path:
    write(sandbox_root, f"models/{KINDS}.toml", MODEL)
    return sandbox_root


@pytest.fixture
def pictures() -> Iterator[Path]:
    """In a place of a short name: it is typed key by key."""
    with TemporaryDirectory(prefix="p") as folder:
        yield _pictures(Path(folder))


def _pictures(folder: Path) -> Path:
    (folder / "inner").mkdir()
    Image.new("RGB", (40, 20), (9, 9, 9)).save(folder / "fox.png")
    Image.new("RGB", (30, 30), (9, 9, 9)).save(folder / "inner" / "cat.jpg")
    (folder / "notes.txt").write_text("no picture", encoding="utf-8")
    (folder / "big.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(2 << 20))
    return folder


async def open_run(console: Console, key: str) -> InputForm:
    await console.press("slash", *key, "enter", "r")
    assert isinstance(console.screen, RunScreen)
    return console.one(InputForm)


def row_of(console: Console, name: str) -> InputRow:
    return next(row for row in console.one(InputForm).rows if row.spec.name == name)


async def enter(console: Console, name: str) -> InputRow:
    """Go to an input with the keyboard."""
    row = row_of(console, name)
    for _ in console.one(InputForm).rows:
        if not row.has_focus_within:
            await console.press("tab")
    assert row.has_focus_within
    return row


def shown(widget: InputRow, part: str) -> str:
    return str(widget.query_one(part, Static).render())


async def test_what_a_value_is_held_to_is_beside_it(kinds_root: Path) -> None:
    async with running(kinds_root) as console:
        await open_run(console, KINDS)
        assert shown(row_of(console, "size"), ".note") == "64–2,048, step 64"
        assert shown(row_of(console, "refs"), ".note") == "≤ 3 of them"
        await enter(console, "size")
        assert "Of both sides." in console.text
        await console.write("65")
        assert "must be a multiple of 64" in console.text


async def test_a_long_text_counts_its_characters(sandbox_root: Path) -> None:
    async with running(sandbox_root) as console:
        await open_run(console, PICTURE)
        await console.write("fox")
        assert "3 of 2,000" in console.text


async def test_a_switch_is_on_off_or_as_the_model_has_it(kinds_root: Path) -> None:
    async with running(kinds_root) as console:
        form = await open_run(console, KINDS)
        await enter(console, "audio")
        assert isinstance(console.screen.focused, Toggle)
        assert "on  default" in console.text
        await console.press("space")
        assert form.values == {"audio": False}
        await console.press("space")
        assert form.values == {"audio": True}
        await console.press("delete")
        assert form.values == {}
        assert "not given" in console.text


@pytest.mark.parametrize("text", ['{"a": [1, 2]}', "a = [1, 2]", "{ a = [1, 2] }"])
async def test_an_object_is_json_or_toml(kinds_root: Path, text: str) -> None:
    async with running(kinds_root) as console:
        form = await open_run(console, KINDS)
        row = await enter(console, "extra")
        await console.write(text)
        assert form.values == {"extra": {"a": [1, 2]}}
        assert not row.query_one(".problem").display


async def test_what_is_neither_is_said_at_the_field_and_not_sent(kinds_root: Path) -> None:
    async with running(kinds_root) as console:
        form = await open_run(console, KINDS)
        await console.write("https://example.org/a.png")
        row = await enter(console, "extra")
        await console.write("{a")
        assert "nor TOML" in shown(row, ".problem")
        assert form.values == {"start": "https://example.org/a.png"}
        await console.press("ctrl+s")
        assert isinstance(console.screen, RunScreen)
        assert console.seen(StartRun) == []


async def test_a_file_is_chosen_from_a_list_of_its_kind(kinds_root: Path, pictures: Path) -> None:
    async with running(kinds_root, (120, 40)) as console:
        form = await open_run(console, KINDS)
        await enter(console, "start")
        await console.write(f"{pictures}/x")
        await console.press("f3")
        assert isinstance(console.screen, FilePicker)
        text = console.text
        assert "fox.png" in text
        assert "notes.txt" not in text
        await console.press("f3")
        assert "notes.txt" in console.text
        await console.press("f3", *"inner", "enter")
        assert "cat.jpg" in console.text
        await console.press("backspace", *"fox", "enter")
        assert form.values["start"] == f"{pictures}/fox.png"
        assert "image/png, 40 × 20" in console.text


async def test_a_file_is_shown_short_and_sent_whole(kinds_root: Path, pictures: Path) -> None:
    async with running(kinds_root, (190, 40)) as console:
        await open_run(console, KINDS)
        await enter(console, "start")
        await console.write(str(pictures / "fox.png"))
        assert "(fox.png, " in console.text
        assert "data:image/png;base64,iVBORw0KGgo" in console.text
        await console.press("ctrl+s", "y")
        (started,) = console.seen(StartRun)
        assert started.inputs["start"] == str(pictures / "fox.png")
        kept = console.app._workspace.jobs.list(None, 1)[0]
        assert kept.inputs["start"].startswith("data:image/png;base64,iVBORw0KGgo")


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("notes.txt", "and no image"),
        ("big.png", "MB, and 1 is the most"),
        ("none.png", "neither a URL nor a file"),
    ],
)
async def test_a_file_that_is_not_taken_is_said_at_the_field(
    kinds_root: Path, pictures: Path, name: str, problem: str
) -> None:
    async with running(kinds_root) as console:
        await open_run(console, KINDS)
        row = await enter(console, "start")
        await console.write(str(pictures / name))
        assert problem in shown(row, ".problem").replace("\n", " ")
        await console.press("ctrl+s")
        assert console.seen(StartRun) == []


async def test_a_path_is_completed(pictures: Path) -> None:
    suggester = PathSuggester("image")
    assert await suggester.get_suggestion(f"{pictures}/fo") == f"{pictures}/fox.png"
    assert await suggester.get_suggestion(f"{pictures}/in") == f"{pictures}/inner/"
    assert await suggester.get_suggestion(f"https://a/b.png, {pictures}/fo") == f"https://a/b.png, {pictures}/fox.png"
    assert await suggester.get_suggestion(f"{pictures}/no") is None
    assert await suggester.get_suggestion("https://fo") is None


async def test_earlier_prompts_come_back_in_an_empty_one(sandbox_root: Path, tmp_path: Path) -> None:
    async with running(sandbox_root, state=str(tmp_path / "state")) as console:
        form = await open_run(console, INSTANT)
        for prompt in ("first", "second"):
            await console.write(prompt)
            await console.press("ctrl+s")
            box = form.query_one(TextBox)
            box.text = ""
            await console.settle()
    async with running(sandbox_root, state=str(tmp_path / "state"), fresh=True) as console:
        form = await open_run(console, PICTURE)
        recalled = []
        for key in ("up", "up", "up", "down", "down", "down"):
            await console.press(key)
            recalled.append(form.query_one(TextBox).text)
        assert recalled == ["second", "first", "first", "second", "", ""]
        await console.press("up", "x", "up")
        assert form.values["prompt"] == "xsecond"


async def test_inputs_are_kept_under_a_name_and_taken_by_another_model(sandbox_root: Path, tmp_path: Path) -> None:
    async with running(sandbox_root, state=str(tmp_path / "state")) as console:
        form = await open_run(console, PICTURE)
        await console.write("fox")
        await console.press("tab", "right", "right", "ctrl+t")
        assert isinstance(console.screen, Chooser)
        await console.press("enter")
        assert isinstance(console.screen, NameQuestion)
        await console.press(*"wide", "enter")
        assert console.notices[-1] == "kept as wide"
        await console.press("ctrl+t", "G", "enter")
        assert form.values == {}
        await console.press("escape", "slash", *[" "], "ctrl+u", *INSTANT, "enter", "r")
        form = console.one(InputForm)
        assert "1 kept under a name" in console.text
        await console.press("ctrl+t", "enter")
        assert form.values["prompt"] == "fox"
        await console.press("ctrl+t", *["down"] * 2, "enter", "enter")
        assert console.notices[-1] == "deleted wide"


async def test_the_last_inputs_of_a_model_are_offered(sandbox_root: Path) -> None:
    async with running(sandbox_root) as console:
        await open_run(console, INSTANT)
        await console.write("a fox")
        await console.press("ctrl+s")
    async with running(sandbox_root) as console:
        form = await open_run(console, INSTANT)
        assert "takes its last inputs" in console.text
        assert form.values.get("prompt") is None
        await console.press("ctrl+t", "enter")
        assert form.values["prompt"] == "a fox"


async def test_the_request_is_folded_and_its_key_hidden(kinds_root: Path) -> None:
    async with running(kinds_root, (120, 40)) as console:
        await open_run(console, KINDS)
        await console.write("https://example.org/a.png")
        assert "▾ request  POST" in console.text
        await console.press("f4")
        assert console.one(RequestView).is_folded
        assert "example.org/a.png" not in console.text.split("request", 1)[1].split("\n", 1)[1]
        await console.press("f7", "enter")
        assert '"method": "POST"' in console.app.clipboard


async def test_a_retired_model_wants_a_yes_of_its_own(sandbox_root: Path) -> None:
    path = sandbox_root / f"models/{INSTANT}.toml"
    path.write_text("retires_on = 2020-01-31\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    async with running(sandbox_root) as console:
        await open_run(console, INSTANT)
        assert "retired on 2020-01-31" in console.text
        await console.write("fox")
        await console.press("ctrl+s")
        assert isinstance(console.screen, Confirm)
        await console.press("enter")
        assert console.seen(StartRun) == []
        await console.press("ctrl+s", "y")
        assert len(console.seen(StartRun)) == 1


async def test_hostile_text_from_disk_is_shown_harmless(sandbox_root: Path, tmp_path: Path) -> None:
    async with running(sandbox_root, state=str(tmp_path / "state")) as console:
        form = await open_run(console, PICTURE)
        form.fill({"prompt": "a\x1b[31mb\u202e\tc"})
        await console.settle()
        assert form.values["prompt"] == "a\x1b[31mb\u202e\tc"
        assert "\x1b" not in console.text
        assert "\u202e" not in console.text


async def test_the_hint_line_offers_a_file_only_where_one_is_taken(kinds_root: Path) -> None:
    async with running(kinds_root) as console:
        await open_run(console, KINDS)
        await enter(console, "start")
        assert "F3 choose a file" in console.text.splitlines()[-1]
        await enter(console, "size")
        assert "F3" not in console.text.splitlines()[-1]
        await console.press("f3")
        assert console.notices[-1] == "this input takes no file"


def spec(kind: str, **changes: Any) -> InputSpec:
    return InputSpec(name="it", type=kind, **changes)


def test_bounds_are_said_shortly() -> None:
    assert bounds(spec("integer", minimum=1, maximum=4)) == "1–4"
    assert bounds(spec("number", minimum=0.5)) == "≥ 0.5"
    assert bounds(spec("integer", maximum=100, multiple_of=5)) == "≤ 100, step 5"
    assert bounds(spec("image", max_mb=10)) == "≤ 10 MB"
    assert bounds(spec("string")) == ""
    assert length_note(spec("string", max_length=3), "abcd") == ("4 of 3", "bad")


def test_typed_values() -> None:
    numbers, media = spec("array", items=spec("integer")), spec("array", items=spec("image"))
    assert typed_value(numbers, "1, 2") == [1, 2]
    assert typed_value(numbers, "[1, 2]") == [1, 2]
    assert typed_value(media, "/a.png, https://b/c.png") == ["/a.png", "https://b/c.png"]
    assert isinstance(structured("[1, 2"), Unreadable)
    assert structured("a = 1\nb.c = 2") == {"a": 1, "b": {"c": 2}}
    for value, of in ([1, 2], numbers), (["/a.png"], media), ({"a": 1}, spec("object")), (3, spec("integer")):
        assert typed_value(of, draft_of(of, value)) == value


async def test_the_input_with_commas_takes_more_than_one_file(kinds_root: Path, pictures: Path) -> None:
    async with running(kinds_root) as console:
        form = await open_run(console, KINDS)
        row = await enter(console, "refs")
        row.query_one(Input).value = f"{pictures}/fox.png"
        await console.press("f3", *"fox", "enter")
        assert form.values["refs"] == [f"{pictures}/fox.png"] * 2
