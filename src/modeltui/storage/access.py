"""What a file has beside its content, given to the file that takes its place: nothing of it gets lost unsaid."""

from __future__ import annotations

import errno
import fcntl
import os
import stat as modes
import struct
from contextlib import suppress
from typing import Final

from modeltui.storage.fs import UnkeptError

_MADE_BY_THE_KERNEL: Final = frozenset({"security.ima", "security.evm"})
"""Digests of the content: of another content they would be wrong."""
_LABELS: Final = ("security.selinux", "security.SMACK64", "security.apparmor")
"""The system's own policy gives them; where it lets us, they are kept."""

_IS_SWAPPED: Final = os.uname().machine.startswith(("ppc", "mips", "sparc", "alpha"))
_LONG: Final = struct.calcsize("l") << 16 | ord("f") << 8
_GET_FLAGS: Final = (0x40000000 if _IS_SWAPPED else 0x80000000) | _LONG | 1
_SET_FLAGS: Final = (0x80000000 if _IS_SWAPPED else 0x40000000) | _LONG | 2
_UNSAID: Final = frozenset(
    {errno.ENOTTY, errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS, errno.EPERM, errno.EACCES, errno.ENOTSUP}
)
_FLAGS: Final = {
    0x1: "s",
    0x2: "u",
    0x4: "c",
    0x8: "S",
    0x40: "d",
    0x80: "A",
    0x400: "m",
    0x4000: "j",
    0x8000: "t",
    0x100000: "V",
    0x800000: "C",
    0x2000000: "x",
    0x20000000: "P",
}
"""Those that somebody set, by the letter that `chattr` has for them; the others are the file system's own."""
_FIXED: Final = 0x10 | 0x20
_ALL_FLAGS: Final = sum(_FLAGS)


def copied_access(source: int, target: int) -> bool:
    """Give an open `target` the mode, group, ACL, attributes and flags of an open `source`; whether the owner is kept.

    Raises UnkeptError for what cannot be kept.
    """
    wanted, found = os.fstat(source), os.fstat(target)
    attributes, flags = _attributes(source), _flags(source)
    if flags & _FIXED:
        raise UnkeptError(errno.EPERM, "it is immutable or append-only (chattr -i -a takes that away)")
    for name in _attributes(target).keys() - attributes.keys():
        if not name.startswith(_LABELS):
            os.removexattr(target, name)
    is_owner_kept = _give(target, wanted, found)
    _set_mode(target, modes.S_IMODE(wanted.st_mode))
    _set_attributes(target, attributes)
    if modes.S_IMODE(os.fstat(target).st_mode) != modes.S_IMODE(wanted.st_mode):
        raise UnkeptError(errno.EPERM, "its mode cannot be kept")
    _set_flags(target, flags & _ALL_FLAGS)
    return is_owner_kept


def _set_mode(target: int, mode: int) -> None:
    if modes.S_IMODE(os.fstat(target).st_mode) != mode:
        os.fchmod(target, mode)


def _give(target: int, wanted: os.stat_result, found: os.stat_result) -> bool:
    """Owner and group of `wanted`, or at least its group; whether the owner is kept."""
    if (wanted.st_uid, wanted.st_gid) == (found.st_uid, found.st_gid):
        return True
    try:
        os.fchown(target, wanted.st_uid, wanted.st_gid)
    except PermissionError:
        _give_group(target, wanted.st_gid)
        return wanted.st_uid == found.st_uid
    return True


def _give_group(target: int, group: int) -> None:
    try:
        os.fchown(target, -1, group)
    except PermissionError as error:
        raise UnkeptError(error.errno, f"its group {group} cannot be kept: {error.strerror}") from error


def _attributes(descriptor: int) -> dict[str, bytes]:
    """Extended attributes, with the ACL and the labels among them."""
    if not hasattr(os, "listxattr"):
        return {}
    try:
        names = os.listxattr(descriptor)
    except OSError as error:
        if error.errno == errno.EOPNOTSUPP:
            return {}
        raise
    return {name: os.getxattr(descriptor, name) for name in names if name not in _MADE_BY_THE_KERNEL} if names else {}


def _set_attributes(target: int, wanted: dict[str, bytes]) -> None:
    found = _attributes(target) if wanted else {}
    for name, value in wanted.items():
        if found.get(name) == value:
            continue
        try:
            os.setxattr(target, name, value)
        except OSError as error:
            if name.startswith(_LABELS):
                continue
            if error.errno not in _UNSAID:
                raise
            raise UnkeptError(error.errno, f"its attribute {name} cannot be kept: {error.strerror}") from error


def _flags(descriptor: int) -> int:
    """The flags of `chattr`; none where the system has no such thing."""
    try:
        answer = fcntl.ioctl(descriptor, _GET_FLAGS, bytes(8))
    except OSError as error:
        if error.errno not in _UNSAID:
            raise
        return 0
    flags: int = struct.unpack_from("=I", answer)[0]
    return flags


def _set_flags(target: int, wanted: int) -> None:
    """Flags that the directory gave and `wanted` lacks go where they can; each that is wanted must come to be."""
    found = _flags(target)
    if found & _ALL_FLAGS == wanted:
        return
    for flags in (found & ~_ALL_FLAGS | wanted, found | wanted):
        with suppress(OSError):
            fcntl.ioctl(target, _SET_FLAGS, struct.pack("=II", flags, 0))
            break
    if missing := wanted & ~_flags(target):
        letters = "".join(letter for flag, letter in _FLAGS.items() if flag & missing)
        raise UnkeptError(errno.EPERM, f"its flag +{letters} (chattr) cannot be kept")
