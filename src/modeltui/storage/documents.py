"""The documents of files, each read and parsed when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from threading import Lock
from typing import Final

from modeltui.domain.digest import digest as digest_of
from modeltui.domain.document import Document
from modeltui.domain.documents import Documents
from modeltui.domain.model import Model
from modeltui.domain.text import cut
from modeltui.errors import BrokenFileError
from modeltui.storage.toml import codec

_MOST: Final = 5_000
_MOST_BYTES: Final = 12 * 2**20
"""Of the files that the documents kept were parsed from; in memory these take about five times as much."""


class DocumentCache:
    """Documents by the digest of their file, as many as may be kept. Safe to use from several threads."""

    def __init__(self, read: Callable[[str, str], bytes]) -> None:
        """read: the bytes of a file by its path and the digest that it should have. Raises BrokenFileError."""
        self._read = read
        self._lock = Lock()
        self._kept: dict[str, tuple[Document, int]] = {}
        self._bytes = 0

    def document(self, path: str, digest: str) -> tuple[Document, bool]:
        """What the file says by now, and whether it is of that digest still. Raises BrokenFileError."""
        found = self._kept.get(digest)
        if found is not None:
            return found[0], True
        content = self._read(path, digest)
        document = codec.fast_parse(content)
        now = digest_of(content)
        self._keep(now, document, len(content))
        return document, now == digest

    def _keep(self, digest: str, document: Document, size: int) -> None:
        with self._lock:
            if digest in self._kept:
                return
            # The last one makes room: whoever goes through all of a large catalogue, again and again, then finds most
            # of it; if the first one did, nothing would be found.
            while self._kept and (len(self._kept) >= _MOST or self._bytes + size > _MOST_BYTES):
                self._bytes -= self._kept.popitem()[1][1]
            self._kept[digest] = (document, size)
            self._bytes += size


class FileDocuments(Documents):
    """Those of the files."""

    def __init__(self, models: Mapping[str, Model], missing: frozenset[str], cache: DocumentCache) -> None:
        """missing: the keys of models whose file could not be read or parsed."""
        self._models = models
        self._missing = missing
        self._cache = cache
        self._newer: set[str] = set()

    def __getitem__(self, key: str) -> Document:
        if key in self._missing:
            raise KeyError(key)
        model = self._models[key]
        try:
            document, is_of_row = self._cache.document(model.path, model.digest)
        except BrokenFileError as error:
            self._newer.add(key)
            place = model.path if error.line is None else f"{model.path}:{error.line}"
            raise BrokenFileError(
                f"{cut(place)}: {error.message}",
                code=error.code,
                line=error.line,
                column=error.column,
                hint=error.hint,
            ) from error
        if not is_of_row:
            self._newer.add(key)
        return document

    def is_newer(self, key: str) -> bool:
        return key in self._newer

    def __contains__(self, key: object) -> bool:
        return key in self._models and key not in self._missing

    def __iter__(self) -> Iterator[str]:
        return (key for key in self._models if key not in self._missing)

    def __len__(self) -> int:
        return len(self._models) - len(self._missing)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, FileDocuments):
            return self._missing == other._missing and self._models == other._models
        return super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]
