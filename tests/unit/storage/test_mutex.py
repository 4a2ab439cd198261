"""One writer at a time, and no lock that outlives its holder."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from modeltui.errors import BusyError
from modeltui.storage import state_dir
from modeltui.storage.mutex import Mutex, Waiting
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
