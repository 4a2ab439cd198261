"""New models that wait in the queue, as rows among those that have a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from modeltui.domain.catalog import Catalog
from modeltui.domain.change import Action
from modeltui.domain.document import Document
from modeltui.domain.documents import Documents
from modeltui.domain.file_paths import is_workflow
from modeltui.domain.model import model_of
from modeltui.domain.pending.plan import Plan, PlannedFile, pending_document


def with_drafts(catalog: Catalog, plan: Plan) -> Catalog:
    """The catalogue with the models and workflows that are to be created; itself where there are none."""
    created = [file for file in plan.files.values() if file.action is Action.CREATE and file.key not in catalog.models]
    catalog = _with_workflows(catalog, plan, [file for file in created if is_workflow(file.path)])
    drafts = [file for file in created if not is_workflow(file.path)]
    if not drafts:
        return catalog
    documents = {file.key: pending_document(plan, catalog, file.key) for file in drafts}
    models = {file.key: model_of(file.key, file.path, "", documents[file.key]) for file in drafts}
    merged = {**catalog.models, **models}
    return replace(
        catalog,
        models={key: merged[key] for key in sorted(merged)},
        documents=_WithDrafts(documents, catalog.documents),
    )


def _with_workflows(catalog: Catalog, plan: Plan, created: Sequence[PlannedFile]) -> Catalog:
    if not created:
        return catalog
    from modeltui.domain.workflow import Workflow, workflow_of  # noqa: PLC0415  # for new ones only

    def read() -> Mapping[str, Workflow]:
        new = (workflow_of(file.path, "", pending_document(plan, catalog, file.key)) for file in created)
        found = {**{each.slug: each for each in new}, **catalog.read_workflows()}
        return {slug: found[slug] for slug in sorted(found)}

    return replace(catalog, read_workflows=read)


class _WithDrafts(Documents):
    """Those of the drafts and those of the files, which may be read when they are asked for."""

    def __init__(self, drafts: Mapping[str, Document], files: Mapping[str, Document]) -> None:
        self._drafts = drafts
        self._files = files

    def __getitem__(self, key: str) -> Document:
        return self._drafts[key] if key in self._drafts else self._files[key]

    def is_newer(self, key: str) -> bool:
        return isinstance(self._files, Documents) and self._files.is_newer(key)

    def __contains__(self, key: object) -> bool:
        return key in self._drafts or key in self._files

    def __iter__(self) -> Iterator[str]:
        yield from (key for key in self._files if key not in self._drafts)
        yield from self._drafts

    def __len__(self) -> int:
        return sum(1 for _ in self)
