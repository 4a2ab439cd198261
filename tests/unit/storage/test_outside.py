"""Files that the user names: read behind limits, never extracted, never over another."""

from __future__ import annotations

import gzip
import io
import os
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from modeltui.errors import RefusedError, UsageError
from modeltui.storage import archives, outside
from modeltui.storage.outside import Tree, read_outside, tree_in, tree_of, write_outside


def _archive(path: Path, members: dict[str, bytes], links: dict[str, str] | None = None) -> str:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for name, target in (links or {}).items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, target
            archive.addfile(info)
    return str(path)


def _read(path: str) -> Tree:
    return tree_in(Path(path).read_bytes(), path)


def test_an_archive_is_read_where_it_lies(tmp_path: Path) -> None:
    path = _archive(
        tmp_path / "a.tar.gz",
        {
            "../../evil.toml": b"a = 0",
            "./x/ok.toml": b"a = 1",
            "x/bad.toml": b"a = [",
            "x/readme.md": b"-",
            "x/.hidden.toml": b"a = 2",
        },
        {"x/link.toml": "/etc/passwd"},
    )
    before = sorted(os.listdir(tmp_path))
    tree = _read(path)
    assert tree.documents == {"./x/ok.toml": {"a": 1}}
    assert tree.faults.keys() == {"x/bad.toml", "x/link.toml"}
    assert "link" in tree.faults["x/link.toml"]
    assert sorted(os.listdir(tmp_path)) == before


def test_a_folder_is_read_without_following_links(tmp_path: Path) -> None:
    (tmp_path / "tree" / "x").mkdir(parents=True)
    (tmp_path / "secret.toml").write_text("a = 1")
    (tmp_path / "tree" / "x" / "good.toml").write_text("a = 2")
    (tmp_path / "tree" / "x" / "link.toml").symlink_to(tmp_path / "secret.toml")
    tree = tree_of(str(tmp_path / "tree"))
    assert tree.documents == {"tree/x/good.toml": {"a": 2}}
    assert tree.faults.keys() == {"tree/x/link.toml"}


def test_a_link_stands_for_the_file_of_the_tree_that_it_names(tmp_path: Path) -> None:
    folder = tmp_path / "tree" / "x" / "y"
    folder.mkdir(parents=True)
    (tmp_path / "tree" / "real.toml").write_text("a = 1")
    (folder / "bad.toml").write_text("a = [")
    links = {
        "one.toml": "../../real.toml",
        "two.toml": "./one.toml",
        "broken.toml": "bad.toml",
        "dangling.toml": "../gone.toml",
        "out.toml": "../../../elsewhere.toml",
        "absolute.toml": "/etc/hostname",
        "circle.toml": "circle.toml",
    }
    for name, to in links.items():
        (folder / name).symlink_to(to)
    members = {"tree/real.toml": b"a = 1", "./tree/x/y/bad.toml": b"a = ["}
    packed = _archive(tmp_path / "a.tgz", members, {f"tree/x/y/{name}": to for name, to in links.items()})
    for tree in (tree_of(str(tmp_path / "tree")), _read(packed)):
        assert {name: tree.documents[name] for name in ("tree/x/y/one.toml", "tree/x/y/two.toml")} == {
            "tree/x/y/one.toml": {"a": 1},
            "tree/x/y/two.toml": {"a": 1},
        }
        reasons = {os.path.basename(name): reason for name, reason in tree.faults.items()}
        assert reasons.keys() == {"bad.toml", *links} - {"one.toml", "two.toml"}
        assert "which is not there" in reasons["dangling.toml"]
        assert "cannot be read" in reasons["broken.toml"]
        for name in ("absolute.toml", "circle.toml"):
            assert "is not followed" in reasons[name]


def test_a_hard_link_of_an_archive_is_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as archive:
        info = tarfile.TarInfo("t/a.toml")
        info.size = 5
        archive.addfile(info, io.BytesIO(b"a = 1"))
        info = tarfile.TarInfo("./t/b/c.toml")
        info.type, info.linkname = tarfile.LNKTYPE, "t/a.toml"
        archive.addfile(info)
    assert _read(str(path)).documents == {"t/a.toml": {"a": 1}, "./t/b/c.toml": {"a": 1}}


def test_a_zip_is_read_where_it_lies(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("t/a.toml", "a = 1")
        archive.writestr("t/big.toml", "#" * 300_000)
        archive.writestr("t/readme.md", "-")
        link = zipfile.ZipInfo("t/b.toml")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "a.toml")
    tree = _read(str(path))
    assert tree.documents == {"t/a.toml": {"a": 1}, "t/b.toml": {"a": 1}}
    assert tree.faults.keys() == {"t/big.toml"}
    content = path.read_bytes()
    for broken in (content[:40], content[:-30], content.replace(b"PK\x01\x02", b"PK\x01\x03")):
        with pytest.raises(UsageError, match="no archive"):
            tree_in(broken, "a.zip")


@pytest.mark.parametrize("how", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_member_that_is_packed_otherwise_is_a_fault_and_never_unpacked(how: int) -> None:
    """A damaged one raises what no other does, and may ask for as much memory as it likes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("t/odd.toml", "a = 1\n" * 200, how)
        archive.writestr("t/good.toml", "b = 1")
    content = bytearray(file.getvalue())
    begin = content.index(b"t/odd.toml") + len(b"t/odd.toml")
    content[begin + 10 : begin + 16] = b"\xff" * 6
    tree = tree_in(bytes(content), "a.zip")
    assert tree == Tree({"t/good.toml": {"b": 1}}, {"t/odd.toml": "it is packed in a way that is not read here"})


def test_what_is_packed_is_unpacked_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert archives.unzipped(gzip.compress(b"{}"), "a") == b"{}"
    assert archives.unzipped(b"{}", "a") == b"{}"
    with pytest.raises(UsageError, match="not whole"):
        archives.unzipped(gzip.compress(b"x" * 2000)[:-9], "a")
    monkeypatch.setattr(archives, "LARGEST_UNPACKED", 100)
    with pytest.raises(UsageError, match="more than 100 bytes"):
        archives.unzipped(gzip.compress(bytes(101)), "a")


def test_a_bomb_stops_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "LARGEST_UNPACKED", 100_000)
    path = _archive(tmp_path / "a.tar.gz", {"big.bin": bytes(5_000_000)})
    with pytest.raises(UsageError, match="unpacks to more"):
        _read(path)


def test_a_zip_of_too_many_files_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(3):
            archive.writestr(f"{number}.md", "-")
    assert tree_in(file.getvalue(), "a.zip") == Tree({}, {})
    monkeypatch.setattr(archives, "_MOST_ENTRIES", 2)
    with pytest.raises(UsageError, match="holds more than 2 files"):
        tree_in(file.getvalue(), "a.zip")


def test_too_large_a_member_is_a_fault_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = _archive(tmp_path / "a.tar.gz", {"big.toml": b"#" * 300_000, "ok.toml": b"a = 1"})
    tree = _read(path)
    assert (list(tree.documents), list(tree.faults)) == (["ok.toml"], ["big.toml"])


@pytest.mark.parametrize(
    "content",
    [b"", b"junk" * 500, gzip.compress(b"junk" * 500, mtime=0), gzip.compress(b"x" * 2000, mtime=0)[:20], b"\x1f\x8b"],
)
def test_what_is_no_archive_is_said_so(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.tar.gz"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"no archive|cannot be unpacked"):
        assert _read(str(path)).documents == {"never": {}}


def test_only_a_regular_file_of_a_believable_size_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    os.mkfifo(tmp_path / "pipe")
    assert read_outside(str(tmp_path / "a")) == b"12345"
    for name in ("link", "pipe", "missing", "."):
        with pytest.raises(UsageError):
            read_outside(str(tmp_path / name))
    monkeypatch.setattr(outside, "LARGEST", 4)
    with pytest.raises(UsageError, match="bytes"):
        read_outside(str(tmp_path / "a"))


def test_a_file_is_written_with_the_rights_that_the_umask_leaves(tmp_path: Path) -> None:
    path = tmp_path / "out"
    before = os.umask(0o027)
    try:
        write_outside(str(path), b"a", replaces=False)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    with pytest.raises(RefusedError, match="there already"):
        write_outside(str(path), b"b", replaces=False)
    assert path.read_bytes() == b"a"
    write_outside(str(path), b"c", replaces=True)
    assert path.read_bytes() == b"c"
    assert os.listdir(tmp_path) == ["out"]


def test_only_a_regular_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"a")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(RefusedError, match="regular"):
        write_outside(str(tmp_path / "link"), b"b", replaces=True)
    with pytest.raises(UsageError):
        write_outside(str(tmp_path / "no" / "where"), b"b", replaces=False)
    assert (tmp_path / "real").read_bytes() == b"a"
