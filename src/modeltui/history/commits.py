"""Commits that touched files of the catalogue, as git tells them: of applies, and made by hand. Reads only.

A message, a name and a path are somebody else's text. They are told apart by NUL, which none of them can hold.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

from msgspec import Struct

from modeltui.domain.file_paths import MODELS, WORKFLOWS, is_of_catalog
from modeltui.history.blobs import contents_of
from modeltui.history.git import Git, GitError, git_directory
from modeltui.history.message import AUDIT, TRAILER

_FOLDERS: Final = (MODELS, WORKFLOWS)
_SUFFIX: Final = ".toml"
_REGULAR: Final = "100"
"""What the mode of a plain file begins with; links and submodules have others."""
_TRAILERS: Final = f"%(trailers:key={TRAILER},valueonly,separator=%x2C)"
_FORMAT: Final = f"--format=%H%x00%ct%x00%an%x00%s%x00{_TRAILERS}"
_LOG: Final = (
    "log",
    "-c",  # of a merge, what it changed itself
    "--raw",
    "--no-abbrev",
    "--no-renames",
    "--no-color",
    "--no-show-signature",  # a repository from elsewhere must not choose a program to run
    "--relative",
    "--encoding=UTF-8",
    "-z",
    _FORMAT,
)
_RAW = re.compile(rb"(:+)([0-9a-f ]+) [A-Z]+\d*")


class CommittedFile(Struct, frozen=True):
    path: str
    """Relative to the catalogue."""
    before: str | None
    """Blob; None where there was no plain file."""
    after: str | None
    beside: tuple[str | None, ...] = ()
    """Of a merge: what the other parents had."""


class Commit(Struct, frozen=True):
    id: str
    at: datetime
    """When it was committed, UTC."""
    by: str
    """Its author's name."""
    subject: str
    applies: tuple[str, ...]
    """Ids of applies that its trailers claim. Whoever commits can write what they like there."""
    files: tuple[CommittedFile, ...]


class Commits:
    """Every method raises GitError where git fails."""

    def __init__(self, root: str, git: Git | None = None) -> None:
        self._root = root
        self._git = git or Git(root)

    def is_there(self) -> bool:
        """Whether the catalogue lies in a work tree that has a commit."""
        return git_directory(self._root) is not None and self.resolve("HEAD") is not None

    def page(self, path: str | None, skip: int, count: int) -> list[Commit]:
        """Commits that touched a file (None: any model's or workflow's), newest first."""
        return list(self._listed(f"--skip={skip}", f"--max-count={count}", "--", *_below(path)))

    def since(self, commit: str, path: str, count: int) -> list[Commit]:
        """Commits that are checked out and no part of `commit` (a full id), and touched a file, newest first."""
        return list(self._listed(f"--max-count={count}", f"{commit}..HEAD", "--", path))

    def between(self, old: str, new: str, count: int) -> list[Commit]:
        """Commits that are part of `new` and not of `old` (full ids), and touched models or workflows, newest first.

        Also those of which a merge took nothing.
        """
        return list(self._listed("--full-history", f"--max-count={count}", f"{old}..{new}", "--", *_FOLDERS))

    def one(self, commit: str) -> Commit | None:
        """A commit by its full id; None where it touched no model and no workflow."""
        return next(self._listed("--max-count=1", commit, "--", *_FOLDERS, only=commit), None)

    def resolve(self, name: str) -> str | None:
        """The full id of what git knows by this name; None where it knows nothing, or several."""
        if name.startswith("-") or "\0" in name:
            return None
        with suppress(GitError):
            return self._git.run("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").decode().strip()
        return None

    def holds(self, commit: str) -> bool:
        """Whether a commit is part of what is checked out."""
        with suppress(GitError):
            self._git.run("merge-base", "--is-ancestor", commit, "HEAD")
            return True
        return False

    def tree(self, commit: str) -> dict[str, str]:
        """The blob of each model file at a commit, by path."""
        listing = self._git.run("ls-tree", "-r", "-z", commit, f"{MODELS}/")
        found = {}
        for line in listing.split(b"\0"):
            head, _, name = line.partition(b"\t")
            path = name.decode(errors="surrogateescape")
            if head.startswith(_REGULAR.encode()) and is_model(path):
                found[path] = head.split(b" ")[2].decode()
        return found

    def contents(self, ids: Collection[str]) -> dict[str, bytes]:
        """Blobs by id; one that is too large for a model is left out."""
        return contents_of(self._git, ids)

    def anchors(self) -> list[tuple[str, str]]:
        """Each commit that names a head of the audit log, with what it names."""
        pretty = f"--format=%H %(trailers:key={AUDIT},valueonly,separator=%x2C)"
        said = self._git.run("log", "--no-show-signature", "--no-color", "--basic-regexp", f"--grep=^{AUDIT}: ", pretty)
        pairs = (line.partition(" ") for line in said.decode(errors="replace").splitlines())
        return [(commit, each) for commit, _, named in pairs for each in named.split(",") if each]

    def _listed(self, *arguments: str, only: str | None = None) -> Iterator[Commit]:
        for commit in _commits(self._git.run(*_LOG, *arguments), self._prefix):
            if only is None or commit.id == only:
                yield commit

    @cached_property
    def _prefix(self) -> bytes:
        """Where the catalogue lies in the work tree: of merges, git tells paths from its top."""
        return self._git.run("rev-parse", "--show-prefix").rstrip(b"\n")


def _below(path: str | None) -> tuple[str, ...]:
    return _FOLDERS if path is None else (path,)


def is_model(path: str) -> bool:
    """Whether a path below the catalogue is that of a model's file."""
    parts = path.split("/")
    return parts[0] == MODELS and path.endswith(_SUFFIX) and not any(part.startswith(".") for part in parts)


def _commits(listing: bytes, prefix: bytes) -> Iterator[Commit]:
    words = iter(listing.split(b"\0"))
    head: list[bytes] = []
    files: list[CommittedFile] = []
    for word in words:
        entry = word.lstrip(b"\n")
        if match := _RAW.fullmatch(entry):
            if (file := _file(match, next(words, b""), prefix)) is not None:
                files.append(file)
        elif entry:
            if head and files:
                yield _commit(head, files)
            head, files = [entry, *(next(words, b"") for _ in range(4))], []
    if head and files:
        yield _commit(head, files)


def _commit(head: list[bytes], files: list[CommittedFile]) -> Commit:
    commit, seconds, by, subject, applies = (each.decode(errors="replace") for each in head)
    return Commit(commit, _moment(seconds), by, subject, tuple(filter(None, applies.split(","))), tuple(files))


def _file(raw: re.Match[bytes], name: bytes, prefix: bytes) -> CommittedFile | None:
    """None for what is neither a model nor a workflow. Of a merge, what its first parent had is what was before."""
    colons, words = raw[1], raw[2].split(b" ")
    sides = len(colons) + 1
    path = (name.removeprefix(prefix) if len(colons) > 1 else name).decode(errors="surrogateescape")
    if not is_of_catalog(path):
        return None
    found = [
        blob.decode() if mode.startswith(_REGULAR.encode()) else None
        for mode, blob in zip(words[:sides], words[sides:], strict=True)
    ]
    return CommittedFile(path, found[0], found[-1], tuple(found[1:-1]))


def _moment(seconds: str) -> datetime:
    """The epoch for a time that no calendar has."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)
