"""Keys that came in one write on a real terminal: each of them counts, whether the terminal answers or not."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tui import catalogs
from tui.lowband.test_app import seat

ANSWERS = "\x1b[1;2R"


@pytest.fixture
def many(tmp_path: Path) -> Path:
    root = catalogs.make(tmp_path / "catalog")
    for number in range(60):
        key = f"chat/model-{number:02d}"
        catalogs.write(root, f"models/{key}.toml", catalogs.model(key, f"Model {number:02d}"))
    return root


@pytest.mark.parametrize("answer", [ANSWERS, ""], ids=["answers", "does not answer"])
def test_as_many_rows_as_presses(many: Path, tmp_path: Path, answer: str) -> None:
    command = [sys.executable, "-m", "modeltui", "-C", str(many), "--fresh"]
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state"), "NO_COLOR": ""}
    with seat(command, answer, environment) as at:
        at.shows("/ filter")
        at.shows("Model 00")
        at.press("/Model\r")
        at.shows("60 of ")
        at.press("gg")
        at.press("v" + "j" * 40 + "v")
        at.shows("41 marked")
        at.press("jjj\x1b[B\x1b[B" + "k" * 45 + "u")
        at.until(lambda: not any("marked" in line for line in at.terminal.lines))
        at.press("v" + "j" * 12 + "v")
        at.shows("13 marked")
