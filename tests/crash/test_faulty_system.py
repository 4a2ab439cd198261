"""Every system call of the whole command fails, those that only look too: all old or all new, and never a traceback."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from crash import group
from crash.conftest import Tell
from crash.faulty import Cut, Faults
from crash.scenario import Tally
from modeltui.cli.main import main

THOROUGH = os.environ.get("MODELTUI_CRASH") == "all"
CODES = {"ENOSPC": errno.ENOSPC, "EIO": errno.EIO, "EACCES": errno.EACCES, "EROFS": errno.EROFS}
SLUGS = ("a", "b", "c")
STRIDE = 1 if THOROUGH else 31
"""Every how manieth call is tried."""

Act: TypeAlias = Callable[[Path], int]
Capture: TypeAlias = pytest.CaptureFixture[str]


def _run(root: Path, *words: str) -> int:
    return main(["-C", str(root), *words])


def _apply(root: Path) -> int:
    return _run(root, "apply", "--yes", "--reason", "a test")


def _queued(root: Path) -> Path:
    group.write(root, [*SLUGS, "other"])
    for slug in SLUGS:
        assert _run(root, "disable", f"key:chat/{slug}") == 0
    return root


def _interrupted(root: Path, at: int) -> Path:
    """An apply that ends just before its n-th exchange."""
    _queued(root)
    with pytest.MonkeyPatch.context() as patch:
        Faults(at, of="rename_with").install(patch)
        with pytest.raises(Cut):
            _apply(root)
    assert (root / ".modeltui/journal").exists()
    return root


def _outcome(root: Path, capture: Capture) -> str:
    """`old` or `new`, where files, queue and history say the same; anything else fails."""
    active = [group.is_active(root, slug) for slug in SLUGS]
    assert active in ([True] * 3, [False] * 3), "a mix"
    assert group.is_active(root, "other")
    name = "old" if all(active) else "new"
    capture.readouterr()
    assert _run(root, "pending") == _run(root, "history") == 0
    said = capture.readouterr().out
    assert said.count("active: true → false") == 3
    assert said.count("a test") == (name == "new")
    left = [each for each in os.listdir(root / ".modeltui") if each.startswith(("journal", "txn-"))]
    assert not left, left
    return name


def _recover(root: Path) -> int:
    return _run(root, "recover")


def _calls(act: Act, root: Path) -> int:
    with pytest.MonkeyPatch.context() as patch:
        faults = Faults()
        faults.install(patch)
        assert act(root) == 0
    return len(faults.calls)


@pytest.fixture
def each(tmp_path: Path, capsys: Capture, kind: str, is_sticky: bool) -> Callable[[Act, Path], Tally]:
    """Does it on copies of a catalogue, each with another call that fails."""
    code, root = CODES[kind], tmp_path / "tried"

    def tried(act: Act, number: int) -> tuple[int, str]:
        """The exit code, and what was said."""
        capsys.readouterr()
        with pytest.MonkeyPatch.context() as patch:
            Faults(number, lambda: OSError(code, os.strerror(code)), is_sticky).install(patch)
            return act(root), capsys.readouterr().err

    def do(act: Act, ready: Path) -> Tally:
        tally = Tally()
        shutil.copytree(ready, root)
        start = 0 if THOROUGH else list(CODES).index(kind) * 4 + is_sticky * 2
        for number in range(start, _calls(act, root), STRIDE):
            shutil.rmtree(root)
            shutil.copytree(ready, root)
            exit_code, said = tried(act, number)
            tally.add(f"{_checked(root, exit_code, said, capsys)}, exit code {exit_code}")
        return tally

    return do


def _checked(root: Path, exit_code: int, said: str, capture: Capture) -> str:
    """What was said is so, and the next start ends it: `old` or `new`."""
    assert "this is a bug" not in said, said
    assert exit_code in {0, 1, 2, 3}
    assert _recover(root) == 0, said
    name = _outcome(root, capture)
    assert exit_code != 0 or name == "new" or "the queue cannot be read" in said, said
    assert "nothing was written" not in said or name == "old", said
    return name


@pytest.mark.parametrize("is_sticky", [False, True], ids=["once", "from-then-on"])
@pytest.mark.parametrize("kind", list(CODES))
def test_a_call_of_an_apply_fails(tmp_path: Path, each: Callable[[Act, Path], Tally], tell: Tell) -> None:
    tally = each(_apply, _queued(tmp_path / "ready"))
    tell(tally.outcomes)
    assert {name[:3] for name in tally.outcomes} == {"old", "new"}


@pytest.mark.parametrize("is_sticky", [False, True], ids=["once", "from-then-on"])
@pytest.mark.parametrize("kind", list(CODES))
def test_a_call_of_a_recovery_fails(tmp_path: Path, each: Callable[[Act, Path], Tally], tell: Tell) -> None:
    """Of an apply that had exchanged one of its three files."""
    tally = each(_recover, _interrupted(tmp_path / "ready", 1))
    tell(tally.outcomes)
    assert {name[:3] for name in tally.outcomes} == {"new"}
