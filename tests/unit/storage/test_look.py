"""A look at the files: what lies where, with stamps, and nothing anew where nothing changed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from modeltui.storage.stamps import numbers_of, stamps_of
from modeltui.storage.walk import Looked, Sheet, look_at, toml_files
from unit.storage.kept_rows import tick

_scandir = os.scandir
FILES = ("chat/a", "chat/b", "image/deep/c", "top")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "catalog"
    for name in FILES:
        path = root / "models" / f"{name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return root


def _look(root: Path, before: Looked | None = None) -> Looked:
    return look_at(str(root), "models", {} if before is None else before.sheets)


def _stamp(path: Path) -> bytes:
    return stamps_of(numbers_of(path.lstat()))


def test_each_folder_has_its_files_and_their_stamps(root: Path) -> None:
    looked = _look(root)
    assert looked.others == []
    assert set(looked.sheets) == {"models/chat", "models/image/deep", "models"}
    assert looked.sheets["models/chat"].by_name() == {
        name: _stamp(root / "models/chat" / name) for name in ("a.toml", "b.toml")
    }
    assert {found.path for found in toml_files(str(root), "models")} == {f"models/{name}.toml" for name in FILES}


def test_what_is_no_plain_file_has_no_stamp(root: Path) -> None:
    chat = root / "models/chat"
    (chat / "link.toml").symlink_to("a.toml")
    os.mkfifo(chat / "pipe.toml")
    (chat / "folder.toml").mkdir()
    (chat / ".hidden.toml").write_text("")
    (chat / "back\\slash.toml").write_text("")
    (chat / "README.md").write_text("")
    looked = _look(root)
    assert set(looked.sheets["models/chat"].by_name()) == {"a.toml", "b.toml"}
    names = ("back\\slash.toml", "folder.toml", "link.toml", "pipe.toml")
    assert sorted(found.path for found in looked.others) == [f"models/chat/{name}" for name in names]
    assert all(found.stamp is None for found in looked.others)


def test_what_did_not_change_is_given_as_it_was(root: Path, tmp_path: Path) -> None:
    before = _look(root)
    again = _look(root, before)
    assert again == before
    assert again.sheets["models/chat"] is before.sheets["models/chat"]
    tick(tmp_path)
    (root / "models/chat/b.toml").write_text("B")
    after = _look(root, before)
    assert after.sheets["models/image/deep"] is before.sheets["models/image/deep"]
    changed, was = (looked.sheets["models/chat"].by_name() for looked in (after, before))
    assert {name for name in changed if changed[name] != was[name]} == {"b.toml"}
    assert changed["b.toml"] == _stamp(root / "models/chat/b.toml")


@pytest.mark.parametrize("name", ["c.toml", "link.toml", "README.md", ".hidden", "a.toml.bak"])
def test_a_name_more_or_less_is_seen(root: Path, name: str) -> None:
    before = _look(root)
    path = root / "models/chat" / name
    path.symlink_to("a.toml") if name == "link.toml" else path.write_text("")
    seen = _look(root, before)
    assert seen == _look(root)
    path.unlink()
    assert _look(root, seen) == before
    (root / "models/chat/a.toml").unlink()
    assert set(_look(root, before).sheets["models/chat"].by_name()) == {"b.toml"}


@pytest.mark.parametrize("change", ["link", "folder", "pipe", "other"])
def test_a_name_that_now_stands_for_something_else_is_seen(root: Path, change: str) -> None:
    before, path = _look(root), root / "models/chat/a.toml"
    path.rename(root / "aside")
    if change == "link":
        path.symlink_to("../../aside")
    elif change == "folder":
        path.mkdir()
    elif change == "pipe":
        os.mkfifo(path)
    else:
        path.write_text("chat/a")
    after = _look(root, before)
    assert after == _look(root)
    if change == "other":
        assert after.sheets["models/chat"].by_name()["a.toml"] == _stamp(path)
    else:
        assert [found.path for found in after.others] == ["models/chat/a.toml"]


def test_two_files_that_change_names_are_seen(root: Path) -> None:
    before, chat = _look(root), root / "models/chat"
    (chat / "a.toml").rename(chat / "x")
    (chat / "b.toml").rename(chat / "a.toml")
    (chat / "x").rename(chat / "b.toml")
    now, was = _look(root, before).sheets["models/chat"].by_name(), before.sheets["models/chat"].by_name()
    assert now != was
    assert {name[-8:] for name in now.values()} == {name[-8:] for name in was.values()}, "the inodes"


class _Entry:
    """One that is gone, or hidden from this user, when it is looked at."""

    def __init__(self, entry: os.DirEntry[str]) -> None:
        self.name = entry.name
        self._entry = entry

    def is_file(self, *, follow_symlinks: bool) -> bool:
        return self._entry.is_file(follow_symlinks=follow_symlinks)

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        return self._entry.is_dir(follow_symlinks=follow_symlinks)

    def is_symlink(self) -> bool:
        return self._entry.is_symlink()

    def stat(self, *, follow_symlinks: bool) -> os.stat_result:
        if self.name == "a.toml":
            raise PermissionError
        return self._entry.stat(follow_symlinks=follow_symlinks)


class _Scan:
    def __init__(self, folder: int) -> None:
        self._entries = list(_scandir(folder))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None: ...

    def __iter__(self) -> Iterator[_Entry]:
        return map(_Entry, self._entries)


def test_what_cannot_be_looked_at_is_reported_without_a_stamp(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, real = _look(root), os.stat

    def refused(path: str, *, dir_fd: int | None = None, follow_symlinks: bool = True) -> os.stat_result:
        if path == "a.toml":
            raise PermissionError
        return real(path, dir_fd=dir_fd, follow_symlinks=follow_symlinks)

    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", refused)
        assert _look(root, before) == before, "by the other way, which is not refused here"
        patch.setattr(os, "scandir", _Scan)
        for earlier in (None, before):
            looked = _look(root, earlier)
            assert [(found.path, found.fault, found.stamp) for found in looked.others] == [
                ("models/chat/a.toml", None, None)
            ]
            assert set(looked.sheets["models/chat"].by_name()) == {"b.toml"}


def test_a_sheet_knows_its_files_in_any_number() -> None:
    stamps = [bytes([number]) * 32 for number in range(3)]
    assert Sheet("a/b/c", b"".join(stamps)).by_name() == dict(zip("abc", stamps, strict=True))
