"""What `check` says of a state directory, and that a sound one has nothing to be said of."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from crash import real, scenario
from modeltui.storage import state_dir
from modeltui.storage.fs import Stat
from modeltui.storage.real_fs import RealFs
from modeltui.storage.state_check import state_findings

QUEUE = f"{state_dir.QUEUES}/alice.jsonl"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "catalog"


@pytest.fixture
def fs(root: Path) -> RealFs:
    fs = real.catalogue(root)
    scenario.applier(fs).apply(scenario.request())
    return fs


def _said(fs: RealFs) -> list[tuple[str, str]]:
    return [(finding.path, finding.code) for finding in state_findings(fs)]


def test_a_sound_one_has_none(fs: RealFs, tmp_path: Path) -> None:
    assert _said(fs) == []
    (tmp_path / "fresh").mkdir()
    assert _said(RealFs(str(tmp_path / "fresh"))) == []


def _as_folder(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


def _as_link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def _as_file(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.write_text("x")


@pytest.mark.parametrize(
    ("place", "change"),
    [
        (state_dir.GENERATION, _as_folder),
        (state_dir.DRAFT, _as_folder),
        (state_dir.HISTORY, _as_folder),
        (state_dir.HISTORY, _as_link),
        (state_dir.QUEUES, _as_link),
        (state_dir.QUEUES, _as_file),
        (state_dir.STATE, _as_link),
        (state_dir.STATE, _as_file),
        (QUEUE, _as_folder),
        (QUEUE, _as_link),
    ],
)
def test_what_is_not_what_it_should_be(fs: RealFs, root: Path, place: str, change: Callable[[Path], None]) -> None:
    change(root / place)
    assert (place, "state-broken") in _said(fs)
    found = next(finding for finding in state_findings(fs) if finding.path == place)
    assert found.severity == "error"
    assert "move it away" in (found.hint or "")


@pytest.mark.parametrize("place", [state_dir.STATE, state_dir.QUEUES, state_dir.HISTORY])
def test_what_everybody_may_write(fs: RealFs, root: Path, place: str) -> None:
    (root / place).chmod(0o777)
    assert _said(fs) == [(place, "state-distrusted")]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to somebody else")
def test_what_belongs_to_a_stranger(fs: RealFs, root: Path) -> None:
    os.chown(root / QUEUE, 4321, 4321)
    assert _said(fs) == [(QUEUE, "state-distrusted")]


@pytest.mark.parametrize("place", [QUEUE, state_dir.HISTORY])
def test_damage_is_said_and_what_was_kept_of_it(fs: RealFs, root: Path, place: str) -> None:
    size = (root / place).stat().st_size
    os.truncate(root / place, size - 20)
    assert _said(fs) == [(place, "log-damaged")]
    (root / f"{place}.torn-1").write_bytes(b"x")
    assert (f"{place}.torn-1", "log-damaged") in _said(fs)


def test_what_may_not_be_read(root: Path, fs: RealFs) -> None:
    class Closed(RealFs):
        def list(self, path: str) -> list[str]:
            raise PermissionError(errno.EACCES, "Permission denied", path)

        def stat(self, path: str) -> Stat:
            if path != state_dir.STATE:
                raise PermissionError(errno.EACCES, "Permission denied", path)
            return super().stat(path)

    assert _said(Closed(fs.root)) == [(state_dir.STATE, "state-unreadable")]
