"""The git work tree that a folder belongs to, told from its files: nothing is run, and little is loaded."""

from __future__ import annotations

import os

_MOST = 4096
"""Characters of a file of git's that says where something is."""
_BRANCH = "ref: refs/heads/"
_DETACHED = "detached at "


def git_directory(root: str) -> str | None:
    """The `.git` directory that `root` belongs to; None outside a work tree."""
    place = os.path.realpath(root)
    while True:
        entry = os.path.join(place, ".git")
        if os.path.isfile(os.path.join(entry, "HEAD")):
            return entry
        if os.path.isfile(entry) and (linked := _linked(entry)) is not None:
            return linked
        above = os.path.dirname(place)
        if above == place:
            return None
        place = above


def branch(root: str) -> str | None:
    """The branch of the work tree that `root` lies in, `detached at …` without one; None outside a work tree."""
    directory = git_directory(root)
    if directory is None:
        return None
    try:
        with open(os.path.join(directory, "HEAD"), encoding="utf-8", errors="replace") as file:
            head = file.read(_MOST).strip()
    except OSError:
        return None
    name = head.removeprefix(_BRANCH)
    return name if head.startswith(_BRANCH) and name and "\n" not in name else f"{_DETACHED}{head[:7]}"


def refs_stamp(root: str) -> tuple[tuple[str, int, int], ...] | None:
    """Changes when HEAD, its branch or a branch of a remote moves; None where no remote branch was ever seen."""
    directory = git_directory(root)
    if directory is None:
        return None
    common = _common(directory)
    remotes = os.path.join(common, "refs", "remotes")
    folders = [place for place, _, _ in os.walk(remotes) if place != remotes]  # of `feature/x` too
    packed = os.path.join(common, "packed-refs")
    if not folders and not os.path.isfile(packed):
        return None
    head = (os.path.join(directory, "HEAD"), os.path.join(directory, "logs", "HEAD"))
    return tuple(_stamp(place) for place in (*head, packed, os.path.join(common, "config"), *sorted(folders)))


def _stamp(place: str) -> tuple[str, int, int]:
    try:
        found = os.stat(place)
    except OSError:
        return place, 0, 0
    return place, found.st_mtime_ns, found.st_size


def _common(directory: str) -> str:
    """Where a linked work tree has what it shares with the others."""
    try:
        with open(os.path.join(directory, "commondir"), encoding="utf-8", errors="surrogateescape") as file:
            return os.path.join(directory, file.read(_MOST).strip())
    except OSError:
        return directory


def is_detached(root: str) -> bool:
    """Whether HEAD is on no branch."""
    name = branch(root)
    return name is not None and name.startswith(_DETACHED)


def _linked(entry: str) -> str | None:
    """Where a `.git` file of a linked work tree or submodule points."""
    try:
        with open(entry, encoding="utf-8", errors="surrogateescape") as file:
            text = file.read(_MOST)
    except OSError:
        return None
    target = os.path.join(os.path.dirname(entry), text.removeprefix("gitdir:").strip())
    return target if text.startswith("gitdir:") and os.path.isfile(os.path.join(target, "HEAD")) else None
