"""The history: what was done and by whom, found by words, as fields, as a diff, until now; and rolled back."""

from __future__ import annotations

import subprocess
from pathlib import Path

from modeltui.tui.screens.history import HistoryScreen
from modeltui.tui.widgets.chooser import Chooser
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.widgets.row_list import RowList
from tui import catalogs
from tui.driver import Console, running

AURORA, BOREALIS = "prompt_to_image/aurora", "prompt_to_image/borealis"


def git(root: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True).stdout


async def _apply(console: Console, reason: str, *keys: str) -> None:
    await console.press(*keys, "a", *reason, "enter")


def _reasons(console: Console) -> list[str]:
    return [record.reason for record in console.one(RowList, "#records").rows]


async def test_a_record_as_fields_as_a_diff_and_until_now(root: Path) -> None:
    async with running(root) as console:
        await _apply(console, "one", "t")
        await _apply(console, "two", "t")
        await console.press("h")
        assert _reasons(console) == ["two", "one"]
        assert "2 records" in console.text
        await console.press("j")
        assert "active  true → false" in console.text
        await console.press("d")
        assert "-active = true" in console.text
        assert "+active = false" in console.text
        await console.press("c")
        assert "active  false → true" in console.text
        assert "edits by hand unknown" in console.text
        await console.press("c")
        assert "active  true → false" in console.text


async def test_records_are_found_by_words(root: Path) -> None:
    async with running(root) as console:
        await _apply(console, "cheap", "t")
        await _apply(console, "dear", "j", "t")
        await console.press("H", "slash", *"AURORA ch", "enter")
        assert _reasons(console) == ["cheap"]
        assert "with AURORA ch" in console.text
        await console.press("slash", *"x", "enter")
        assert "No record holds these words." in console.text
        await console.press("slash", "escape")
        assert isinstance(console.screen, HistoryScreen)
        assert _reasons(console) == ["dear", "cheap"]


async def test_a_whole_record_comes_back_after_one_question_with_numbers(root: Path) -> None:
    before = (root / f"models/{AURORA}.toml").read_bytes()
    async with running(root) as console:
        await console.press("space", "space")
        await _apply(console, "both", "t")
        await console.press("H", "R")
        assert isinstance(console.screen, Chooser)
        await console.press("enter")
        assert isinstance(console.screen, Confirm)
        assert "2 models: get back 2 fields" in console.text
        await console.press("n")
        assert console.pending == []
        await console.press("R", "enter", "y")
        assert console.pending == [AURORA, BOREALIS]
        assert console.notices[-1] == "2 models pending: p shows it, u takes it back"
        await console.press("u")
        assert console.pending == []
        await console.press("R", "j", "enter", "y")
        assert console.pending == [AURORA]
        await console.press("a", *"back", "enter")
        assert (root / f"models/{AURORA}.toml").read_bytes() == before
        assert _reasons(console) == ["back", "both"]


async def test_one_field_comes_back_alone(root: Path) -> None:
    async with running(root) as console:
        console.app._workspace.changes.set_text([AURORA], [("name", "Other"), ("order", "7")])
        console.app._workspace.applying.apply("two fields")
        await console.press("f5", "H", "R")
        assert "order" in console.text
        await console.press("G", "enter", "y")
        [edit] = console.snapshot.plan.files[AURORA].edits
        assert edit.path == ("order",)


async def test_what_changed_later_is_taken_back_only_when_insisted(root: Path) -> None:
    async with running(root) as console:
        changes, applying = console.app._workspace.changes, console.app._workspace.applying
        for order in ("7", "8"):
            changes.set_text([AURORA], [("order", order)])
            applying.apply(order)
        await console.press("f5", "H", "j", "R")
        assert isinstance(console.screen, Confirm)
        assert "Take the old values all the same?" in console.text
        assert "order: changed later by bob" in console.text
        await console.press("enter")
        assert console.pending == []
        await console.press("R", "y")
        assert console.pending == [AURORA]


async def test_a_locked_model_is_refused_with_its_reason(root: Path) -> None:
    async with running(root) as console:
        await _apply(console, "off", "t")
        console.app._workspace.changes.lock([AURORA], "hold")
        console.app._workspace.applying.apply()
        await console.press("f5", "H", "j", "R")
        assert isinstance(console.screen, HistoryScreen)
        assert "locked by bob (hold)" in console.notices[-1]


async def test_commits_by_hand_are_told_and_can_be_rolled_back(root: Path) -> None:
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "start"]):
        git(root, *words)
    path = root / f"models/{AURORA}.toml"
    before = path.read_text()
    path.write_text(before.replace('base = "2"', 'base = "3" # dearer'))
    git(root, "commit", "-qam", "by an \x1b[31meditor", "--author=eve\x1b]0;x\x07 <e@x>")
    async with running(root) as console:
        await console.press("h")
        assert _reasons(console) == ["by an \x1b[31meditor", "start"]
        assert "by an \\e[31meditor" in console.text
        assert "by hand" in console.text
        assert 'cost.base  "2" → "3"' in console.text
        await console.press("R", "y")
        assert console.pending == [AURORA]
        await console.press("a", *"back", "enter")
        assert path.read_text() == before


async def test_older_records_come_when_they_are_wanted(root: Path) -> None:
    _commit_often(root, 210)
    async with running(root) as console:
        await console.press("H")
        assert len(_reasons(console)) == 200
        assert "the newest 200, m for more" in console.text
        await console.press("m")
        assert len(_reasons(console)) == 211
        await console.press("m")
        assert console.notices[-1] == "these are all"


def _commit_often(root: Path, count: int) -> None:
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "start"]):
        git(root, *words)
    text = catalogs.model(AURORA, "Aurora")
    commits = "".join(
        f"commit HEAD\ncommitter x <x@x> {1900000000 + number} +0000\ndata 1\nx\n"
        + ("from HEAD^0\n" if number == 0 else "")
        + f"M 100644 inline models/{AURORA}.toml\ndata {len(body)}\n{body}\n"
        for number in range(count)
        for body in [f"# {number}\n{text}"]
    )
    subprocess.run(["git", "fast-import", "--quiet", "--force"], cwd=root, input=commits, text=True, check=True)
