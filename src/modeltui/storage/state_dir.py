"""What lies in `<catalogue>/.modeltui/`, how it is made, and whose files in it are trusted."""

from __future__ import annotations

import grp
import os
import pwd
import re
from contextlib import suppress
from typing import Final

from modeltui.errors import RefusedError
from modeltui.storage.fs import FileSystem, Stat, exists
from modeltui.storage.state_names import (
    ABORT,
    DRAFT,
    GENERATION,
    HISTORY,
    HOLDER,
    IGNORE,
    JOURNAL,
    MUTEX,
    QUEUES,
    RESCUED,
    STATE,
)

__all__ = [
    "ABORT",
    "DRAFT",
    "GENERATION",
    "HISTORY",
    "HOLDER",
    "IGNORE",
    "JOURNAL",
    "MUTEX",
    "QUEUES",
    "RESCUED",
    "STATE",
]

_STAGE_NAME: Final = r"txn-([A-Za-z0-9][A-Za-z0-9_-]{0,63})"
_SPARE_NAME: Final = r"\.modeltui-([A-Za-z0-9][A-Za-z0-9_-]{0,63})-(\d+)\.tmp"
_ID: Final = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"


def is_id(text: str) -> bool:
    """Whether `text` can name an apply: it becomes part of file names."""
    return re.fullmatch(_ID, text) is not None


def stage_of(apply_id: str) -> str:
    """The directory in which an apply prepares new contents and keeps old ones."""
    return f"{STATE}/txn-{apply_id}"


def next_generation(apply_id: str) -> str:
    """The file that becomes `GENERATION` when the first file is about to change."""
    return f"{stage_of(apply_id)}/generation"


def spare_name(apply_id: str, number: int) -> str:
    """A new file's name until it is put in place; never `.toml`, and hidden from the scan."""
    return f".modeltui-{apply_id}-{number}.tmp"


def staged_id(name: str) -> str | None:
    """The apply whose stage a directory of this name is."""
    match = re.fullmatch(_STAGE_NAME, name) if name.startswith("txn-") else None
    return match.group(1) if match else None


def spare_id(name: str) -> str | None:
    """The apply whose new file bears this name."""
    match = re.fullmatch(_SPARE_NAME, name) if name.startswith(".modeltui-") else None
    return match.group(1) if match else None


def ensure(fs: FileSystem) -> None:
    """Make the state directory durable. Its `.gitignore` comes last, so that its presence proves the rest."""
    if exists(fs, IGNORE):
        return
    with suppress(FileExistsError):
        fs.make_directory(STATE, directory_mode(fs))
    if fs.stat(STATE).kind != "directory":
        raise RefusedError(f"{STATE} is not a directory", hint="move it away; modeltui makes its own")
    fs.sync_directory(".")
    with suppress(FileExistsError):
        fs.create(IGNORE, b"*\n", file_mode(fs))


def directory_mode(fs: FileSystem) -> int:
    """2770 in a catalogue shared by a group; else as the catalogue's folder, but written by its owner alone."""
    root = fs.stat(".")
    return 0o2770 if is_shared(root) else 0o700 | (root.mode & 0o055)


def file_mode(fs: FileSystem) -> int:
    """0660 in a catalogue shared by a group; else as the catalogue's folder, but written by its owner alone."""
    root = fs.stat(".")
    return 0o660 if is_shared(root) else 0o600 | (root.mode & 0o044)


def inherited_mode(fs: FileSystem, directory: str) -> int | None:
    """What a directory made in a group's directory must have, so that all of the group may go on there; else None."""
    found = fs.stat(directory)
    return found.mode if is_shared(found) else None


def is_shared(directory: Stat) -> bool:
    """A group's directory is set-gid and writable by the group."""
    return directory.mode & 0o2020 == 0o2020


def distrust(fs: FileSystem, path: str, found: Stat | None = None) -> str | None:
    """Why a file of the state directory is not to be believed; None when it is. `found` spares another look at it."""
    found = fs.stat(path) if found is None else found
    if found.kind != "file":
        return f"it is a {found.kind}, not a file" if found.kind != "other" else "it is not a file"
    if found.mode & 0o002:
        return "everybody may write it"
    root = fs.stat(".")
    if found.uid in {0, root.uid, os.geteuid()} or (root.mode & 0o020 and _is_member(found.uid, root.gid)):
        return None
    if found.gid == root.gid and _is_closed(fs, root):
        return None
    return f"it belongs to {_name_of(found.uid)}, who neither owns the catalogue nor is in its group"


def _is_closed(fs: FileSystem, root: Stat) -> bool:
    """Whether only the group can reach a file of the state directory. The system's list may not name all members."""
    state = fs.stat(STATE)
    return is_shared(root) and not root.mode & 0o002 and state.gid == root.gid and not state.mode & 0o007


def _is_member(uid: int, gid: int) -> bool:
    try:
        person = pwd.getpwuid(uid)
        return person.pw_gid == gid or person.pw_name in grp.getgrgid(gid).gr_mem
    except KeyError:
        return False


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
