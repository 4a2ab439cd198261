"""One writer at a time, and no lock that outlives its holder."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from modeltui.errors import BusyError
from modeltui.storage import state_dir
from modeltui.storage.lock_holder import holder_of
from modeltui.storage.mutex import Delay, Holder, Mutex, Waiting
from modeltui.storage.real_fs import RealFs

HOLD = """
import sys
from modeltui.storage.mutex import Mutex
from modeltui.storage.real_fs import RealFs
with Mutex(RealFs(sys.argv[1]), "bob", host="there").held("applying 7 files"):
    print("held", flush=True)
    sys.stdin.read()
"""


class Clock:
    """Time that passes only while somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0

    def waiting(self, deadline_s: float) -> Waiting:
        return Waiting(deadline_s, lambda: self.now, self._pause)

    def _pause(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def fs(tmp_path: Path) -> RealFs:
    fs = RealFs(str(tmp_path))
    state_dir.ensure(fs)
    return fs


def test_the_second_waits_for_its_deadline_and_then_says_who_holds_it(fs: RealFs) -> None:
    clock = Clock()
    second = Mutex(fs, "alice", host="here", waiting=clock.waiting(10.0))
    with Mutex(fs, "bob", host="there").held("applying 3 files"):
        assert not second.is_free()
        with pytest.raises(BusyError, match=r"bob on there \(pid \d+\) is busy since .*: applying 3 files"):
            second.held("applying").__enter__()
    assert 10.0 <= clock.now < 11.0
    assert second.is_free()


def test_the_second_goes_on_when_the_first_lets_go(fs: RealFs) -> None:
    first = Mutex(fs, "bob").held("a")
    first.__enter__()
    waiting = Waiting(10.0, lambda: 0.0, lambda _seconds: _let_go(first))
    with Mutex(fs, "alice", waiting=waiting).held("b"):
        holder = Mutex(fs, "x").holder()
        assert holder is not None
        assert (holder.user, holder.doing) == ("alice", "b")
    assert Mutex(fs, "x").holder() is None


def _let_go(held: AbstractContextManager[None]) -> None:
    held.__exit__(None, None, None)


def test_the_lock_file_is_never_unlinked(fs: RealFs) -> None:
    with Mutex(fs, "bob").held("a"):
        before = fs.stat(state_dir.MUTEX).inode
    with Mutex(fs, "bob").held("a"):
        assert fs.stat(state_dir.MUTEX).inode == before


def test_a_killed_holder_holds_nothing(fs: RealFs, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        clock = Clock()
        with pytest.raises(BusyError, match="applying 7 files"):
            Mutex(fs, "alice", waiting=clock.waiting(1.0)).held("x").__enter__()
        process.kill()
        process.wait()
        with Mutex(fs, "alice", waiting=Clock().waiting(0.0)).held("x"):
            pass


def test_a_lock_on_a_removed_file_is_no_lock(fs: RealFs, tmp_path: Path) -> None:
    """Somebody cleans up the state directory: whoever comes then locks the file that bears the name now."""
    release = fs.try_lock(state_dir.MUTEX, 0o600)
    assert release is not None
    (tmp_path / state_dir.MUTEX).unlink()
    second = fs.try_lock(state_dir.MUTEX, 0o600)
    assert second is not None
    assert fs.try_lock(state_dir.MUTEX, 0o600) is None
    release()
    assert fs.try_lock(state_dir.MUTEX, 0o600) is None
    second()


def test_a_file_removed_while_it_is_locked_is_no_lock(
    fs: RealFs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = fcntl.flock
    removals = [tmp_path / state_dir.MUTEX]

    def flock(descriptor: int, operation: int) -> None:
        if removals:
            removals.pop().unlink()
        real(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", flock)
    release = fs.try_lock(state_dir.MUTEX, 0o600)
    assert release is not None
    assert fs.try_lock(state_dir.MUTEX, 0o600) is None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"user": "x"}', '{"user":"a","host":"b","pid":"x"}', "[" * 9999]
)
def test_an_unreadable_holder_is_nobody(fs: RealFs, tmp_path: Path, text: str) -> None:
    (tmp_path / state_dir.HOLDER).write_text(text)
    assert Mutex(fs, "x").holder() is None


def test_a_hostile_holder_cannot_write_to_the_terminal(fs: RealFs, tmp_path: Path) -> None:
    with Mutex(fs, "\x1b[31mbob", host="h").held("a\nb"), pytest.raises(BusyError) as caught:
        Mutex(fs, "x", waiting=Clock().waiting(0.0)).held("x").__enter__()
    assert caught.value.message.isprintable()


class Waits:
    """Somebody who waits, and does something at each pause."""

    def __init__(self, fs: RealFs, *acts: Callable[[], object]) -> None:
        self.told: list[str] = []
        self._acts = list(acts)
        self._pauses = 0
        self.mutex = Mutex(fs, "alice", waiting=Waiting(10.0, lambda: 0.0, self._pause))

    def _pause(self, _seconds: float) -> None:
        self._pauses += 1
        assert self._pauses < 100, "nobody lets go"
        if self._acts:
            self._acts.pop(0)()

    def on_wait(self, delay: Delay) -> None:
        self.told.append(str(delay))


def test_who_does_not_wait_is_told_nothing(fs: RealFs) -> None:
    waits = Waits(fs)
    with waits.mutex.held("x", waits.on_wait):
        assert waits.told == []


def test_who_waits_is_told_at_once_and_once_for_whom(fs: RealFs) -> None:
    bob = Mutex(fs, "bob", host="there").held("applying 3 files")
    bob.__enter__()
    waits = Waits(fs, *[lambda: None] * 9, lambda: _let_go(bob))
    with waits.mutex.held("x", waits.on_wait):
        [told] = waits.told
        assert re.fullmatch(r"waiting for bob on there: applying 3 files since \d\d:\d\d:\d\d", told)


def test_who_waits_is_told_again_when_it_is_for_somebody_else(fs: RealFs) -> None:
    bob, carol = Mutex(fs, "bob", host="a").held("one"), Mutex(fs, "carol", host="b").held("two")
    bob.__enter__()

    def hand_over() -> None:
        _let_go(bob)
        carol.__enter__()

    waits = Waits(fs, hand_over, lambda: None, lambda: _let_go(carol))
    with waits.mutex.held("x", waits.on_wait):
        assert [told.partition(":")[0] for told in waits.told] == ["waiting for bob on a", "waiting for carol on b"]


def test_a_holder_who_does_not_say_who_they_are_is_told_of_after_a_few_looks(fs: RealFs) -> None:
    release = fs.try_lock(state_dir.MUTEX, 0o600)
    assert release is not None
    waits = Waits(fs, *[lambda: None] * 3, lambda: None, lambda: None, release)
    with waits.mutex.held("x", waits.on_wait):
        assert waits.told == ["waiting for another process that writes the catalogue"]


@pytest.mark.parametrize(
    ("since", "shown"), [("1999-12-15T12:00:00+00:00", "1999-12-1"), ("yesterday\x1b[2J", r"yesterday\e[2J")]
)
def test_since_when_is_shown_as_a_clock_shows_it(since: str, shown: str) -> None:
    delay = Delay(Holder("bob", "there", 1, since, "applying"), 10.0)
    assert f"applying since {shown}" in str(delay)
    assert "\x1b" not in str(delay)


def test_a_lock_file_is_the_groups_from_its_first_moment(fs: RealFs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another member may open it before its maker comes to set its mode."""
    modes, set_mode, mask = [], os.fchmod, os.umask(0o022)

    def fchmod(descriptor: int, mode: int) -> None:
        modes.append(os.fstat(descriptor).st_mode & 0o777)
        set_mode(descriptor, mode)

    monkeypatch.setattr(os, "fchmod", fchmod)
    try:
        release = fs.try_lock(state_dir.MUTEX, 0o660)
    finally:
        os.umask(mask)
    assert release is not None
    release()
    assert modes == [0o640]
    assert fs.stat(state_dir.MUTEX).mode == 0o660


def test_a_holder_who_could_not_say_so_is_found_by_the_lock(fs: RealFs) -> None:
    class Full(RealFs):
        def rename(self, old: str, new: str) -> None:
            raise OSError(errno.ENOSPC, "No space left on device", old)

    with Mutex(Full(fs.root), "bob", host="there").held("applying 3 files"):
        assert sorted(name for name in fs.list(state_dir.STATE) if name.startswith("mutex")) == ["mutex"]
        with pytest.raises(BusyError, match=r"keeps \.modeltui/mutex busy for more than 0 s") as caught:
            Mutex(fs, "alice", host="here", waiting=Waiting(0.0)).held("applying").__enter__()
        who = holder_of(fs, state_dir.MUTEX)
    assert (who or "another process") in caught.value.message
    assert who is None or who.startswith(f"pid {os.getpid()} (")
