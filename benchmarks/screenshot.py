"""Draws the console on the sample catalogue as an SVG: `python -m benchmarks.screenshot FILE`."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path

from textual.pilot import Pilot

from benchmarks.catalogs import SAMPLE
from modeltui.bootstrap import open_workspace
from modeltui.config import load_settings
from modeltui.tui.app import ConsoleApp

_FONT_FACE = re.compile(r"\s*@font-face \{[^}]*\}")
"""A picture that loads nothing from elsewhere: the reader's own monospace font will do."""


async def _settled(app: ConsoleApp, pilot: Pilot[None]) -> None:
    await app.workers.wait_for_complete()
    await pilot.pause()


async def draw() -> str:
    """A copy of the sample with something pending, filtered, sorted and marked, as a user would see it."""
    with tempfile.TemporaryDirectory() as folder:
        catalog = shutil.copytree(SAMPLE, Path(folder) / "catalog", ignore=shutil.ignore_patterns(".*"))
        settings = replace(load_settings(str(catalog)), user="alice", mouse=False, live=False, state="")
        app = ConsoleApp(settings, partial(open_workspace, settings))
        async with app.run_test(size=(130, 34)) as pilot:
            await _settled(app, pilot)
            await pilot.press("slash", *"type:prompt_to_video", "enter", "j", "space", "j", "space", "t")
            await _settled(app, pilot)
            await pilot.press("k", "k", "k")
            await _settled(app, pilot)
            return _FONT_FACE.sub("", app.export_screenshot(title="modeltui"))


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(asyncio.run(draw()), encoding="utf-8")
