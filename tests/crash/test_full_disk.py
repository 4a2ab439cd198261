"""A real file system with less and less room: an apply is whole or nothing, and says which."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from crash import forty
from modeltui.errors import ApplyError, InDoubtError, ModeltuiError

SIZE_KIB = 1024
THOROUGH = os.environ.get("MODELTUI_CRASH") == "all"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    if not THOROUGH:
        pytest.skip("mounts a small disk: only by `make crash`")
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_KIB}k", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a small disk")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_filled_to_each_level(disk: Path) -> None:
    said: Counter[str] = Counter()
    for free_kib in range(0, 400, 4):
        root = disk / "catalog"
        forty.build(root)
        ballast = disk / "ballast"
        _fill(ballast, free_kib)
        result = _applied(root)
        if isinstance(result, ApplyError):
            assert "No space left on device; nothing was written" in result.message
            assert forty.outcome(root) == "old"
        ballast.unlink()
        assert (forty.recover(root) is not None) == isinstance(result, InDoubtError)
        said[f"{forty.outcome(root)} {type(result).__name__}"] += 1
        shutil.rmtree(root)
    assert {"old ApplyError", "new NoneType"} <= said.keys()


def _fill(ballast: Path, free_kib: int) -> None:
    """Take all room but `free_kib`."""
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            pass
        file.truncate(max(0, file.tell() - free_kib * 1024))


def _applied(root: Path) -> ModeltuiError | None:
    try:
        forty.apply(str(root))
    except ModeltuiError as error:
        return error
    return None
