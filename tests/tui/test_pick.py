"""Which model for these inputs, in the console."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from modeltui.bootstrap import open_workspace
from modeltui.domain.pick import Picks
from modeltui.errors import UsageError
from modeltui.services.running.pick import Asked, PickService
from modeltui.tui.present.pick import LeftOut, PickEntry, Ranked
from modeltui.tui.present.pick_line import asked_of
from modeltui.tui.screens.catalog import CatalogScreen
from modeltui.tui.screens.pick import PickScreen
from modeltui.tui.screens.run import RunScreen
from modeltui.tui.widgets.line_input import LineInput
from modeltui.tui.widgets.row_list import RowList
from tui.driver import Console, running, settings_for
from tui.test_hostile import assert_clean

AURORA, BOREALIS = "prompt_to_image/aurora", "prompt_to_image/borealis"
DAWN, ECLIPSE = "prompt_to_video/dawn", "prompt_to_video/eclipse"
SECONDS = '[inputs.seconds]\ntype = "integer"\nenum = [5, 10]\n\n[request]'
RATE = '\n[cost.rate]\nper = "second"\nof = "inputs.seconds"\nprice = "2"\n'
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
)
UNITS = '\n[units]\ncredits_per_usd = "50"\n'


@pytest.fixture
def priced(root: Path) -> Path:
    """eclipse costs 2 a second, dawn 60 a run; 50 credits are a dollar."""
    with (root / "catalog.toml").open("a") as settings:
        settings.write(UNITS)
    for key, rate in ((DAWN, ""), (ECLIPSE, RATE)):
        path = root / "models" / f"{key}.toml"
        path.write_text(path.read_text().replace("[request]", SECONDS, 1) + rate)
    return root


def entries(console: Console) -> Sequence[PickEntry]:
    rows: Sequence[PickEntry] = console.one(RowList, "#rows").rows
    return rows


def keys(console: Console) -> list[str]:
    return [entry.id for entry in entries(console) if isinstance(entry, Ranked)]


async def ask(console: Console, inputs: str) -> None:
    await console.press("M")
    console.one(LineInput, "#inputs").value = inputs
    await console.press("enter")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("look", [{}, {"color": False}, {"ascii": True}])
async def test_the_models_are_ranked_with_what_exactly_these_inputs_cost(
    priced: Path, size: tuple[int, int], look: dict[str, Any]
) -> None:
    async with running(priced, size, **look) as console:
        await ask(console, "duration=10")
        assert keys(console) == [ECLIPSE, DAWN]
        shown = console.text
        first = next(each for each in shown.splitlines() if each.lstrip().startswith("1 "))
        assert first.split()[:5] == ["1", ECLIPSE, "0.4", "20", "~30s"]
        assert first.rstrip().endswith(" prompt") == (size[0] > 100)
        assert "2 of 6 models take it, the cheapest first" in shown
        assert "cost  20 credits = $0.4" in shown
        assert "time  30s, as the file says  success  never run" in shown
        assert "with  seconds 10" in shown
        assert "needs prompt" in shown
        assert "4 models do not take it, for these reasons" in shown
        assert "2 duration: is not an input of this model" in shown
        assert "1 is not active  prompt_to_image/comet" in shown


async def test_options_stand_among_the_inputs(priced: Path) -> None:
    async with running(priced) as console:
        await ask(console, "seconds=5 by=name limit=1 complete prompt='a red fox'")
        assert keys(console) == [DAWN]
        assert "2 of 6 models take it, by name; these are the best 1" in console.text
        assert "needs prompt" not in console.text


async def test_the_filter_of_the_table_is_asked_and_can_be_changed(priced: Path) -> None:
    async with running(priced) as console:
        await console.press("slash", *"type:prompt_to_image", "enter")
        await ask(console, "by=cost")
        assert console.one(LineInput, "#query").value == "type:prompt_to_image"
        assert keys(console) == [AURORA, BOREALIS]
        await console.press("shift+tab")
        console.one(LineInput, "#query").value = "type:prompt_to_video"
        await console.press("enter")
        assert keys(console) == [ECLIPSE, DAWN]


async def test_enter_goes_to_the_model_in_the_table(priced: Path) -> None:
    async with running(priced) as console:
        await ask(console, "duration=10")
        await console.press("j", "enter")
        assert isinstance(console.screen, CatalogScreen)
        assert console.table.cursor_key == DAWN
        await console.press("M")
        assert console.one(LineInput, "#inputs").value == "duration=10", "what was typed is there the next time"


async def test_r_opens_its_form_with_these_inputs(priced: Path) -> None:
    async with running(priced) as console:
        await ask(console, 'duration=10 prompt="a red fox"')
        await console.press("r")
        assert isinstance(console.screen, RunScreen)
        assert "Eclipse" in console.text
        assert "a red fox" in console.text
        await console.press("escape")
        assert isinstance(console.screen, PickScreen)
        assert keys(console) == [ECLIPSE, DAWN]


async def test_a_reason_names_its_models_and_leads_nowhere(priced: Path) -> None:
    async with running(priced) as console:
        await ask(console, "duration=7")
        assert keys(console) == []
        assert "none of 6 models takes it" in console.text
        first = entries(console)[0]
        assert isinstance(first, LeftOut)
        assert f"{AURORA}, {BOREALIS}" in console.text
        assert "go to it" not in console.text.splitlines()[-1]
        await console.press("enter", "r")
        assert isinstance(console.screen, PickScreen)
        assert console.notices == ["only a model that takes it can be gone to, or run"] * 2


@pytest.mark.parametrize(
    ("inputs", "query", "said"),
    [
        ("duration", "", "'duration' is not NAME=VALUE"),
        ("by=luck", "", "nothing is ranked by 'luck'"),
        ("prompt='a", "", "a quote is not closed"),
        ("", "cost<<5", "cost"),
        ("", "nothing-is-called-so", "no model matches the filter"),
    ],
)
async def test_what_cannot_be_asked_is_a_line(root: Path, inputs: str, query: str, said: str) -> None:
    async with running(root, (80, 24)) as console:
        await console.press("M")
        console.one(LineInput, "#query").value = query
        console.one(LineInput, "#inputs").value = inputs
        await console.press("enter")
        assert entries(console) == []
        assert said in "\n".join(console.text.splitlines()[3:8])
        assert isinstance(console.screen.focused, LineInput), "so that it can be mended"


async def test_other_words_take_the_old_answer_away(priced: Path) -> None:
    async with running(priced) as console:
        await ask(console, "duration=10")
        await console.press("shift+tab", "shift+tab", "backspace")
        assert entries(console) == []
        assert "Type what a run is to get" in console.text


async def test_what_can_be_asked_has_room_in_a_small_terminal(root: Path) -> None:
    async with running(root, (80, 24)) as console:
        await console.press("M")
        for said in ("something of `active`.", "image=./fox.png", "inputs=@fox.json", "so what is missing counts"):
            assert said in console.text


async def test_keys_that_write_are_typed(priced: Path) -> None:
    async with running(priced) as console:
        await console.press("M")
        await console.write("r=paMq")
        assert isinstance(console.screen, PickScreen)
        assert console.one(LineInput, "#inputs").value == "r=paMq"


async def test_a_change_of_the_files_is_ranked_anew(priced: Path) -> None:
    async with running(priced) as console:
        await ask(console, "duration=10")
        await console.press("j")
        path = priced / "models" / f"{DAWN}.toml"
        path.write_text(path.read_text().replace('base = "60"', 'base = "1"'))
        await console.press("f5")
        assert keys(console) == [DAWN, ECLIPSE]
        assert console.one(RowList, "#rows").cursor_key == DAWN


async def test_the_console_goes_on_while_models_are_asked(priced: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    may_answer, found = Event(), PickService.pick

    def slow(service: PickService, query: str, asked: Asked) -> Picks:
        may_answer.wait(60)
        return found(service, query, asked)

    monkeypatch.setattr(PickService, "pick", slow)
    async with running(priced) as console:
        await console.press("M")
        for key in ("by=time", "\n"):
            for each in key:
                console._send("enter" if each == "\n" else each)
        await console.until(lambda: "Asking the models" in console.text)
        may_answer.set()
        await console.settle()
        assert len(keys(console)) == 4


async def test_the_palette_knows_it(root: Path) -> None:
    async with running(root) as console:
        await console.press("colon", *"pick for", "enter")
        assert isinstance(console.screen, PickScreen)


async def test_hostile_texts(hostile_root: Path) -> None:
    async with running(hostile_root, (120, 40)) as console:
        await ask(console, "prompt=[/]\x1b[31m")
        assert len(keys(console)) > 4
        for _ in range(len(entries(console))):
            assert_clean(console)
            await console.press("j")
        await console.press("escape")
        await ask(console, "\x1b]0;[/bold]\u202e")
        assert_clean(console)
        assert "is not NAME=VALUE" in console.text


async def test_inputs_come_from_a_file_too(priced: Path, tmp_path: Path) -> None:
    file = tmp_path / "inputs.json"
    file.write_text('{"duration": 5, "prompt": "a fox"}')
    async with running(priced) as console:
        await ask(console, f"inputs=@{file} by=name")
        assert keys(console) == [DAWN, ECLIPSE]
        assert "with  seconds 5, prompt a fox" in console.text
        await console.press("escape")
        await ask(console, f"inputs=@{file} duration=10")
        assert "with  seconds 10, prompt a fox" in console.text, "what is typed counts more"
        await console.press("escape")
        await ask(console, f"inputs=@{tmp_path}/none.json")
        assert entries(console) == []
        assert "cannot read" in "\n".join(console.text.splitlines()[3:6])
        assert isinstance(console.screen.focused, LineInput)


async def test_a_file_counts_with_what_it_is_and_goes_into_the_form(priced: Path, tmp_path: Path) -> None:
    picture = tmp_path / "fox.png"
    picture.write_bytes(PICTURE)
    path = priced / "models" / f"{DAWN}.toml"
    path.write_text(path.read_text().replace("[request]", '[inputs.first]\ntype = "image"\n\n[request]', 1))
    async with running(priced) as console:
        await ask(console, f"image={picture} media-seconds=3")
        assert keys(console) == [DAWN]
        first = entries(console)[0]
        assert isinstance(first, Ranked)
        assert first.pick.inputs == {"first": str(picture)}
        await console.press("r")
        assert isinstance(console.screen, RunScreen)
        await console.press("escape", "escape")
        await ask(console, f"image={tmp_path}/none.png")
        assert keys(console) == []
        assert "first: neither a URL nor a file" in console.text


# The line


def read(line: str, root: Path) -> dict[str, object]:
    """What the inputs of dawn make of it."""
    read_inputs = asked_of(line).read
    assert read_inputs is not None
    return dict(read_inputs(open_workspace(settings_for(root)).runs.inputs(DAWN)))


def test_words_as_the_command_line_has_them(priced: Path) -> None:
    for line in ("duration=8 by=time needs=audio,x", "-i duration=8 --by time --needs=audio --needs x"):
        asked = asked_of(line)
        assert (asked.by, list(asked.need.abilities), asked.is_whole) == ("time", ["audio", "x"], False)
        assert read(line, priced) == {"duration": 8}
    asked = asked_of("media-seconds=1.5 file-mb=2 limit=3 complete")
    assert (asked.need.media_seconds, asked.need.file_mb, asked.limit, asked.is_whole) == (1.5, 2, 3, True)


def test_an_input_that_is_called_as_an_option_is(priced: Path) -> None:
    assert asked_of("-i by=me").by == "cost"
    assert read("-i by=me", priced) == {"by": "me"}
    assert read("-i inputs=@me", priced) == {"inputs": "@me"}


def test_a_document_is_read_with_the_first_model(priced: Path, tmp_path: Path) -> None:
    assert read("""inputs='{"duration": 5, "x": [1]}' x=2""", priced) == {"duration": 5, "x": "2"}
    for line in (
        "inputs={",
        "inputs=[1]",
        """inputs='{"x": 1e999}'""",
        f"inputs=@{tmp_path}",
        "inputs=@/dev/zero",
        'inputs={"a":1}',
    ):
        with pytest.raises(UsageError):
            read(line, priced)


def test_a_list_is_given_with_commas_or_by_its_name_again(priced: Path) -> None:
    path = priced / "models" / f"{DAWN}.toml"
    lists = '[inputs.sizes]\ntype = "array"\nitems = { type = "integer" }\n\n[inputs.rest]\ntype = "object"\n\n'
    path.write_text(path.read_text().replace("[request]", f"{lists}[request]", 1))
    assert read("sizes=1,2", priced) == read("sizes=1 sizes=2", priced) == {"sizes": [1, 2]}
    assert read("""'rest={"a": 1}'""", priced) == {"rest": {"a": 1}}


@pytest.mark.parametrize(
    "line", ["x", "=1", "--no=1", "-i", "limit=0", "limit=²", "media-seconds=-1", "file-mb=nan", "file-mb=x", "--by"]
)
def test_what_says_nothing_is_refused(line: str) -> None:
    with pytest.raises(UsageError):
        asked_of(line)


def test_an_object_that_cannot_be_read_is_a_reason(priced: Path) -> None:
    path = priced / "models" / f"{DAWN}.toml"
    path.write_text(path.read_text().replace("[request]", '[inputs.rest]\ntype = "object"\n\n[request]', 1))
    found = open_workspace(settings_for(priced)).picking.pick("type:prompt_to_video", asked_of("rest={"))
    assert next(each.reason.message for each in found.left_out if each.model.key == DAWN).startswith("rest is neither")
