"""Whether new bytes give back exactly what a lock froze: the one rewrite that a locked file takes."""

from __future__ import annotations

from modeltui.domain.document import same
from modeltui.domain.lock import lock_of
from modeltui.domain.lock_text import without_lock
from modeltui.errors import BrokenFileError
from modeltui.storage.toml import codec


def is_restored(old: bytes, new: bytes) -> bool:
    """The lock table stays as `old` has it, its digest is that of the rest of `new`, and the rest holds no lock.

    The last is what makes the digest cover everything: the lines that it leaves out must be the lock and nothing else.
    """
    try:
        before, after, rest = codec.parse(old), codec.parse(new), codec.parse(without_lock(new))
    except BrokenFileError:
        return False
    lock = lock_of(before)
    unlocked = {name: value for name, value in after.items() if name != "lock"}
    return (
        lock is not None
        and lock.fits(new)
        and not lock.fits(old)
        and same(before["lock"], after.get("lock", {}))
        and same(unlocked, rest)
    )
