"""Workflows: what there is, what one costs, and what each of its steps would send."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from modeltui.domain.call import InputProblem
from modeltui.domain.catalog import Catalog
from modeltui.domain.chain.costs import StepCost, WorkflowCost, summed
from modeltui.domain.chain.filling import filled, shown_with_marks, stand_ins
from modeltui.domain.chain.giving import ANYTHING, gives_of, is_of_steps
from modeltui.domain.finding import Finding
from modeltui.domain.inputs.partial import Partial, partial_inputs
from modeltui.domain.inputs.specs import InputSpec, read_inputs
from modeltui.domain.pricing.cost import document_cost
from modeltui.domain.pricing.report import CostReport, cost_report, unpriced
from modeltui.domain.workflow import Workflow, WorkflowStep
from modeltui.errors import BrokenFileError, InvalidValueError, ModeltuiError, NotFoundError
from modeltui.services.asked import asked_inputs

if TYPE_CHECKING:
    from modeltui.domain.model import Model
    from modeltui.services.running.runs import RunService


class StepRequest(Struct, frozen=True):
    """What a step would send, as far as that is known before the steps ahead of it are done."""

    id: str
    model: str
    request: Mapping[str, Any] | None
    """Earlier results stand as their placeholders; None where something is wrong."""
    problems: tuple[InputProblem, ...] = ()


class WorkflowService:
    """Workflows are named by slug. Their files are read at each call."""

    def __init__(
        self, catalog: Callable[[], Catalog], runs: Callable[[], RunService], today: Callable[[], date]
    ) -> None:
        self._catalog = catalog
        self._runs = runs
        self._today = today

    def all(self) -> tuple[Workflow, ...]:
        """In the order of slugs, broken ones too."""
        return tuple(self._catalog().read_workflows().values())

    def get(self, slug: str) -> Workflow:
        """Also one that is broken. Raises NotFoundError."""
        found = self._catalog().read_workflows()
        if (workflow := found.get(slug.removeprefix("workflows/"))) is not None:
            return workflow
        from difflib import get_close_matches  # noqa: PLC0415  # wanted only on this error

        near = get_close_matches(slug, list(found), n=3, cutoff=0.5)
        hint = f"did you mean {', '.join(near)}?" if near else "`modeltui workflow list` shows them"
        raise NotFoundError(f"no workflow {slug!r}", hint=hint)

    def usable(self, slug: str) -> Workflow:
        """Raises NotFoundError, BrokenFileError."""
        workflow = self.get(slug)
        if workflow.fault is not None:
            raise BrokenFileError(f"{workflow.fault.where}: {workflow.fault.message}", hint=workflow.fault.hint)
        return workflow

    def inputs(self, workflow: Workflow) -> tuple[InputSpec, ...]:
        """What the whole takes, in the order of its file."""
        return read_inputs(workflow.document)

    def findings(self, workflow: Workflow) -> tuple[Finding, ...]:
        """What `check` says of it."""
        from modeltui.domain.rules.workflows import check_workflow  # noqa: PLC0415  # loads pydantic

        return tuple(check_workflow(workflow, self._catalog(), self._today()))

    def model(self, step: WorkflowStep) -> Model | None:
        """None where the catalogue has it not."""
        catalog = self._catalog()
        return catalog.models.get(step.model) or catalog.by_uid.get(step.model.casefold())

    def cost(self, slug: str, inputs: Mapping[str, Any] | None = None) -> WorkflowCost:
        """Price every step, and all of them. What is not known is assumed, and said so.

        Raises NotFoundError, BrokenFileError.
        """
        workflow, catalog = self.usable(slug), self._catalog()
        found = partial_inputs(read_inputs(workflow.document), asked_inputs({} if inputs is None else inputs))
        steps = tuple(StepCost(step.id, self._step_cost(step, found, catalog)) for step in workflow.steps)
        return summed(workflow.slug, steps, catalog.units, found.problems)

    def _step_cost(self, step: WorkflowStep, chain: Partial, catalog: Catalog) -> CostReport:
        model = self.model(step)
        if model is None:
            return _not_priced(step.model, f"{step.model} is not in the catalogue", catalog)
        try:
            document = catalog.document(model.key)
            specs, spec = read_inputs(document), document_cost(document)
        except ModeltuiError as error:
            return _not_priced(model.key, error.message, catalog)
        given = filled(step, chain.values, {})
        return cost_report(model.key, spec, partial_inputs(specs, given), None, catalog.units)

    def given(self, workflow: Workflow, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        """The inputs of a chain with their defaults. Raises InvalidValueError naming all that is wrong."""
        specs = read_inputs(workflow.document)
        found = partial_inputs(specs, asked_inputs(inputs))
        missing = [spec.name for spec in specs if spec.required and not spec.ignored and spec.name not in found.values]
        wrong = {problem.input for problem in found.problems}
        problems = [*found.problems, *(InputProblem(name, "is missing") for name in missing if name not in wrong)]
        if problems:
            raise InvalidValueError(
                "; ".join(map(str, problems)), hint=f"`modeltui workflow show {workflow.slug}` shows what it takes"
            )
        return found.values

    def requests(self, workflow: Workflow, inputs: Mapping[str, Any]) -> tuple[StepRequest, ...]:
        """What each step would send, with `inputs` as `given` gives them. Sends nothing, and needs no key."""
        gives = {step.id: self._gives(step) for step in workflow.steps}
        marks = stand_ins(workflow, gives)
        return tuple(self._request(step, filled(step, inputs, marks)) for step in workflow.steps)

    def _gives(self, step: WorkflowStep) -> Any:
        model = self.model(step)
        document = None if model is None or model.is_broken else self._catalog().said(model.key)
        return ANYTHING if document is None else gives_of(document)

    def _request(self, step: WorkflowStep, inputs: Mapping[str, Any]) -> StepRequest:
        model = self.model(step)
        if model is None:
            return StepRequest(step.id, step.model, None, (InputProblem(None, "is not in the catalogue"),))
        runs = self._runs()
        try:
            spec = {each.name: each for each in runs.inputs(model.key)}
            prepared = runs.prepare(model.key, inputs)
            request = runs.request(model.key, prepared)
        except ModeltuiError as error:
            return StepRequest(step.id, model.key, None, (InputProblem(None, error.message),))
        late = {name for name, template in step.inputs.items() if name in spec and is_of_steps(template)}
        problems = tuple(problem for problem in prepared.problems if problem.input not in late)
        return StepRequest(step.id, model.key, None if request is None else shown_with_marks(request), problems)

    def refuse_unsound(self, workflow: Workflow, inputs: Mapping[str, Any], said: Iterable[StepRequest] = ()) -> None:
        """Raises InvalidValueError where a chain would surely end before its end."""
        errors = [finding.message for finding in self.findings(workflow) if finding.severity == "error"]
        requests: Sequence[StepRequest] = tuple(said) or (() if errors else self.requests(workflow, inputs))
        errors += [f"step {each.id}: {problem}" for each in requests for problem in each.problems]
        if errors:
            more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
            raise InvalidValueError(
                f"{errors[0]}{more}", hint="nothing was sent; `modeltui check` says where it stands"
            )


def _not_priced(model: str, why: str, catalog: Catalog) -> CostReport:
    return unpriced(model, catalog.units, (InputProblem(None, why),))
