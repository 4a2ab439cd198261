"""One catalogue, open for reading. Safe to use from several threads."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable, Mapping
from copy import deepcopy
from datetime import date
from typing import TYPE_CHECKING, Any, NoReturn

from modeltui.api.choices import Choices, need_of
from modeltui.api.rows import Named, name_of, row_of
from modeltui.api.runs import figures_of
from modeltui.api.state import State
from modeltui.api.workflow import Workflow, workflow_of
from modeltui.config import cache_folder
from modeltui.domain.call import InputProblem
from modeltui.domain.capability import Capability
from modeltui.domain.catalog import Catalog
from modeltui.domain.chain.costs import WorkflowCost
from modeltui.domain.pricing.report import CostReport
from modeltui.domain.run_spec import RunSpec, compile_run
from modeltui.domain.run_stats import NONE, RunStats
from modeltui.errors import InvalidValueError, NotFoundError
from modeltui.services.asked import asked_inputs, asked_path, asked_text
from modeltui.services.running.capability import CapabilityService
from modeltui.services.running.costing import CostService

if TYPE_CHECKING:
    from modeltui.services.running.workflows import WorkflowService


def open_catalog(
    path: str | os.PathLike[str], *, cache: str | os.PathLike[str] | bool = True, whole: bool = False
) -> CatalogReader:
    """Read the catalogue in the folder `path`, which holds `catalog.toml`.

    Raises ConfigError where there is none, or its catalog.toml cannot be used: nobody would know what to charge.

    cache: what is known of files that did not change is kept in the user's usual folder, as by the command line; a
    folder of your own; or nowhere, with False. whole: every file is read now, and none between two refreshes.
    """
    folder = asked_path(cache, "cache") if not isinstance(cache, bool) else cache_folder() if cache else ""
    root = os.path.abspath(asked_path(path, "path"))
    return CatalogReader(State(root, folder, figures_of(root), is_whole=whole))


class CatalogReader(Choices):
    """The files as they were when it was opened, or last refreshed. One that cannot be used is left out: see `faults`.

    Every answer is of one state of the files. A method that takes a model raises NotFoundError where there is none, and
    BrokenFileError or InvalidValueError where its file cannot be used. All are ModeltuiError, with a `hint`.
    """

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._specs: dict[str, tuple[str, RunSpec]] = {}

    def validate(self, model: Named, inputs: Mapping[str, Any]) -> tuple[InputProblem, ...]:
        """Everything that is wrong with the inputs of a run; empty where nothing is."""
        spec = self._state.answer(lambda catalog: self._spec(catalog, model))
        return spec.prepare(asked_inputs(inputs), job_uuid=str(uuid.uuid4())).problems

    def cost(
        self, model: Named, inputs: Mapping[str, Any] | None = None, *, media_seconds: float | None = None
    ) -> CostReport:
        """What a run costs us and a user, with how it came about. What is missing is assumed, and said so.

        media_seconds: measured length of the media that is sent.
        """
        name, given = name_of(model), {} if inputs is None else inputs

        def ask(catalog: Catalog) -> CostReport:
            return CostService(lambda: catalog).cost(row_of(catalog, name).key, given, media_seconds)

        return self._state.answer(ask)

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
        name, need = name_of(model), need_of(inputs, needs, media_seconds, file_mb)

        def ask(catalog: Catalog) -> Capability:
            return CapabilityService(lambda: catalog).supports(row_of(catalog, name).key, need)

        return self._state.answer(ask)

    def request(self, model: Named, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """The exact request, its key as `***`: `method`, `url`, `query`, `headers`, `body`. Nothing is sent.

        Raises InvalidValueError for inputs that do not fit, and NotFoundError where the provider has no file.
        """
        from modeltui.providers.wire import redacted_request  # noqa: PLC0415  # only this needs providers

        catalog, spec = self._state.answer(lambda catalog: (catalog, self._spec(catalog, model)))
        prepared = spec.prepare(asked_inputs(inputs), job_uuid=str(uuid.uuid4()))
        if prepared.call is None:
            said = map(str, prepared.problems)
            raise InvalidValueError("; ".join(said), hint="validate() gives them one by one")
        provider = row_of(catalog, name_of(model)).provider or ""
        if provider not in catalog.providers:
            raise NotFoundError(f"no file of the provider {provider!r}", hint=f"write providers/{provider}.toml")
        return redacted_request(catalog.providers[provider], prepared.call)

    def stats(self, model: Named) -> RunStats:
        """What became of the test generations of a model, in numbers; all 0 where there were none."""
        found = row_of(self._state.catalog, name_of(model))
        return self._state.figures().get(found.uid or found.key, NONE)

    def document(self, model: Named) -> dict[str, Any]:
        """All that the file of a model says, as TOML has it: inputs, limits, notes. It is a copy of your own."""
        name = name_of(model)
        return deepcopy(dict(self._state.answer(lambda catalog: catalog.document(row_of(catalog, name).key))))

    def workflows(self) -> tuple[Workflow, ...]:
        """In the order of slugs. They are read with the models from the first time on that they are asked for."""
        found = self._state.answer(lambda catalog: catalog.workflows, with_workflows=True)
        return tuple(workflow_of(each) for each in found.values() if not each.is_broken)

    def workflow(self, slug: str) -> Workflow:
        """Raises NotFoundError, or BrokenFileError where its file cannot be used."""
        slug = asked_text(slug, "slug")
        found = self._state.answer(lambda catalog: _workflow_service(catalog).usable(slug), with_workflows=True)
        return workflow_of(found)

    def workflow_cost(self, slug: str, inputs: Mapping[str, Any] | None = None) -> WorkflowCost:
        """What each step costs us, and all of them; what is missing, or known only later, is assumed and said so."""
        slug = asked_text(slug, "slug")
        return self._state.answer(lambda catalog: _workflow_service(catalog).cost(slug, inputs), with_workflows=True)

    def _spec(self, catalog: Catalog, model: Named) -> RunSpec:
        """Compiled once for each version of a file."""
        found = row_of(catalog, name_of(model))
        held = self._specs.get(found.key)
        if held is None or held[0] != found.digest:
            held = self._specs[found.key] = (found.digest, compile_run(catalog.document(found.key)))
        return held[1]


def _workflow_service(catalog: Catalog) -> WorkflowService:
    from modeltui.services.running.workflows import WorkflowService  # noqa: PLC0415  # few programs ask

    return WorkflowService(lambda: catalog, _no_runs, date.today)


def _no_runs() -> NoReturn:
    raise NotImplementedError("a reader runs nothing")
