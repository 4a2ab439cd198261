"""Pull and push in the console: looked at first, decided where both sides changed something, then done at once."""

from __future__ import annotations

import threading
from itertools import count
from pathlib import Path

import pytest

from modeltui.config import load_settings
from modeltui.history.remotes import Apart
from modeltui.services.sharing.apart import ApartService
from modeltui.tui.messages import BranchesSeen
from modeltui.tui.present import header
from modeltui.tui.present.header import apart_line
from modeltui.tui.present.line import Line
from modeltui.tui.screens.catalog import CatalogScreen
from modeltui.tui.screens.sharing import PullScreen, PushScreen
from modeltui.tui.widgets.row_list import RowList
from sharing.clones import Clone, cloned, make_hub, person
from tui.driver import Console, running


@pytest.fixture
def clones(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> tuple[Clone, Clone]:
    person(monkeypatch, tmp_path / "gitconfig")
    hub = make_hub(tmp_path)
    ann, bob = (cloned(hub, tmp_path / name, capsys) for name in ("ann", "bob"))
    return ann, bob


def _rows(console: Console) -> list[str]:
    return [f"{row.sign[0]} {row.name.strip()}" for row in console.one(RowList, "#rows").rows]


def _top(console: Console) -> str:
    return console.text.splitlines()[0].strip()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_what_comes_in_is_shown_and_taken(clones: tuple[Clone, Clone], size: tuple[int, int]) -> None:
    ann, bob = clones
    ann.apply("chat/a", "cost.base=1", reason="cheaper")
    ann.push()
    bob.done("set", "chat/a", "name=Mine")
    async with running(bob.root, size, user=load_settings(str(bob.root)).user) as console:
        await console.press("f7")
        assert isinstance(console.screen, PullScreen)
        assert _rows(console) == ["● cheaper", "~ chat/a  cost.base"]
        assert "1 commit from origin/main" in console.text
        assert "cheaper" in console.text
        await console.press("j")
        assert '"60" → "1"' in console.text
        await console.press("enter")
        assert isinstance(console.screen, CatalogScreen)
        assert "pulled from origin/main: 1 file" in console.notices[-1]
        assert console.pending == ["chat/a"]
        assert console.snapshot.catalog.document("chat/a")["cost"]["base"] == "1"
    assert bob.is_clean()


async def test_a_conflict_is_decided_field_by_field(clones: tuple[Clone, Clone]) -> None:
    ann, bob = clones
    ann.apply("chat/a", "cost.base=1", "order=4")
    ann.push()
    bob.apply("chat/a", "cost.base=2", "order=5")
    async with running(bob.root) as console:
        await console.press("colon", *"pull", "enter")
        assert isinstance(console.screen, PullScreen)
        assert _rows(console)[:2] == ["! chat/a  order", "! chat/a  cost.base"]
        assert "ours    5" in console.text
        await console.press("enter")
        assert "chat/a.order is in conflict" in console.notices[-1]
        await console.press("t", "j", "o")
        assert _rows(console)[:2] == ["= chat/a  order", "= chat/a  cost.base"]
        await console.press("j", "t")
        assert console.notices[-1] == "this is not in conflict"
        await console.press("enter")
        document = console.snapshot.catalog.document("chat/a")
        assert (document["order"], document["cost"]["base"]) == (4, "2")


async def test_what_each_side_did_is_told_where_a_whole_file_is_in_conflict(clones: tuple[Clone, Clone]) -> None:
    ann, bob = clones
    ann.apply("chat/a", "order=4")
    ann.push()
    bob.done("lock", "chat/a", "--reason", "in production")
    bob.done("apply", "--yes")
    async with running(bob.root) as console:
        await console.press("f7")
        assert _rows(console)[0] == "! chat/a  the whole file"
        assert "base    a file, not locked" in console.text
        assert "(in production)" in console.text.partition("ours    locked")[2]
        assert "theirs  order: 1 → 4" in console.text
        await console.press("o")
        assert "1 in conflict, all decided: enter takes all of it in" in console.text


async def test_what_goes_out_is_shown_and_pushed(clones: tuple[Clone, Clone]) -> None:
    ann, bob = clones
    bob.apply("chat/b", "order=9", reason="last")
    bob.done("set", "chat/c", "order=1")
    async with running(bob.root) as console:
        await console.press("f10")
        assert isinstance(console.screen, PushScreen)
        assert _rows(console) == ["● last", "~ chat/b  order"]
        assert "only what is applied goes out" in console.text or not console.pending
        await console.press("enter")
        assert console.notices[-1] == "pushed to origin/main"
        await console.press("f10", "enter")
        assert console.notices[-1] == "nothing goes out"
    ann.pull()
    assert "order = 9" in ann.text("chat/b")


async def test_there_is_something_to_pull_before_a_push(clones: tuple[Clone, Clone]) -> None:
    ann, bob = clones
    ann.apply("chat/a", "order=4")
    ann.push()
    bob.apply("chat/b", "order=9")
    async with running(bob.root) as console:
        await console.press("f10", "enter")
        assert "there is something to pull first" in console.notices[-1]
        assert "pull first" in console.text


async def test_trouble_with_git_and_permissions_is_told(clones: tuple[Clone, Clone]) -> None:
    ann, bob = clones
    ann.apply("chat/a", "order=4")
    ann.push()
    async with running(bob.root, read_only=True) as console:
        await console.press("f7", "enter")
        assert "read-only" in console.notices[-1]
    bob.git("remote", "set-url", "origin", "/nowhere/user:s3cret@x")
    async with running(bob.root) as console:
        await console.press("f7")
        assert "git fetch" in console.text
        await console.press("enter")
        assert isinstance(console.screen, PullScreen)


async def test_all_conflicts_are_decided_at_once_and_fields_that_belong_together_with_one_key(
    clones: tuple[Clone, Clone],
) -> None:
    ann, bob = clones
    ann.apply("chat/a", "cost.base=1", "cost.currency=USD", "order=4")
    ann.push()
    bob.apply("chat/a", "cost.base=2", "order=5")
    async with running(bob.root) as console:
        await console.press("f7", "j", "t")
        assert _rows(console)[:3] == ["! chat/a  order", "= chat/a  cost.currency", "= chat/a  cost.base"]
        await console.press("ctrl+o")
        assert "all decided" in console.text
        await console.press("enter")
        document = console.snapshot.catalog.document("chat/a")
        assert (document["order"], document["cost"]["base"], document["cost"]["currency"]) == (5, "2", "credits")


async def test_the_top_line_says_how_far_apart_the_branches_are(clones: tuple[Clone, Clone]) -> None:
    ann, bob = clones
    ann.apply("chat/a", "order=4")
    ann.push()
    bob.apply("chat/b", "order=4")
    async with running(bob.root, (120, 40)) as console:
        await console.until(lambda: _top(console).endswith("git main ↑1"))
        await console.press("f7")
        await console.until(lambda: _top(console).endswith("git main ↑1 ↓1"))
        await console.press("enter")
        await console.until(lambda: _top(console).endswith("git main ↑2"))
        await console.press("f10", "enter")
        await console.until(lambda: _top(console).endswith("git main"))


async def test_an_older_count_does_not_overtake_a_newer_one(
    clones: tuple[Clone, Clone], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, late, said = threading.Event(), threading.Event(), list[tuple[int, int]]()
    stamps, newest = count(), [Apart(1, 0)]

    def known(_: ApartService) -> Apart:
        found = newest[0]
        if found.ahead == 5:
            begun.set()
            late.wait(60)
        return found

    def told(ahead: int, behind: int) -> Line:
        said.append((ahead, behind))
        return apart_line(ahead, behind)

    monkeypatch.setattr(ApartService, "stamp", lambda _: next(stamps))
    monkeypatch.setattr(ApartService, "known", known)
    monkeypatch.setattr(header, "apart_line", told)
    try:
        async with running(clones[1].root, (120, 40)) as console:
            await console.until(lambda: _top(console).endswith("git main ↑1"))
            newest[0] = Apart(5, 5)
            console.app.post_message(BranchesSeen())
            await console.until(begun.is_set)
            newest[0] = Apart(2, 0)
            console.app.post_message(BranchesSeen())
            await console.until(lambda: _top(console).endswith("git main ↑2"))
            late.set()
            await console.until(lambda: (5, 5) in said)
            await console.press("j", "k")
            assert _top(console).endswith("git main ↑2")
    finally:
        late.set()
