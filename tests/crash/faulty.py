"""System calls that fail: those by which the storage opens, reads, lists, writes, names and syncs."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest

from modeltui.storage import access, beneath, guard, real_fs, syscalls, walk
from modeltui.storage.applying import hard_links

_CALLS = frozenset({
    "chmod", "dup", "fchmod", "fchown", "flock", "fstat", "fsync", "ftruncate", "getxattr", "link", "listdir",
    "listxattr", "lstat", "mkdir", "open", "read", "removexattr", "rename", "rmdir", "scandir", "setxattr", "stat",
    "unlink", "write",
})  # fmt: skip
"""Not `close`: what it says is too late to be answered."""
_OURS = ("open_beneath", "rename_with", "sync_file_system")


class Cut(BaseException):
    """The process is gone: no handler of the program sees this, though its `finally` does."""


@dataclass
class Faults:
    """Counts calls from 0; that of `number` raises `error()`, and all after it if `is_sticky`."""

    number: int = -1
    error: Callable[[], BaseException] = Cut
    is_sticky: bool = False
    of: str | None = None
    """Only calls of this name are counted and fail; None for all."""
    calls: list[str] = field(default_factory=list)

    def install(self, patch: pytest.MonkeyPatch) -> None:
        for module in (access, beneath, guard, hard_links, real_fs, walk):
            patch.setattr(module, "os", _Proxy(os, self))
        patch.setattr(real_fs, "fcntl", _Proxy(fcntl, self))
        for name in _OURS:
            patch.setattr(syscalls, name, self.failing(name, getattr(syscalls, name)))

    def failing(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            if self.of in {None, name}:
                self.calls.append(name)
                count = len(self.calls) - 1
                if count == self.number or (self.is_sticky and 0 <= self.number < count):
                    raise self.error()
            return real(*arguments, **named)

        return call


class _Proxy:
    """A module whose calls may fail."""

    def __init__(self, module: ModuleType, faults: Faults) -> None:
        self._module = module
        self._faults = faults

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._module, name)
        return self._faults.failing(name, real) if name in _CALLS else real
