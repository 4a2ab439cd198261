"""Step 1 of an apply: every file is still the one that the edit was made on, and no lock holds it."""

from __future__ import annotations

import errno
from contextlib import suppress

from modeltui.domain.change import Action
from modeltui.domain.digest import digest
from modeltui.domain.document import Document, same
from modeltui.domain.lock import lock_of, unlocked_document
from modeltui.domain.lock_text import may_name_lock
from modeltui.domain.text import safe
from modeltui.errors import BrokenFileError, ConflictError, LockedError, RefusedError
from modeltui.storage import state_dir
from modeltui.storage.applying.request import ApplyRequest, FileOperation
from modeltui.storage.fs import LARGEST_FILE, FileSystem, Stat, parent
from modeltui.storage.toml import codec

_MOST_NAMED = 5


def verify(fs: FileSystem, request: ApplyRequest) -> None:
    """Raises ConflictError or LockedError naming every file at fault, or RefusedError; nothing was touched then."""
    conflicts: list[str] = []
    locked: list[str] = []
    device = fs.stat(state_dir.STATE).device
    _check_folders(fs, {parent(operation.path) for operation in request.operations})
    for operation in request.operations:
        content = None
        try:
            content = _content(fs, operation, device)
        except ConflictError as error:
            conflicts.append(error.message)
        if content is not None and (why := _refusal(operation, content)):
            locked.append(why)
    if conflicts:
        raise ConflictError(
            _listed(conflicts),
            hint="nothing was written; `modeltui pending` shows what is stale, drop it or queue it again",
        )
    if locked:
        raise LockedError(_listed(locked), hint="nothing was written; unlock, apply that, then apply the rest")


def _content(fs: FileSystem, operation: FileOperation, device: int) -> bytes | None:
    """The file's bytes, None of a new one. Raises ConflictError when they are not those the edit was made on."""
    path = safe(operation.path)
    try:
        if operation.action is Action.CREATE:
            fs.stat(operation.path)
            raise ConflictError(f"{path} is there already")
        content = _looked_at(fs, operation.path, device)
    except (FileNotFoundError, NotADirectoryError):
        if operation.action is not Action.CREATE:
            raise ConflictError(f"{path} is gone") from None
        _check_home(fs, operation.path, device)
        return None
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        raise ConflictError(f"{path} lies behind a link now") from error
    if digest(content) != operation.old_digest:
        raise ConflictError(f"{path} changed since the edit was queued")
    return content


def _looked_at(fs: FileSystem, path: str, device: int) -> bytes:
    try:
        found, content = fs.look(path, LARGEST_FILE)
    except OSError:
        _check_kind(safe(path), fs.stat(path), device)  # what is no plain file may be one that cannot be opened
        raise
    _check_kind(safe(path), found, device)
    assert content is not None
    return content


def _check_kind(path: str, found: Stat, device: int) -> None:
    if found.kind != "file":
        raise ConflictError(f"{path} is no regular file any more")
    if found.links != 1:
        from modeltui.storage.applying.hard_links import parting  # noqa: PLC0415  # few files have two names

        raise parting(path, found.links)
    _check_fixed(path, found)
    _check_device(path, found, device)


def _check_folders(fs: FileSystem, folders: set[str]) -> None:
    for folder in sorted(folders):
        with suppress(OSError):  # what is wrong with the path itself is said of the file
            _check_fixed(safe(folder), fs.stat(folder))


def _check_fixed(path: str, found: Stat) -> None:
    if found.fixed is not None:
        letter = "i" if found.fixed == "immutable" else "a"
        raise RefusedError(
            f"{path} is {found.fixed} (chattr +{letter}); nothing was written",
            hint=f"have its owner or root take that away: chattr -{letter} {path}",
        )


def _check_home(fs: FileSystem, path: str, device: int) -> None:
    home = existing_parent(fs, path)
    found = fs.stat(home)
    if found.kind != "directory":
        raise ConflictError(f"{safe(path)} cannot be made: {safe(home)} is no directory")
    _check_fixed(safe(home), found)
    _check_device(safe(path), found, device)


def existing_parent(fs: FileSystem, path: str) -> str:
    """The nearest directory above `path` that is there."""
    while (path := parent(path)) != ".":
        try:
            fs.stat(path)
        except (FileNotFoundError, NotADirectoryError):
            continue
        return path
    return path


def _check_device(path: str, found: Stat, device: int) -> None:
    if found.device != device:
        raise RefusedError(
            f"{path} lies on another file system than {state_dir.STATE}", hint="a catalogue must lie on one file system"
        )


def _refusal(operation: FileOperation, content: bytes) -> str | None:
    """Why a lock in the file on disk forbids the operation."""
    if not may_name_lock(content):
        return None
    if operation.is_pulled:
        return _refusal_of_pull(operation, content)
    old = _parsed(operation.path, content)
    lock = lock_of(old)
    if lock is None or _is_of_lock_only(operation, old) or _is_restoration(operation, content):
        return None
    return f"{safe(operation.path)} is {safe(lock)}"


def _refusal_of_pull(operation: FileOperation, content: bytes) -> str | None:
    """A broken file holds no lock that could be read, and git has it."""
    from modeltui.storage.toml.merging import breach  # noqa: PLC0415  # for pulls only

    if operation.is_chosen:
        return None
    try:
        lock = breach(content, operation.content())
    except BrokenFileError:
        return None
    return None if lock is None else f"{safe(operation.path)} is {safe(lock)}"


def _is_of_lock_only(operation: FileOperation, old: Document) -> bool:
    new = operation.content() if operation.is_of_lock_only else None
    return new is not None and same(unlocked_document(old), unlocked_document(_parsed(operation.path, new)))


def _is_restoration(operation: FileOperation, content: bytes) -> bool:
    from modeltui.storage.applying.restoration import is_restored  # noqa: PLC0415  # of locked files only

    new = operation.content()
    return new is not None and is_restored(content, new)


def _parsed(path: str, content: bytes) -> Document:
    try:
        return codec.parse(content)
    except BrokenFileError as error:
        raise BrokenFileError(
            f"{safe(path)}: {error.message}",
            line=error.line,
            column=error.column,
            code=error.code,
            hint="a broken file is never overwritten",
        ) from error


def _listed(messages: list[str]) -> str:
    shown, rest = messages[:_MOST_NAMED], len(messages) - _MOST_NAMED
    return "; ".join(shown) + (f"; and {rest} more" if rest > 0 else "")
