"""One catalogue, open for reading. Safe to use from several threads."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec.structs import replace

from modeltui.api.model import Model, model_of
from modeltui.domain.call import InputProblem
from modeltui.domain.capability import Capability, Need
from modeltui.domain.catalog import Catalog
from modeltui.domain.cost_report import CostReport
from modeltui.domain.document import Document
from modeltui.domain.run_spec import RunSpec, compile_run
from modeltui.domain.run_stats import NONE, RunStats
from modeltui.domain.schema.fatal import fatal_fault
from modeltui.errors import InvalidValueError, NotFoundError
from modeltui.services.asked import asked_inputs, asked_name
from modeltui.services.capability import CapabilityService
from modeltui.services.costing import CostService
from modeltui.storage.store import Store

if TYPE_CHECKING:
    from modeltui.domain.model import Model as Row

Named: TypeAlias = str | Model
"""A model by key, uid or a model_id that only one model has; or as it was read."""


def open_catalog(path: str | os.PathLike[str]) -> CatalogReader:
    """Read the catalogue in the folder `path`, which holds `catalog.toml`. Raises ConfigError where there is none."""
    return CatalogReader(path)


class CatalogReader:
    """The files as they were when it was opened, or last refreshed. A file that cannot be used is left out.

    A method that takes a model raises NotFoundError where there is none, and BrokenFileError or InvalidValueError where
    its file cannot be used. All are ModeltuiError, with a `hint`.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._store = Store(os.fspath(path), fatal_fault)
        self._guard = threading.Lock()
        self._documents: dict[str, Document] = {}
        """By digest. All that the store has parsed, as it tells of a file once, also where it fails afterwards."""
        self._catalog = self._loaded()
        self._specs: dict[str, tuple[str, RunSpec]] = {}
        self._costs = CostService(lambda: self._catalog)
        self._capability = CapabilityService(lambda: self._catalog)

    @property
    def root(self) -> str:
        """Absolute path of the catalogue."""
        return self._catalog.root

    def refresh(self) -> None:
        """Read the files again. Files that did not change are not parsed again; models that you hold stay."""
        with self._guard:
            self._catalog = self._loaded()

    def _loaded(self) -> Catalog:
        """With all documents, by digest, so that nothing changes between two refreshes."""
        parsed = self._documents
        catalog = self._store.load(seen=lambda model, document, _: parsed.update({model.digest: document}))
        rows = [catalog.models[key] for key in catalog.documents]
        self._documents = {row.digest: parsed[row.digest] for row in rows}
        return replace(catalog, documents={row.key: self._documents[row.digest] for row in rows})

    def all(self) -> tuple[Model, ...]:
        """In the order of keys."""
        return self._where(lambda _: True)

    def active(self) -> tuple[Model, ...]:
        """Those that are offered to users."""
        return self._where(lambda model: model.active)

    def premium(self) -> tuple[Model, ...]:
        """Those that need a paid plan."""
        return self._where(lambda model: model.premium)

    def of_provider(self, provider: str) -> tuple[Model, ...]:
        return self._where(lambda model: model.provider == provider)

    def of_content_type(self, content_type: str) -> tuple[Model, ...]:
        return self._where(lambda model: model.content_type == content_type)

    def of_tag(self, tag: str) -> tuple[Model, ...]:
        return self._where(lambda model: tag in model.tags)

    def of_model_id(self, model_id: str) -> tuple[Model, ...]:
        """Several models may share the id of a provider."""
        return self._where(lambda model: model.model_id == model_id)

    def default(self, content_type: str) -> Model | None:
        """The active model of a content type that is used unasked; None where there is none."""
        chosen = self._where(lambda model: model.default and model.active and model.content_type == content_type)
        return chosen[0] if chosen else None

    def get(self, name: str) -> Model:
        """The model by key, uid or a model_id that only one model has. Raises NotFoundError."""
        return model_of(self._catalog.find(asked_name(name)))

    def validate(self, model: Named, inputs: Mapping[str, Any]) -> tuple[InputProblem, ...]:
        """Everything that is wrong with the inputs of a run; empty where nothing is."""
        catalog = self._catalog
        return self._spec(catalog, model).prepare(asked_inputs(inputs), job_uuid=str(uuid.uuid4())).problems

    def cost(
        self, model: Named, inputs: Mapping[str, Any] | None = None, *, media_seconds: float | None = None
    ) -> CostReport:
        """What a run costs us and a user, with how it came about. What is missing is assumed, and said so.

        media_seconds: measured length of the media that is sent.
        """
        return self._costs.cost(_name(model), {} if inputs is None else inputs, media_seconds)

    def supports(
        self,
        model: Named,
        inputs: Mapping[str, Any] | None = None,
        *,
        needs: str | Iterable[str] = (),
        media_seconds: float | None = None,
        file_mb: float | None = None,
    ) -> Capability:
        """Whether a model takes these inputs; those that are left out do not count.

        needs: names of capabilities, inputs or media, such as `audio`; one alone needs no list. media_seconds, file_mb:
        length and size of the media that is sent.
        """
        need = Need(
            inputs={} if inputs is None else inputs,
            abilities=needs if isinstance(needs, str) or not isinstance(needs, Iterable) else tuple(needs),
            media_seconds=media_seconds,
            file_mb=file_mb,
        )
        return self._capability.supports(_name(model), need)

    def request(self, model: Named, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """The exact request, its key as `***`: `method`, `url`, `query`, `headers`, `body`. Nothing is sent.

        Raises InvalidValueError for inputs that do not fit, and NotFoundError where the provider has no file.
        """
        from modeltui.providers.wire import redacted_request  # noqa: PLC0415  # only this needs providers

        catalog = self._catalog
        prepared = self._spec(catalog, model).prepare(asked_inputs(inputs), job_uuid=str(uuid.uuid4()))
        if prepared.call is None:
            said = map(str, prepared.problems)
            raise InvalidValueError("; ".join(said), hint="validate() gives them one by one")
        provider = catalog.find(_name(model)).provider or ""
        if provider not in catalog.providers:
            raise NotFoundError(f"no file of the provider {provider!r}", hint=f"write providers/{provider}.toml")
        return redacted_request(catalog.providers[provider], prepared.call)

    def stats(self, model: Named) -> RunStats:
        """What became of the test generations of a model, in numbers; all 0 where there were none."""
        from modeltui.jobs import tallying  # noqa: PLC0415  # loads SQLite
        from modeltui.jobs.database import Database  # noqa: PLC0415

        found = self._catalog.find(_name(model))
        database = Database(self._catalog.root, is_read_only=lambda: True)
        try:
            none: dict[str, RunStats] = {}
            counted = database.read(tallying.all_stats, none)
        finally:
            database.close()
        return counted.get(found.uid or found.key, NONE)

    def _where(self, chooses: Callable[[Row], bool]) -> tuple[Model, ...]:
        models = self._catalog.models.values()
        return tuple(model_of(model) for model in models if not model.is_broken and chooses(model))

    def _spec(self, catalog: Catalog, model: Named) -> RunSpec:
        """Compiled once for each version of a file."""
        found = catalog.find(_name(model))
        held = self._specs.get(found.key)
        if held is None or held[0] != found.digest:
            held = self._specs[found.key] = (found.digest, compile_run(catalog.document(found.key)))
        return held[1]


def _name(model: Named) -> str:
    return model.key if isinstance(model, Model) else asked_name(model)
