"""Workflows hold together: models are there and in use, inputs fit, and steps name what earlier steps gave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from modeltui.domain.catalog import Catalog
from modeltui.domain.chain.giving import ANYTHING, INPUTS, RESULTS, STEPS, TEXT, Gives, fits, gives_of, kind_of
from modeltui.domain.chain.giving import only_reference as only
from modeltui.domain.document import Document, FieldPath, format_field
from modeltui.domain.file_paths import WORKFLOWS, is_workflow
from modeltui.domain.finding import Finding
from modeltui.domain.inputs.checks import checker
from modeltui.domain.inputs.specs import InputSpec, read_inputs
from modeltui.domain.model import Model
from modeltui.domain.request.placeholder import EACH, WHEN, Reference, references
from modeltui.domain.rules.report import found
from modeltui.domain.schema.findings import findings_of
from modeltui.domain.workflow import Workflow, WorkflowStep
from modeltui.errors import ModeltuiError


def check_workflows(catalog: Catalog, today: date) -> Iterator[Finding]:
    for key in filter(is_workflow, catalog.models):
        message = f"{WORKFLOWS} is no content type: in the queue, {key} would be a workflow"
        yield found("key-collision", catalog.models[key].path, message, hint="move the file to another folder")
    for workflow in catalog.workflows.values():
        yield from check_workflow(workflow, catalog, today)


def check_workflow(workflow: Workflow, catalog: Catalog, today: date) -> Iterator[Finding]:
    """Everything that is wrong with one workflow, by the catalogue as it is."""
    if workflow.key in catalog.models:
        message = f"{workflow.key} is the key of a model too, so no change of this file is taken"
        yield found("key-collision", workflow.path, message, hint="give the workflow another file name")
    if workflow.fault is not None and not workflow.document:
        yield workflow.fault
        return
    faults = findings_of(workflow.path, workflow.document, "workflow")
    yield from faults
    if workflow.fault is None and not any(_hides_all(fault) for fault in faults):
        yield from _Checking(workflow, catalog, today).findings()


def _hides_all(fault: Finding) -> bool:
    return fault.code not in {"unknown-key", "duplicate-step"}


def model_of_step(step: WorkflowStep, catalog: Catalog) -> Model | None:
    """A step names its model by key or uid, never by a model_id, which another model may come to share."""
    return catalog.models.get(step.model) or catalog.by_uid.get(step.model.casefold())


class _Checking:
    """One workflow, step after step."""

    def __init__(self, workflow: Workflow, catalog: Catalog, today: date) -> None:
        self._workflow = workflow
        self._catalog = catalog
        self._today = today
        self._path = workflow.path
        self._inputs: Mapping[str, InputSpec] = {spec.name: spec for spec in read_inputs(workflow.document)}
        self._gives: dict[str, Gives] = {}
        """Of the steps before the one that is looked at."""
        self._used: set[str] = set()

    def findings(self) -> Iterator[Finding]:
        for position, step in enumerate(self._workflow.steps):
            at: FieldPath = ("steps", position)
            model = model_of_step(step, self._catalog)
            if model is None:
                message = f"step {step.id} names the model {step.model}, which is not in the catalogue"
                hint = "write the key of a model; `modeltui list` shows them"
                yield found("step-model-missing", self._path, message, at=(*at, "model"), hint=hint)
            elif self._workflow.active and (why := out_of_use(model, self._today)) is not None:
                message = f"step {step.id}: {model.key} {why}, and the workflow is active"
                hint = _instead(model)
                yield found("step-model-out-of-use", self._path, message, at=(*at, "model"), hint=hint)
            document = None if model is None else self._document(model)
            yield from self._inputs_of(step, at, document)
            self._gives[step.id] = ANYTHING if document is None else gives_of(document)
        for name, text in self._workflow.outputs.items():
            yield from self._references(text, ("outputs", name), "outputs")
        for name in self._inputs:
            if name not in self._used and not self._inputs[name].ignored:
                message = f"the input {name} is used by no step"
                yield found("workflow-input-unused", self._path, message, at=(INPUTS, name), hint="use it, or drop it")

    def _document(self, model: Model) -> Document | None:
        return None if model.is_broken else self._catalog.said(model.key)

    def _inputs_of(self, step: WorkflowStep, at: FieldPath, document: Document | None) -> Iterator[Finding]:
        specs = _specs(document)
        for name, template in step.inputs.items():
            place = (*at, INPUTS, name)
            faults = list(self._references(template, place, f"step {step.id}"))
            yield from faults
            if specs is None:
                continue
            if name not in specs:
                message = f"step {step.id}: {step.model} has no input {name}"
                hint = f"its inputs are {', '.join(specs)}" if specs else "it has no inputs"
                yield found("step-input-unknown", self._path, message, at=place, hint=hint)
            elif not faults and (problem := self._misfit(specs[name], template)) is not None:
                message = f"step {step.id}: the input {name} of {step.model} {problem}"
                yield found("step-input-type", self._path, message, at=place, hint=_takes(specs[name]))
        for name, spec in (specs or {}).items():
            if spec.required and not spec.ignored and name not in step.inputs:
                message = f"step {step.id}: {step.model} needs the input {name}"
                yield found(
                    "step-input-missing", self._path, message, at=at, hint=f"write it in [steps.inputs]: {name}"
                )

    def _references(self, template: Any, at: FieldPath, where: str) -> Iterator[Finding]:
        for reference in references(template):
            if reference[0] == INPUTS and len(reference) > 1:
                self._used.add(str(reference[1]))
            if (problem := self._unknown(reference)) is not None:
                says, hint = problem
                yield found("step-reference", self._path, f"{where}: {says}", at=at, hint=hint)

    def _unknown(self, reference: Reference) -> tuple[str, str] | None:
        root, name, *more = reference if len(reference) > 1 else (*reference, "")
        said = format_field(reference)
        if root == "item":
            return None
        if root == INPUTS:
            if name in self._inputs:
                return None
            known = ", ".join(self._inputs) or "none"
            return f"{said} is not there: the workflow has no input {name}", f"its inputs are {known}"
        if root != STEPS:
            return (
                f"{said} is nothing that a workflow has",
                "write inputs.NAME, or steps.ID.results[0] or steps.ID.text",
            )
        if name not in self._gives:
            is_later = any(step.id == name for step in self._workflow.steps)
            why = "is no earlier step" if is_later else "is no step"
            return f"{said} is not there: {name} {why}", f"earlier steps are {', '.join(self._gives) or 'none'}"
        return self._not_given(said, self._gives[str(name)], more)

    def _not_given(self, said: str, gives: Gives, more: list[str | int]) -> tuple[str, str] | None:
        if more == [TEXT]:
            return None if gives.has_text else (f"{said} is not there: its model gives no text", "it gives results")
        is_right = more[:1] == [RESULTS] and (len(more) == 1 or (len(more) == 2 and isinstance(more[1], int)))
        return None if is_right else (f"{said} is nothing that a step gives", f"it gives {gives.names}")

    def _misfit(self, spec: InputSpec, template: Any) -> str | None:
        """The rest of a sentence that begins with the input; None where it fits or cannot be known."""
        reference = only(template)
        if reference is not None:
            kind = kind_of(reference, self._inputs, self._gives)
            if fits(spec, kind):
                return None
            what = f"a list of {kind.items or 'values'}" if kind.type == "array" else str(kind.type)
            return f"takes {_type(spec)}, and {format_field(reference)} is {what}"
        if isinstance(template, str) and "${" in template:
            return self._misfit_of_text(spec, template)
        if isinstance(template, list) and spec.items is not None:
            return next((why for each in template if (why := self._misfit(spec.items, each)) is not None), None)
        if isinstance(template, Mapping) and any(True for _ in references(template)):
            return None if spec.type == "object" or {EACH, WHEN} & template.keys() else f"takes {_type(spec)}, no table"
        return checker(spec)(template)

    def _misfit_of_text(self, spec: InputSpec, template: str) -> str | None:
        """Of text around placeholders: a file within a text would be its path."""
        if spec.type != "string":
            return f"takes {_type(spec)}, and is given a text"
        for reference in references(template):
            kind = kind_of(reference, self._inputs, self._gives)
            if reference[0] == STEPS and kind.type not in (None, "string"):
                return f"is a text, and {format_field(reference)} within it is a file"
        return None


def out_of_use(model: Model, today: date) -> str | None:
    """Why a model should not be in what is offered, as the rest of a sentence; None where it may."""
    if model.is_broken:
        return "cannot be read"
    if not model.active:
        return "is not active"
    if model.retires_on is not None and model.retires_on < today:
        return f"retired on {model.retires_on}"
    if model.status == "deprecated" or (model.deprecated_on is not None and model.deprecated_on <= today):
        return "is deprecated"
    return None


def _instead(model: Model) -> str:
    if model.replaced_by is None:
        return "name another model, or switch the workflow off"
    return f"{model.replaced_by} takes its place: `modeltui deprecate {model.key} --everywhere` queues that"


def _specs(document: Document | None) -> Mapping[str, InputSpec] | None:
    """None where they cannot be known: the model's own findings say why."""
    if document is None:
        return None
    try:
        return {spec.name: spec for spec in read_inputs(document)}
    except ModeltuiError:
        return None


def _type(spec: InputSpec) -> str:
    if spec.type == "array":
        return f"a list of {spec.items.type}" if spec.items is not None else "a list"
    return spec.type


def _takes(spec: InputSpec) -> str:
    return f"it takes {_type(spec)}"
