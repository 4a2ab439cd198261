"""Open files and directories for a `with`; errors inside name the path below the catalogue."""

from __future__ import annotations

import os
import weakref


class Directory:
    """Open for as long as anybody holds it."""

    def __init__(self, path: str, descriptor: int) -> None:
        self.path = path
        self.descriptor = descriptor
        weakref.finalize(self, os.close, descriptor)


class Lent:
    """A descriptor that stays open afterwards: `owner` has it."""

    __slots__ = ("_descriptor", "_owner", "_path")

    def __init__(self, descriptor: int, path: str, owner: object = None) -> None:
        self._descriptor = descriptor
        self._path = path
        self._owner = owner

    def __enter__(self) -> int:
        return self._descriptor

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, OSError) and "/" not in str(error.filename):
            error.filename, error.filename2 = self._path, None


class Held(Lent):
    """A descriptor that is closed afterwards."""

    __slots__ = ()

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        os.close(self._descriptor)
        super().__exit__(kind, error, trace)
