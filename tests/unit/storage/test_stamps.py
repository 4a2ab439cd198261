"""A stamp tells a file from an older one; a racy one does not."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from modeltui.storage import stamps
from modeltui.storage.stamps import SIZE, is_racy, numbers_of, stamps_of


def _stamp(path: Path) -> bytes:
    return stamps_of(numbers_of(path.lstat()))


def test_stamps_stand_one_after_the_other(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in "abc"]
    for path in paths:
        path.write_text(path.name)
    os.utime(paths[1], ns=(0, -5))  # which is no number without a sign
    every = stamps_of([number for path in paths for number in numbers_of(path.lstat())])
    assert every == b"".join(map(_stamp, paths))
    assert len(every) == len(paths) * SIZE
    assert stamps_of([]) == b""


def test_each_part_counts(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"a")
    seen = {_stamp(path)}
    path.write_bytes(b"ab")
    seen.add(_stamp(path))
    os.utime(path, ns=(5, 5))
    seen.add(_stamp(path))
    (tmp_path / "b").write_bytes(b"ab")
    os.utime(tmp_path / "b", ns=(5, 5))
    (tmp_path / "b").replace(path)
    seen.add(_stamp(path))
    assert len(seen) == 4


@pytest.mark.parametrize("moment", [-(10**18), 0, 10**17, 2**63 - 1])
def test_no_time_is_too_odd(tmp_path: Path, moment: int) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"a")
    os.utime(path, ns=(0, moment))
    assert len(_stamp(path)) == SIZE == 32


def test_a_file_is_racy_until_its_clock_has_surely_moved_on(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"a")
    changed = path.stat().st_ctime_ns
    assert is_racy(_stamp(path), changed)
    assert is_racy(_stamp(path), changed + 2 * 10**9)
    assert not is_racy(_stamp(path), changed + 2 * 10**9 + 1)


def test_an_mtime_that_was_set_does_not_hide_a_change(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"a")
    os.utime(path, ns=(1, 1))
    assert is_racy(_stamp(path), path.stat().st_ctime_ns)


@pytest.mark.parametrize("changed", [0, 10**18, 10**18 + 5 * 10**9])
def test_a_ctime_of_a_whole_second_proves_nothing(changed: int) -> None:
    assert is_racy(stamps._SHAPE.pack(9, 123, changed, 7), 2 * 10**18)
    assert not is_racy(stamps._SHAPE.pack(9, 10**18, changed + 1, 7), 2 * 10**18)


def test_a_file_of_the_future_stays_racy(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"a")
    os.utime(path, ns=(0, time.time_ns() + 10**12))
    assert is_racy(_stamp(path), time.time_ns() + 10**10)
