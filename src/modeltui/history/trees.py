"""Commits as what they hold: which files differ between two, their contents, and a commit made of such."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Final, TypeAlias

from msgspec import Struct

from modeltui.history.blobs import contents_of
from modeltui.history.git import Git, GitError

DRAFT: Final = "refs/worktree/modeltui-pull"
"""Holds the commit of a pull until the branch does; of this work tree alone, and neither pushed nor fetched."""
PLAIN: Final = frozenset({"100644", "100755"})
"""The modes of files; links and submodules have others."""
_AT_ONCE: Final = 1000
_GONE: Final = "000000"


class Blob(Struct, frozen=True):
    mode: str
    id: str

    @property
    def is_file(self) -> bool:
        return self.mode in PLAIN


class Differing(Struct, frozen=True):
    before: Blob | None
    after: Blob | None


class NewFile(Struct, frozen=True):
    mode: str
    content: bytes


Entry: TypeAlias = Blob | NewFile | None
"""What a path is to hold; None where it is to go."""


class Trees:
    """Paths are told from the top of the work tree. Every method raises GitError."""

    def __init__(self, git: Git) -> None:
        self._git = git

    def prefix(self) -> str:
        """Where the catalogue lies in the work tree: empty, or with a slash at its end."""
        return os.fsdecode(self._git.run("rev-parse", "--show-prefix").rstrip(b"\n"))

    def differing(self, old: str, new: str) -> dict[str, Differing]:
        """By path: what two commits hold otherwise."""
        said = self._git.run("diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", old, new)
        words = iter(said.split(b"\0"))
        found = {}
        for word in words:
            if word.startswith(b":"):
                modes, ids = word[1:].decode().split(" ")[:2], word.decode().split(" ")[2:4]
                found[os.fsdecode(next(words))] = Differing(_blob(modes[0], ids[0]), _blob(modes[1], ids[1]))
        return found

    def files(self, commit: str) -> frozenset[str]:
        """Every path of a commit."""
        return self._git.names("ls-tree", "-r", "-z", "--name-only", "--full-tree", commit)

    def touched(self) -> frozenset[str]:
        """The paths that are in the work tree, or staged, otherwise than in HEAD."""
        options = ("--name-only", "--no-renames", "--no-ext-diff", "-z", "HEAD")
        return self._git.names("diff", *options) | self._git.names("diff", "--cached", *options)

    def top(self) -> str:
        """The folder of the work tree."""
        return os.fsdecode(self._git.run("rev-parse", "--show-toplevel").rstrip(b"\n"))

    def contents(self, ids: Collection[str]) -> dict[str, bytes]:
        """By id; what is too large for a file of a catalogue is left out."""
        found: dict[str, bytes] = {}
        for part in _parts(sorted(ids)):
            found |= contents_of(self._git, part)
        return found

    def made(self, parents: Sequence[str], entries: Mapping[str, Entry], message: str) -> str:
        """A merge of the parents that holds what the first one holds, but for `entries`. Nobody sees it yet."""
        stream = b"".join(self._stream(parents, entries, message.encode(errors="replace")))
        self._git.run("fast-import", "--quiet", "--done", "--force", given=stream, timeout_s=60 + len(entries) / 50)
        commit = self._git.run("rev-parse", "--verify", DRAFT).decode().strip()
        if self._is_signing():
            tree = f"{commit}^{{tree}}"
            named = [word for parent in parents for word in ("-p", parent)]
            signed = self._git.run("commit-tree", "-S", *named, "-F", "-", tree, given=message.encode(errors="replace"))
            commit = signed.decode().strip()
            self.keep(commit)
        return commit

    def keep(self, commit: str) -> None:
        """Until `forget`, so that nothing sweeps it away."""
        self._git.run("update-ref", DRAFT, commit)

    def forget(self) -> None:
        with suppress(GitError):
            self._git.run("update-ref", "-d", DRAFT)

    def _is_signing(self) -> bool:
        try:
            return self._git.run("config", "--type=bool", "--get", "commit.gpgsign").strip() == b"true"
        except GitError:
            return False

    def _stream(self, parents: Sequence[str], entries: Mapping[str, Entry], message: bytes) -> Iterator[bytes]:
        author, committer = (self._git.run("var", f"GIT_{who}_IDENT").strip() for who in ("AUTHOR", "COMMITTER"))
        first, *others = parents
        yield b"commit %s\nauthor %s\ncommitter %s\n" % (DRAFT.encode(), author, committer)
        yield b"data %d\n%s\nfrom %s\n" % (len(message), message, first.encode())
        for other in others:
            yield b"merge %s\n" % other.encode()
        for path, entry in entries.items():
            if entry is None:
                yield b"D %s\n" % _quoted(path)
        for path, entry in entries.items():  # after what goes: a folder may come where a file was
            if isinstance(entry, Blob):
                yield b"M %s %s %s\n" % (entry.mode.encode(), entry.id.encode(), _quoted(path))
            elif entry is not None:
                yield b"M %s inline %s\ndata %d\n" % (entry.mode.encode(), _quoted(path), len(entry.content))
                yield entry.content + b"\n"
        yield b"done\n"


def _blob(mode: str, name: str) -> Blob | None:
    return None if mode == _GONE else Blob(mode, name)


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]


def _quoted(path: str) -> bytes:
    escaped = os.fsencode(path).replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"%s"' % escaped
