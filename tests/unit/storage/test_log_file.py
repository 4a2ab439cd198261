"""A log keeps every sound line, whatever happened to the others."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.errors import BusyError
from modeltui.storage import state_dir
from modeltui.storage.lock_holder import holder_of
from modeltui.storage.log_file import Entry, LogFile, sealed, unsealed
from modeltui.storage.mutex import Waiting
from modeltui.storage.real_fs import RealFs

PATH = f"{state_dir.QUEUES}/x.jsonl"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def log(tmp_path: Path) -> LogFile:
    return LogFile(RealFs(str(tmp_path)), PATH, waiting=Waiting(0.0))


def _append(log: LogFile, *entries: Entry) -> None:
    for entry in entries:
        with log.locked():
            log.append(entry)


def _numbers(log: LogFile) -> list[int]:
    return [entry["n"] for entry in log.read().entries]


@given(st.dictionaries(st.text(max_size=5), JSON, min_size=1, max_size=4))
def test_a_line_is_read_as_it_was_written(entry: Entry) -> None:
    line = sealed(entry)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert unsealed(line[:-1]) == entry


@given(st.data())
def test_a_damaged_line_is_noticed(data: st.DataObject) -> None:
    line = bytearray(sealed({"op": "take", "n": 1})[:-1])
    line[data.draw(st.integers(0, len(line) - 1))] ^= data.draw(st.integers(1, 255))
    assert unsealed(bytes(line)) is None


def test_nothing_is_there_before_the_first_line(log: LogFile, tmp_path: Path) -> None:
    assert log.read().entries == ()
    assert log.stamp() is None
    assert not log.mentions("x")
    assert list(tmp_path.iterdir()) == []


def test_lines_come_in_order(log: LogFile) -> None:
    _append(log, {"n": 1}, {"n": 2}, {"n": 3})
    assert _numbers(log) == [1, 2, 3]
    assert not log.read().is_torn


@pytest.mark.parametrize("tail", [b"{", b'{"n":3,"sum":"00000000"}', b"\0" * 40, sealed({"n": 9})[:-1], b"x\ny\n"])
def test_a_torn_tail_is_ignored_kept_aside_and_gone_after_the_next_line(
    log: LogFile, tmp_path: Path, tail: bytes
) -> None:
    _append(log, {"n": 1}, {"n": 2})
    with (tmp_path / PATH).open("ab") as file:
        file.write(tail)
    assert _numbers(log) == [1, 2]
    assert log.read().is_torn
    assert not log.read().is_damaged
    _append(log, {"n": 3})
    assert _numbers(log) == [1, 2, 3]
    assert (tmp_path / f"{PATH}.torn-1").read_bytes() == tail


def test_damage_between_sound_lines_keeps_the_whole_file_aside(log: LogFile, tmp_path: Path) -> None:
    _append(log, {"n": 1}, {"n": 2}, {"n": 3})
    damaged = (tmp_path / PATH).read_bytes().replace(b'"n":2', b'"n":7')
    (tmp_path / PATH).write_bytes(damaged)
    assert log.read().broken_lines == (2,)
    with log.locked():
        assert log.mend() == f"{PATH}.broken-1"
        assert log.mend() is None
    assert _numbers(log) == [1, 3]
    assert (tmp_path / f"{PATH}.broken-1").read_bytes() == damaged


def test_a_log_that_is_a_link_is_not_followed(log: LogFile, tmp_path: Path) -> None:
    _append(log, {"n": 1})
    outside = tmp_path / "outside"
    os.rename(tmp_path / PATH, outside)
    (tmp_path / PATH).symlink_to(outside)
    assert log.read().distrust == "it is a link, not a file"
    assert log.read().entries == ()
    before = outside.read_bytes()
    _append(log, {"n": 2})
    assert _numbers(log) == [2]
    assert outside.read_bytes() == before
    assert (tmp_path / f"{PATH}.broken-1").is_symlink()


def test_everybodys_log_is_not_believed(log: LogFile, tmp_path: Path) -> None:
    _append(log, {"n": 1})
    (tmp_path / PATH).chmod(0o666)
    assert log.read().distrust == "everybody may write it"


def test_one_writer_at_a_time(log: LogFile, tmp_path: Path) -> None:
    other = LogFile(RealFs(str(tmp_path)), PATH, waiting=Waiting(0.0))
    with log.locked():
        with pytest.raises(BusyError, match=f"keeps {PATH} busy for more than 0 s") as caught, other.locked():
            pass
        who = holder_of(RealFs(str(tmp_path)), f"{PATH}.lock")
    assert (who or "another process") in caught.value.message
    assert who is None or who.startswith(f"pid {os.getpid()} (")


def test_what_could_not_be_opened_is_not_taken_back(tmp_path: Path) -> None:
    class Closed(RealFs):
        def append(self, path: str, content: bytes) -> None:
            raise PermissionError(errno.EACCES, "Permission denied", path)

        def truncate(self, path: str, size: int) -> None:
            raise PermissionError(errno.EACCES, "Permission denied", path)

    _append(LogFile(RealFs(str(tmp_path)), PATH), {"n": 1})
    log = LogFile(Closed(str(tmp_path)), PATH)
    with pytest.raises(PermissionError), log.locked():
        log.append({"n": 2})


def test_a_folder_in_the_place_of_a_log_is_put_aside(log: LogFile, tmp_path: Path) -> None:
    (tmp_path / PATH).mkdir(parents=True)
    assert not log.mentions("x")
    _append(log, {"n": 1})
    assert _numbers(log) == [1]
    assert (tmp_path / f"{PATH}.broken-1").is_dir()


def test_replacing_leaves_nothing_but_the_new_lines(log: LogFile, tmp_path: Path) -> None:
    _append(log, {"n": 1}, {"n": 2})
    with log.locked():
        log.replace([{"n": 5}])
    assert _numbers(log) == [5]
    assert sorted(path.name for path in (tmp_path / state_dir.QUEUES).iterdir()) == ["x.jsonl", "x.jsonl.lock"]
