"""Who may read and write a file is after an apply what it was before, as the command line does it."""

from __future__ import annotations

import os
import stat
import struct
from pathlib import Path

import pytest

from hostile.ground import HEALTHY, TYPE, Ground
from hostile.line import many

GROUP = 54321
"""A group that nobody is in."""


def applied(ground: Ground) -> str:
    """Toggle the first healthy model; what was said."""
    _, ran = many((ground.root, words) for words in (["disable", HEALTHY[0]], ["apply", "--yes"]))
    assert ran.code == 0, ran.err
    assert "active = false" in ground.file("healthy-one").read_text()
    return ran.err


def xattr(path: Path, name: str, value: bytes) -> None:
    """Set it, or skip the test with the reason."""
    try:
        os.setxattr(path, name, value)
    except (OSError, AttributeError) as error:
        pytest.skip(f"no {name.partition('.')[0]} attributes here: {error}")


def acl(*entries: tuple[int, int, int]) -> bytes:
    """As `system.posix_acl_access` holds it: tag, permissions, id."""
    return struct.pack("<I", 2) + b"".join(
        struct.pack("<HHI", tag, permissions, who) for tag, permissions, who in entries
    )


ACL = acl((1, 6, 0xFFFFFFFF), (2, 6, GROUP), (4, 4, 0xFFFFFFFF), (16, 6, 0xFFFFFFFF), (32, 0, 0xFFFFFFFF))
"""user::rw- user:54321:rw- group::r-- mask::rw- other::---"""


@pytest.mark.parametrize("mode", [0o640, 0o600, 0o664, 0o444, 0o755])
def test_the_mode(ground: Ground, mode: int) -> None:
    path = ground.file("healthy-one")
    path.chmod(mode)
    applied(ground)
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_the_umask_changes_nothing(ground: Ground) -> None:
    path = ground.file("healthy-one")
    path.chmod(0o664)
    before = os.umask(0o077)
    try:
        applied(ground)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o664


def test_an_access_list(ground: Ground) -> None:
    path = ground.file("healthy-one")
    xattr(path, "system.posix_acl_access", ACL)
    applied(ground)
    assert os.getxattr(path, "system.posix_acl_access") == ACL


def test_attributes_of_the_user(ground: Ground) -> None:
    path = ground.file("healthy-one")
    xattr(path, "user.origin", b"by hand \0 \xff")
    applied(ground)
    assert os.getxattr(path, "user.origin") == b"by hand \0 \xff"


def test_a_default_list_of_the_folder_is_not_added(ground: Ground) -> None:
    """Only a new file inherits; one that was there keeps what it had."""
    path = ground.file("healthy-one")
    xattr(path.parent, "system.posix_acl_default", ACL)
    applied(ground)
    assert "system.posix_acl_access" not in os.listxattr(path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user and group")
def test_owner_and_group(ground: Ground) -> None:
    path = ground.file("healthy-one")
    os.chown(path, 65534, GROUP)
    path.chmod(0o660)
    applied(ground)
    status = path.stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (65534, GROUP, 0o660)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another group")
def test_a_folder_that_gives_its_group(ground: Ground) -> None:
    """The set-gid bit of the folder stays, and neither the file's group nor its mode is taken from it."""
    folder, path = ground.root / "models" / TYPE, ground.file("healthy-one")
    os.chown(folder, -1, GROUP)
    folder.chmod(0o2775)
    before = path.stat()
    applied(ground)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o2775
    assert (path.stat().st_gid, path.stat().st_mode) == (before.st_gid, before.st_mode)
