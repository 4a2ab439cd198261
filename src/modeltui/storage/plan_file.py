"""Plan files on disk: outside the catalogue, named by the user, and not to be trusted."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Final

from modeltui.errors import BrokenFileError, RefusedError, UsageError
from modeltui.storage.fs import reason_of
from modeltui.storage.guard import Folder

LARGEST: Final = 2**24
"""Bytes: a plan of 5,000 models, each with a dozen edits, has a third of that."""


def read_plan_file(path: str) -> bytes:
    """Raises UsageError for what is no regular file of a believable size; links and pipes are not opened."""
    directory, name = os.path.split(os.path.abspath(path))
    try:
        with Folder(directory) as folder:
            return folder.read(name, limit=LARGEST)
    except BrokenFileError as error:
        raise UsageError(f"cannot read {path}: {error.message}", hint="name a file that `plan --out` wrote") from error


def write_plan_file(path: str, content: bytes, mark: bytes) -> None:
    """Put a plan at `path`, in one step. A file that is there must be a plan, which begins with `mark`.

    Raises RefusedError for one that is not, UsageError where nothing can be written.
    """
    if os.path.lexists(path) and not read_plan_file(path).startswith(mark):
        raise RefusedError(f"{path} is there, and is no plan", hint="name another file, or remove that one")
    draft = f"{path}.{os.urandom(4).hex()}.tmp"
    try:
        with open(draft, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except OSError as error:
        with suppress(OSError):
            os.unlink(draft)
        raise UsageError(f"cannot write {path}: {reason_of(error)}") from error
