"""The catalogue's files, all read in one pass."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from msgspec.structs import replace

from modeltui.domain.catalog import Catalog
from modeltui.domain.digest import digest as digest_of
from modeltui.domain.document import FieldPath
from modeltui.domain.file_paths import MODELS, SETTINGS
from modeltui.domain.finding import Finding
from modeltui.errors import BrokenFileError
from modeltui.storage.applying.overlay import Overlay, consistently, overlay
from modeltui.storage.documents import DocumentCache, FileDocuments
from modeltui.storage.guard import Folder, read_file
from modeltui.storage.model_reading import ModelReading, Seen, Validate, finding_of
from modeltui.storage.summary_cache import Known, SummaryCache
from modeltui.storage.syscalls import give_back_memory
from modeltui.storage.toml import codec
from modeltui.storage.uncollected import uncollected
from modeltui.storage.walk import SUFFIX, Found, Looked, Sheet, look_at, toml_files

if TYPE_CHECKING:
    from modeltui.domain.workflow import Workflow

_PROVIDERS: Final = "providers"
_WORTH: Final = 60
"""To write the cache takes as long for each of so many rows as to read one file takes. A few changes wait for more."""

_Parsed: TypeAlias = dict[str, tuple[bytes, dict[str, Any]]]
"""The bytes of provider files and `catalog.toml` at the last pass, and what they say."""


class Store:
    """Reads a catalogue. What is as it was at the last load, or when it went into the cache, is not read again."""

    def __init__(self, root: str, validate: Validate | None = None, cache: SummaryCache | None = None) -> None:
        self.root = os.path.abspath(root)
        self._validate = validate
        self._cache = cache
        self._known: Known | None = None
        self._unkept = 0
        """Of how many files more is known than the cache has."""
        self._documents = DocumentCache(self._content)
        self._parsed: _Parsed = {}
        self._workflows: Mapping[str, Workflow] = {}
        """Those of the last load that read them."""

    def load(self, *, fresh: bool = False, seen: Seen | None = None, with_workflows: bool = False) -> Catalog:
        """The catalogue as it is now, all old or all new where an apply is in progress.

        `fresh`: every file is read and parsed, whatever is known of it. `seen` is told of what is parsed. Whatever is
        wrong with a file is a fault of its row. with_workflows: those are read in the same pass. Raises ConfigError
        where the root cannot be opened, and BusyError where applies by others never pause.
        """

        def loaded(overlay: Overlay) -> Catalog:
            files = _Files(self.root, folder, overlay, self._parsed)
            catalog = self._loaded(files, fresh=fresh, seen=seen)
            return self._with_workflows(catalog, files) if with_workflows else catalog

        with Folder(self.root) as folder, uncollected():
            return consistently(self.root, loaded)

    def read(self, path: str) -> bytes:
        """The bytes of one file, by its path below the root. Raises BrokenFileError."""
        return read_file(self.root, path)

    def workflows(self) -> dict[str, Workflow]:
        """The files below `workflows/` as they are now, by slug. Raises as `load`."""
        from modeltui.storage.workflow_reading import workflows_of  # noqa: PLC0415  # most commands ask for none

        with Folder(self.root) as folder:
            return consistently(self.root, lambda overlay: workflows_of(_Files(self.root, folder, overlay)))

    def _loaded(self, files: _Files, *, fresh: bool, seen: Seen | None) -> Catalog:
        moment = time.time_ns()
        before = Known() if fresh else self._before()
        reading = ModelReading(before, moment, files.read, self._validate, seen)
        self._known = known = reading.known(files.looked_at(MODELS, before.sheets))
        self._unkept += reading.learnt
        if self._cache is not None and self._unkept * _WORTH > len(known.models):
            self._cache.write(known)
            self._unkept = 0
            give_back_memory()
        return Catalog(
            root=self.root,
            models=known.models,
            documents=FileDocuments(known.models, known.unparsed, self._documents),
            providers=dict(files.providers()),
            settings=files.settings(),
            line_of_setting=self._line_of_setting,
            faults=tuple(files.faults),
            read_workflows=self.workflows,
        )

    def _line_of_setting(self, path: FieldPath) -> int | None:
        from modeltui.storage.toml.locate import line_of  # noqa: PLC0415  # for what is wrong only

        parsed = self._parsed.get(SETTINGS)
        return None if parsed is None else line_of(parsed[0], path)

    def _with_workflows(self, catalog: Catalog, files: _Files) -> Catalog:
        from modeltui.storage.workflow_reading import workflows_of  # noqa: PLC0415  # as above

        self._workflows = found = workflows_of(files, self._workflows)
        return replace(catalog, read_workflows=lambda: found)

    def _before(self) -> Known:
        if self._known is None:
            self._known = Known() if self._cache is None else self._cache.read()
        return self._known

    def _content(self, path: str, digest: str) -> bytes:
        """The bytes of one file; those of `digest` where an apply in progress keeps them aside."""
        content = self.read(path)
        if digest_of(content) == digest:
            return content
        from modeltui.storage.real_fs import RealFs  # noqa: PLC0415  # for what changed since it was listed

        seen = overlay(RealFs(self.root)).get(path)
        return content if seen is None else seen


class _Files:
    """The files of one pass, as the overlay of an apply in progress shows them."""

    def __init__(self, root: str, folder: Folder, seen: Overlay, parsed: _Parsed | None = None) -> None:
        """parsed: of the pass before; kept up to date."""
        self._root = root
        self._folder = folder
        self._overlay = seen
        self._parsed: _Parsed = {} if parsed is None else parsed
        self.faults: list[Finding] = []
        """What is wrong with folders, provider files and `catalog.toml`."""

    def below(self, top: str) -> Iterator[Found]:
        """Each file below `top`, with the fault of one that is not to be opened."""
        found = {item.path: item for item in toml_files(self._root, top)}
        found.update((path, Found(path)) for path in self._overlaid(top))
        yield from self._files(found.values())

    def looked_at(self, top: str, before: Mapping[str, Sheet]) -> Looked:
        """The same, with the stamps of plain files; what the overlay shows has none. before: of an earlier look."""
        looked = look_at(self._root, top, before)
        others = {item.path: item for item in looked.others}
        others.update((path, Found(path)) for path in self._overlaid(top))
        return Looked(looked.sheets, list(self._files(others.values())))

    def _overlaid(self, top: str) -> Iterator[str]:
        return (path for path in self._overlay if path.startswith(f"{top}/") and path.endswith(SUFFIX))

    def _files(self, found: Iterable[Found]) -> Iterator[Found]:
        for item in found:
            if item.fault and not item.path.endswith(SUFFIX):
                self.faults.append(item.fault)
            else:
                yield item

    def read(self, path: str) -> bytes:
        """Raises BrokenFileError, with code `missing` where there is no such file."""
        if path not in self._overlay:
            return self._folder.read(path)
        if (content := self._overlay[path]) is None:
            raise BrokenFileError("the file is not there", code="missing")
        return content

    def providers(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The provider files that can be read, by id and in its order."""
        for found in sorted(self.below(_PROVIDERS), key=lambda item: item.path):
            if found.fault:
                self.faults.append(found.fault)
            elif (document := self._document(found.path)) is not None:
                yield found.path.removeprefix(f"{_PROVIDERS}/").removesuffix(SUFFIX), document

    def settings(self) -> dict[str, Any]:
        return self._document(SETTINGS) or {}

    def _document(self, path: str) -> dict[str, Any] | None:
        try:
            content = self.read(path)
            before = self._parsed.get(path)
            if before is None or before[0] != content:
                before = self._parsed[path] = content, codec.parse(content)
            return before[1]
        except BrokenFileError as error:
            self.faults.append(finding_of(path, error))
            return None
