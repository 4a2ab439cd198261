"""A workflow as programs see it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from modeltui.domain.workflow import Workflow as File


class WorkflowStep(Struct, frozen=True):
    id: str
    model: str
    """The key of the model, or its uid, as the file says it."""


class Workflow(Struct, frozen=True, kw_only=True):
    """Frozen. A refresh of the catalogue leaves it as it was."""

    slug: str
    """File name without `.toml`. Unique."""
    name: str
    description: str
    is_active: bool
    """Offered to users."""
    tags: tuple[str, ...]
    steps: tuple[WorkflowStep, ...]
    """In the order in which they run."""
    inputs: tuple[str, ...]
    """Names of what the whole takes."""
    outputs: Mapping[str, str]
    """What the whole gives, by name, as placeholders; empty where the file does not say."""


def workflow_of(file: File) -> Workflow:
    """Of one that can be used."""
    inputs = file.document.get("inputs")
    return Workflow(
        slug=file.slug,
        name=file.name,
        description=file.description,
        is_active=file.active,
        tags=file.tags,
        steps=tuple(WorkflowStep(step.id, step.model) for step in file.steps),
        inputs=tuple(inputs) if isinstance(inputs, Mapping) else (),
        outputs=dict(file.outputs),
    )
