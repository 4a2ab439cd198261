"""A long session of the real console in tmux: what is on the screen is what Textual's own output puts there."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from tui import catalogs
from tui.lowband.panes import PROMPT, Pair, pair

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")

SIZES = (60, 15), (80, 24), (120, 40)
IS_LONG = os.environ.get("MODELTUI_LOWBAND") == "all"
FIRST = "Aurora"
NAMES = ("漢字のモデル", "Zürich é", "Emoji 😀 here", "한국어", "“quoted” – dash…", "plain")
ACTS: tuple[tuple[str, ...], ...] = (
    ("down",) * 3,
    ("down",) * 9,
    ("up",) * 4,
    ("pagedown",),
    ("pageup",),
    ("pagedown", "pagedown"),
    ("G",),
    ("g", "g"),
    ("ctrl+d",),
    ("ctrl+u",),
    ("right", "right"),
    ("left",),
    ("space", "space"),
    ("*",),
    ("t", "escape"),
    ("u", "escape"),
    ("S",),
    ("v", "down", "down", "v"),
    ("/", "o", "escape"),
    ("/", "m", "o", "d", "backspace", "escape"),
    ("/", "escape"),
    (":", "r", "e", "escape"),
    (":", "down", "down", "escape"),
    ("?", "pagedown", "escape"),
    ("p", "down", "escape"),
    ("H", "escape"),
    ("o", "escape"),
    ("f", "down", "escape"),
    ("enter", "down", "escape"),
    ("e", "down", "escape"),
    ("T", "down", "down", "down", "enter"),
)


@pytest.fixture
def roots(tmp_path: Path) -> list[Path]:
    """Two equal catalogues of 66 models, with names of every width."""
    roots = []
    for number in "12":
        root = catalogs.make(tmp_path / number / "catalog")
        for at in range(60):
            key = f"prompt_to_{'image' if at % 3 else 'video'}/model-{at:02}"
            name = f"{NAMES[at % len(NAMES)]} {at}"
            text = catalogs.model(key, name, active=at % 5 > 0, cost=str(at * 7), locked=at % 11 == 0)
            catalogs.write(root, f"models/{key}.toml", text)
        roots.append(root)
    return roots


def wander(both: Pair, steps: int, seed: int) -> None:
    """Acts in any order, each with a look."""
    rng = random.Random(seed)
    for step in range(steps):
        acts = rng.choice(ACTS)
        both.press(*acts)
        both.check(f"step {step} of seed {seed}: {acts}")


def test_a_session_at_three_sizes(roots: list[Path]) -> None:
    with pair(roots, SIZES[2]) as both:
        both.check("the start")
        wander(both, 6, 1)
        for number, size in enumerate(SIZES):
            both.resize(*size)
            both.check(size)
            wander(both, 4, 10 + number)
        for pane in both.both:
            pane.tell("press", "ctrl+q")
            pane.until(PROMPT)


@pytest.mark.skipif(not IS_LONG, reason="takes minutes; MODELTUI_LOWBAND=all asks for it")
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_long_sessions(roots: list[Path], size: tuple[int, int], seed: int) -> None:
    rng = random.Random(seed)
    with pair(roots, size) as both:
        for part in range(5):
            wander(both, 30, 100 * seed + part)
            if part % 2:
                both.suspend()
                both.check("the way back from the shell")
            else:
                for at in (rng.choice(SIZES), (rng.randint(60, 130), rng.randint(15, 45)), size):
                    both.resize(*at)
                    both.check(at)
