"""What a commit by import rests on: how the repository stands, and whether anything in it wants `git commit`."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from modeltui.history.git import Git, GitError, listed

_HOOKS: Final = (
    "pre-commit",
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "post-index-change",
    "post-rewrite",
    "reference-transaction",
)
"""Those that a commit would run, or a move of its branch."""
_ON: Final = frozenset({b"true", b"yes", b"on", b"1"})
_OFF: Final = frozenset({b"false", b"no", b"off", b"0", b""})
"""How a switch is written as a rule. Git takes any number but 0 for on; what is neither here is left to git."""
_MUST_NOT: Final = frozenset(
    {
        b"commit.gpgsign",
        b"core.ignorecase",
        b"core.precomposeunicode",
        b"core.sparsecheckout",
        b"core.splitindex",
        b"index.sparse",
    }
)
"""Switches that must be off."""
_MODES: Final = b"core.filemode"
_MUST_NOT_BE: Final = frozenset({b"core.worktree", b"i18n.commitencoding"})
"""Settings that must not be there."""
_EXTENSIONS: Final = frozenset({b"extensions.objectformat", b"extensions.worktreeconfig"})
"""Those that change nothing here."""
_CONVERSIONS: Final = ("text", "eol", "crlf", "ident", "filter", "working-tree-encoding")
_HASHES: Final = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}


class Ground(Struct, frozen=True):
    head: bytes
    """The commit that is checked out, on a branch."""
    prefix: bytes
    """Where the catalogue lies in the work tree; empty, or with a slash at its end."""
    hash: str
    has_modes: bool
    """Whether git looks at the mode of a file."""
    index: Mapping[bytes, bytes]
    """The mode of each file of the catalogue in the index, by its path in the catalogue."""
    tree: Mapping[bytes, tuple[bytes, bytes]]
    """The mode and the blob of each in HEAD."""
    author: bytes
    committer: bytes

    def blob_of(self, content: bytes) -> bytes:
        made: str = _HASHES[self.hash](b"blob %d\0%s" % (len(content), content)).hexdigest()
        return made.encode()


def ground_of(git: Git, directory: Path, paths: Sequence[str]) -> Ground | None:
    """None where an import would not do what a commit does. Raises GitError."""
    config = _config(git)
    if config is None or (directory / "info/grafts").exists():
        return None
    names = ("--show-object-format", "--git-path", "hooks", "--git-path", "shallow", "HEAD", "--show-prefix")
    said = git.run("rev-parse", *names).split(b"\n")
    if len(said) not in {5, 6}:
        return None
    algorithm, hooks, shallow, head = said[0].decode(), *map(os.fsdecode, said[1:3]), said[3]
    if algorithm not in _HASHES or os.path.lexists(os.path.join(git.directory, shallow)):
        return None
    if _has_hook(os.path.join(git.directory, hooks)) or not _is_on_branch(git) or _is_converted(git, paths):
        return None
    index = _index(git, {os.fsencode(path) for path in paths})
    if index is None or _is_any_ignored(git, [path for path in paths if os.fsencode(path) not in index]):
        return None
    return Ground(
        head=head,
        prefix=said[4],
        hash=algorithm,
        has_modes=config.get(_MODES, b"true") in _ON,
        index=index,
        tree=_tree(git),
        author=git.run("var", "GIT_AUTHOR_IDENT").strip(),
        committer=git.run("var", "GIT_COMMITTER_IDENT").strip(),
    )


def _config(git: Git) -> dict[bytes, bytes] | None:
    """What is configured; None where something of it is not for us. A name without a value is a switch that is on."""
    found = {}
    for entry in git.run("config", "--null", "--list").split(b"\0"):
        name, has_value, value = entry.partition(b"\n")
        found[name.lower()] = value.lower() if has_value else b"true"
    for name, value in found.items():
        is_odd = name.startswith(b"hook.") or (name.startswith(b"extensions.") and name not in _EXTENSIONS)
        if is_odd or name in _MUST_NOT_BE or (name in _MUST_NOT and value not in _OFF):
            return None
    if found.get(_MODES, b"true") not in _ON | _OFF:
        return None
    return None if found.get(b"core.autocrlf", b"false") != b"false" else found


def _has_hook(folder: str) -> bool:
    return any(os.path.lexists(os.path.join(folder, name)) for name in _HOOKS)


def _is_on_branch(git: Git) -> bool:
    try:
        return git.run("symbolic-ref", "--quiet", "HEAD").startswith(b"refs/heads/")
    except GitError:
        return False


def _is_converted(git: Git, paths: Sequence[str]) -> bool:
    """Whether a content in git may be another than that of the file."""
    said = git.run("check-attr", "-z", "--stdin", *_CONVERSIONS, given=listed(paths)).split(b"\0")
    return any(value not in {b"unspecified", b"unset"} for value in said[2::3])


def _index(git: Git, paths: set[bytes]) -> dict[bytes, bytes] | None:
    """None where a file is unmerged, kept from git's eyes, or in another repository."""
    found = {}
    for line in git.run("ls-files", "--stage", "-v", "-z", "--", ".").split(b"\0"):
        if not line:
            continue
        head, _, name = line.partition(b"\t")
        tag, mode, _, stage = head.split(b" ")
        if mode == b"160000" or stage != b"0" or (tag != b"H" and name in paths):
            return None
        found[name] = mode
    return found


def _tree(git: Git) -> dict[bytes, tuple[bytes, bytes]]:
    found = {}
    for line in git.run("ls-tree", "-r", "-z", "HEAD").split(b"\0"):
        head, _, name = line.partition(b"\t")
        if head:
            mode, _, blob = head.split(b" ")
            found[name] = (mode, blob)
    return found


def _is_any_ignored(git: Git, paths: Sequence[str]) -> bool:
    if not paths:
        return False
    try:
        git.run("check-ignore", "--quiet", "-z", "--stdin", given=listed(paths))
    except GitError as error:
        return error.code != 1
    return True
