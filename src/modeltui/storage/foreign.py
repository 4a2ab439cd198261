"""A tree of another program's making, read through a mapping: rows and documents as `Store` gives them.

Nothing is ever written into it, not even a cache: its files are read anew at each load.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from modeltui.domain.catalog import Catalog
from modeltui.domain.document import Document
from modeltui.domain.documents import Documents
from modeltui.domain.finding import Finding
from modeltui.domain.foreign.inherit import whole
from modeltui.domain.foreign.mapping import ForeignMapping
from modeltui.domain.foreign.translate import Translator
from modeltui.domain.model import Model, model_of
from modeltui.errors import BrokenFileError, ConfigError
from modeltui.storage.documents import DocumentCache
from modeltui.storage.foreign_links import lost_folders, target_of
from modeltui.storage.foreign_walk import TreeFile, Walk
from modeltui.storage.guard import Folder, open_root
from modeltui.storage.model_reading import Seen, finding_of
from modeltui.storage.toml import codec
from modeltui.storage.walk import SUFFIX

_ABOVE: Final = 4
"""Folders around a wrong root that are looked at."""
_LINK_AS_TEXT: Final = re.compile(rb"(?:\.\./)*[^\s=#\[\"']{1,512}/[^\s=#\[\"']{1,255}\.toml")


class ForeignStore:
    """Reads the tree at `root` as `mapping` says. Safe to use from several threads."""

    def __init__(self, root: str, mapping: ForeignMapping) -> None:
        self.root = os.path.abspath(root)
        self.mapping = mapping
        self._translator = Translator(mapping)
        self._documents = DocumentCache(lambda path, _: self.read(path))

    def load(self, *, fresh: bool = False, seen: Seen | None = None) -> Catalog:  # noqa: ARG002  # all is read anyway
        """The tree as it is now. Whatever is wrong with a file is a fault of its row.

        Raises ConfigError where the root cannot be opened, or no file lies where the mapping says.
        """
        with Folder(self.root) as folder:
            reading = _Reading(self.root, folder, self.mapping)
            models: dict[str, Model] = {}
            for entry in reading.entries:
                if entry.kind == "model":
                    key = self.mapping.key_of(entry.parts)
                    key = key if key not in models else entry.path.removesuffix(SUFFIX)
                    models[key] = self._row(reading, entry, key)
            faults = (*reading.faults, *reading.faults_besides_models())
            providers = dict(self._providers(reading))
        rows = {key: models[key] for key in sorted(models)}
        documents = _ForeignDocuments(rows, reading, self._translator, self._documents)
        return Catalog(root=self.root, models=rows, documents=documents, providers=providers, faults=faults)

    def read(self, path: str) -> bytes:
        """The bytes of one file, by its path below the root; of a link within the tree, those that it leads to.

        Raises BrokenFileError.
        """
        with Folder(self.root) as folder:
            try:
                return folder.read(path)
            except BrokenFileError as error:
                if error.code != "link" or self.mapping.links == "never":
                    raise
            return folder.read(self._target(path))

    def check(self) -> list[Finding]:
        """Every finding on the files as they are now, in no order. Raises ConfigError as `load` does."""
        from modeltui.domain.foreign.rules import ForeignRules  # noqa: PLC0415  # rows do without

        rules = ForeignRules(self.mapping)
        with Folder(self.root) as folder:
            reading = _Reading(self.root, folder, self.mapping)
            lost = lost_folders(self.root, reading.tops) if self.mapping.links == "inside" else ()
            findings = [*reading.faults, *lost]
            for path in reading.strays:
                rules.stray(path)
            for entry in reading.entries:
                rules.place(entry.path, entry.kind, entry.parts)
                is_of_target = entry.path != entry.target and entry.target in reading.by_path
                try:
                    document = reading.document(entry)
                except BrokenFileError as error:
                    if entry.fault is not None:
                        findings.append(entry.fault)
                    elif not is_of_target:
                        findings.append(finding_of(entry.path, error))
                    continue
                found, gap = whole(document, self.mapping, reading.document_at, entry.path)
                if not is_of_target:
                    rules.look(entry.path, entry.kind, document, found, gap)
                if entry.kind == "model":
                    row = self._translator.fields(found, entry.parts)
                    rules.identity(entry.path, row.get("provider"), row.get("model_id"))
        return [*findings, *rules.findings()]

    def _row(self, reading: _Reading, entry: TreeFile, key: str) -> Model:
        if entry.fault is not None:
            return self._broken(entry, key, entry.fault)
        try:
            document = reading.document(entry)
        except BrokenFileError as error:
            fault = finding_of(entry.path, error)
            return self._broken(entry, key, fault, reading.digests.get(entry.target, ""))
        found, _ = whole(document, self.mapping, reading.document_at, entry.path)
        return model_of(key, entry.path, reading.digests[entry.target], self._translator.fields(found, entry.parts))

    def _broken(self, entry: TreeFile, key: str, fault: Finding, digest: str = "") -> Model:
        """With what its path tells of it."""
        return model_of(key, entry.path, digest, self._translator.named(entry.parts), fault)

    def _providers(self, reading: _Reading) -> Iterator[tuple[str, dict[str, Any]]]:
        for entry in reading.entries:
            if entry.kind == "provider" and (document := reading.document_at(entry.path)) is not None:
                yield "/".join(entry.parts.values()), self._translator.provider(document, entry.parts)

    def _target(self, path: str) -> str:
        base = open_root(self.root)
        try:
            return target_of(base, path)
        finally:
            os.close(base)


class _Reading:
    """The files of one pass, each read once whatever the number of its names."""

    def __init__(self, root: str, folder: Folder, mapping: ForeignMapping) -> None:
        """Raises ConfigError where no file lies as the mapping says."""
        walk = Walk(root, mapping)
        self.entries = walk.entries()
        self.faults, self.strays, self.tops = walk.faults, walk.strays, walk.tops
        self.mapping = mapping
        self.by_path = {entry.path: entry for entry in self.entries}
        self.digests: dict[str, str] = {}
        """Of the files that were read, by where they are."""
        self._folder = folder
        self._read: dict[str, Document | BrokenFileError] = {}
        if not any(entry.kind in {"model", "provider"} for entry in self.entries):
            raise ConfigError(
                f"{root} has no file that lies as {mapping.name} has them: {mapping.model.layout.pattern}",
                hint=f"name the top folder of the tree: -C {_top_above(root, mapping) or 'DIR'}",
            )

    def document(self, entry: TreeFile) -> Document:
        """What a file says by itself. Raises BrokenFileError."""
        if entry.fault is not None:
            raise BrokenFileError(entry.fault.message, code=entry.fault.code, hint=entry.fault.hint)
        if (found := self._read.get(entry.target)) is None:
            found = self._read[entry.target] = self._parsed(entry.target)
        if isinstance(found, BrokenFileError):
            raise found
        return found

    def document_at(self, path: str) -> Document | None:
        entry = self.by_path.get(path)
        try:
            return None if entry is None else self.document(entry)
        except BrokenFileError:
            return None

    def faults_besides_models(self) -> Iterator[Finding]:
        """Why files of no model cannot be read."""
        for entry in self.entries:
            if entry.kind != "model":
                try:
                    self.document(entry)
                except BrokenFileError as error:
                    yield entry.fault or finding_of(entry.path, error)

    def _parsed(self, path: str) -> Document | BrokenFileError:
        try:
            content = self._folder.read(path)
            self.digests[path] = hashlib.sha256(content).hexdigest()
            return codec.fast_parse(content)
        except BrokenFileError as error:
            return error if error.code != "toml-syntax" else _of_link(content) or error


def _of_link(content: bytes) -> BrokenFileError | None:
    """What is wrong with a file that holds nothing but the path of another one."""
    path = content.strip()
    if not _LINK_AS_TEXT.fullmatch(path):
        return None
    return BrokenFileError(
        f"nothing but the path {path.decode(errors='replace')}: a symbolic link that was written as text",
        line=1,
        column=1,
        hint="where the disk can have links, `git config core.symlinks true`, then check the file out again",
    )


def _top_above(root: str, mapping: ForeignMapping) -> str:
    """A folder around `root` that looks like the top of such a tree, to be shown; empty where none does."""
    tops = {described.layout.top for described in mapping.files.values()} - {"."}
    at = root
    for _ in range(_ABOVE):
        at, name = os.path.split(at)
        if name in tops:
            return at
    return ""


class _ForeignDocuments(Documents):
    """Those of the files with what they build on, under our names and theirs; parsed when they are asked for."""

    def __init__(
        self, models: Mapping[str, Model], reading: _Reading, translator: Translator, cache: DocumentCache
    ) -> None:
        self._models = models
        self._mapping = reading.mapping
        self._files = {
            entry.path: (entry.target, digest, entry.parts)
            for entry in reading.entries
            if (digest := reading.digests.get(entry.target)) is not None
        }
        self._translator = translator
        self._cache = cache

    def __getitem__(self, key: str) -> Document:
        model = self._models[key]
        if model.fault is not None:
            raise KeyError(key)
        target, digest, parts = self._files[model.path]
        document, _ = self._cache.document(target, digest)
        found, _ = whole(document, self._mapping, self._at, model.path)
        return self._translator.document(found, parts)

    def _at(self, path: str) -> Document | None:
        known = self._files.get(path)
        try:
            return None if known is None else self._cache.document(known[0], known[1])[0]
        except BrokenFileError:
            return None

    def __contains__(self, key: object) -> bool:
        return key in self._models and self._models[str(key)].fault is None

    def __iter__(self) -> Iterator[str]:
        return (key for key, model in self._models.items() if model.fault is None)

    def __len__(self) -> int:
        return sum(model.fault is None for model in self._models.values())
