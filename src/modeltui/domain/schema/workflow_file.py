"""The shape of `workflows/<slug>.toml`: a chain of steps, each a model with its inputs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, TypeAlias

from annotated_types import MinLen
from pydantic import AfterValidator, Field

from modeltui.domain.schema.inputs import Input
from modeltui.domain.schema.kinds import InputName, Kind, Name, SchemaVersion, Text, Texts, matching
from modeltui.domain.schema.table import Clash, Table
from modeltui.domain.schema.templates import TemplateText, template

StepId: TypeAlias = Annotated[
    str, matching("[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*"), Kind("step", "a name in lower case, such as first_frame")
]
ModelName: TypeAlias = Annotated[str, matching(r"\S+"), Kind("model", "the key or uid of a model")]
StepValue: TypeAlias = Annotated[Any, AfterValidator(template), Kind("value", "a value, or text with placeholders")]


class WorkflowStep(Table):
    """One run of a model."""

    id: StepId
    """What later steps call it."""
    model: ModelName
    """The key of the model, or its uid."""
    inputs: Annotated[dict[InputName, StepValue], MinLen(1)] | None = None
    """What the model is given, by its own names: values, `${inputs.NAME}`, and what earlier steps gave."""


class WorkflowFile(Table):
    """A chain of steps, each a run of a model."""

    schema_version: Annotated[SchemaVersion, Field(alias="schema")]
    """Version of this format."""
    name: Text
    """What people call it."""
    description: Text | None = None
    """What it makes."""
    active: bool | None = None
    """Offered to users. False where absent."""
    tags: Texts | None = None
    """Words to find it by."""
    inputs: dict[InputName, Input] | None = None
    """What the whole chain takes, as a model file says it."""
    steps: Annotated[list[WorkflowStep], MinLen(1)]
    """In the order in which they run."""
    outputs: Annotated[dict[Name, TemplateText], MinLen(1)] | None = None
    """What the whole gives, by name: `film = "${steps.film.results}"`. All that its last step gave where absent."""

    def clashes(self) -> Iterator[Clash]:
        seen: set[str] = set()
        for position, step in enumerate(self.steps):
            if step.id in seen:
                says = f"is {step.id}, as an earlier step"
                yield Clash("duplicate-step", ("steps", position, "id"), says, "give each step a name of its own")
            seen.add(step.id)
