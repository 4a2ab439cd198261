"""What a file has beside its content is kept by an apply, or the apply is refused before anything is written."""

from __future__ import annotations

import errno
import fcntl
import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crash import real, scenario
from modeltui.errors import ApplyError, RefusedError
from modeltui.storage import access, state_dir, syscalls
from modeltui.storage.applying.swap import Swap
from modeltui.storage.fs import UnkeptError
from modeltui.storage.real_fs import RealFs

NODUMP, NOATIME, APPEND_ONLY, IMMUTABLE = 0x40, 0x80, 0x20, 0x10


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "catalog"
    for path in (tmp_path, *tmp_path.rglob("*")):
        if not path.is_symlink() and flags_of(path) & (APPEND_ONLY | IMMUTABLE):
            set_flags(path, 0)


@pytest.fixture
def fs(root: Path) -> RealFs:
    return real.catalogue(root)


@pytest.fixture
def target(root: Path, fs: RealFs) -> Path:
    """A file that the apply of the scenario updates."""
    updated = next(operation for operation in scenario.request().operations if operation.action.value == "update")
    return root / updated.path


def flags_of(path: Path) -> int:
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        return access._flags(descriptor)
    finally:
        os.close(descriptor)


def set_flags(path: Path, flags: int) -> None:
    """Skips the test where the system has none of it, or does not let us."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.ioctl(descriptor, access._SET_FLAGS, struct.pack("=II", access._flags(descriptor) & 0x80000 | flags, 0))
    except OSError as error:
        pytest.skip(f"no such flags here: {error.strerror}")
    finally:
        os.close(descriptor)


def set_attribute(path: Path, name: str) -> None:
    try:
        os.setxattr(path, name, b"value")
    except OSError as error:
        pytest.skip(f"no such attributes here: {error.strerror}")


def is_untouched(fs: RealFs) -> bool:
    left = [name for name in fs.list(state_dir.STATE) if name.startswith(("journal", "txn-", "rescued"))]
    return scenario.outcome(fs) == "old" and not left


@pytest.mark.parametrize("flags", [NODUMP, NOATIME, NODUMP | NOATIME])
def test_flags_are_kept(fs: RealFs, target: Path, flags: int) -> None:
    set_flags(target, flags)
    scenario.applier(fs).apply(scenario.request())
    assert scenario.outcome(fs) == "new"
    assert flags_of(target) & (NODUMP | NOATIME) == flags


def test_a_flag_that_only_the_new_file_has_goes(fs: RealFs, root: Path, target: Path) -> None:
    """`.modeltui` may hand its flags down; the file is to have its own."""
    (root / state_dir.STATE).mkdir(exist_ok=True)
    set_flags(root / state_dir.STATE, NODUMP)
    scenario.applier(fs).apply(scenario.request())
    assert flags_of(target) & NODUMP == 0


@pytest.mark.parametrize("name", ["security.mine", "user.mine", "trusted.mine"])
def test_attributes_are_kept(fs: RealFs, target: Path, name: str) -> None:
    set_attribute(target, name)
    scenario.applier(fs).apply(scenario.request())
    assert scenario.outcome(fs) == "new"
    assert os.getxattr(target, name) == b"value"


def test_an_attribute_that_cannot_be_kept_refuses_the_apply(
    fs: RealFs, target: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, listed = os.getxattr, os.listxattr
    of_target = os.stat(target).st_ino
    monkeypatch.setattr(
        os, "listxattr", lambda fd: [*listed(fd), *(["security.mine"] if os.stat(fd).st_ino == of_target else [])]
    )
    monkeypatch.setattr(os, "getxattr", lambda fd, name: b"x" if name == "security.mine" else given(fd, name))

    def refused(*_: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "setxattr", refused)
    with pytest.raises(RefusedError) as caught:
        scenario.applier(fs).apply(scenario.request())
    name = target.relative_to(root).as_posix()
    assert caught.value.message.startswith(f"{name}: its attribute security.mine cannot be kept")
    assert caught.value.message.endswith("nothing was written")
    assert caught.value.hint is not None
    assert is_untouched(fs)


def test_a_flag_that_cannot_be_kept_refuses_the_apply(
    fs: RealFs, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_target, flags = os.stat(target).st_ino, access._flags
    monkeypatch.setattr(access, "_flags", lambda fd: flags(fd) | (0x100000 if os.fstat(fd).st_ino == of_target else 0))
    with pytest.raises(RefusedError, match=r"its flag \+V \(chattr\) cannot be kept"):
        scenario.applier(fs).apply(scenario.request())
    assert is_untouched(fs)


def test_labels_and_digests_of_the_kernel_are_left_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    of_source = {"security.ima": b"d", "security.selinux": b"mine"}
    (tmp_path / "source").touch()
    (tmp_path / "target").touch()
    asked: list[str] = []

    def refused(_: int, name: str, __: bytes) -> None:
        asked.append(name)
        raise PermissionError(errno.EPERM, "no")

    with open(tmp_path / "source", "rb") as source, open(tmp_path / "target", "rb") as target:
        monkeypatch.setattr(os, "listxattr", lambda fd: list(of_source) if fd == source.fileno() else ["security.evm"])
        monkeypatch.setattr(os, "getxattr", lambda _, name: of_source[name])
        monkeypatch.setattr(os, "setxattr", refused)
        monkeypatch.setattr(os, "removexattr", refused)
        assert access.copied_access(source.fileno(), target.fileno())
    assert asked == ["security.selinux"]


def test_a_group_that_cannot_be_kept_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    wanted = os.stat_result((0o100644, 0, 0, 1, 4, 5, 0, 0, 0, 0))

    def refused(*_: object) -> None:
        raise PermissionError(errno.EPERM, "no")

    monkeypatch.setattr(os, "fchown", refused)
    with open(tmp_path / "file", "rb") as file, pytest.raises(UnkeptError, match="its group 5 cannot be kept"):
        access._give(file.fileno(), wanted, os.fstat(file.fileno()))


@pytest.mark.parametrize("flag", [IMMUTABLE, APPEND_ONLY])
@pytest.mark.parametrize("action", ["update", "delete", "folder"])
def test_what_is_fixed_is_refused_by_name_before_anything_is_written(
    fs: RealFs, root: Path, flag: int, action: str
) -> None:
    word, letter = ("immutable", "i") if flag == IMMUTABLE else ("append-only", "a")
    operations = scenario.request().operations
    name = next(each.path for each in operations if each.action.value == (action if action != "folder" else "update"))
    name = name.rpartition("/")[0] if action == "folder" else name
    set_flags(root / name, flag)
    with pytest.raises(RefusedError) as caught:
        scenario.applier(fs).apply(scenario.request())
    assert caught.value.message == f"{name} is {word} (chattr +{letter}); nothing was written"
    assert caught.value.hint == f"have its owner or root take that away: chattr -{letter} {name}"
    set_flags(root / name, 0)
    assert is_untouched(fs)


def test_what_the_system_says_only_of_an_open_file_is_refused_too(
    fs: RealFs, target: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syscalls, "fixed", lambda *_: None)
    set_flags(target, IMMUTABLE)
    with pytest.raises(RefusedError, match="immutable or append-only") as caught:
        scenario.applier(fs).apply(scenario.request())
    assert caught.value.message.startswith(target.relative_to(root).as_posix())
    set_flags(target, 0)
    assert is_untouched(fs)


def test_where_both_ways_are_refused_the_file_is_named(fs: RealFs, target: Path, root: Path) -> None:
    """EPERM of an exchange may mean that it is not there, and may mean that this file is kept from it."""
    path = target.relative_to(root).as_posix()
    fs.create("spare", b"new")
    set_flags(target, IMMUTABLE)
    calls: list[Callable[[], None]] = [
        lambda: Swap(fs).exchange(path, "spare"),
        lambda: Swap(fs).move(path, "other"),
    ]
    for call in calls:
        with pytest.raises(PermissionError) as caught:
            call()
        assert caught.value.filename == path


def test_a_refusal_while_files_change_says_what_to_see_to(
    fs: RealFs, target: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange, path = RealFs.exchange, target.relative_to(root).as_posix()

    def refused(fs: RealFs, one: str, other: str) -> None:
        if one == path:
            set_flags(target, IMMUTABLE)
        exchange(fs, one, other)

    monkeypatch.setattr(RealFs, "exchange", refused)
    with pytest.raises(ApplyError) as caught:
        scenario.applier(fs).apply(scenario.request())
    set_flags(target, 0)
    assert caught.value.message.startswith(f"{path}: ")
    assert "you may write there" in (caught.value.hint or "")
    assert is_untouched(fs)


def test_a_system_without_statx_says_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syscalls, "_statx", None)
    assert syscalls.fixed(-100, str(root)) is None
