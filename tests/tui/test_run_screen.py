"""A test generation from the form to the file."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import TextArea

from modeltui.domain.job import JobState
from modeltui.tui.messages import JobChanged, StartRun
from modeltui.tui.screens.catalog import CatalogScreen
from modeltui.tui.screens.run import RunScreen
from modeltui.tui.widgets.choice import Choice
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.widgets.input_form import InputForm, InputRow
from modeltui.tui.widgets.picture import read_pixels
from tui.driver import Console, running

INSTANT, PICTURE = "prompt_to_image/sandbox-instant", "prompt_to_image/sandbox-image"


async def open_run(console: Console, key: str) -> None:
    await console.press("slash", *key, "enter", "r")
    assert isinstance(console.screen, RunScreen)


def job_states(console: Console) -> list[JobState]:
    return [each.job.state for each in console.seen(JobChanged)]


async def test_the_form_is_made_of_the_inputs_and_prices_as_you_type(sandbox_root: Path) -> None:
    async with running(sandbox_root) as console:
        await open_run(console, PICTURE)
        names = [row.spec.name for row in console.one(InputForm).query(InputRow)]
        assert names == ["prompt", "aspect_ratio", "count", "seed", "sandbox_mode", "sandbox_polls"]
        assert isinstance(console.screen.focused, TextArea)
        assert "to fill in or mend  prompt" in console.text
        assert "prompt is required" not in console.text, "nothing was tried yet"
        await console.write("fox")
        assert "cost  1 credits" in console.text
        assert '"prompt": "fox"' in console.text
        assert '"width": 768' in console.text
        await console.press("tab", "right", "right", "tab", "3")
        assert "cost  3 credits" in console.text
        assert '"width": 1024' in console.text
        await console.press("0")
        assert "count" in str(console.screen.query_one("#status").render())
        assert console.one(InputForm).values["count"] == 30


async def test_rare_inputs_are_folded(sandbox_root: Path) -> None:
    async with running(sandbox_root) as console:
        await open_run(console, PICTURE)
        assert "3 more: ctrl+o" in console.text
        assert "Seed" not in console.text
        await console.press("ctrl+o")
        assert "Seed" in console.text


async def test_sending_without_what_is_needed_says_so_at_the_field(sandbox_root: Path) -> None:
    async with running(sandbox_root) as console:
        await open_run(console, INSTANT)
        await console.press("ctrl+s")
        assert console.seen(StartRun) == []
        problem = console.one(InputRow).query_one(".problem")
        assert problem.display
        assert str(problem.render()) == "is required"


async def test_a_run_shows_its_result_and_the_picture(sandbox_root: Path) -> None:
    async with running(sandbox_root) as console:
        await open_run(console, INSTANT)
        await console.write("a fox")
        await console.press("ctrl+s")
        states = job_states(console)
        assert states[-1] is JobState.SUCCEEDED
        (file,) = console.seen(JobChanged)[-1].job.files
        assert read_pixels(file.path, 10, 10)
        shown = console.text
        assert "succeeded" in shown
        assert "image/png" in shown
        assert "▀" in shown
        await console.press("ctrl+l")
        assert console.app.clipboard == file.path


async def test_what_costs_is_asked_about_once_and_no_is_the_default(sandbox_root: Path) -> None:
    async with running(sandbox_root) as console:
        await open_run(console, PICTURE)
        await console.write("fox")
        await console.press("ctrl+s")
        assert isinstance(console.screen, Confirm)
        assert "1 credits" in console.text
        await console.press("enter")
        assert console.seen(StartRun) == []


async def test_a_run_is_cancelled(sandbox_root: Path) -> None:
    async with running(sandbox_root) as console:
        await open_run(console, PICTURE)
        await console.write("fox")
        await console.press("ctrl+o", *["tab"] * 4)
        choice = console.screen.focused
        assert isinstance(choice, Choice)
        while choice.value != "hang":
            choice.action_step(1)
        await console.settle()
        console._send("ctrl+s")
        await console.until(lambda: isinstance(console.screen, Confirm))
        console._send("y")
        await console.until(lambda: JobState.POLLING in job_states(console))
        await console.press("ctrl+g")
        assert job_states(console)[-1] is JobState.CANCELLED
        assert "cancelled" in console.text
        assert isinstance(console.screen, RunScreen)
        assert console.screen._clock is None, "no timer runs at rest"


async def test_a_run_goes_on_when_its_screen_is_closed(sandbox_root: Path) -> None:
    async with running(sandbox_root) as console:
        await open_run(console, INSTANT)
        await console.write("fox")
        console._send("ctrl+s")
        console._send("escape")
        await console.settle()
        assert isinstance(console.screen, CatalogScreen)
        assert job_states(console)[-1] is JobState.SUCCEEDED
        assert console.notices[-1] == f"{INSTANT}: succeeded"


async def test_what_was_typed_is_there_the_next_time(sandbox_root: Path) -> None:
    async with running(sandbox_root) as console:
        await open_run(console, PICTURE)
        await console.write("fox")
        await console.press("tab", "right", "escape", "r")
        assert console.one(InputForm).values == {"prompt": "fox", "aspect_ratio": "1:1"}


async def test_a_broken_model_is_not_run(sandbox_root: Path) -> None:
    async with running(sandbox_root) as console:
        await console.press("G", "r")
        assert isinstance(console.screen, CatalogScreen)
        assert "broken" in console.notices[-1]


async def test_it_is_usable_at_80_by_24(sandbox_root: Path) -> None:
    async with running(sandbox_root, (80, 24)) as console:
        await open_run(console, INSTANT)
        await console.write("fox")
        await console.press("ctrl+s")
        shown = console.text
        assert "succeeded" in shown
        assert "result-1.png" in shown.replace("\n", "").replace(" ", "")


def test_what_is_no_picture_shows_none(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n torn")
    assert read_pixels(str(tmp_path / "a.png"), 10, 10) == []
    assert read_pixels(str(tmp_path / "none.png"), 10, 10) == []


def test_a_picture_keeps_its_shape(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (300, 150), (255, 0, 0)).save(tmp_path / "red.png")
    pixels = read_pixels(str(tmp_path / "red.png"), 40, 40)
    assert (len(pixels[0]), len(pixels)) == (40, 20)
    assert pixels[0][0] == (255, 0, 0)
