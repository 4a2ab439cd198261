"""A workflow as its file says it: steps in their order, each a model with its inputs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from msgspec import Struct, field

from modeltui.domain.document import Document, FieldPath
from modeltui.domain.file_paths import WORKFLOWS
from modeltui.domain.finding import Finding
from modeltui.domain.model import Model
from modeltui.domain.schema.fatal import version_fault

_SUFFIX: Final = ".toml"


class WorkflowStep(Struct, frozen=True):
    id: str
    model: str
    """A key or a uid, as the file says it."""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    """Values and placeholders, by the model's own names."""


class Workflow(Struct, frozen=True, kw_only=True):
    slug: str
    """File name without `.toml`."""
    path: str
    digest: str
    name: str
    description: str = ""
    active: bool = False
    tags: tuple[str, ...] = ()
    steps: tuple[WorkflowStep, ...] = ()
    outputs: Mapping[str, str] = field(default_factory=dict)
    """What the whole gives, by name, as placeholders; empty where the file does not say."""
    document: Document = field(default_factory=dict)
    fault: Finding | None = None
    """Why the file cannot be used; such a workflow is shown, never run and never written."""

    @property
    def key(self) -> str:
        """What it is called in the queue."""
        return f"{WORKFLOWS}/{self.slug}"

    @property
    def is_broken(self) -> bool:
        return self.fault is not None

    @property
    def row(self) -> Model:
        """What the queue asks of a file, whatever it is of."""
        return Model(
            key=self.key,
            path=self.path,
            digest=self.digest,
            name=self.name,
            active=self.active,
            tags=self.tags,
            fault=self.fault,
        )

    def named(self) -> Iterator[tuple[FieldPath, str]]:
        """Every model that it names, and where."""
        return named_in(self.document)


def named_in(document: Document) -> Iterator[tuple[FieldPath, str]]:
    """Every model that the steps of a workflow's file name, and where. Looks past what is not as it should be."""
    steps = document.get("steps")
    for position, step in enumerate(steps if isinstance(steps, list) else ()):
        name = step.get("model") if isinstance(step, Mapping) else None
        if isinstance(name, str):
            yield ("steps", position, "model"), name


def users_of(model: Model, workflows: Iterable[Workflow]) -> tuple[Workflow, ...]:
    """Those that name a model, by its key or uid."""
    names = {model.key, *((model.uid.casefold(),) if model.uid else ())}
    return tuple(
        workflow
        for workflow in workflows
        if any(name in names or name.casefold() in names for _, name in workflow.named())
    )


def workflow_of(path: str, digest: str, document: Document) -> Workflow:
    """Of a parsed file. Never raises: what cannot be used is its fault."""
    slug = path.removeprefix(f"{WORKFLOWS}/").removesuffix(_SUFFIX)
    fault = _fault(path, document)
    return Workflow(
        slug=slug,
        path=path,
        digest=digest,
        name=_text(document, "name") or slug,
        description=_text(document, "description"),
        active=document.get("active") is True,
        tags=tuple(tag for tag in _list(document, "tags") if isinstance(tag, str)),
        steps=() if fault else tuple(map(_step, document["steps"])),
        outputs={name: text for name, text in _table(document, "outputs").items() if isinstance(text, str)},
        document=document,
        fault=fault,
    )


def broken_workflow(path: str, fault: Finding, digest: str = "") -> Workflow:
    """Of a file that could not be read."""
    slug = path.removeprefix(f"{WORKFLOWS}/").removesuffix(_SUFFIX)
    return Workflow(slug=slug, path=path, digest=digest, name=slug, fault=fault)


def _step(table: Mapping[str, Any]) -> WorkflowStep:
    return WorkflowStep(table["id"], table["model"], _table(table, "inputs"))


def _fault(path: str, document: Document) -> Finding | None:
    """The first fault that leaves nothing to be run. `check` names all of them."""
    if (fault := version_fault(path, document)) is not None:
        return fault
    if not _text(document, "name").strip():
        return _missing(path, "name", "text that is not blank")
    steps = document.get("steps")
    if not isinstance(steps, list) or not steps:
        return _missing(path, "steps", "at least one [[steps]]")
    for step in steps:
        for name in ("id", "model"):
            if not isinstance(step, Mapping) or not _text(step, name).strip():
                return _missing(path, "steps", f"`{name}` in each of [[steps]]")
    return None


def _missing(path: str, name: str, expected: str) -> Finding:
    message = f"`{name}` is missing, or not what it should be"
    return Finding("missing-key", "error", message, path, field=name, hint=f"expected {expected}")


def _text(table: Mapping[str, Any], name: str) -> str:
    value = table.get(name)
    return value if isinstance(value, str) else ""


def _table(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = table.get(name)
    return value if isinstance(value, Mapping) else {}


def _list(table: Mapping[str, Any], name: str) -> list[Any]:
    value = table.get(name)
    return value if isinstance(value, list) else []
