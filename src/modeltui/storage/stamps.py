"""Whether a file is still the one that was read, by what the system says of it: git's rule, racy files and all."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Final

_SHAPE: Final = struct.Struct("<QQQQ")
SIZE: Final = _SHAPE.size
"""Bytes of a stamp."""
_BITS: Final = 0xFFFF_FFFF_FFFF_FFFF
"""Times before 1970 and after 2262 are no numbers of 64 bits with a sign in nanoseconds, and need not be."""
_COARSEST_NS: Final = 2_000_000_000
"""The coarsest clock of a file system (FAT)."""
_SECOND_NS: Final = 1_000_000_000

numbers_of: Final[Callable[[os.stat_result], tuple[int, int, int, int]]] = attrgetter(
    "st_size", "st_mtime_ns", "st_ctime_ns", "st_ino"
)
"""Size, mtime, ctime and inode of a file."""


def stamps_of(numbers: Sequence[int]) -> bytes:
    """The stamps of as many files as their numbers are of, one after the other, to be compared with older ones."""
    shape = f"<{len(numbers)}Q"
    try:
        return struct.pack(shape, *numbers)
    except struct.error:
        return struct.pack(shape, *(number & _BITS for number in numbers))


def is_racy(stamp: bytes, moment: int) -> bool:
    """Whether a file may have changed after `moment` (ns since 1970), when it was about to be read, and kept its stamp.

    It may where it had changed so shortly before that the file system's clock has not moved on since. It always may
    where the ctime is a whole second: file systems that keep none (FAT, sshfs, images) give one that can be set.
    """
    _, modified, changed, _ = _SHAPE.unpack(stamp)
    newest: int = max(modified, changed)
    return newest >= moment - _COARSEST_NS or changed % _SECOND_NS == 0
