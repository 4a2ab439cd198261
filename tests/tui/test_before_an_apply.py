"""What is to be known before an apply is said before it, and whom it waits for at once."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
from textual.widgets import Static

from modeltui.domain.finding import Finding
from modeltui.services.apply import ApplyService
from modeltui.storage import mutex
from modeltui.storage.real_fs import RealFs
from modeltui.tui.screens.catalog import CatalogScreen
from modeltui.tui.widgets.questions import ApplyQuestion
from tui import catalogs
from tui.driver import Console, running

AURORA, BOREALIS = "prompt_to_image/aurora", "prompt_to_image/borealis"
DEADLINE_S = 120.0


def git(root: Path, command: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *command.split()], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def edit(root: Path, key: str, old: str, new: str) -> None:
    """What somebody else does to a file, without a commit."""
    path = root / f"models/{key}.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.fixture
def git_root(root: Path) -> Path:
    for command in ("init -q -b main", "add -A", "commit -q -m start"):
        git(root, command)
    return root


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 40)])
async def test_what_the_commit_takes_along_is_named(git_root: Path, size: tuple[int, int]) -> None:
    edit(git_root, AURORA, 'base = "2"', 'base = "3"')
    edit(git_root, BOREALIS, 'base = "9"', 'base = "8"')
    async with running(git_root, size) as console:
        await console.press("t", "a")
        shown = console.text
        assert "takes along edits not committed yet" in shown
        assert f"models/{AURORA}.toml" in shown
        assert f"models/{BOREALIS}" not in shown, "it is not in the plan"
        assert "why (may stay empty)" in shown
        await console.press(*"so be it", "enter")
        assert isinstance(console.screen, CatalogScreen)
        assert git(git_root, "show --name-only --format= HEAD") == f"models/{AURORA}.toml"


async def test_nothing_is_said_where_all_is_well(git_root: Path) -> None:
    async with running(git_root) as console:
        await console.press("t", "a")
        assert isinstance(console.screen, ApplyQuestion)
        assert not console.one(Static, ".note").display


async def test_what_stands_in_the_way_of_the_commit_is_said(git_root: Path) -> None:
    git(git_root, "checkout -q --detach")
    (git_root / ".git/MERGE_HEAD").write_text(git(git_root, "rev-parse HEAD") + "\n")
    async with running(git_root) as console:
        await console.press("t", "a")
        shown = console.text
        assert "! a merge is under way in the work tree" in shown
        assert "! HEAD is detached: a commit would be on no branch" in shown
        assert "git switch BRANCH" in shown


async def test_a_catalogue_that_git_ignores_has_nothing_to_fear_from_it(git_root: Path) -> None:
    git(git_root, "rm -rq --cached .")
    (git_root / ".gitignore").write_text("*\n")
    (git_root / ".git/MERGE_HEAD").write_text("0\n")
    async with running(git_root) as console:
        await console.press("t", "a")
        assert isinstance(console.screen, ApplyQuestion)
        assert "merge" not in console.text


async def test_a_long_plan_scrolls_and_the_answer_stays_in_view(git_root: Path) -> None:
    for number in range(12):
        key = f"chat/m{number:02}"
        catalogs.write(git_root, f"models/{key}.toml", catalogs.model(key, f"M{number}"))
    git(git_root, "add -A")
    git(git_root, "commit -q -m more")
    for number in range(12):
        edit(git_root, f"chat/m{number:02}", 'base = "10"', 'base = "11"')
    async with running(git_root, (80, 24)) as console:
        await console.press("slash", *"type:chat", "enter", "asterisk", "t", "a")
        assert "takes along" in console.text
        assert "… and 8 more" in console.text
        assert "why (may stay empty)" in console.text
        await console.press("pagedown")
        assert "12 files changed" in console.text


class Held:
    """The look at git, which waits until it may say what there is."""

    def __init__(self, patch: pytest.MonkeyPatch, *found: Finding) -> None:
        self.may_go = threading.Event()

        def preflight(_: ApplyService) -> tuple[Finding, ...]:
            assert self.may_go.wait(DEADLINE_S)
            return found

        patch.setattr(ApplyService, "preflight", preflight)


async def answered_early(console: Console) -> None:
    """Answer before it is known what the commit would meet."""
    console._send("a")
    await until(console, lambda: isinstance(console.screen, ApplyQuestion))
    for key in ("o", "k", "enter"):
        console._send(key)
    await until(console, lambda: "one moment" in console.text)
    assert console.pending == [AURORA]


async def until(console: Console, is_so: Callable[[], bool]) -> None:
    await console.until(is_so, DEADLINE_S)


async def test_an_early_answer_waits_and_is_asked_again(git_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch, Finding("git-busy", "warning", "a merge is under way", ".git"))
    async with running(git_root) as console:
        await console.press("t")
        await answered_early(console)
        held.may_go.set()
        await console.settle()
        assert isinstance(console.screen, ApplyQuestion)
        assert "! a merge is under way" in console.text
        assert "enter once more" in console.text
        await console.press("enter")
        assert console.pending == []


async def test_an_early_answer_goes_where_all_is_well(git_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch)
    async with running(git_root) as console:
        await console.press("t")
        await answered_early(console)
        held.may_go.set()
        await console.settle()
        assert console.pending == []
        assert git(git_root, "log -1 --format=%s").endswith("ok")


async def test_an_answer_that_is_taken_back_does_not_go(git_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch)
    async with running(git_root) as console:
        await console.press("t")
        await answered_early(console)
        console._send("x")
        await until(console, lambda: "okx" in console.text)
        held.may_go.set()
        await console.settle()
        assert isinstance(console.screen, ApplyQuestion)
        assert console.pending == [AURORA]


async def test_who_is_waited_for_is_told_at_once_and_reading_goes_on(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mutex, "Waiting", partial(mutex.Waiting, deadline_s=DEADLINE_S))
    async with running(root) as console:
        await console.press("t")
        with ExitStack() as stack:
            stack.enter_context(mutex.Mutex(RealFs(str(root)), "carol", host="east").held("applying 3 files"))
            for key in ("a", "o", "k", "enter"):
                console._send(key)
            await until(console, lambda: bool(console.notices))
            assert console.notices[-1].startswith("waiting for carol on east: applying 3 files since ")
            assert console.pending == [AURORA]
            for key in ("slash", *"globex", "enter"):
                console._send(key)
            await until(console, lambda: console.names == ["Borealis", "Eclipse"])
        await console.settle()
        assert console.pending == []
        assert console.notices == ["1 file applied, kept in the history"]


async def test_the_wait_is_over_when_it_gives_up(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutex, "Waiting", partial(mutex.Waiting, deadline_s=0.1))
    async with running(root) as console:
        await console.press("t")
        with mutex.Mutex(RealFs(str(root)), "carol", host="east").held("applying 3 files"):
            await console.press("a", *"why", "enter")
        assert len(console.notices) == 1
        assert "try again when it is done" in console.notices[-1]
        assert console.pending == [AURORA]
