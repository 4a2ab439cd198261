"""Files are opened beneath the catalogue, through no link, and only when they are files."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

import pytest

from modeltui.errors import BrokenFileError, ConfigError
from modeltui.storage import guard, syscalls
from modeltui.storage.guard import Folder, read_file


@pytest.fixture(params=["openat2", "part by part"])
def root(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one file in it and one beside it; the second time without openat2."""
    if request.param == "part by part":

        def missing(directory: int, path: str, flags: int) -> int:
            raise OSError(errno.ENOSYS, "not here")

        monkeypatch.setattr(syscalls, "open_beneath", missing)
    (tmp_path / "catalog" / "models").mkdir(parents=True)
    (tmp_path / "catalog" / "models" / "a.toml").write_bytes(b"a = 1\n")
    (tmp_path / "secret.toml").write_bytes(b"key = 1\n")
    return tmp_path / "catalog"


def refusal(root: Path, path: str, limit: int = 1000) -> BrokenFileError:
    with pytest.raises(BrokenFileError) as caught:
        read_file(str(root), path, limit=limit)
    return caught.value


def test_a_file_is_read(root: Path) -> None:
    assert read_file(str(root), "models/a.toml") == b"a = 1\n"


def test_an_open_folder_reads_many(root: Path) -> None:
    with Folder(str(root)) as folder:
        assert [folder.read("models/a.toml") for _ in range(3)] == [b"a = 1\n"] * 3


def test_nothing_stays_open(root: Path) -> None:
    before = os.listdir("/proc/self/fd") if Path("/proc/self/fd").exists() else []
    read_file(str(root), "models/a.toml")
    refusal(root, "models/none.toml")
    refusal(root, "models")
    assert not before or len(os.listdir("/proc/self/fd")) == len(before)


@pytest.mark.parametrize("path", ["../secret.toml", "models/../../secret.toml", "/etc/passwd", "a\0b", "models/.."])
def test_a_path_leads_nowhere_else(root: Path, path: str) -> None:
    assert refusal(root, path).code == "outside"


def test_a_link_is_not_followed(root: Path) -> None:
    (root / "models" / "link.toml").symlink_to("a.toml")
    error = refusal(root, "models/link.toml")
    assert error.code == "link"
    assert "models/link.toml is a link" in error.message


def test_a_dangling_link_is_a_link(root: Path) -> None:
    (root / "models" / "link.toml").symlink_to("nowhere.toml")
    assert refusal(root, "models/link.toml").code == "link"


def test_a_link_on_the_way_is_not_followed(root: Path) -> None:
    (root / "other").symlink_to("models")
    error = refusal(root, "other/a.toml")
    assert error.code == "link"
    assert "other is a link" in error.message


def test_a_link_out_is_not_followed(root: Path) -> None:
    (root / "out").symlink_to("..")
    assert refusal(root, "out/secret.toml").code == "link"


def test_the_root_may_be_a_link(root: Path, tmp_path: Path) -> None:
    (tmp_path / "named").symlink_to(root)
    assert read_file(str(tmp_path / "named"), "models/a.toml") == b"a = 1\n"


def test_a_missing_root_says_so(root: Path) -> None:
    with pytest.raises(ConfigError, match="cannot open"):
        read_file(str(root / "none"), "a.toml")


def test_a_missing_file_says_so(root: Path) -> None:
    assert refusal(root, "models/none.toml").code == "missing"


def test_a_pipe_does_not_hold_us_up(root: Path) -> None:
    os.mkfifo(root / "pipe.toml")
    assert refusal(root, "pipe.toml").code == "not-a-file"


def test_a_folder_is_not_a_file(root: Path) -> None:
    (root / "folder.toml").mkdir()
    assert refusal(root, "folder.toml").code == "not-a-file"
    assert refusal(root, "models/a.toml/b.toml").code == "unreadable"


def test_a_socket_is_not_a_file(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("s.toml")
        assert refusal(root, "s.toml").code == "not-a-file"


def test_the_limit_is_the_last_size_allowed(root: Path) -> None:
    (root / "big.toml").write_bytes(b"#" * 1000)
    assert len(read_file(str(root), "big.toml", limit=1000)) == 1000
    error = refusal(root, "big.toml", limit=999)
    assert error.code == "too-large"
    assert "1,000 bytes; 999 is the most" in error.message


def test_an_empty_file_is_a_file(root: Path) -> None:
    (root / "empty.toml").touch()
    assert read_file(str(root), "empty.toml") == b""


def test_a_file_that_grows_meanwhile_is_read_to_its_end_or_its_limit(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = root / "models" / "a.toml"
    real = os.fstat

    def grow_after(fd: int) -> os.stat_result:
        status = real(fd)
        path.write_bytes(b"a = 1\n" + b"#" * 500)
        return status

    monkeypatch.setattr(os, "fstat", grow_after)
    assert read_file(str(root), "models/a.toml") == b"a = 1\n" + b"#" * 500
    path.write_bytes(b"a = 1\n")
    assert refusal(root, "models/a.toml", limit=100).code == "too-large"


def test_a_forbidden_file_says_so(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(folder: int, path: str) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(guard, "open_file", refuse)
    error = refusal(root, "models/a.toml")
    assert (error.code, error.message) == ("unreadable", "cannot be read: Permission denied")


def test_a_name_that_is_not_utf8_can_be_read(root: Path) -> None:
    name = os.fsdecode(b"models/\xff.toml")
    (root / name).write_bytes(b"b = 2\n")
    assert read_file(str(root), name) == b"b = 2\n"


def test_an_error_of_the_system_call_is_not_hidden_by_the_fall_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only where the call itself is not to be had is the path walked."""
    (tmp_path / "a.toml").write_bytes(b"a = 1\n")

    def refuse(directory: int, path: str, flags: int) -> int:
        raise OSError(errno.EXDEV, "beyond")

    monkeypatch.setattr(syscalls, "open_beneath", refuse)
    assert refusal(tmp_path, "a.toml").code == "unreadable"
