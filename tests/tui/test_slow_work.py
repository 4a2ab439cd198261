"""What takes long says that it is being done, and says so no more once it is."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from modeltui.bootstrap import open_workspace
from modeltui.services.outcome import Outcome
from tui.driver import running, settings_for


async def test_work_that_takes_its_time_is_told_until_it_is_done(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace, may_end = open_workspace(settings_for(root)), threading.Event()
    quick = workspace.changes.set_active

    def slow(keys: Sequence[str], active: bool | None) -> Outcome:
        assert may_end.wait(120)
        return quick(keys, active)

    monkeypatch.setattr(workspace.changes, "set_active", slow)
    async with running(root, workspace=workspace, slow_s=0.01) as console:
        console.app.simulate_key("t")
        await console.until(lambda: bool(console.notices))
        assert console.notices == ["at work on it; you can go on meanwhile"]
        may_end.set()
        await console.until(lambda: bool(console.pending))
        await console.settle()
        assert not any("at work" in notice for notice in console.notices)


async def test_quick_work_is_not(root: Path) -> None:
    async with running(root) as console:
        await console.press("t")
        assert console.pending
        assert not any("at work" in notice for notice in console.notices)
