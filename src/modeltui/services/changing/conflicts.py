"""Finds what a conflict needs to be shown: the file as it was when the change was queued, and what new texts say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from modeltui.domain.digest import digest
from modeltui.domain.document import Document, with_value
from modeltui.domain.merging.conflict import Conflict, Sides, find_conflicts
from modeltui.domain.pending.plan import PlannedFile
from modeltui.domain.snapshot import Snapshot
from modeltui.errors import BrokenFileError, UsageError
from modeltui.storage.toml.codec import parse

if TYPE_CHECKING:
    from modeltui.history.versions import IsWanted, Versions


class ConflictFinder:
    def __init__(self, versions: Callable[[], Versions]) -> None:
        """`versions` are asked for only where a conflict is looked at."""
        self._versions = versions

    def find(self, snapshot: Snapshot, keys: Sequence[str] | None = None) -> tuple[Conflict, ...]:
        """The conflicts of these models (None: all) with the files as the snapshot has them."""
        plan, wanted = snapshot.plan, None if keys is None else frozenset(keys)
        stale = [file for file in plan.problems if file.is_stale and (wanted is None or file.key in wanted)]
        bases = self._bases(stale, snapshot.queue.base_texts if stale else {})
        return find_conflicts(stale, snapshot.catalog, Sides(bases, _texts(stale)))

    def _bases(self, files: Sequence[PlannedFile], kept: Mapping[str, str]) -> dict[str, Document]:
        """The files as they were, as far as the queue, git or a history record still has them."""
        found = {file.key: base for file in files if (base := kept_base(file, kept)) is not None}
        missing = [file for file in files if file.key not in found]
        wanted = {file.path: _has_digest(file.base) for file in missing if file.base is not None}
        versions = self._versions().find(wanted)
        parsed = ((file.key, _parsed(versions[file.path].content)) for file in missing if file.path in versions)
        return found | {key: document for key, document in parsed if document is not None}


def kept_base(file: PlannedFile, kept: Mapping[str, str]) -> Document | None:
    """The file as it was, where `kept`, texts by digest, has it and it is what it is said to be."""
    text = None if file.base is None else kept.get(file.base)
    content = None if text is None else text.encode(errors="surrogatepass")
    return _parsed(content) if content is not None and digest(content) == file.base else None


def _has_digest(wanted: str) -> IsWanted:
    return lambda content: digest(content) == wanted


def _texts(files: Sequence[PlannedFile]) -> dict[str, Document]:
    """What the new texts say, with the edits on top of them."""
    said = ((file, _parsed(file.text.encode(errors="surrogatepass"))) for file in files if file.text is not None)
    return {file.key: _edited(document, file) for file, document in said if document is not None}


def _edited(document: Document, file: PlannedFile) -> Document:
    try:
        for edit in file.edits:
            document = with_value(document, edit.path, edit.new)
    except UsageError:
        return document
    return document


def _parsed(content: bytes) -> Document | None:
    try:
        return parse(content)
    except BrokenFileError:
        return None
