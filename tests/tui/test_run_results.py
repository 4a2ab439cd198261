"""What a run shows of its way and of what it made."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from textual.app import App, ComposeResult

from modeltui.domain.call import Cost
from modeltui.domain.job import Job, JobState, ResultFile
from modeltui.domain.text import safe
from modeltui.services.running.results import ResultService
from modeltui.tui.messages import CancelRun, JobChanged
from modeltui.tui.present.line import plain
from modeltui.tui.present.media import fitted, leaf_text, wave_lines
from modeltui.tui.present.run import job_lines
from modeltui.tui.screens.catalog import CatalogScreen
from modeltui.tui.screens.run import RunScreen
from modeltui.tui.widgets import graphics
from modeltui.tui.widgets.choice import Choice
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.widgets.json_tree import JsonTree
from modeltui.tui.widgets.line_view import LineView
from modeltui.tui.widgets.picture import HalfBlocks, half_pixels
from modeltui.tui.widgets.result_view import ResultView, items_of
from modeltui.tui.widgets.run_outcome import RunOutcome
from tui.catalogs import SHIPPED, write
from tui.driver import Console, running

PICTURE, INSTANT = "prompt_to_image/sandbox-image", "prompt_to_image/sandbox-instant"
SPEECH, VIDEO, CHAT = "text_to_speech/sandbox-speech", "prompt_to_video/sandbox-video", "chat/sandbox-chat"


@pytest.fixture
def media_root(sandbox_root: Path) -> Path:
    for key in (SPEECH, VIDEO, CHAT):
        name = f"models/{key}.toml"
        write(sandbox_root, name, (SHIPPED / name).read_text(encoding="utf-8"))
    return sandbox_root


async def run(console: Console, key: str, prompt: str = "a fox") -> ResultView:
    """Run a model to its end."""
    await console.press("slash", *key, "enter", "r")
    await console.write(prompt)
    await console.press("ctrl+s")
    if isinstance(console.screen, Confirm):
        await console.press("y")
    assert console.seen(JobChanged)[-1].job.state is JobState.SUCCEEDED
    return await looked_at(console)


async def looked_at(console: Console) -> ResultView:
    """The result, once a thread has read it."""
    view = console.one(ResultView)
    await console.until(lambda: view.item is not None)
    await console.settle()
    return view


def job_of(*files: ResultFile, **changes: Any) -> Job:
    made = {"id": "1234567890", "key": "a/b", "uid": None, "provider": "p", "state": JobState.SUCCEEDED}
    return Job(**{**made, "started_at": datetime.now(UTC), "files": files, **changes})


def said(job: Job, *steps: tuple[JobState, float], elapsed_s: float = 9.0) -> str:
    return "\n".join(plain(line) for line in job_lines(job, elapsed_s, steps))


async def test_a_sound_shows_its_shape(media_root: Path) -> None:
    async with running(media_root, (120, 36)) as console:
        view = await run(console, SPEECH, "hello")
        await console.until(lambda: "of what fits" in console.text)
        assert any(sign in console.text for sign in "▃▄▅▆▇█")
        assert view.item is not None
        assert view.item.kind == "sound"


async def test_a_film_shows_its_first_picture_and_its_facts(media_root: Path) -> None:
    async with running(media_root, (120, 36)) as console:
        await run(console, VIDEO)
        await console.until(lambda: len(console.screen.query(HalfBlocks)) == 1)
        assert "48 frames" in console.text


async def test_a_text_is_folded_and_read_with_keys(media_root: Path) -> None:
    async with running(media_root, (80, 24)) as console:
        await run(console, CHAT, "hello")
        await console.press("f2")
        assert isinstance(console.screen.focused, LineView)
        assert "no model has thought about it" in " ".join(console.text.split())
        await console.press("f7", "enter")
        assert console.app.clipboard.endswith(".txt")


async def test_several_results_are_gone_through(sandbox_root: Path) -> None:
    async with running(sandbox_root, (120, 36)) as console:
        await console.press("slash", *PICTURE, "enter", "r")
        await console.write("fox")
        await console.press("tab", "tab", "3", "ctrl+s", "y")
        view = await looked_at(console)
        await console.until(lambda: "1 of 3" in console.text)
        await console.press("f2", "right")
        assert "2 of 3" in console.text
        await console.press("left", "b")
        assert "3 of 3" in console.text
        assert view.item is not None
        assert view.item.file is not None
        await console.press("ctrl+l")
        assert console.app.clipboard == view.item.file.path


async def test_the_way_is_told_with_its_times(sandbox_root: Path) -> None:
    async with running(sandbox_root, (120, 36)) as console:
        await run(console, PICTURE)
        assert "submitting " in console.text
        assert "(asked " in console.text
        assert "cost  1 credit" in console.text


async def test_a_run_is_found_again_when_its_screen_is_opened_again(sandbox_root: Path) -> None:
    async with running(sandbox_root) as console:
        await console.press("slash", *PICTURE, "enter", "r")
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
        await console.until(lambda: any(each.job.state is JobState.POLLING for each in console.seen(JobChanged)))
        console._send("escape")
        await console.until(lambda: isinstance(console.screen, CatalogScreen))
        console._send("r")
        await console.until(lambda: isinstance(console.screen, RunScreen) and console.one(RunOutcome).is_running)
        await console.until(lambda: "polling" in console.text)
        console._send("ctrl+g")
        await console.until(lambda: "cancelled" in console.text)
        assert len(console.seen(CancelRun)) == 1
        await console.press("escape", "r")
        assert "cancelled" in console.text
        assert console.one(RunOutcome)._clock is None


async def test_a_result_is_saved_and_never_over_another(sandbox_root: Path, tmp_path: Path) -> None:
    target = tmp_path / "fox.png"
    async with running(sandbox_root, (120, 36)) as console:
        await run(console, INSTANT)
        for _ in range(2):
            await console.press("f2") if not console.one(ResultView).has_focus_within else None
            await console.press("s", "ctrl+u", *str(target), "enter")
        assert console.notices[-2] == f"saved {target}"
        assert "there already" in console.notices[-1]
        with Image.open(target) as picture:
            assert picture.size == (512, 512)


async def test_without_a_screen_to_open_it_on_it_says_what_helps(sandbox_root: Path) -> None:
    async with running(sandbox_root, (120, 36)) as console:
        await run(console, INSTANT)
        await console.press("f2", "o")
        assert "y copies its path" in console.notices[-1]
        await console.press("y", "enter")
        assert console.app.clipboard.endswith("result-1.png")


async def test_it_is_opened_with_the_systems_program(sandbox_root: Path, tmp_path: Path) -> None:
    opener, opened = tmp_path / "opener", tmp_path / "opened"
    opener.write_text(f'#!/bin/sh\nprintf %s "$1" > {opened}\n', encoding="utf-8")
    opener.chmod(0o755)
    async with running(sandbox_root, (120, 36), opener=str(opener)) as console:
        view = await run(console, INSTANT)
        await console.press("f2", "o")
        assert view.item is not None
        assert view.item.file is not None
        assert opened.read_text(encoding="utf-8") == view.item.file.path


@pytest.mark.parametrize("changes", [{"theme": "ansi-dark"}, {"color": False}, {"ascii": True}, {"pictures": "none"}])
async def test_where_no_picture_can_be_shown_words_say_so(sandbox_root: Path, changes: dict[str, Any]) -> None:
    async with running(sandbox_root, (120, 36), **changes) as console:
        await run(console, INSTANT)
        assert not console.screen.query(HalfBlocks)
        assert "image/png" in console.text
        said = " ".join(plain(line) for line in console.one(ResultView).query_one(LineView).rows)
        assert "y copies its path" in said


async def test_at_60_by_15_the_result_has_the_whole_screen_when_it_is_looked_at(sandbox_root: Path) -> None:
    async with running(sandbox_root, (60, 15)) as console:
        await run(console, INSTANT)
        await console.press("f2")
        await console.until(lambda: "▀" in console.text)
        assert "Prompt" not in console.text
        await console.press("f2")
        assert "Prompt" in console.text
        await console.write("x")
        assert "cost" in console.text


class Shown(App[None]):
    """A result view by itself, as another screen would hold it."""

    def __init__(self, job: Job, pictures: str = "blocks") -> None:
        super().__init__()
        self.job = job
        self.pictures = pictures

    def compose(self) -> ComposeResult:
        yield ResultView(ResultService(pictures=self.pictures))

    def on_mount(self) -> None:
        self.query_one(ResultView).show(self.job)

    def get_css_variables(self) -> dict[str, str]:
        ours = dict.fromkeys(("muted", "faint", "cursor", "cursor-dim", "cursor-cell", "role-accent"), "red")
        return {**super().get_css_variables(), **ours, "role-muted": "dim", "role-strong": "bold", "role-warn": "bold"}


async def shown(app: App[None], is_so: Callable[[], bool], pilot: Any) -> None:
    for _ in range(10_000):
        await app.workers.wait_for_complete()
        await pilot.pause()
        if is_so():
            return
    raise AssertionError("it was never shown")


def text_of(app: App[None]) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


async def test_json_is_a_tree_of_harmless_text(tmp_path: Path) -> None:
    value = {"b\x1b[31m": [1, {"c": "\u202edeep"}], "[bold]x": None, "many": list(range(40))}
    path = tmp_path / "result.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    app = Shown(job_of(ResultFile(str(path), "application/json", 10)))
    async with app.run_test(size=(80, 30)) as pilot:
        await shown(app, lambda: bool(app.query(JsonTree)), pilot)
        await pilot.pause()
        text = text_of(app)
        assert "[bold]x null" in text
        assert "many [40]" in text
        assert safe("\u202edeep") in text
        assert "\x1b" not in text
        tree = app.query_one(JsonTree)
        tree.focus()
        await pilot.press("end", "enter", "end")
        await pilot.pause()
        assert "39 39" in text_of(app)


async def test_a_text_answer_that_is_json_is_a_tree_too() -> None:
    app = Shown(job_of(text='{"a": {"b": 2}}'))
    async with app.run_test(size=(80, 30)) as pilot:
        await shown(app, lambda: bool(app.query(JsonTree)), pilot)
        await pilot.pause()
        assert "b 2" in text_of(app)


async def test_kitty_gets_the_picture_once_and_placeholders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    Image.effect_noise((200, 100), 90).convert("RGB").save(tmp_path / "a.png")
    app = Shown(job_of(ResultFile(str(tmp_path / "a.png"), "image/png", 10)), pictures="kitty")
    async with app.run_test(size=(80, 30)) as pilot:
        assert app._driver is not None
        monkeypatch.setattr(app._driver, "write", sent.append)
        await shown(app, lambda: "\U0010eeee" in text_of(app), pilot)
        graphic = [each for each in sent if each.startswith("\x1b_G")]
        assert graphic[0].startswith("\x1b_Gi=")
        assert all(len(each) < 4200 and each.endswith("\x1b\\") for each in graphic)
        assert "m=0" in graphic[-2]
        assert "U=1" in graphic[-1]
        app.query_one(ResultView).show(None)
        await shown(app, lambda: any("a=d,d=I" in each for each in sent), pilot)


async def test_sixels_are_drawn_where_the_user_says_so(tmp_path: Path) -> None:
    Image.new("RGB", (20, 20), (200, 0, 0)).save(tmp_path / "a.png")
    app = Shown(job_of(ResultFile(str(tmp_path / "a.png"), "image/png", 10)), pictures="sixel")
    async with app.run_test(size=(80, 30)) as pilot:
        await shown(app, lambda: "\x1bPq" in text_of(app) or "\x1bP0" in text_of(app), pilot)


def test_the_library_is_loaded_without_a_word_to_the_terminal() -> None:
    """Its own import asks a terminal that is standard output, and waits for the answer."""
    script = """
import os, pty, sys
pid, master = pty.fork()
if pid == 0:
    from modeltui.tui.widgets.graphics import load_graphics
    assert "textual_image" not in sys.modules
    load_graphics()
    assert sys.__stdout__.isatty()
    os.write(1, b"done")
    os._exit(0)
told = b""
while True:
    try:
        part = os.read(master, 1000)
    except OSError:
        break
    if not part:
        break
    told += part
os.waitpid(pid, 0)
assert told == b"done", told
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=120)


def test_the_console_starts_without_the_library() -> None:
    script = "import sys, modeltui.tui.app; sys.exit(any(name in sys.modules for name in ('textual_image', 'PIL')))"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=120)


def test_a_cell_has_a_size_without_a_terminal() -> None:
    width, height = graphics.cell_pixels()
    assert width > 0
    assert height > 0
    wide, high = graphics.cells_of(Image.new("RGB", (2000, 1000)), 40, 40)
    assert wide == 40
    assert 1 <= high <= 20


def test_an_uncertain_run_says_that_it_may_be_billed() -> None:
    job = job_of(state=JobState.UNCERTAIN, error="the line was lost", hint="look at the provider's list")
    text = said(job)
    assert "may be billed. It is not sent again." in text
    assert "modeltui jobs show 12345678" in text


def test_the_way_of_a_run() -> None:
    steps = [(JobState.SUBMITTING, 0.0), (JobState.POLLING, 0.8), (JobState.DOWNLOADING, 6.3)]
    text = said(job_of(state=JobState.DOWNLOADING, polls=4, progress=0.5), *steps, elapsed_s=7.0)
    assert "submitting 0.8 s · polling 5.5 s (asked 4 times) · downloading 0.7 s" in text
    assert "50%" in text
    text = said(job_of(reported=Cost(Decimal(12), "credits")), *steps, (JobState.SUCCEEDED, 9.0))
    assert "downloading 2.7 s" in text
    assert "cost  12 credits" in text


def test_the_way_of_a_run_that_waited_to_be_sent_again() -> None:
    steps = [(JobState.SUBMITTING, 0.0), (JobState.QUEUED, 0.5), (JobState.SUBMITTING, 7.5), (JobState.POLLING, 8.0)]
    text = said(job_of(state=JobState.POLLING), *steps, elapsed_s=9.0)
    assert "submitting 0.5 s · waiting 7.0 s · submitting 0.5 s · polling 1.0 s" in text


def test_items_of_a_job() -> None:
    file = ResultFile("/a/b.txt", "text/plain", 3)
    assert [item.kind for item in items_of(job_of(file, text="the same"))] == ["text"]
    picture = ResultFile("/a/b.png", "image/png", 3)
    assert [item.kind for item in items_of(job_of(picture, text="told"))] == ["picture", "text"]
    assert items_of(None) == ()


def test_the_shape_of_a_sound() -> None:
    lines = wave_lines([0.0, 0.25, 0.5], 2)
    assert [plain(line) for line in lines] == ["  █", " ██", "the loudest is 50% of what fits"]
    assert plain(wave_lines([0.0], 3)[0]) == "silence"
    assert fitted([1, 2, 3, 4], 2) == [2, 4]
    assert fitted([1, 2], 4) == [1, 1, 2, 2]


def test_a_picture_keeps_its_shape() -> None:
    pixels = half_pixels(Image.new("RGB", (300, 150), (255, 0, 0)), 40, 20)
    assert (len(pixels[0]), len(pixels)) == (40, 20)
    assert pixels[0][0] == (255, 0, 0)


def test_a_leaf_is_one_safe_line() -> None:
    assert leaf_text("a\nb") == '"a\\nb"'
    assert leaf_text({"a": 1}) == "{1}"
    assert "\x1b" not in leaf_text("\x1b[31m")
    assert len(leaf_text("x" * 100_000)) < 2_100
