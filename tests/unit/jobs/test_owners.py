"""Who is at work on a job, while others look."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from modeltui.jobs.owners import JOBS, Owner
from modeltui.storage.real_fs import RealFs


def _owner(root: Path) -> Owner:
    return Owner(str(root), lambda: {"user": "ada", "host": "studio", "since": "now"})


def test_an_owner_lives_until_it_leaves(tmp_path: Path) -> None:
    one, other = _owner(tmp_path), _owner(tmp_path)
    assert not other.is_alive(one.id)
    one.show()
    assert other.is_alive(one.id)
    assert other.told(one.id).startswith("ada on studio")
    one.leave()
    assert not other.is_alive(one.id)


def test_those_who_look_at_all_locks_do_not_take_one_that_is_being_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = _owner(tmp_path), _owner(tmp_path)
    made = RealFs._lock_file  # the moment between a lock's file and its lock
    looking: list[int] = []

    def looked_at(fs: RealFs, path: str, mode: int) -> int:
        descriptor = made(fs, path, mode)
        for lock in (tmp_path / JOBS).glob("*.lock"):
            looking.append(os.open(lock, os.O_RDONLY))
            fcntl.flock(looking[-1], fcntl.LOCK_SH)
        return descriptor

    monkeypatch.setattr(RealFs, "_lock_file", looked_at)
    one.show()
    for descriptor in looking:
        os.close(descriptor)
    assert other.is_alive(one.id)


def test_locks_of_processes_that_are_gone_are_swept(tmp_path: Path) -> None:
    one, other = _owner(tmp_path), _owner(tmp_path)
    one.show()
    gone = tmp_path / JOBS / "gone.lock"
    gone.write_bytes(b"")
    other.show()
    assert not gone.exists()
    assert other.is_alive(one.id)
