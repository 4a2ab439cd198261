"""One commit of many files by `git fast-import`: many times faster than `git commit`, and the same commit.

Only where that is sure: no hook that would run, no signature, no conversion of contents, nothing odd about the index or
the repository. Each step leaves a state from which the whole can be done again, and the branch moves last.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from modeltui.history.bulk_ground import Ground, ground_of
from modeltui.history.git import Git, GitError
from modeltui.history.message import message_of

_MANY: Final = 64
"""Files from which it is worth its dozen calls of git."""
_DRAFT: Final = "refs/worktree/modeltui-import"
"""Holds the commit until the branch does; of this work tree alone, and neither pushed nor fetched."""
_LARGEST: Final = 2**22


class _File(Struct, frozen=True):
    path: bytes
    """From the top of the work tree."""
    content: bytes | None
    """None of a file that is gone."""
    mode: bytes = b"100644"
    blob: bytes = b""


def committed_at_once(git: Git, directory: Path, record: Mapping[str, Any], paths: Sequence[str]) -> bool:
    """Whether the commit is made, or there was nothing to commit; False where it takes `git commit`.

    `git` is that of the catalogue, `directory` its `.git`, `record` a history record as JSON. Raises GitError.
    """
    _forget_draft(git, directory)
    if len(paths) < _MANY:
        return False
    try:
        return _is_committed(git, directory, record, paths)
    except GitError:  # what git refuses here, it refuses once more where its reason is told
        _forget_draft(git, directory)
        return False


def _is_committed(git: Git, directory: Path, record: Mapping[str, Any], paths: Sequence[str]) -> bool:
    ground = ground_of(git, directory, paths)
    files = None if ground is None else _files(git.directory, ground, record, paths)
    if ground is None or files is None:
        return False
    if files:
        message = git.run("stripspace", given=message_of(record).encode())
        _import(git, ground, message, files)
        _take(git, ground, message, files)
    return True


def _files(root: str, ground: Ground, record: Mapping[str, Any], paths: Sequence[str]) -> list[_File] | None:
    """Those of the paths that HEAD has otherwise; None where one is not as the apply left it."""
    after = {str(file["path"]): file["after"] for file in record["files"]}
    found: list[_File] = []
    for path in paths:
        name = os.fsencode(path)
        known = ground.tree.get(name)
        content, mode = _content(f"{root}/{path}")
        if mode is None or (None if content is None else hashlib.sha256(content).hexdigest()) != after.get(path):
            return None
        if content is None:
            if known is None and name in ground.index:
                return None
            found += [_File(ground.prefix + name, None)] if known else []
            continue
        if not ground.has_modes:
            mode = ground.index.get(name, b"100644")
        file = _File(ground.prefix + name, content, mode, ground.blob_of(content))
        found += [file] if known != (file.mode, file.blob) else []
    return found


def _content(place: str) -> tuple[bytes | None, bytes | None]:
    """The content of a file and git's mode of it; no content where it is gone, no mode for what is no plain file."""
    try:
        descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None, b"0"
    except OSError:
        return None, None
    try:
        found = os.fstat(descriptor)
        content = _read(descriptor, found.st_size) if stat.S_ISREG(found.st_mode) else None
    finally:
        os.close(descriptor)
    if content is None or len(content) > _LARGEST:
        return None, None
    return content, b"100755" if found.st_mode & stat.S_IXUSR else b"100644"


def _read(descriptor: int, size: int) -> bytes:
    """No more than one byte beyond what is taken."""
    content = os.read(descriptor, min(size, _LARGEST) + 1)
    while len(content) != size and len(content) <= _LARGEST and (more := os.read(descriptor, _LARGEST)):
        content += more
    return content


def _import(git: Git, ground: Ground, message: bytes, files: Sequence[_File]) -> None:
    """The commit as an object, with its contents, durable; nobody sees it yet."""
    stream = b"".join(_stream(ground, message, files))
    git.run("fast-import", "--quiet", "--done", "--force", given=stream, timeout_s=60 + len(files) / 50)


def _stream(ground: Ground, message: bytes, files: Sequence[_File]) -> Iterator[bytes]:
    yield b"commit %s\nauthor %s\ncommitter %s\n" % (_DRAFT.encode(), ground.author, ground.committer)
    yield b"data %d\n%s\nfrom %s\n" % (len(message), message, ground.head)
    for file in files:
        if file.content is None:
            yield b"D %s\n" % _quoted(file.path)
        else:
            yield b"M %s inline %s\ndata %d\n" % (file.mode, _quoted(file.path), len(file.content))
            yield file.content + b"\n"
    yield b"done\n"


def _quoted(path: bytes) -> bytes:
    escaped = path.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"%s"' % escaped


def _take(git: Git, ground: Ground, message: bytes, files: Sequence[_File]) -> None:
    """Index, then branch: cut off between the two, the files are staged as they are, and the whole is done again."""
    commit = git.run("rev-parse", "--verify", _DRAFT).strip()
    gone = b"0" * len(ground.head)
    lines = (
        b"0 %s\t%s\0" % (gone, file.path)
        if file.content is None
        else b"%s %s\t%s\0" % (file.mode, file.blob, file.path)
        for file in files
    )
    git.run("update-index", "-z", "--index-info", given=b"".join(lines))
    with suppress(GitError):  # it fails where a file of somebody else is not as in the index
        git.run("update-index", "-q", "--refresh")
    subject = message.partition(b"\n")[0].decode()
    moves = b"update HEAD %s %s\ndelete %s %s\n" % (commit, ground.head, _DRAFT.encode(), commit)
    git.run("update-ref", "-m", f"commit: {subject}", "--stdin", given=moves)


def _forget_draft(git: Git, directory: Path) -> None:
    """A commit that a crash kept from its branch: it is made anew, or the usual way."""
    if (directory / _DRAFT).exists():
        with suppress(GitError):
            git.run("update-ref", "-d", _DRAFT)
