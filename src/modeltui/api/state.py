"""What a reader knows of the files: rows at once, the rest as it is asked for, in each answer of one moment only."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Final, TypeVar

from msgspec.structs import replace

from modeltui.domain.catalog import Catalog
from modeltui.domain.document import Document
from modeltui.domain.documents import Documents
from modeltui.domain.file_paths import SETTINGS
from modeltui.domain.run_stats import RunStats
from modeltui.domain.schema.fatal import fatal_fault
from modeltui.errors import BrokenFileError, ConfigError
from modeltui.services.run_figures import RunFigures
from modeltui.storage.store import Store
from modeltui.storage.summary_cache import SummaryCache

_TRIES: Final = 3
"""Times that an answer begins again because a file changed, before all files are read for it."""

_SAID: Final = ("models", "providers", "settings", "faults", "workflows")
"""Faults too: a folder that cannot be looked into any more is a change."""

Answer = TypeVar("Answer")


class ChangedError(Exception):
    """A file is not what its row was made of any more."""


class State:
    """The files at one moment, and the way to a later one. Safe to use from several threads."""

    def __init__(self, root: str, cache: str, figures: RunFigures, *, is_whole: bool) -> None:
        """cache: the folder of what is known of files; empty for none. is_whole: every file is read at once.

        Raises ConfigError where there is no catalogue, or its catalog.toml cannot be used.
        """
        self._store = Store(root, fatal_fault, SummaryCache(cache, root))
        self._figures = figures
        self._is_whole = is_whole
        self._has_workflows = is_whole
        self._guard = threading.Lock()
        self._parsed: dict[str, Document] = {}
        """By digest. All that the store has parsed, as it tells of a file once, also where it fails afterwards."""
        self.generation = 1
        self.catalog = self._loaded(fresh=is_whole)

    def refresh(self) -> bool:
        """Read what changed; whether anything did. Raises as the constructor: then all stays as it was."""
        with self._guard:
            return self._put(self._loaded())

    def answer(self, ask: Callable[[Catalog], Answer], *, with_workflows: bool = False) -> Answer:
        """What `ask` makes of one state. Where a file that it reads has changed since, it is asked again, of a new one.

        Where files change faster than they are read, the last try is of all of them, read in one pass.
        """
        if with_workflows and not self._has_workflows:
            self._read_workflows()
        for _ in range(_TRIES):
            seen = self.catalog
            try:
                return ask(seen)
            except ChangedError:
                with self._guard:
                    if self.catalog is seen:  # else another thread has read them anew
                        self._put(self._loaded(), is_other=True)
        with self._guard:
            self._put(whole := self._loaded(fresh=True, whole=True), is_other=True)
        return ask(whole)

    def with_figures(self, catalog: Catalog) -> Catalog:
        """With what test generations came to by now."""
        return replace(catalog, runs=self._figures.now(), as_of=datetime.now().astimezone())

    def figures(self) -> Mapping[str, RunStats]:
        """What test generations came to by now, by uid. Raises BrokenFileError where that cannot be read."""
        found = self._figures.now()
        len(found)  # it is read here
        if found.trouble is not None:
            raise BrokenFileError(found.trouble, code="unreadable", hint="`modeltui check` says more")
        return found

    def _read_workflows(self) -> None:
        """From now on they are read with the models, in one pass, so that both are of one state."""
        with self._guard:
            if not self._has_workflows:
                catalog = self._loaded(with_workflows=True)
                is_other = not _says_the_same(self.catalog, replace(catalog, read_workflows=dict))
                self.catalog = catalog
                self.generation += is_other
                self._has_workflows = True  # last: who sees it takes the catalogue without waiting

    def _put(self, catalog: Catalog, *, is_other: bool = False) -> bool:
        """The last one stays where nothing of it changed, with all that was worked out from it."""
        if not is_other and _says_the_same(self.catalog, catalog):
            return False
        self.catalog = catalog
        self.generation += 1  # afterwards: who reads it first, and the catalogue then, may have a later one
        return True

    def _loaded(self, *, fresh: bool = False, whole: bool = False, with_workflows: bool = False) -> Catalog:
        with_workflows = with_workflows or self._has_workflows
        if not (self._is_whole or whole):
            catalog = _closed(self._store.load(with_workflows=with_workflows), with_workflows=with_workflows)
            return replace(_usable(catalog), documents=_Steady(catalog.documents))
        parsed = self._parsed if self._is_whole else {}
        catalog = self._store.load(
            fresh=fresh,
            seen=lambda model, document, _: parsed.update({model.digest: document}),
            with_workflows=with_workflows,
        )
        digests = {key: catalog.models[key].digest for key in catalog.documents}
        if self._is_whole:
            self._parsed = {digest: parsed[digest] for digest in digests.values()}
        catalog = _closed(_usable(catalog), with_workflows=with_workflows)
        return replace(catalog, documents={key: parsed[digest] for key, digest in digests.items()})


class _Steady(Documents):
    """Documents of files, each only as it was when the rows were read."""

    def __init__(self, documents: Documents | object) -> None:
        assert isinstance(documents, Documents)
        self._documents = documents

    def __getitem__(self, key: str) -> Document:
        """Raises ChangedError, and KeyError for a file that could not be read."""
        try:
            document = self._documents[key]
        except BrokenFileError as error:
            raise ChangedError from error
        if self._documents.is_newer(key):
            raise ChangedError
        return document

    def __contains__(self, key: object) -> bool:
        return key in self._documents

    def __iter__(self) -> Iterator[str]:
        return iter(self._documents)

    def __len__(self) -> int:
        return len(self._documents)


def _says_the_same(one: Catalog, other: Catalog) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in _SAID)


def _closed(catalog: Catalog, *, with_workflows: bool) -> Catalog:
    """Nothing is read later, which could be of another state."""
    return catalog if with_workflows else replace(catalog, read_workflows=dict)


def _usable(catalog: Catalog) -> Catalog:
    """Raises ConfigError: without catalog.toml nobody knows what to charge."""
    fault = catalog.settings_fault
    if fault is not None and fault.code == "missing":
        said = f"{catalog.root} is not a catalogue: it has no {SETTINGS}"
        raise ConfigError(said, hint="name the folder that holds it")
    if fault is not None:
        raise ConfigError(f"{fault.where}: {fault.message}", hint=fault.hint or "`modeltui check` shows all of it")
    return catalog
