"""Draws pictures of the real console on the sample catalogue for the pages: `python -m benchmarks.screenshot DIR`."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from msgspec.structs import replace
from textual.pilot import Pilot

from benchmarks.catalogs import SAMPLE
from modeltui.bootstrap import open_workspace
from modeltui.config import load_settings
from modeltui.tui.app import ConsoleApp

_LOOKED_S: Final = 1.2
"""What is kept of jobs is looked at twice a second."""

_FONT_FACE = re.compile(r"\s*@font-face \{[^}]*\}")
"""A picture that loads nothing from elsewhere: the reader's own monospace font will do."""

_VIDEO = ("slash", *"type:prompt_to_video", "enter")
_PRICES = """[
{"key": "prompt_to_video/kling-2-6", "cost": {"base": "29"}, "timing": {"estimated_seconds": 190}},
{"key": "prompt_to_video/grok-imagine", "cost": {"base": "10"}},
{"key": "prompt_to_video/hailuo-02-standard", "cost": {"base": "16"}},
{"key": "prompt_to_video/sora-2-pro", "cost": {"base": "many"}}
]"""
_SANDBOX = ("slash", *"provider:sandbox", "enter")
_BATCH = (*_SANDBOX, "R", *"a fox in the snow", "tab", *"3 credits", "ctrl+s", "y")
_SCENES: Final[Mapping[str, Sequence[str]]] = {
    "console": (*_VIDEO, "j", "space", "j", "space", "t", "k", "k", "k"),
    "pending": (*_VIDEO, "j", "space", "j", "space", "t", "p", "j"),
    "apply": (*_VIDEO, "j", "space", "j", "space", "t", "a", *"winter prices"),
    "columns": ("c", "j", "j"),
    "import": ("I", *"prices.json", "enter"),
    "providers": ("P", "j", "j", "j", "j", "j", "j"),
    "dashboard": ("o",),
    "alerts": ("A", "j"),
    "run": ("slash", *"sandbox-image", "enter", "r", *"a fox in the snow", "ctrl+s", "y"),
    "batch": (*_BATCH, "G", "k"),
    "jobs": (*_BATCH, "escape", "w", "j"),
    "compare": (*_SANDBOX, "space", "j", "j", "space", "G", "space", "equals_sign", *"a fox", "ctrl+s", "y"),
}


def _is_at_work(app: ConsoleApp) -> bool:
    return bool(app.work_said) or any(not each.is_finished and each.group != "live" for each in app.workers)


async def _settled(app: ConsoleApp, pilot: Pilot[None]) -> None:
    """Wait for what a key began, but not for who looks whether somebody else has written."""
    await pilot.pause()
    while _is_at_work(app):  # noqa: ASYNC110  # no event tells of all of it
        await asyncio.sleep(0.02)
    await asyncio.sleep(_LOOKED_S if app.screen.query("#runs, #jobs, CompareColumn") else 0)
    await pilot.pause()


async def draw(keys: Sequence[str]) -> str:
    """What a user sees after these keys, on a copy of the sample."""
    with tempfile.TemporaryDirectory() as folder:
        catalog = shutil.copytree(SAMPLE, Path(folder) / "catalog", ignore=shutil.ignore_patterns(".*"))
        (Path(folder) / "prices.json").write_text(_PRICES, encoding="utf-8")
        os.chdir(folder)
        settings = replace(
            load_settings(str(catalog)), user="alice", mouse=False, live=False, state="", color=True, ascii=False
        )
        app = ConsoleApp(settings, partial(open_workspace, settings))
        async with app.run_test(size=(130, 34)) as pilot:
            await _settled(app, pilot)
            for key in keys:
                await pilot.press({" ": "space", "/": "slash", ".": "full_stop"}.get(key, key))
                await _settled(app, pilot)
            return _FONT_FACE.sub("", app.export_screenshot(title="modeltui"))


if __name__ == "__main__":
    target = Path(sys.argv[1]).absolute()
    for name, keys in _SCENES.items():
        (target / f"{name}.svg").write_text(asyncio.run(draw(keys)), encoding="utf-8")
