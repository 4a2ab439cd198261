"""What is wrong with the state directory, for `check`; and what of it stands in the way of an apply."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from modeltui.domain.finding import Finding
from modeltui.domain.text import some_of
from modeltui.errors import ApplyError
from modeltui.storage import state_dir
from modeltui.storage.fs import FileSystem, Kind, Stat, reason_of
from modeltui.storage.log_file import LogFile, told

_FOLDERS: Final = (state_dir.STATE, state_dir.QUEUES, state_dir.RESCUED, f"{state_dir.STATE}/jobs")
_FILES: Final = (
    state_dir.MUTEX,
    state_dir.HOLDER,
    state_dir.DRAFT,
    state_dir.GENERATION,
    state_dir.HISTORY,
    f"{state_dir.HISTORY}.lock",
    f"{state_dir.STATE}/audit.jsonl",
    f"{state_dir.STATE}/audit.jsonl.lock",
    f"{state_dir.STATE}/audit.head",
    f"{state_dir.STATE}/jobs.db",
    f"{state_dir.STATE}/jobs.db-wal",
    f"{state_dir.STATE}/jobs.db-shm",
    state_dir.IGNORE,
)
_BLOCKING: Final = (state_dir.DRAFT, state_dir.GENERATION)
"""Files that an apply puts in place: whatever has their names is replaced, but for a directory."""
_KEPT: Final = r".+\.jsonl\.(broken|torn)-\d+"
_REMEDY: Final = "move it away; modeltui makes its own"


def state_findings(fs: FileSystem) -> Iterator[Finding]:
    """Of the state directory but for applies in progress, in the order of places. Reads only."""
    if _stat(fs, state_dir.STATE) is None:
        return
    try:
        names = fs.list(state_dir.STATE)
    except OSError as error:
        yield _of_folder(fs, error)
        return
    for path in (*_FOLDERS, *_FILES):
        yield from _of_kind(fs, path)
    yield from _of_logs(fs)
    left = sorted(state_dir.stage_of(name) for name in map(state_dir.staged_id, names) if name)
    if left and not {name.rpartition("/")[2] for name in (state_dir.JOURNAL, state_dir.ABORT)} & set(names):
        message = f"{some_of(left, len(left))} of an apply that never began could not be swept, or not in full"
        hint = "give the right to look into every folder of the catalogue; the next start sweeps"
        yield Finding("state-left", "note", message, left[0], hint=hint)


def refuse_blocked(fs: FileSystem) -> None:
    """Raises ApplyError where something has a name that an apply needs, and cannot be replaced by it; OSError."""
    for path in _BLOCKING:
        found = _stat(fs, path)
        if found is not None and found.kind == "directory":
            raise ApplyError(f"{path} is a directory, not a file; nothing was written", hint=f"{_REMEDY}, apply then")


def _of_folder(fs: FileSystem, error: OSError) -> Finding:
    found = _stat(fs, state_dir.STATE)
    if found is not None and found.kind != "directory":
        return _broken(state_dir.STATE, found.kind, "directory")
    hint = "ask its owner for the right to read it; until then nothing can be queued or applied, and the models be read"
    message = f"the state directory cannot be read: {reason_of(error)}"
    return Finding("state-unreadable", "warning", message, state_dir.STATE, hint=hint)


def _of_kind(fs: FileSystem, path: str) -> Iterator[Finding]:
    found = _stat(fs, path)
    if found is None:
        return
    wanted: Kind = "directory" if path in _FOLDERS else "file"
    if found.kind != wanted:
        yield _broken(path, found.kind, wanted)
    elif found.mode & 0o002:
        message = "everybody may write it, and put into it what others then apply"
        hint = f"chmod o-w {path}; look whether what is in it is yours"
        yield Finding("state-distrusted", "warning", message, path, hint=hint)


def _of_logs(fs: FileSystem) -> Iterator[Finding]:
    try:
        queues = [f"{state_dir.QUEUES}/{name}" for name in sorted(fs.list(state_dir.QUEUES))]
    except OSError:
        queues = []
    for path in (state_dir.HISTORY, *(path for path in queues if path.endswith(".jsonl"))):
        yield from _of_log(fs, path)
    beside = (f"{state_dir.STATE}/{name}" for name in sorted(fs.list(state_dir.STATE)))
    for path in (path for path in (*beside, *queues) if re.fullmatch(_KEPT, path)):
        message = "what was damaged in a log is kept here"
        yield Finding("log-damaged", "warning", message, path, hint="look what of it is missing, then remove it")


def _of_log(fs: FileSystem, path: str) -> Iterator[Finding]:
    found = _stat(fs, path)
    if found is None:
        return
    if found.kind != "file":
        if path != state_dir.HISTORY:
            yield _broken(path, found.kind, "file")
        return
    try:
        content = LogFile(fs, path).read()
    except OSError as error:
        message = f"it cannot be read: {reason_of(error)}"
        yield Finding("state-unreadable", "warning", message, path, hint="ask its owner for the right to read it")
        return
    if content.distrust is not None and not found.mode & 0o002:
        hint = "look at it; its owner writes it anew, or move it away"
        yield Finding("state-distrusted", "warning", f"it is not believed: {content.distrust}", path, hint=hint)
    elif content.distrust is None and (why := told(path, content)):
        hint = "the next command that writes it keeps the damage aside"
        yield Finding("log-damaged", "warning", why.removeprefix(f"{path}: "), path, hint=hint)


def _broken(path: str, kind: Kind, wanted: Kind) -> Finding:
    what = "no file" if kind == "other" else f"a {kind}"
    hint = _REMEDY if path != state_dir.HISTORY else "move it away; put the history back in its place if you have it"
    return Finding("state-broken", "error", f"it is {what} where a {wanted} should be", path, hint=hint)


def _stat(fs: FileSystem, path: str) -> Stat | None:
    try:
        return fs.stat(path)
    except OSError:
        return None
