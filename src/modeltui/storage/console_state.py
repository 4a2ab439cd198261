"""What the console keeps between two starts: small JSON files in the user's state folder, never in the catalogue."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from threading import Lock
from typing import Any, Final, Literal, TypeAlias

from modeltui.errors import BrokenFileError, UsageError
from modeltui.storage.fs import reason_of
from modeltui.storage.guard import Folder

Part: TypeAlias = Literal["views", "place", "look", "health", "inputs", "trust"]

LARGEST: Final = 64 * 2**20
"""Bytes of one file: the marks of half a million models."""
_COPIED: Final = "copied.txt"
_MOST_ASIDE: Final = 9
_PRIVATE: Final = 0o700


class ConsoleState:
    """The files of one user for one catalogue. Two consoles on two catalogues never write the same file.

    What is kept and what is read is a JSON object; the last writer wins.
    """

    def __init__(self, folder: str, root: str) -> None:
        """folder: where they lie, made when it is first written to; "" to keep nothing. root: of the catalogue."""
        self._root = os.path.abspath(root)
        self._folder = "" if not folder or _is_within(folder, root) else os.path.abspath(folder)
        self._name = hashlib.sha256(os.fsencode(self._root)).hexdigest()[:20]
        self._writing = Lock()

    @property
    def is_kept(self) -> bool:
        """Whether anything is kept at all."""
        return bool(self._folder)

    def path(self, part: Part) -> str:
        return os.path.join(self._folder, f"{self._name}.{part}.json")

    def read(self, part: Part) -> Mapping[str, Any]:
        """What was kept; empty where nothing was. Raises BrokenFileError for a file that is damaged."""
        if not self._folder or not os.path.lexists(self.path(part)):
            return {}
        with Folder(self._folder) as folder:
            content = folder.read(os.path.basename(self.path(part)), limit=LARGEST)
        try:
            data = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise BrokenFileError("it is no JSON") from error
        if not isinstance(data, dict) or data.get("catalogue") != self._root:
            raise BrokenFileError("it is not about this catalogue")
        return data

    def write(self, part: Part, data: Mapping[str, Any]) -> None:
        """Put `data` in place of what was kept, in one step. Raises UsageError where that cannot be."""
        if not self._folder:
            return
        text = json.dumps({"catalogue": self._root, **data}, ensure_ascii=True, separators=(",", ":"))
        with self._writing:
            self._put(self.path(part), f"{text}\n".encode())

    def keep_copy(self, text: str) -> str | None:
        """Write what was copied to a file, for terminals that take nothing into a clipboard; its path, or None."""
        if not self._folder:
            return None
        path = os.path.join(self._folder, _COPIED)
        try:
            self._put(path, text.encode("utf-8", errors="backslashreplace"))
        except UsageError:
            return None
        return path

    def set_aside(self, part: Part) -> str:
        """Rename a damaged file out of the way; its new path. Raises UsageError."""
        path = self.path(part)
        names = (f"{path}.damaged-{number}" for number in range(1, _MOST_ASIDE + 1))
        aside = next((name for name in names if not os.path.lexists(name)), f"{path}.damaged-{_MOST_ASIDE}")
        try:
            os.replace(path, aside)
        except OSError as error:
            raise UsageError(f"cannot rename {path}: {reason_of(error)}") from error
        return aside

    def _put(self, path: str, content: bytes) -> None:
        draft = f"{path}.{os.urandom(4).hex()}.tmp"
        try:
            os.makedirs(self._folder, _PRIVATE, exist_ok=True)
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            with open(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, path)
        except OSError as error:
            with suppress(OSError):
                os.unlink(draft)
            raise UsageError(
                f"cannot write {path}: {reason_of(error)}", hint="what the console remembers is lost at its end"
            ) from error


def _is_within(folder: str, root: str) -> bool:
    """Whether the folder would lie in the catalogue, where it has no business."""
    real, above = os.path.realpath(folder), os.path.realpath(root)
    return real == above or real.startswith(above.rstrip(os.sep) + os.sep)
