"""Which workflows name which models, with what is pending for them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from modeltui.domain.catalog import Catalog
from modeltui.domain.change import Action
from modeltui.domain.document import Document, FieldPath
from modeltui.domain.file_paths import is_workflow
from modeltui.domain.pending.drafts import with_drafts
from modeltui.domain.pending.plan import Plan, pending_document
from modeltui.domain.workflow import Workflow, named_in


class Use(Struct, frozen=True):
    """A workflow that names a model."""

    workflow: Workflow
    places: tuple[FieldPath, ...]
    """Of the fields that name it."""
    steps: tuple[str, ...]
    """Ids of the steps; their numbers where they have none."""

    @property
    def said(self) -> str:
        """`workflow storyboard (step film)`."""
        word = "step" if len(self.steps) == 1 else "steps"
        return f"workflow {self.workflow.slug} ({word} {', '.join(self.steps)})"


class Uses:
    """Of one catalogue and what is pending for it. To make it reads the workflows."""

    def __init__(self, catalog: Catalog, plan: Plan) -> None:
        self._by_key: dict[str, list[Use]] = {}
        for workflow in with_drafts(catalog, plan).workflows.values():
            planned = plan.files.get(workflow.key)
            if not workflow.document or (planned is not None and planned.action is Action.DELETE):
                continue
            is_edited = not workflow.is_broken and planned is not None
            document = pending_document(plan, catalog, workflow.key) if is_edited else workflow.document
            found: dict[str, list[FieldPath]] = {}
            for at, name in named_in(document):
                found.setdefault(_key(catalog, name), []).append(at)
            for key, places in found.items():
                steps = tuple(_step_at(document, at) for at in places)
                self._by_key.setdefault(key, []).append(Use(workflow, tuple(places), steps))

    def of(self, key: str) -> Sequence[Use]:
        """The workflows that name the model `key`, by its key or uid, in their order."""
        return self._by_key.get(key, ())


def workflow_keys(keys: Sequence[str]) -> list[str]:
    """Those of the queue's keys that are of workflows."""
    return [key for key in keys if is_workflow(key)]


def _key(catalog: Catalog, name: str) -> str:
    if name in catalog.models:
        return name
    model = catalog.by_uid.get(name.casefold())
    return name if model is None else model.key


def _step_at(document: Document, at: FieldPath) -> str:
    position = at[1]
    assert isinstance(position, int)
    step = document["steps"][position].get("id")
    return step if isinstance(step, str) else str(position + 1)
