"""Whether a file is still the one that was read, by what the system says of it: git's rule, racy files and all."""

from __future__ import annotations

import os
import stat
import struct
from typing import Final

_SHAPE: Final = struct.Struct("<QQQQ")
_BITS: Final = 0xFFFF_FFFF_FFFF_FFFF
"""Times before 1970 and after 2262 are no numbers of 64 bits with a sign in nanoseconds, and need not be."""
_COARSEST_NS: Final = 2_000_000_000
"""The coarsest clock of a file system (FAT)."""
_SECOND_NS: Final = 1_000_000_000


def stamp_of(found: os.stat_result) -> bytes | None:
    """Size, mtime, ctime and inode of a plain file, to be compared with an older one; None for anything else."""
    if not stat.S_ISREG(found.st_mode):
        return None
    return _SHAPE.pack(
        found.st_size & _BITS, found.st_mtime_ns & _BITS, found.st_ctime_ns & _BITS, found.st_ino & _BITS
    )


def is_racy(stamp: bytes, moment: int) -> bool:
    """Whether a file may have changed after `moment` (ns since 1970), when it was about to be read, and kept its stamp.

    It may where it had changed so shortly before that the file system's clock has not moved on since. It always may
    where the ctime is a whole second: file systems that keep none (FAT, sshfs, images) give one that can be set.
    """
    _, modified, changed, _ = _SHAPE.unpack(stamp)
    newest: int = max(modified, changed)
    return newest >= moment - _COARSEST_NS or changed % _SECOND_NS == 0
