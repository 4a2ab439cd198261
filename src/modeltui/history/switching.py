"""The end of a pull: its files are written, and the index, all other files and the branch follow to its commit.

Each step leaves a state from which the whole can be done again, and the branch moves last.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from modeltui.history.git import Git, GitError
from modeltui.history.trees import DRAFT, Blob, Trees

_LARGEST: Final = 2**26
_LINK: Final = "120000"
_PROGRAM: Final = "100755"


def switched(git: Git, directory: Path, pull: Mapping[str, Any]) -> bool:
    """Whether the branch holds the commit of a pull; False where it went elsewhere meanwhile. Raises GitError.

    `git` is that of the catalogue, `directory` its `.git`, `pull` what the record of an apply says of it.
    """
    old, new = str(pull["head"]), str(pull["commit"])
    if not _has_moved(git, new):
        if git.run("rev-parse", "--verify", "HEAD").decode().strip() != old:
            return False
        _take(git, old, new)
        name = f"pull: {pull.get('name', '')}"
        git.run("update-ref", "-m", name, "HEAD", new, old)
    if (directory / DRAFT).exists():
        Trees(git).forget()
    return True


def _has_moved(git: Git, commit: str) -> bool:
    try:
        git.run("merge-base", "--is-ancestor", commit, "HEAD")
    except GitError as error:
        if error.code != 1:
            raise
        return False
    return True


def _take(git: Git, old: str, new: str) -> None:
    """The index says what is there already; then git brings the rest, and refuses where somebody else has written."""
    trees = Trees(git)
    top, differing = trees.top(), trees.differing(old, new)
    algorithm = git.run("rev-parse", "--show-object-format").decode().strip()
    gone = "0" * len(new)
    lines: list[bytes] = []
    for path, each in differing.items():
        if _is_there(os.path.join(top, path), each.after, algorithm):
            _take_mode(os.path.join(top, path), each.before, each.after)
            mode, blob = (each.after.mode, each.after.id) if each.after else ("0", gone)
            lines.append(b"%s %s\t%s\0" % (mode.encode(), blob.encode(), os.fsencode(path)))
    git.run("update-index", "-z", "--index-info", given=b"".join(lines))
    with suppress(GitError):  # it fails where a file of somebody else is not as in the index
        git.run("update-index", "-q", "--refresh")
    if len(lines) < len(differing):
        git.run("read-tree", "-m", "-u", old, new, timeout_s=60 + len(differing) / 50)


def _take_mode(place: str, before: Blob | None, after: Blob | None) -> None:
    """git knows no more of a mode than whether the file can be run."""
    if before and after and before.mode != after.mode and before.is_file and after.is_file:
        mode = stat.S_IMODE(os.lstat(place).st_mode)
        with suppress(OSError):
            os.chmod(place, mode | 0o111 if after.mode == _PROGRAM else mode & ~0o111)


def _is_there(place: str, wanted: Blob | None, algorithm: str) -> bool:
    """Whether the work tree has what a commit has."""
    try:
        found = os.lstat(place)
        if wanted is None:
            return False
        if stat.S_ISLNK(found.st_mode):
            content = os.fsencode(os.readlink(place)) if wanted.mode == _LINK else None
        elif stat.S_ISREG(found.st_mode) and wanted.is_file and found.st_size <= _LARGEST:
            content = Path(place).read_bytes()
        else:
            content = None
    except (FileNotFoundError, NotADirectoryError):
        return wanted is None
    except OSError:
        return False
    if content is None or wanted is None:
        return False
    return hashlib.new(algorithm, b"blob %d\0%s" % (len(content), content)).hexdigest() == wanted.id
