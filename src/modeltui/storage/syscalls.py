"""Linux calls that Python does not offer: openat2, renameat2, syncfs and statx, and malloc_trim.

ENOSYS where there are none."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from functools import cache
from typing import Any, Final, Literal

RENAME_NOREPLACE: Final = 1
RENAME_EXCHANGE: Final = 2

_RESOLVE_NO_LINKS_BENEATH: Final = 0x02 | 0x04 | 0x08
"""RESOLVE_NO_MAGICLINKS, RESOLVE_NO_SYMLINKS, RESOLVE_BENEATH."""

_OPENAT2: Final = 437
_RENAMEAT2: Final = {"x86_64": 316, "aarch64": 276, "riscv64": 276, "ppc64le": 357, "s390x": 347}


_STATX_SIZE: Final = 256
_AT_SYMLINK_NOFOLLOW: Final = 0x100
_AT_EMPTY_PATH: Final = 0x1000
_IMMUTABLE: Final = 0x10
_APPEND_ONLY: Final = 0x20


class _OpenHow(ctypes.Structure):
    _fields_ = (("flags", ctypes.c_uint64), ("mode", ctypes.c_uint64), ("resolve", ctypes.c_uint64))


_HOW_SIZE: Final = ctypes.sizeof(_OpenHow)


def _libc() -> Any:
    try:
        return ctypes.CDLL(None, use_errno=True)
    except (OSError, TypeError):
        return None


_LIBC = _libc() if sys.platform == "linux" else None


def _openat2_call() -> Any:
    """`syscall` with the types of openat2's arguments, declared once: it is called tens of thousands of times."""
    if _LIBC is None:
        return None
    call = _LIBC["syscall"]
    call.argtypes = (ctypes.c_long, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_size_t)
    return call


_openat2 = _openat2_call()


def _statx_call() -> Any:
    if _LIBC is None or not hasattr(_LIBC, "statx"):
        return None
    call = _LIBC["statx"]
    call.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_uint, ctypes.c_char_p)
    return call


_statx = _statx_call()


@cache
def _how(flags: int) -> Any:
    how = _OpenHow(flags | os.O_CLOEXEC, 0, _RESOLVE_NO_LINKS_BENEATH)
    return ctypes.cast(ctypes.pointer(how), ctypes.c_void_p)


def _checked(result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def _missing() -> OSError:
    return OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))


def open_beneath(directory: int, path: str, flags: int) -> int:
    """openat2 that follows no link and stays below `directory`."""
    if _openat2 is None:
        raise _missing()
    return _checked(_openat2(_OPENAT2, directory, os.fsencode(path), _how(flags), _HOW_SIZE))


def rename_with(old_directory: int, old: str, new_directory: int, new: str, flag: int) -> None:
    """renameat2 with RENAME_NOREPLACE or RENAME_EXCHANGE."""
    names = (old_directory, os.fsencode(old), new_directory, os.fsencode(new), flag)
    if _LIBC is not None and hasattr(_LIBC, "renameat2"):
        _checked(_LIBC.renameat2(*names))
    elif _LIBC is not None and (number := _RENAMEAT2.get(os.uname().machine)):
        _checked(_LIBC.syscall(ctypes.c_long(number), *names))
    else:
        raise _missing()


def sync_file_system(descriptor: int) -> None:
    """syncfs."""
    if _LIBC is None or not hasattr(_LIBC, "syncfs"):
        raise _missing()
    _checked(_LIBC.syncfs(descriptor))


def give_back_memory() -> None:
    """Have the system take back what was freed: the C library holds on to it, most of all in threads."""
    if _LIBC is not None and hasattr(_LIBC, "malloc_trim"):
        _LIBC.malloc_trim(ctypes.c_size_t(0))


def fixed(directory: int, name: str) -> Literal["immutable", "append-only"] | None:
    """Whether `chattr +i` or `+a` holds a file, by statx; None also where the system does not say.

    With no name it is the one that `directory` is a descriptor of.
    """
    if _statx is None:
        return None
    found = ctypes.create_string_buffer(_STATX_SIZE)
    if _statx(directory, os.fsencode(name), _AT_SYMLINK_NOFOLLOW if name else _AT_EMPTY_PATH, 0, found) < 0:
        return None
    attributes = int.from_bytes(found.raw[8:16], sys.byteorder)
    if attributes & _IMMUTABLE:
        return "immutable"
    return "append-only" if attributes & _APPEND_ONLY else None


def syncfs_tells_errors() -> bool:
    """Before Linux 5.8 syncfs came back well although data was lost."""
    if _LIBC is None:
        return False
    numbers = os.uname().release.split("-")[0].split(".")[:2]
    return tuple(int(number) for number in numbers if number.isdigit()) >= (5, 8)
