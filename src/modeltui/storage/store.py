"""The catalogue's files, all read in one pass."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final, NamedTuple, TypeAlias

from modeltui.domain.catalog import Catalog
from modeltui.domain.document import Document
from modeltui.domain.finding import Finding
from modeltui.domain.model import Model, broken_model, model_of
from modeltui.errors import BrokenFileError
from modeltui.storage import codec
from modeltui.storage.guard import Folder, read_file
from modeltui.storage.overlay import Overlay, consistently
from modeltui.storage.walk import SUFFIX, toml_files

Validate: TypeAlias = Callable[[str, Document], Finding | None]
"""The first fault that makes a parsed model file unusable, given its path; None where there is none."""

_MODELS: Final = "models"
_PROVIDERS: Final = "providers"
_SETTINGS: Final = "catalog.toml"


class _Row(NamedTuple):
    model: Model
    document: Document | None


class Store:
    """Reads a catalogue. A file whose bytes are those of the last load is not parsed again."""

    def __init__(self, root: str, validate: Validate | None = None) -> None:
        self.root = os.path.abspath(root)
        self._validate = validate
        self._rows: dict[str, _Row] = {}

    def load(self) -> Catalog:
        """The catalogue as it is now, all old or all new where an apply is in progress.

        Whatever is wrong with a file is a fault of its row. Raises ConfigError where the root cannot be opened, and
        BusyError where applies by others never pause.
        """
        with Folder(self.root) as folder:
            return consistently(self.root, lambda overlay: self._loaded(_Files(self.root, folder, overlay)))

    def read(self, path: str) -> bytes:
        """The bytes of one file, by its path below the root. Raises BrokenFileError."""
        return read_file(self.root, path)

    def _loaded(self, files: _Files) -> Catalog:
        rows = {path: row for path, fault in files.below(_MODELS) if (row := self._row(files, path, fault))}
        ordered = sorted(rows.values(), key=lambda row: row.model.key)
        self._rows = rows
        return Catalog(
            root=self.root,
            models={row.model.key: row.model for row in ordered},
            documents={row.model.key: row.document for row in ordered if row.document is not None},
            providers=dict(files.providers()),
            settings=files.settings(),
            faults=tuple(files.faults),
        )

    def _row(self, files: _Files, path: str, fault: Finding | None) -> _Row | None:
        """None for a file that vanished since its name was read."""
        key = path.removeprefix(f"{_MODELS}/").removesuffix(SUFFIX)
        if fault:
            return _Row(broken_model(key, path, fault), None)
        try:
            content = files.read(path)
        except BrokenFileError as error:
            return None if error.code == "missing" else _Row(broken_model(key, path, _finding(path, error)), None)
        digest = hashlib.sha256(content).hexdigest()
        known = self._rows.get(path)
        return known if known and known.model.digest == digest else self._parsed_row(key, path, digest, content)

    def _parsed_row(self, key: str, path: str, digest: str, content: bytes) -> _Row:
        try:
            document = codec.parse(content)
        except BrokenFileError as error:
            return _Row(broken_model(key, path, _finding(path, error), digest), None)
        fault = self._validate(path, document) if self._validate else None
        model = model_of(key, path, digest, document, fault)
        is_drifted = model.lock is not None and model.lock.digest is not None and not model.lock.fits(content)
        return _Row(replace(model, is_drifted=True) if is_drifted else model, document)


class _Files:
    """The files of one pass, as the overlay of an apply in progress shows them."""

    def __init__(self, root: str, folder: Folder, overlay: Overlay) -> None:
        self._root = root
        self._folder = folder
        self._overlay = overlay
        self.faults: list[Finding] = []
        """What is wrong with folders, provider files and `catalog.toml`."""

    def below(self, top: str) -> Iterator[tuple[str, Finding | None]]:
        """Each file below `top` by its path, with the fault of one that is not to be opened."""
        found = {item.path: item.fault for item in toml_files(self._root, top)}
        found.update((path, None) for path in self._overlay if path.startswith(f"{top}/") and path.endswith(SUFFIX))
        for path, fault in found.items():
            if fault and not path.endswith(SUFFIX):
                self.faults.append(fault)
            else:
                yield path, fault

    def read(self, path: str) -> bytes:
        """Raises BrokenFileError, with code `missing` where there is no such file."""
        if path not in self._overlay:
            return self._folder.read(path)
        if (content := self._overlay[path]) is None:
            raise BrokenFileError("the file is not there", code="missing")
        return content

    def providers(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The provider files that can be read, by id and in its order."""
        for path, fault in sorted(self.below(_PROVIDERS), key=lambda item: item[0]):
            if fault:
                self.faults.append(fault)
            elif (document := self._document(path)) is not None:
                yield path.removeprefix(f"{_PROVIDERS}/").removesuffix(SUFFIX), document

    def settings(self) -> dict[str, Any]:
        return self._document(_SETTINGS) or {}

    def _document(self, path: str) -> dict[str, Any] | None:
        try:
            return codec.parse(self.read(path))
        except BrokenFileError as error:
            self.faults.append(_finding(path, error))
            return None


def _finding(path: str, error: BrokenFileError) -> Finding:
    return Finding(error.code, "error", error.message, path, error.line, hint=error.hint)
