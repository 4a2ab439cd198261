"""The real file system: no link followed, nothing outside reached, and the fall-backs where calls are missing."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crash import real, scenario
from modeltui.domain.digest import digest
from modeltui.storage import syscalls
from modeltui.storage.fs import digest_of, exists, is_unsupported, parent
from modeltui.storage.real_fs import RealFs


def _missing(*_arguments: Any) -> int:
    raise OSError(errno.ENOSYS, "not here")


@pytest.fixture(params=["openat2", "part by part"])
def fs(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RealFs:
    if request.param == "part by part":
        monkeypatch.setattr(syscalls, "open_beneath", _missing)
    root = tmp_path / "root"
    (root / "a/b").mkdir(parents=True)
    (root / "a/b/file").write_bytes(b"content")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/file").write_bytes(b"secret")
    (root / "linked").symlink_to(tmp_path / "outside")
    (root / "a/link").symlink_to(tmp_path / "outside/file")
    return RealFs(str(root))


CALLS: dict[str, Callable[[RealFs, str], object]] = {
    "read": lambda fs, path: fs.read(path, 100),
    "append": lambda fs, path: fs.append(path, b"x"),
    "truncate": lambda fs, path: fs.truncate(path, 0),
    "sync_file": lambda fs, path: fs.sync_file(path),
    "look": lambda fs, path: fs.look(path, 100),
    "create_like": lambda fs, path: fs.create_like("a/b/new", b"x", path),
}


@pytest.mark.parametrize("path", ["linked/file", "a/link", "../outside/file", "a/../../outside/file", "/etc/passwd"])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_nothing_outside_is_reached(fs: RealFs, call: Callable[[RealFs, str], object], path: str) -> None:
    with pytest.raises(OSError, match=r"link|Not a directory|cross-device|Invalid cross"):
        call(fs, path)
    assert (Path(fs.root).parent / "outside/file").read_bytes() == b"secret"


@pytest.mark.parametrize("path", ["linked/new", "linked/file"])
def test_no_name_is_made_behind_a_link(fs: RealFs, path: str) -> None:
    calls: list[Callable[[], object]] = [
        lambda: fs.create(path, b"x"),
        lambda: fs.make_directory(path),
        lambda: fs.unlink(path),
        lambda: fs.rename("a/b/file", path),
        lambda: fs.rename_new("a/b/file", path),
        lambda: fs.exchange("a/b/file", path),
        lambda: fs.link("a/b/file", path),
        lambda: fs.try_lock(path, 0o600),
    ]
    for call in calls:
        with pytest.raises(OSError, match=r"link|Not a directory"):
            call()
    assert os.listdir(Path(fs.root).parent / "outside") == ["file"]


def test_a_look_is_stat_and_read_of_one_open_file(fs: RealFs) -> None:
    found, content = fs.look("a/b/file", 7)
    assert (found, content) == (fs.stat("a/b/file"), b"content")
    assert fs.look("a/b", 7) == (fs.stat("a/b"), None)
    with pytest.raises(OSError, match="larger than 6 bytes"):
        fs.look("a/b/file", 6)


def test_a_file_like_another(fs: RealFs) -> None:
    source = Path(fs.root) / "a/b/file"
    source.chmod(0o2751)
    assert fs.create_like("a/like", b"new", "a/b/file")
    assert fs.read("a/like", 100) == b"new"
    assert fs.stat("a/like").mode == 0o2751
    with pytest.raises(FileExistsError):
        fs.create_like("a/like", b"newer", "a/b/file")


def test_many_names_go_at_once(fs: RealFs) -> None:
    names = [f"{number}" for number in range(600)]
    for name in names:
        fs.create(f"a/{name}", b"")
    fs.unlink_all("a", names)
    assert sorted(fs.list("a")) == ["b", "link"]
    with pytest.raises(FileNotFoundError):
        fs.unlink_all("a", names)


def test_a_stage_stays_open_and_is_let_go_with_its_name(fs: RealFs) -> None:
    one, other = ".modeltui/txn-one", ".modeltui/txn-other"
    fs.make_directory(".modeltui")
    for stage in (one, other):
        fs.make_directory(stage)
        fs.create(f"{stage}/0", stage.encode())
    assert [fs.read(f"{stage}/0", 100) for stage in (one, other, one)] == [
        b"%b" % s.encode() for s in (one, other, one)
    ]
    fs.rename(one, ".modeltui/kept")
    fs.make_directory(one)
    assert fs.list(one) == []
    assert not exists(fs, f"{one}/0")
    fs.remove_directory(one)
    fs.make_directory(one)
    fs.create(f"{one}/0", b"again")
    assert fs.read(f"{one}/0", 100) == b"again"
    (Path(fs.root) / one / "1").symlink_to("0")
    with pytest.raises(NotADirectoryError):
        fs.read(f"{one}/1", 100)


def test_files_and_names(fs: RealFs) -> None:
    fs.create("a/new", b"one", 0o640)
    fs.append("a/new", b" two")
    assert fs.read("a/new", 100) == b"one two"
    assert (fs.stat("a/new").mode, fs.stat("a/new").links) == (0o640, 1)
    fs.truncate("a/new", 3)
    fs.link("a/new", "a/second")
    assert fs.stat("a/new").links == 2
    fs.unlink("a/second")
    fs.exchange("a/new", "a/b/file")
    assert (fs.read("a/new", 100), fs.read("a/b/file", 100)) == (b"content", b"one")
    fs.rename("a/new", "top")
    fs.make_directory("made", 0o711)
    assert (fs.stat("made").kind, fs.stat("made").mode) == ("directory", 0o711)
    fs.remove_directory("made")
    assert sorted(fs.list(".")) == ["a", "linked", "top"]
    assert fs.stat("linked").kind == "link"
    for directory in (".", "a"):
        fs.sync_directory(directory)
    fs.sync_file("top")
    assert isinstance(fs.sync_all(), bool)


def test_nothing_is_replaced_unasked(fs: RealFs) -> None:
    fs.create("new", b"x")
    calls: list[Callable[[], object]] = [
        lambda: fs.create("new", b"y"),
        lambda: fs.rename_new("new", "a/b/file"),
        lambda: fs.link("new", "a/b/file"),
        lambda: fs.make_directory("a"),
    ]
    for call in calls:
        with pytest.raises(FileExistsError):
            call()
    assert fs.read("new", 9) == b"x"


def test_an_error_names_the_path_below_the_catalogue(fs: RealFs) -> None:
    for call in (lambda: fs.read("a/b/none", 9), lambda: fs.unlink("a/b/none"), lambda: fs.stat("a/b/none")):
        with pytest.raises(FileNotFoundError) as caught:
            call()
        assert caught.value.filename == "a/b/none"


def test_what_is_no_file_is_not_read_and_nothing_hangs(fs: RealFs) -> None:
    os.mkfifo(Path(fs.root) / "fifo")
    for path in ("fifo", "a"):
        with pytest.raises(OSError, match="not a regular file"):
            fs.read(path, 100)
        assert digest_of(fs, path) == "-"
    assert fs.stat("fifo").kind == "other"
    assert digest_of(fs, "linked/file") in {"-", None}
    assert digest_of(fs, "a/none") is None
    assert digest_of(fs, "a/b/file") == digest(b"content")
    assert digest_of(fs, "a/b/file/x") is None
    with pytest.raises(OSError, match="larger than 3 bytes"):
        fs.read("a/b/file", 3)
    assert fs.read("a/b/file", 7) == b"content"


def test_small_words(fs: RealFs) -> None:
    assert exists(fs, "a/b/file")
    assert not exists(fs, "a/b/file/x")
    assert (parent("a/b"), parent("a")) == ("a", ".")
    assert is_unsupported(OSError(errno.EINVAL, ""))
    assert not is_unsupported(OSError(errno.EIO, ""))


def test_an_apply_without_the_linux_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("open_beneath", "rename_with", "sync_file_system"):
        monkeypatch.setattr(syscalls, name, _missing)
    monkeypatch.setattr("modeltui.storage.applying.stage.FEW", 0)
    fs = real.catalogue(tmp_path)
    applied = scenario.applier(fs).apply(scenario.request())
    assert len(applied.warnings) == 1
    assert "cannot exchange two names" in applied.warnings[0]
    assert scenario.outcome(fs) == "new"
