"""New models that wait in the queue, as rows among those that have a file."""

from __future__ import annotations

from dataclasses import replace

from modeltui.domain.catalog import Catalog
from modeltui.domain.change import Action
from modeltui.domain.model import model_of
from modeltui.domain.plan import Plan, pending_document


def with_drafts(catalog: Catalog, plan: Plan) -> Catalog:
    """The catalogue with the models that are to be created; itself where there are none."""
    drafts = [file for file in plan.files.values() if file.action is Action.CREATE and file.key not in catalog.models]
    if not drafts:
        return catalog
    documents = {file.key: pending_document(plan, catalog, file.key) for file in drafts}
    models = {file.key: model_of(file.key, file.path, "", documents[file.key]) for file in drafts}
    merged = {**catalog.models, **models}
    return replace(
        catalog,
        models={key: merged[key] for key in sorted(merged)},
        documents={**catalog.documents, **documents},
    )
