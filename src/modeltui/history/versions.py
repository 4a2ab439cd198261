"""Earlier contents of files, as git and the history records know them. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from msgspec import Struct

from modeltui.domain.file_paths import MODELS, WORKFLOWS
from modeltui.history.blobs import contents_of
from modeltui.history.git import Git, GitError, git_directory
from modeltui.history.repository import HistoryRepository

IsWanted: TypeAlias = Callable[[bytes], bool]
"""Told a content, says whether it is the one that is looked for."""

_COMMITS: Final = 500
"""Commits looked through, newest first."""
_FEW: Final = 100
"""Paths that are named to git; with more, all models and workflows are gone through."""
_PER_FILE: Final = 20


class Version(Struct, frozen=True):
    content: bytes
    commit: str | None = None
    """The newest commit that the content is part of; None where a history record holds it."""


class _Blob(Struct, frozen=True):
    id: str
    commit: str


class Versions:
    def __init__(self, root: str, repository: HistoryRepository, git: Git | None = None) -> None:
        self._root = root
        self._repository = repository
        self._git = git or Git(root)

    def find(self, wanted: Mapping[str, IsWanted]) -> dict[str, Version]:
        """The newest content that is wanted of each path (relative to the catalogue); none where there is none.

        However many paths, git is called three times at most.
        """
        if not wanted:
            return {}
        found = self._in_git(wanted)
        return {**self._in_records({path: wanted[path] for path in wanted if path not in found}), **found}

    def _in_git(self, wanted: Mapping[str, IsWanted]) -> dict[str, Version]:
        if git_directory(self._root) is None:
            return {}
        try:
            blobs = self._blobs(wanted)
            contents = contents_of(self._git, {blob.id for found in blobs.values() for blob in found})
        except GitError:
            return {}
        return {path: version for path, found in blobs.items() if (version := _first(found, contents, wanted[path]))}

    def _blobs(self, wanted: Mapping[str, IsWanted]) -> dict[str, list[_Blob]]:
        """The blobs that each path had, newest first."""
        paths = list(wanted) if len(wanted) <= _FEW else [MODELS, WORKFLOWS]
        listing = self._git.run(
            "log",
            f"--max-count={_COMMITS}",
            "--raw",
            "--no-abbrev",
            "--no-renames",
            "--no-show-signature",  # a repository from elsewhere must not choose a program to run
            "--relative",
            "-z",
            "--format=%H",
            "--",
            *paths,
        )
        blobs: dict[str, list[_Blob]] = {path: [] for path in wanted}
        for path, blob in _listed(listing):
            if path in blobs and len(blobs[path]) < _PER_FILE:
                blobs[path].append(blob)
        return blobs

    def _in_records(self, wanted: Mapping[str, IsWanted]) -> dict[str, Version]:
        found: dict[str, Version] = {}
        for record in self._repository.entries() if wanted else ():
            for file in record.files:
                content = None if file.old_text is None else file.old_text.encode(errors="replace")
                if content is not None and file.path in wanted and wanted[file.path](content):
                    found.setdefault(file.path, Version(content))
        return found


def _first(blobs: list[_Blob], contents: Mapping[str, bytes], is_wanted: IsWanted) -> Version | None:
    for blob in blobs:
        content = contents.get(blob.id)
        if content is not None and is_wanted(content):
            return Version(content, blob.commit)
    return None


def _listed(listing: bytes) -> Iterator[tuple[str, _Blob]]:
    """Each path with the blob that a commit gave it."""
    commit = ""
    words = iter(listing.split(b"\0"))
    for word in words:
        entry = word.lstrip(b"\n")
        if entry.startswith(b":"):
            blob = entry.split(b" ")[3].decode()
            yield next(words, b"").decode(errors="surrogateescape"), _Blob(blob, commit)
        elif entry:
            commit = entry.decode()
