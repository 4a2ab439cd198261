"""The catalogue of `scenario` on a real disk."""

from __future__ import annotations

from pathlib import Path

from crash import scenario
from modeltui.domain.pending.queue import Step
from modeltui.storage import state_dir
from modeltui.storage.real_fs import RealFs


def catalogue(root: Path) -> RealFs:
    """The old files and the queue in `root`, which is made."""
    root.mkdir(parents=True, exist_ok=True)
    for path, content in scenario.OLD.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    for path, mode in scenario.MODES.items():
        (root / path).chmod(mode)
    fs = RealFs(str(root))
    state_dir.ensure(fs)
    scenario.queue(fs).take(Step("five files", added=scenario.changes()))
    return fs
