"""A test generation from the form to the file."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import TextArea

from modeltui.domain.job import JobState
from modeltui.services.running.results import ResultService
from modeltui.tui.messages import JobChanged, StartRun
from modeltui.tui.screens.catalog import CatalogScreen
from modeltui.tui.screens.run import RunScreen
from modeltui.tui.widgets.choice import Choice
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.widgets.input_form import InputForm
from modeltui.tui.widgets.input_row import InputRow
from modeltui.tui.widgets.run_outcome import RunOutcome
from tui.driver import Console, running
from tui.kept_jobs import slow, workspace

INSTANT, PICTURE = "prompt_to_image/sandbox-instant", "prompt_to_image/sandbox-image"


async def open_run(console: Console, key: str) -> None:
    await console.press("slash", *key, "enter", "r")
    assert isinstance(console.screen, RunScreen)
    assert console.screen.focused is not None, console.text


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
        assert "cost  1 credit" in console.text
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


async def test_a_tab_typed_right_after_the_fold_goes_to_the_next_input(sandbox_root: Path) -> None:
    async with running(sandbox_root) as console:
        await open_run(console, PICTURE)
        form = console.one(InputForm)
        form.is_unfolded = True
        names = []
        for _ in range(4):
            console.screen.focus_next()
            names.append(form.row.spec.name if form.row else None)
        assert names == ["aspect_ratio", "count", "seed", "sandbox_mode"], "by their places, before these were drawn"


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
        assert ResultService().frame(file.path, file.media_type, (10, 10)) is not None
        await console.until(lambda: "▀" in console.text)
        shown = console.text
        assert "succeeded" in shown
        assert "image/png" in shown
        await console.press("ctrl+l")
        assert console.app.clipboard == file.path


async def test_what_costs_is_asked_about_once_and_no_is_the_default(sandbox_root: Path) -> None:
    async with running(sandbox_root) as console:
        await open_run(console, PICTURE)
        await console.write("fox")
        await console.press("ctrl+s")
        assert isinstance(console.screen, Confirm)
        assert "1 credit" in console.text
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
        assert console.one(RunOutcome)._clock is None, "no timer runs at rest"


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


async def test_quitting_while_a_run_is_under_way_asks_and_leaves_it_to_be_resumed(sandbox_root: Path) -> None:
    made = workspace(slow(sandbox_root))
    async with running(sandbox_root, workspace=made) as console:
        await open_run(console, PICTURE)
        await console.write("fox")
        assert "1 run" not in console.text.split("\n")[0]
        console._send("ctrl+s")
        await console.until(lambda: isinstance(console.screen, Confirm))
        console._send("y")
        await console.until(lambda: JobState.POLLING in job_states(console))
        await console.until(lambda: "1 run" in console.text.split("\n")[0])
        console._send("ctrl+q")
        await console.until(lambda: "Quit while a run is under way?" in console.text)
        console._send("enter")
        await console.until(lambda: not isinstance(console.screen, Confirm))
        assert console.app.is_running, "no is the default"
        console._send("ctrl+q")
        await console.until(lambda: isinstance(console.screen, Confirm))
        console._send("y")
        await console.until(lambda: not console.app.is_running)
    (kept,) = made.jobs.list()
    assert kept.job.state is JobState.POLLING, "nothing was cancelled at the provider"


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


async def test_the_result_is_gone_to_also_where_nothing_may_be_changed(sandbox_root: Path) -> None:
    async with running(sandbox_root) as console:
        await open_run(console, INSTANT)
        await console.write("fox")
        await console.press("ctrl+s")
        await console.until(lambda: JobState.SUCCEEDED in job_states(console))
        await console.press("f8", "f2")
        assert console.screen.has_class("-looking")
