"""A folder that cannot be looked into is named shortly, with what helps against the very reason."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from modeltui.domain.finding import Finding
from modeltui.domain.text import cut
from modeltui.storage import walk


def _deep(root: Path, depth: int) -> str:
    """A path of folders, each with a long name, that no call takes as a whole."""
    path = "models"
    os.mkdir(root / "models")
    descriptor = os.open(root / "models", os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d" * 200, dir_fd=descriptor)
        below = os.open("d" * 200, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor, path = below, f"{path}/{'d' * 200}"
    os.close(descriptor)
    return path


def test_a_path_that_is_too_long_has_a_hint_of_its_own(tmp_path: Path) -> None:
    _deep(tmp_path, 25)
    (fault,) = [found.fault for found in walk.toml_files(str(tmp_path), "models")]
    assert fault is not None
    assert (fault.code, fault.message) == (
        "unreadable",
        f"the folder cannot be read: {os.strerror(errno.ENAMETOOLONG)}",
    )
    assert "shorter names" in (fault.hint or "")
    assert len(fault.path) > 4000
    assert len(fault.where) <= 240


@pytest.mark.parametrize(
    ("code", "hint"), [(errno.EACCES, "its owner"), (errno.EPERM, "its owner"), (errno.EIO, "the disk")]
)
def test_every_reason_has_a_way_out(code: int, hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(base: int, folder: str) -> int:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(walk, "open_folder", refuse)
    (found,) = walk.toml_files(str(tmp_path), "models")
    assert found.fault is not None
    assert hint in (found.fault.hint or "")


def test_a_long_text_keeps_its_ends() -> None:
    assert cut("abc", 3) == "abc"
    assert cut("abcdefgh", 5) == "ab…gh"
    finding = Finding("x", "error", "no", f"models/{'a/' * 2000}name.toml", line=3)
    assert finding.where.startswith("models/a/a/")
    assert finding.where.endswith("a/name.toml:3")
