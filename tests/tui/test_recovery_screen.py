"""An apply in doubt: what happened is said, no other begins, and there are ways out."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from modeltui.storage import mutex, state_dir
from modeltui.storage.queue_file import QueueSettler
from modeltui.storage.real_fs import RealFs
from modeltui.tui.screens.catalog import CatalogScreen
from modeltui.tui.screens.detail import DetailScreen
from modeltui.tui.screens.recovery import RecoveryScreen
from tui.driver import Console, running

AURORA, BOREALIS = "prompt_to_image/aurora", "prompt_to_image/borealis"


def source(root: Path, key: str) -> str:
    return (root / f"models/{key}.toml").read_text()


def full_at_the_end(patch: pytest.MonkeyPatch) -> None:
    """The files and the record are written, and the queue cannot be: the only way is forward."""

    def settle(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    patch.setattr(QueueSettler, "settle", settle)


def torn_in_the_middle(patch: pytest.MonkeyPatch) -> None:
    """One file of two is written; then neither the other nor the journal can be."""
    exchange, rename = RealFs.exchange, RealFs.rename
    done: list[str] = []

    def failing_exchange(fs: RealFs, one: str, other: str) -> None:
        if done:
            raise OSError(errno.EIO, "Input/output error")
        done.append(one)
        exchange(fs, one, other)

    def failing_rename(fs: RealFs, old: str, new: str) -> None:
        if old == state_dir.JOURNAL:
            raise OSError(errno.EIO, "Input/output error")
        rename(fs, old, new)

    patch.setattr(RealFs, "exchange", failing_exchange)
    patch.setattr(RealFs, "rename", failing_rename)


async def applied_two(console: Console) -> None:
    await console.press("t", "j", "t", "a", *"why", "enter")


async def test_what_happened_is_told_and_forward_finishes_it(root: Path) -> None:
    async with running(root, (80, 24)) as console:
        with pytest.MonkeyPatch.context() as patch:
            full_at_the_end(patch)
            await applied_two(console)
            assert isinstance(console.screen, RecoveryScreen)
            shown = console.text
            assert "An apply is in doubt" in shown
            assert "by bob stopped before its end" in shown
            assert "No space left on" in shown
            assert f"models/{AURORA}.toml" in shown
            assert "f forward" in shown.splitlines()[-1]
            await console.press("b")
            assert "in the history already" in console.notices[-1]
            await console.press("f")
            assert isinstance(console.screen, RecoveryScreen)
        await console.press("f")
        assert isinstance(console.screen, CatalogScreen)
        assert "was finished: 2 files" in console.notices[-1]
        assert console.pending == []
        assert "in doubt" not in console.text.splitlines()[0]
        assert "active = false" in source(root, AURORA)


async def test_back_gives_every_file_as_it_was(root: Path) -> None:
    before = source(root, AURORA), source(root, BOREALIS)
    async with running(root) as console:
        with pytest.MonkeyPatch.context() as patch:
            torn_in_the_middle(patch)
            await applied_two(console)
            assert isinstance(console.screen, RecoveryScreen)
            assert (source(root, AURORA), source(root, BOREALIS)) != before
        await console.press("b")
        assert isinstance(console.screen, CatalogScreen)
        assert (source(root, AURORA), source(root, BOREALIS)) == before
        assert console.pending == [AURORA, BOREALIS]
        assert "was undone" in console.notices[-1]


async def test_until_then_no_apply_begins_and_the_rest_works(root: Path) -> None:
    async with running(root) as console:
        with pytest.MonkeyPatch.context() as patch:
            torn_in_the_middle(patch)
            await applied_two(console)
            await console.press("enter")
            assert isinstance(console.screen, DetailScreen)
            await console.press("escape", "escape")
            assert isinstance(console.screen, CatalogScreen)
            assert "an apply is in doubt: F6" in console.text
            await console.press("a")
            assert console.notices[-1].endswith("no other begins before that is settled: F6")
            await console.press("f6")
            assert isinstance(console.screen, RecoveryScreen)


async def test_a_console_that_starts_in_doubt_says_so_first(root: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        full_at_the_end(patch)
        async with running(root) as console:
            await applied_two(console)
        async with running(root) as console:
            assert isinstance(console.screen, RecoveryScreen)
            assert "The apply" in console.text
    async with running(root) as console:
        assert isinstance(console.screen, CatalogScreen)
        assert "an interrupted apply" in console.notices[-1]
        assert "was finished" in console.notices[-1]


async def test_another_who_is_applying_is_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(root) as console:
        await console.press("t")
        acquire = mutex.acquire
        monkeypatch.setattr(
            mutex, "acquire", lambda fs, path, waiting: acquire(fs, path, mutex.Waiting(deadline_s=0.0))
        )
        with mutex.Mutex(RealFs(str(root)), "carol", host="east").held("applying 3 files"):
            await console.press("a", *"why", "enter")
        assert "carol on east" in console.notices[-1]
        assert "applying 3 files" in console.notices[-1]
        assert "try again when it is done" in console.notices[-1]
        assert console.pending == [AURORA]


async def in_doubt(root: Path) -> None:
    """One file of two is written, and the journal is cut off."""
    with pytest.MonkeyPatch.context() as patch:
        torn_in_the_middle(patch)
        async with running(root) as console:
            await applied_two(console)
    with (root / state_dir.JOURNAL).open("r+b") as file:
        file.truncate(300)


async def test_a_journal_that_is_not_believed_opens_it_and_back_is_offered(root: Path) -> None:
    before = source(root, AURORA), source(root, BOREALIS)
    await in_doubt(root)
    async with running(root, (80, 24)) as console:
        assert isinstance(console.screen, RecoveryScreen)
        shown = " ".join(console.text.split())
        assert "cannot be followed: it is damaged" in shown
        assert "1 old, of new files, 1 new, of old files" in shown
        assert "Nothing is lost" not in shown
        assert f"models/{AURORA}.toml" in shown
        await console.press("f")
        assert "only its journal told what to finish" in console.notices[-1]
        await console.press("escape", "t")
        assert isinstance(console.screen, RecoveryScreen), "nothing is queued meanwhile"
        assert console.pending == [AURORA, BOREALIS]
        await console.press("b")
        assert "was undone" in console.notices[-1]
        assert (source(root, AURORA), source(root, BOREALIS)) == before
        assert console.pending == [AURORA, BOREALIS]


async def test_what_cannot_be_proved_is_accepted_after_a_question(root: Path) -> None:
    await in_doubt(root)
    for path in (root / state_dir.QUEUES).glob("*.jsonl"):
        path.unlink()
    mixed = source(root, AURORA), source(root, BOREALIS)
    async with running(root) as console:
        assert isinstance(console.screen, RecoveryScreen)
        assert "It cannot be undone: no queue tells" in console.text
        await console.press("b")
        assert "it cannot be undone" in console.notices[-1]
        await console.press("x", "enter")
        assert isinstance(console.screen, RecoveryScreen), "enter means no"
        await console.press("x", "y")
        assert isinstance(console.screen, CatalogScreen)
        assert "the files are left as they are" in console.notices[-1]
        assert (source(root, AURORA), source(root, BOREALIS)) == mixed


async def test_where_old_content_is_gone_there_is_no_way_back(root: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        torn_in_the_middle(patch)
        async with running(root) as console:
            await applied_two(console)
            next((root / state_dir.STATE).glob("txn-*/0")).unlink()
            await console.press("f5", "escape", "f6")
            assert isinstance(console.screen, RecoveryScreen)
            shown = " ".join(console.text.split())
            assert f"It cannot be undone: the old content of models/{AURORA}.toml is gone" in shown
            assert "Nothing is lost" not in shown
            assert "back: undo it" not in shown
            await console.press("b")
            assert "it cannot be undone" in console.notices[-1]
            assert "f forward" in console.text.splitlines()[-1]
