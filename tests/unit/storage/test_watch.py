"""A change on disk is noticed, what does not matter is not, and a watch ends when it is closed."""

from __future__ import annotations

import asyncio
import os
from contextlib import aclosing
from pathlib import Path

import pytest

from modeltui.storage import watch
from modeltui.storage.watch import Burst, changes

_WRITES = 2400
"""One every 50 ms, for two minutes."""


async def _after(root: Path, path: str, *, poll: bool) -> Burst:
    """Write `path` again and again until the watch, which starts at its own time, tells of it, and of what."""
    async with aclosing(changes(str(root), poll=poll)) as bursts:
        told = asyncio.ensure_future(anext(bursts))
        for number in range(_WRITES):
            (root / path).write_text(f"order = {number}\n")
            if (await asyncio.wait({told}, timeout=0.05))[0]:
                return await told
        told.cancel()
        raise AssertionError("the change was not noticed")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("models/chat", ".modeltui/queue", ".modeltui/txn-1"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize("path", ["models/chat/a.toml", ".modeltui/queue/bob.jsonl"])
async def test_a_change_is_noticed(root: Path, path: str) -> None:
    assert await _after(root, path, poll=False) is Burst.CATALOG


@pytest.mark.parametrize("poll", [False, True])
async def test_what_changed_of_jobs_only_is_told_apart(root: Path, poll: bool) -> None:
    assert await _after(root, ".modeltui/jobs.db-wal", poll=poll) is Burst.JOBS


async def test_a_change_is_noticed_by_looking_too(root: Path) -> None:
    await _after(root, "models/chat/a.toml", poll=True)


@pytest.mark.parametrize("poll", [False, True])
async def test_a_name_that_is_no_text_does_not_end_the_watch(
    root: Path, poll: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "_LOOK_S", 0.01)
    odd = root / "models" / "chat" / os.fsdecode(b"\xff.toml")
    async with aclosing(changes(str(root), poll=poll)) as bursts:
        told = asyncio.ensure_future(anext(bursts))
        for number in range(_WRITES):
            odd.write_text(f"order = {number}\n")
            if (await asyncio.wait({told}, timeout=0.05))[0]:
                break
        assert told.done()
        await told


@pytest.mark.parametrize(
    ("path", "matters"),
    [
        ("models/chat/a.toml", True),
        ("catalog.toml", True),
        (".modeltui/queue/alice.jsonl", True),
        (".modeltui/generation", True),
        (".modeltui/txn-1/0", False),
        (".modeltui/jobs/1/job.json", False),
        (".modeltui/jobs.db", True),
        (".modeltui/jobs.db-wal", True),
        (".modeltui/jobs.db-shm", False),
        ("models/chat/.modeltui-1-0.tmp", False),
        ("models/chat/.a.toml.swp", False),
        (".git/config.toml", False),
        ("notes.txt", False),
    ],
)
def test_what_matters(root: Path, path: str, matters: bool) -> None:
    from watchfiles import Change

    from modeltui.storage.watch import _matters

    assert _matters(str(root))(Change.modified, str(root / path)) is matters
