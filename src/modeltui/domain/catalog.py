"""The catalogue as its files say it at one moment."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from modeltui.domain.document import Document, FieldPath, parse_field
from modeltui.domain.documents import Documents
from modeltui.domain.finding import Finding
from modeltui.domain.model import Model
from modeltui.domain.text import some_of
from modeltui.errors import BrokenFileError, NotFoundError

if TYPE_CHECKING:
    from modeltui.domain.run_stats import RunStats
    from modeltui.domain.units import Units
    from modeltui.domain.workflow import Workflow


def _nowhere(_: FieldPath) -> int | None:
    return None


class Counts(Struct, frozen=True):
    """How many models there are, and how many of them are what."""

    total: int
    active: int
    locked: int
    drifted: int
    broken: int


class Catalog(Struct, frozen=True, dict=True):
    """Frozen. A reload gives a new one."""

    root: str
    """Absolute path of the folder that holds `catalog.toml`."""
    models: Mapping[str, Model]
    """Every file below `models/`, broken ones too, by key and in the order of keys."""
    documents: Mapping[str, Document]
    """Parsed model files by key; a broken file has none."""
    providers: Mapping[str, Document] = field(default_factory=dict)
    """Parsed provider files by id."""
    settings: Document = field(default_factory=lambda: {"schema": 1})
    """Parsed `catalog.toml`; empty where that cannot be read. A tree of others has none, with nothing wrong in it."""
    line_of_setting: Callable[[FieldPath], int | None] = _nowhere
    """The line of a field of `catalog.toml`, from 1; looked up for what is wrong there."""
    faults: tuple[Finding, ...] = ()
    """What could not be read outside `models/`: catalog.toml, provider files."""
    runs: Mapping[str, RunStats] = field(default_factory=dict)
    """What became of test generations, by uid (by key where there is none); filled when it is first looked into."""
    as_of: datetime | None = None
    """When that was looked up, in the time zone of the reader: what the ages of runs count back from."""
    read_workflows: Callable[[], Mapping[str, Workflow]] = dict
    """Reads the files below `workflows/` as they are now."""

    def __repr__(self) -> str:
        return f"Catalog({self.root!r}, {len(self.models)} models)"

    @cached_property
    def units(self) -> Units:
        """`[units]`: what a credit and other currencies are worth, and the margin."""
        from modeltui.domain.units import units_of  # noqa: PLC0415  # for prices only

        return units_of(self.settings, self.settings_fault)

    @cached_property
    def settings_fault(self) -> Finding | None:
        """Why `catalog.toml` does not say what to charge; None where it does."""
        from modeltui.domain.file_paths import SETTINGS  # noqa: PLC0415  # as above
        from modeltui.domain.units import settings_fault  # noqa: PLC0415

        if (unread := next((fault for fault in self.faults if fault.path == SETTINGS), None)) is not None:
            return unread
        fault = settings_fault(self.settings)
        if fault is None or fault.field is None:
            return fault
        return replace(fault, line=self.line_of_setting(parse_field(fault.field)))

    @cached_property
    def workflows(self) -> Mapping[str, Workflow]:
        """By slug and in its order, broken ones too; read when it is first asked for."""
        return self.read_workflows()

    @cached_property
    def counts(self) -> Counts:
        """What the line at the top says of all rows, counted once."""
        models = self.models.values()
        return Counts(
            total=len(models),
            active=sum(map(attrgetter("active"), models)),
            locked=sum(lock is not None for lock in map(attrgetter("lock"), models)),
            drifted=sum(map(attrgetter("is_drifted"), models)),
            broken=sum(fault is not None for fault in map(attrgetter("fault"), models)),
        )

    @cached_property
    def by_uid(self) -> Mapping[str, Model]:
        """The first model of each uid (a repeated uid is a finding of `check`)."""
        found: dict[str, Model] = {}
        for model in self.models.values():
            if uid := model.uid:
                folded = uid.casefold()
                found.setdefault(uid if folded == uid else folded, model)  # a text that is there already is kept once
        return found

    @cached_property
    def casefolded_keys(self) -> frozenset[str]:
        return frozenset(key.casefold() for key in self.models)

    @cached_property
    def first_replaced(self) -> Mapping[str, str]:
        """The first model that names a key in `replaced_by`, by that key."""
        found: dict[str, str] = {}
        for key, model in self.models.items():
            if model.replaced_by is not None:
                found.setdefault(model.replaced_by, key)
        return found

    @cached_property
    def _by_model_id(self) -> Mapping[str, Sequence[Model]]:
        found: dict[str, list[Model]] = {}
        for model in self.models.values():
            if model.model_id:
                found.setdefault(model.model_id, []).append(model)
        return found

    @cached_property
    def twins(self) -> frozenset[str]:
        """Keys that differ from another one only in case or in how a letter is encoded."""
        found: dict[str, list[str]] = {}
        for key in self.models:
            found.setdefault(folded_key(key), []).append(key)
        return frozenset(key for keys in found.values() if len(keys) > 1 for key in keys)

    @cached_property
    def by_folded_key(self) -> Mapping[str, str]:
        """A key for each spelling that a file system may take for the same."""
        return {folded_key(key): key for key in self.models}

    def is_newer(self, key: str) -> bool:
        """Whether a document was given that is not of the bytes of its row: its file changed after this was read."""
        return isinstance(self.documents, Documents) and self.documents.is_newer(key)

    def find(self, text: str) -> Model:
        """The model named by key, uid or a model_id that only one model has. Raises NotFoundError."""
        if model := self.models.get(text) or self.by_uid.get(text.casefold()):
            return model
        named = self._by_model_id.get(text, ())
        if len(named) == 1:
            return named[0]
        if named:
            keys = some_of((model.key for model in named), len(named))
            raise NotFoundError(f"{len(named)} models have the model_id {text!r}", hint=f"use a key: {keys}")
        raise NotFoundError(f"no model {text!r}", hint=_nearest(text, self.models))

    def row(self, key: str) -> Model | None:
        """Of a model, or what stands for a workflow, by the key that the queue has for its file."""
        if (model := self.models.get(key)) is not None:
            return model
        workflow = self._workflow(key)
        return None if workflow is None else workflow.row

    def _workflow(self, key: str) -> Workflow | None:
        from modeltui.domain.file_paths import is_workflow  # noqa: PLC0415  # few keys are of no model

        return self.workflows.get(key.partition("/")[2]) if is_workflow(key) else None

    def any_row(self, text: str) -> Model:
        """As `find`, also by the key of a workflow. Raises NotFoundError."""
        return self.row(text) or self.find(text)

    def said(self, key: str) -> Document | None:
        """What the file of a model or of a workflow says, by its key of the queue; None where it cannot be read."""
        document: Document | None = self.documents.get(key)
        if document is None and key not in self.models and (workflow := self._workflow(key)) is not None:
            return None if workflow.is_broken else workflow.document
        return document

    def any_document(self, key: str) -> Document:
        """As `document`, also of a workflow."""
        return self.document(key) if key in self.models or (said := self.said(key)) is None else said

    def document(self, key: str) -> Document:
        """The parsed file of a model. Raises NotFoundError, or BrokenFileError where it could not be read."""
        if key in self.documents:
            return self.documents[key]
        model = self.find(key)
        if model.fault is not None:
            raise BrokenFileError(f"{model.fault.where}: {model.fault.message}", hint=model.fault.hint)
        return self.documents[model.key]


def folded_key(key: str) -> str:
    """The same for two keys that would be one file on a disk that does not tell case or encodings apart."""
    if key.isascii():
        return key.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", key).casefold())


def _nearest(text: str, keys: Iterable[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  # 8 ms, wanted only on this error

    near = get_close_matches(text, list(keys), n=3, cutoff=0.5)
    return f"did you mean {', '.join(near)}?" if near else "`modeltui list` shows all keys"
