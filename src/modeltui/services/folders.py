"""What lies in a folder of the user's, for choosing a file."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from modeltui.errors import UsageError

MOST: Final = 5_000
"""Entries of one folder that are looked at."""

SUFFIXES: Final = {
    "image": (".png", ".jpg", ".jpeg", ".webp", ".gif", ".avif", ".tif", ".tiff", ".bmp", ".heic"),
    "audio": (".wav", ".mp3", ".m4a", ".aac", ".ogg", ".oga", ".opus", ".flac"),
    "video": (".mp4", ".mov", ".webm", ".avi", ".mkv", ".m4v", ".gif"),
}
"""By media type. Only what is offered goes by names: what a file is, its bytes say."""


class Entry(Struct, frozen=True):
    name: str
    path: str
    is_folder: bool
    size: int
    """Bytes; of a folder 0."""


def entries(folder: str, kind: str | None = None, *, hidden: bool = False) -> tuple[Entry, ...]:
    """Folders, then files whose name says that they are of a kind (None: all), each by name.

    Raises UsageError for a folder that cannot be read.
    """
    wanted = SUFFIXES.get(kind or "")
    found: list[Entry] = []
    try:
        with os.scandir(folder) as entries_of:
            for count, entry in enumerate(entries_of):
                if count == MOST:
                    break
                if (made := _entry(entry, wanted)) is not None and (hidden or not entry.name.startswith(".")):
                    found.append(made)
    except OSError as error:
        raise UsageError(f"{folder} cannot be read: {error.strerror}") from error
    return tuple(sorted(found, key=lambda each: (not each.is_folder, each.name.casefold(), each.name)))


def completion(typed: str, kind: str | None = None) -> str | None:
    """`typed` with the first name that goes on from it, a folder with its slash; None where there is none."""
    folder, start = os.path.split(typed)
    if not start or "\0" in typed:
        return None
    try:
        found = entries(os.path.expanduser(folder) or ".", kind, hidden=start.startswith("."))
    except UsageError:
        return None
    entry = next((each for each in found if each.name.startswith(start)), None)
    return None if entry is None else typed + entry.name[len(start) :] + ("/" if entry.is_folder else "")


def _entry(entry: os.DirEntry[str], suffixes: Sequence[str] | None) -> Entry | None:
    try:
        status = entry.stat()
    except OSError:
        return None
    if stat.S_ISDIR(status.st_mode):
        return Entry(entry.name, entry.path, is_folder=True, size=0)
    is_wanted = suffixes is None or entry.name.casefold().endswith(tuple(suffixes))
    return (
        Entry(entry.name, entry.path, is_folder=False, size=status.st_size)
        if is_wanted and stat.S_ISREG(status.st_mode)
        else None
    )
