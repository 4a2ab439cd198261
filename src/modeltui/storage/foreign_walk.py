"""Which files a foreign tree has, with the links among them led to what they stand for."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from modeltui.domain.finding import Finding
from modeltui.domain.foreign.mapping import FileKind, ForeignMapping
from modeltui.errors import BrokenFileError
from modeltui.storage.foreign_links import target_of
from modeltui.storage.guard import open_root
from modeltui.storage.model_reading import finding_of
from modeltui.storage.walk import SUFFIX, toml_files

_MOST_FOLDERS: Final = 256
"""Links to folders that are followed: each shows all files of its folder once more."""


class TreeFile(Struct, frozen=True):
    """A file of the tree, under one of its names."""

    path: str
    target: str
    """Where its bytes are: another path where it is a link, or lies behind one."""
    kind: FileKind
    parts: Mapping[str, str]
    fault: Finding | None = None
    """Why it is not to be opened."""


class Walk:
    """One look at all names of a tree. Nothing is opened."""

    def __init__(self, root: str, mapping: ForeignMapping) -> None:
        self._root = root
        self._mapping = mapping
        self._followed = 0
        self.tops = sorted({described.layout.top for described in mapping.files.values()})
        """The folders that hold all files of the layout."""
        self.strays: list[str] = []
        """Files that have no place in the layout."""
        self.faults: list[Finding] = []
        """What is wrong with folders, and with links to none."""

    def entries(self) -> list[TreeFile]:
        """In the order of paths. Raises ConfigError where the root cannot be opened."""
        base = open_root(self._root)
        try:
            found = [entry for top in self.tops for entry in self._below(base, top, top, ())]
        finally:
            os.close(base)
        return sorted(found, key=lambda entry: entry.path)

    def _below(self, base: int, folder: str, shown: str, above: tuple[str, ...]) -> Iterator[TreeFile]:
        """Those below a folder, as if it lay at `shown`. `above`: folders behind links on the way."""
        for item in toml_files(self._root, folder):
            real = item.path.removeprefix("./")
            below = real if folder == "." else real[len(folder) :].removeprefix("/")
            path = "/".join(part for part in (shown, below) if part not in {"", "."})
            if item.fault is None:
                yield from self._placed(path, real)
            elif item.fault.code == "link" and self._mapping.links == "inside":
                yield from self._led(base, path, real, above)
            else:
                yield from self._placed(path, real, _at(item.fault, path))

    def _led(self, base: int, path: str, real: str, above: tuple[str, ...]) -> Iterator[TreeFile]:
        """What a link stands for."""
        try:
            target = target_of(base, real)
            is_folder = stat.S_ISDIR(os.stat(target or ".", dir_fd=base, follow_symlinks=False).st_mode)
        except BrokenFileError as error:
            yield from self._placed(path, real, finding_of(path, error))
            return
        except OSError as error:
            fault = Finding("unreadable", "error", f"cannot be read: {error.strerror}", path)
            yield from self._placed(path, real, fault)
            return
        if not is_folder:
            yield from self._placed(path, target)
        elif path.endswith(SUFFIX):
            fault = Finding("not-a-file", "error", "a link to a folder, not a file", path, hint="rename it")
            yield from self._placed(path, real, fault)
        else:
            yield from self._in_folder(base, path, real, target, above)

    def _in_folder(self, base: int, path: str, real: str, target: str, above: tuple[str, ...]) -> Iterator[TreeFile]:
        around = (os.path.dirname(real), *above)
        self._followed += 1
        if any(_is_within(folder, target) for folder in around):
            message = "a link to a folder that it lies in"
            self.faults.append(Finding("link-cycle", "error", message, path, hint="remove the link"))
        elif self._followed > _MOST_FOLDERS:
            message = f"more than {_MOST_FOLDERS} links to folders; this one is not followed"
            self.faults.append(Finding("limits", "error", message, path, hint="put the folders themselves there"))
        else:
            yield from self._below(base, target, path, around)

    def _placed(self, path: str, target: str, fault: Finding | None = None) -> Iterator[TreeFile]:
        place = self._mapping.kind_of(path) if path.endswith(SUFFIX) else None
        if place is not None:
            yield TreeFile(path, target, *place, fault)
        elif fault is not None:
            self.faults.append(fault)
        elif path == target:
            self.strays.append(path)


def _is_within(folder: str, target: str) -> bool:
    return target in {"", folder} or folder.startswith(f"{target}/")


def _at(fault: Finding, path: str) -> Finding:
    return fault if fault.path == path else Finding(fault.code, fault.severity, fault.message, path, hint=fault.hint)
