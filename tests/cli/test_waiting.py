"""An apply that has to wait says at once for whom, and one that came too late says that."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.small import KLING, Line
from modeltui.cli import asking, report
from modeltui.config import load_settings
from modeltui.storage.mutex import Mutex
from modeltui.storage.queue_file import QueueFile
from modeltui.storage.real_fs import RealFs


@pytest.mark.parametrize("is_plan", [False, True], ids=["queue", "plan"])
def test_it_says_for_whom_and_goes_on(
    modeltui: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_plan: bool
) -> None:
    assert modeltui("disable", f"key:{KLING}").code == 0
    plan = tmp_path / "plan.json"
    assert modeltui("plan", "--out", str(plan)).code == 0
    held = Mutex(RealFs(str(modeltui.root)), "carol", host="east").held("applying 3 files")
    held.__enter__()
    say = report.waiting

    def told(delay: object) -> None:
        say(delay)
        held.__exit__(None, None, None)

    monkeypatch.setattr(report, "waiting", told)
    ran = modeltui("apply", "--yes", *(("--plan", str(plan)) if is_plan else ()))
    assert ran.code == 0, ran.err
    [line] = [line for line in ran.err.splitlines() if line.startswith("waiting")]
    assert line.startswith("waiting for carol on east: applying 3 files since ")
    assert ran.err.index(line) < ran.err.index("applied ")
    assert "active = false" in modeltui.file(KLING).read_text()


def test_a_queue_that_is_empty_by_then_is_said(modeltui: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """The change is taken back in another window while this one asks."""
    assert modeltui("disable", f"key:{KLING}").code == 0

    def confirm(question: str, *, is_yes: bool) -> bool:
        QueueFile(str(modeltui.root), load_settings(str(modeltui.root)).user).undo()
        return True

    monkeypatch.setattr(asking, "confirm", confirm)
    ran = modeltui("apply", "--reason", "too late")
    assert ran.code == 3
    assert ran.err.endswith("nothing is pending any more; nothing was applied\n")
    assert "active = true" in modeltui.file(KLING).read_text()
