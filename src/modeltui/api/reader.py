"""One catalogue, open for reading. Safe to use from several threads."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, NoReturn

from msgspec.structs import replace

from modeltui.api.choices import Choices, need_of
from modeltui.api.rows import Named, name_of
from modeltui.api.runs import figures_of, stats_of_all
from modeltui.api.state import State
from modeltui.config import cache_folder
from modeltui.domain.call import InputProblem
from modeltui.domain.capability import Capability
from modeltui.domain.catalog import Catalog
from modeltui.domain.cost_report import CostReport
from modeltui.domain.run_spec import RunSpec, compile_run
from modeltui.domain.run_stats import NONE, RunStats
from modeltui.errors import InvalidValueError, NotFoundError
from modeltui.services.asked import asked_inputs, asked_text
from modeltui.services.capability import CapabilityService
from modeltui.services.costing import CostService

if TYPE_CHECKING:
    from modeltui.api.workflow import Workflow
    from modeltui.domain.chain.costs import WorkflowCost
    from modeltui.services.workflows import WorkflowService


def open_catalog(
    path: str | os.PathLike[str], *, cache: str | os.PathLike[str] | bool = True, whole: bool = False
) -> CatalogReader:
    """Read the catalogue in the folder `path`, which holds `catalog.toml`. Raises ConfigError where there is none.

    cache: what is known of files that did not change is kept in the user's usual folder, as by the command line; a
    folder of your own; or nowhere, with False. whole: every file is read now, and none between two refreshes.
    """
    folder = os.fspath(cache) if not isinstance(cache, bool) else cache_folder() if cache else ""
    root = os.path.abspath(os.fspath(path))
    return CatalogReader(State(root, folder, figures_of(root), is_whole=whole))


class CatalogReader(Choices):
    """The files as they were when it was opened, or last refreshed. A file that cannot be used is left out.

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
        return self._state.answer(lambda catalog: CostService(lambda: catalog).cost(name, given, media_seconds))

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
        return self._state.answer(lambda catalog: CapabilityService(lambda: catalog).supports(name, need))

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
        provider = catalog.find(name_of(model)).provider or ""
        if provider not in catalog.providers:
            raise NotFoundError(f"no file of the provider {provider!r}", hint=f"write providers/{provider}.toml")
        return redacted_request(catalog.providers[provider], prepared.call)

    def stats(self, model: Named) -> RunStats:
        """What became of the test generations of a model, in numbers; all 0 where there were none."""
        found = self._state.catalog.find(name_of(model))
        return stats_of_all(self.root).get(found.uid or found.key, NONE)

    def workflows(self) -> tuple[Workflow, ...]:
        """In the order of slugs. They are read when they are first asked for after a refresh."""
        from modeltui.api.workflow import workflow_of  # noqa: PLC0415  # few programs ask

        return tuple(workflow_of(each) for each in self._state.catalog.workflows.values() if not each.is_broken)

    def workflow(self, slug: str) -> Workflow:
        """Raises NotFoundError, or BrokenFileError where its file cannot be used."""
        from modeltui.api.workflow import workflow_of  # noqa: PLC0415  # as above

        return workflow_of(_workflow_service(self._state.catalog).usable(asked_text(slug, "slug")))

    def workflow_cost(self, slug: str, inputs: Mapping[str, Any] | None = None) -> WorkflowCost:
        """What each step costs us, and all of them; what is missing, or known only later, is assumed and said so."""
        slug = asked_text(slug, "slug")
        return self._state.answer(lambda catalog: _workflow_service(catalog).cost(slug, inputs))

    def _spec(self, catalog: Catalog, model: Named) -> RunSpec:
        """Compiled once for each version of a file."""
        found = catalog.find(name_of(model))
        held = self._specs.get(found.key)
        if held is None or held[0] != found.digest:
            held = self._specs[found.key] = (found.digest, compile_run(catalog.document(found.key)))
        return held[1]


def _workflow_service(catalog: Catalog) -> WorkflowService:
    """On workflows that are read once."""
    from modeltui.services.workflows import WorkflowService  # noqa: PLC0415  # few programs ask

    return WorkflowService(lambda: replace(catalog, read_workflows=lambda: catalog.workflows), _no_runs, date.today)


def _no_runs() -> NoReturn:
    raise NotImplementedError("a reader runs nothing")
